"""Who has a permission, as the tables say it: to count people and to find them. ``has_perm`` decides."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet


def holders(permission: str) -> QuerySet[Any]:
    """The active users who have ``permission`` (``"app_label.codename"``) themselves, by a group, or all.

    A host whose own backend gives it otherwise knows more than is found here.
    """
    app_label, _, codename = permission.partition(".")
    granted = Permission.objects.filter(content_type__app_label=app_label, codename=codename)
    may = Q(is_superuser=True) | Q(user_permissions__in=granted) | Q(groups__permissions__in=granted)
    return get_user_model().objects.filter(may, is_active=True).distinct()
