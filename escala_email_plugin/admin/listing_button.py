"""The button by which a row of the host's listing leads to its record's conversations."""

from typing import Any

from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.widgets.button import Button

from ..modules import Module, may_see, on

#: Behind “Edit” (10), and before “Delete” (30).
PRIORITY = 25


def record_url(record: Any) -> str:
    """The page of ``record`` with its conversations."""
    meta = record._meta
    return reverse("escala_email:record", args=[meta.app_label, meta.model_name, quote(record.pk)])


def email_buttons(record: Any, user: Any) -> list[Button]:
    """The button of one row, none where its module is off or ``user`` may not see the record."""
    concrete = record._meta.concrete_model
    known = any(one.model._meta.concrete_model is concrete for one in _on(user))
    if not known or not may_see(user, record):
        return []
    label = {"aria-label": _("Emails of “%(record)s”") % {"record": record}}
    return [Button(_("Emails"), record_url(record), icon_name="mail", priority=PRIORITY, attrs=label)]


def _on(user: Any) -> list[Module]:
    """The modules that are on. Asked once in a request, to which the user's object belongs."""
    if not hasattr(user, "_escala_email_on"):
        user._escala_email_on = on()
    return user._escala_email_on
