"""The mail to who is asked for access: who asks, the day, the record; nothing of what the mail says."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.mail import send_mail
from wagtail.admin.utils import get_admin_base_url, get_user_display_name

from ...models import AccessRequest
from ...sync.their_words import their_words
from .answering import record_for


def send(request: AccessRequest, owner: Any, address: str) -> None:
    """Send it in the owner's own language and time, by the host's EMAIL_BACKEND.

    Wagtail's ``send_mail`` marks it as automatic (RFC 3834 5). Raises what the backend raises.
    """
    with their_words(owner) as language:
        context = _context(request, owner, language)
        send_mail(
            " ".join(context["subject"].split()),
            render_to_string("escala_email/mail/access.txt", context),
            [address],
            html_message=render_to_string("escala_email/mail/access.html", context),
        )


def _context(request: AccessRequest, owner: Any, language: str) -> dict[str, Any]:
    base = (get_admin_base_url() or "").rstrip("/")
    record, asker = record_for(owner, request), get_user_display_name(request.asker)
    page = base + reverse("escala_email:access_answer", args=[request.pk]) if base else ""
    choices = [choice for choice in AccessRequest.Answer if record is not None or choice != "contact"]
    return {
        "answers": [(choice.label, f"{page}?answer={choice}") for choice in choices] if page else [],
        "asker": asker,
        "language": language,
        "name": owner.get_short_name() or owner.get_username(),
        "record": _called(record),
        "sent_at": request.message.sent_at,
        "site": getattr(settings, "WAGTAIL_SITE_NAME", ""),
        "subject": _("%(name)s asks to see a mail of yours") % {"name": asker},
    }


def _called(record: Any) -> str:
    """What the record is called; "" for one that goes by an address, which no mail of ours tells."""
    name = "" if record is None else str(record)
    return "" if "@" in name else name
