"""The mail to who must connect a mailbox again."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.mail import send_mail
from wagtail.admin.utils import get_admin_base_url

from ..models import EmailAccount
from .sentences import sentence_of
from .their_words import their_words


def send(account: EmailAccount, user: Any, address: str) -> None:
    """Send it in the user's own language and time, by the host's EMAIL_BACKEND: never through a mailbox.

    Wagtail's ``send_mail`` marks it as automatic (RFC 3834 5). Raises what the backend raises.
    """
    with their_words(user) as language:
        context = _context(account, user, language)
        send_mail(
            " ".join(context["subject"].split()),
            render_to_string("escala_email/mail/reconnect.txt", context),
            [address],
            html_message=render_to_string("escala_email/mail/reconnect.html", context),
        )


def _context(account: EmailAccount, user: Any, language: str) -> dict[str, Any]:
    base = (get_admin_base_url() or "").rstrip("/")
    return {
        "account": account,
        "language": language,
        "name": user.get_short_name() or user.get_username(),
        "sentence": sentence_of(account, account.trouble),
        "site": getattr(settings, "WAGTAIL_SITE_NAME", ""),
        "subject": _("Connect %(address)s again") % {"address": account.address},
        "url": base + reverse("escala_email:account", args=[account.kind]) if base else "",
    }
