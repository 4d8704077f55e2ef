"""The two groups that a site begins with, and what each may do. From then on they are the site's own.

A migration makes them, once. Nothing makes them again: who renames, trims or deletes one has decided.
"""

from typing import Any

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import DEFAULT_DB_ALIAS, router
from django.db.models import Q

from .permissions import OWN, SALES

#: Without it nobody gets into Wagtail's admin, whatever else they may do.
ACCESS_ADMIN = "wagtailadmin.access_admin"

#: The groups by name, each with what it may do.
ROLES = {
    "Ventas": (ACCESS_ADMIN, *SALES),
    "Administradores": (ACCESS_ADMIN, *OWN),
}


def make(apps: Any = installed, using: str = DEFAULT_DB_ALIAS, *, extend: bool = False) -> list[str]:
    """Make the groups that are not there; returns the names of those that were made or given something.

    A group that is there already was made by somebody who knew who is in it, so it is left as it is;
    with ``extend`` it gets what it lacks, and never loses anything. ``apps``: a migration's state of them.
    """
    groups = apps.get_model("auth", "Group")
    if not router.allow_migrate_model(using, groups):
        return []
    _make_permissions(apps, using)
    changed = []
    for name, wanted in ROLES.items():
        group, is_new = groups.objects.using(using).get_or_create(name=name)
        if is_new or extend:
            lacking = _permissions(apps, using, wanted).exclude(pk__in=group.permissions.using(using))
            changed += [name] if is_new or lacking else []
            group.permissions.add(*lacking)
    return changed


def _make_permissions(apps: Any, using: str) -> None:
    """Django makes them when all migrations are over, which is too late here."""
    for label in ("escala_email", "wagtailadmin"):
        create_permissions(installed.get_app_config(label), verbosity=0, using=using, apps=apps)


def _permissions(apps: Any, using: str, names: tuple[str, ...]) -> Any:
    wanted = Q()
    for name in names:
        app_label, _, codename = name.partition(".")
        wanted |= Q(content_type__app_label=app_label, codename=codename)
    return apps.get_model("auth", "Permission").objects.using(using).filter(wanted)
