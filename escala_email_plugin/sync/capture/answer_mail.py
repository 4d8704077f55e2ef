"""The answer to who captured a mail in which no contact takes part."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_admin_base_url

from ...mail.addresses import mailboxes
from ...mail.parse import Parsed
from . import invitation
from .invitation import Invitation
from .letter import Filed

#: Addresses that are named in one answer.
MOST = 5


def our_from() -> str:
    """As whom the site writes, as Wagtail's own notifications do."""
    return getattr(settings, "WAGTAILADMIN_NOTIFICATION_FROM_EMAIL", "") or settings.DEFAULT_FROM_EMAIL


def our_address() -> str:
    """Its canonical address, "" where it is none."""
    return next((one.address for one in mailboxes(our_from())), "")


def send(user: Any, address: str, answered: Parsed, filed: Filed) -> None:
    """Send it in the user's own language, by the host's EMAIL_BACKEND: never through a mailbox.

    Marked as an answer of a program, and to which mail (RFC 3834 3.1.5, 3.1.7). Raises what the backend
    raises.
    """
    profile = getattr(user, "wagtail_userprofile", None)
    language = profile.get_preferred_language() if profile else settings.LANGUAGE_CODE
    zone = profile.get_current_time_zone() if profile else settings.TIME_ZONE
    headers = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    if answered.own_id:
        headers |= dict.fromkeys(("In-Reply-To", "References"), f"<{answered.message_id}>")
    with translation.override(language), timezone.override(zone):
        context = _context(user, filed, language)
        mail = EmailMultiAlternatives(
            context["subject"],
            render_to_string("escala_email/mail/not_filed.txt", context),
            our_from(),
            [address],
            headers=headers,
        )
        mail.attach_alternative(render_to_string("escala_email/mail/not_filed.html", context), "text/html")
    mail.send()


def _context(user: Any, filed: Filed, language: str) -> dict[str, Any]:
    base = (get_admin_base_url() or "").rstrip("/")
    return {
        "language": language,
        "name": user.get_short_name() or user.get_username(),
        "site": getattr(settings, "WAGTAIL_SITE_NAME", ""),
        "subject": _subject(filed),
        "is_nobodys": filed.is_nobodys,
        "rows": [(one, _link(base, user, one)) for one in filed.unmatched[:MOST]],
        "more": max(0, len(filed.unmatched) - MOST),
    }


def _subject(filed: Filed) -> str:
    if filed.is_nobodys:
        return _("Your mail was not filed: nobody can tell who wrote it")
    return _("Your mail was not filed: no contact takes part in it")


def _link(base: str, user: Any, one: Invitation) -> str:
    """Where the contact is made; "" where the site does not know its own address."""
    if not base:
        return ""
    return base + reverse("escala_email:create_contact", args=[invitation.made(user, one)])
