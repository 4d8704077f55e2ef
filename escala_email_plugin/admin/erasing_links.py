"""The way from a record's page to erasing its person."""

from typing import Any

from django.contrib.admin.utils import quote
from django.urls import reverse

from ..permissions import ERASE_PERSON


def link_for(record: Any, user: Any) -> str:
    """With the record, never with its addresses: a URL stands in logs. "" for who may not."""
    if not user.has_perm(ERASE_PERSON):
        return ""
    meta = record._meta
    place = f"{meta.app_label}/{meta.model_name}/{quote(record.pk)}"
    return f"{reverse('escala_email:erase_person')}?record={place}"
