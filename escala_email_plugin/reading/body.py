"""A message's text as it is shown: made safe, its pictures and links judged."""

from dataclasses import dataclass, replace
from html import escape
from typing import Any

from django.contrib.contenttypes.models import ContentType

from .. import conf
from ..mail.finish_html import Finished, Manner, finish
from ..mail.own_tracking import OwnTracking
from ..mail.quote_html import AFTER, BEFORE
from ..mail.quotes import fold_html, fold_text
from ..mail.safe_html import LONGEST, shown
from ..mail.text_as_html import text_as_html
from ..models import EmailAccount, Message, RecordAddress
from .inline_images import inline_images

#: Domains that look-alikes are compared with.
KNOWN = 200


@dataclass(frozen=True)
class Folding:
    """The words by which quotations and signatures are unfolded."""

    quote: str
    signature: str


def body(message: Message, manner: Manner, folding: Folding | None = None) -> tuple[Finished, bool]:
    """The fragment, and whether it is plain text. "" where there is nothing to show.

    ``folding``: what is quoted, and signatures, are folded; else all is shown.
    """
    if message.html:
        found = shown(message.html, inline_images(message), manner)
        if found.html.strip():
            return _folded(found, message.subject, folding), False
    text = message.text if message.text.strip() else ""
    html = _text(text[:LONGEST], message.subject, folding)
    return finish(html, [], manner, len(text) > LONGEST), True


def _folded(found: Finished, subject: str, folding: Folding | None) -> Finished:
    if folding is None:
        return found
    return replace(found, html=fold_html(found.html, folding.quote, folding.signature, subject))


def _text(text: str, subject: str, folding: Folding | None) -> str:
    if folding is None:
        return text_as_html(text)
    pieces = []
    for part in fold_text(text, subject):
        html = text_as_html(part.text)
        if part.kind != "new":
            html = f"{BEFORE.format(escape(getattr(folding, part.kind)))}{html}{AFTER}"
        pieces.append(html)
    return "".join(pieces)


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
