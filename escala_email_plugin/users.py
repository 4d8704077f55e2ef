"""The host's users, as far as it is about their mailboxes: who leaves and who comes back, as it happens.

What a signal cannot see (``queryset.update``, other programs) is found by a periodic task. Nothing that
goes wrong here keeps a host from saving or deleting its users: that task mends it.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models.signals import post_save, pre_delete

from . import signals

logger = logging.getLogger(__name__)


def connect() -> None:
    """Listen to the host's users, and to what follows from it."""
    # To these models alone: who listens to all keeps every table of the host from being deleted from at once.
    for model in apps.get_models():
        if issubclass(model, get_user_model()):
            name = model._meta.label
            post_save.connect(_saved, model, dispatch_uid=f"escala_email.saved.{name}")
            pre_delete.connect(_deleted, model, dispatch_uid=f"escala_email.deleted.{name}")
    signals.owner_left.connect(_note_leaving, dispatch_uid="escala_email.note_leaving")
    signals.owner_returned.connect(_note_return, dispatch_uid="escala_email.note_return")
    signals.leaver_removed.connect(_note_removal, dispatch_uid="escala_email.note_removal")


def _saved(
    sender: Any, instance: Any, created: bool, raw: bool = False, update_fields: Any = None, **_more: Any
) -> None:
    if raw or created or (update_fields is not None and "is_active" not in update_fields):
        return
    from .privacy import leaving

    _quietly(leaving.returned if instance.is_active else leaving.left, instance)


def _deleted(sender: Any, instance: Any, **_more: Any) -> None:
    """Before the row goes: afterwards nobody knows whose the mailbox was."""
    from .privacy import leaving

    _quietly(leaving.left, instance)


def _quietly(act: Callable[[Any], None], user: Any) -> None:
    try:
        with transaction.atomic():
            act(user)
    except Exception:
        logger.exception("The mailboxes of user %s could not follow at once.", user.pk)


def _note_leaving(sender: Any, account: Any, **_more: Any) -> None:
    from .admin import audit_log

    audit_log.write(account, "owner_left", title=account.former_owner, rule=account.left_rule)
    if account.secret:
        transaction.on_commit(lambda: _take_back(account.pk), robust=True)


def _note_return(sender: Any, account: Any, **_more: Any) -> None:
    from .admin import audit_log

    audit_log.write(account, "owner_back", title=account.former_owner)


def _note_removal(sender: Any, account: Any, **_more: Any) -> None:
    from .admin import audit_log

    audit_log.write(account, "leaver_removed", title=account.former_owner, rule=account.left_rule)


def _take_back(account_id: int) -> None:
    from . import worker

    worker.take_back(account_id)
