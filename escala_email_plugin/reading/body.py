"""A message's text as it is shown: made safe, its pictures and links judged."""

from typing import Any

from django.contrib.contenttypes.models import ContentType

from .. import conf
from ..mail.finish_html import Finished, Manner, finish
from ..mail.own_tracking import OwnTracking
from ..mail.safe_html import LONGEST, shown
from ..mail.text_as_html import text_as_html
from ..models import EmailAccount, Message, RecordAddress
from .inline_images import inline_images

#: Domains that look-alikes are compared with.
KNOWN = 200


def body(message: Message, manner: Manner) -> tuple[Finished, bool]:
    """The fragment, and whether it is plain text. "" where there is nothing to show."""
    if message.html:
        found = shown(message.html, inline_images(message), manner)
        if found.html.strip():
            return found, False
    text = message.text if message.text.strip() else ""
    return finish(text_as_html(text[:LONGEST]), [], manner, len(text) > LONGEST), True


def known_domains(record: Any) -> frozenset[str]:
    """The domains of the record's addresses and of our own mailboxes."""
    of_record = RecordAddress.objects.filter(
        content_type=ContentType.objects.get_for_model(record), object_id=str(record.pk)
    )
    found = [
        *of_record.values_list("address__value", flat=True)[:KNOWN],
        *EmailAccount.objects.values_list("address", flat=True)[:KNOWN],
    ]
    return frozenset(one.rpartition("@")[2].lower() for one in found)


def own_tracking(host: str) -> OwnTracking:
    """The CRM's own pixels and links. ``host``: where this page is asked for, with its port or without."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return OwnTracking(prefixes=tuple(conf.get("TRACKING_URLS")), hosts=(name.lower(),))
