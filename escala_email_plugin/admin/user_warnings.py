"""On Wagtail's own pages about a user: what becomes of their mailbox if they leave, before they do."""

import logging
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from ..models import CaptureAddress, EmailAccount
from ..permissions import MANAGE_PRIVACY
from ..privacy.leaving import mend, name_of
from ..privacy.outlook import forecast
from .leaver_words import told

logger = logging.getLogger(__name__)


def warn(request: HttpRequest, user: Any) -> None:
    """Tell, above the form: with numbers to who decides about mail, else that there is something. Never
    raises.
    """
    if request.method != "GET" or not user.is_active:
        return
    try:
        with transaction.atomic():
            (_with_numbers if request.user.has_perm(MANAGE_PRIVACY) else _without)(request, user)
    except Exception:
        logger.exception("What becomes of the mailboxes of user %s could not be told.", user.pk)


def follow(action_type: str) -> None:
    """After users were switched off or on together. Never raises, nor ends the action's transaction."""
    if action_type != "set_active_state":
        return
    try:
        with transaction.atomic():
            mend()
    except Exception:
        logger.exception("The mailboxes of users who were switched off could not follow at once.")


def _with_numbers(request: HttpRequest, user: Any) -> None:
    found = forecast(user)
    if found:
        lead = _("If %(name)s is deactivated or deleted:") % {"name": name_of(user)}
        button = messages.button(reverse("escala_email:policy"), _("E-mail privacy"))
        messages.warning(request, " ".join([lead, *told(found)]), buttons=[button])


def _without(request: HttpRequest, user: Any) -> None:
    mine = EmailAccount.objects.filter(owner=user, kind=EmailAccount.Kind.PERSONAL, erase_at=None)
    captures = CaptureAddress.objects.filter(user=user, ended_at=None)
    if mine.exists() or captures.exists():
        text = _(
            "%(name)s has a mailbox or a capture address here. If %(name)s is deactivated or deleted, it "
            "stops working, and mail is removed by the rule for who leaves."
        )
        messages.warning(request, text % {"name": name_of(user)})
