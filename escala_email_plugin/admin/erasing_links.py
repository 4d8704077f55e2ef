"""The ways to erasing a person: from the menu, and from a record's page."""

from typing import Any

from django.contrib.admin.utils import quote
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from ..permissions import ERASE_PERSON


class ErasedMenuItem(MenuItem):
    """For who may."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(ERASE_PERSON)


def menu_item() -> MenuItem:
    """Settings › Erase a person's mail."""
    url = reverse("escala_email:erase_person")
    return ErasedMenuItem(
        _("Erase a person's mail"), url, name="escala-erase-person", icon_name="user", order=903
    )


def link_for(record: Any, user: Any) -> str:
    """With the record, never with its addresses: a URL stands in logs. "" for who may not."""
    if not user.has_perm(ERASE_PERSON):
        return ""
    meta = record._meta
    place = f"{meta.app_label}/{meta.model_name}/{quote(record.pk)}"
    return f"{reverse('escala_email:erase_person')}?record={place}"
