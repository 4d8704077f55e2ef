"""What a person says of a folder. It is kept: the server's word on it counts no more."""

from typing import Any

from django.utils import timezone

from ..models import EmailAccount, Folder
from .folders import LEFT_OUT, look_again


def choose(folder: Folder, *, synced: bool | None = None, role: str | None = None) -> list[Folder]:
    """Synchronise the folder or leave it out, and call it by its role; None leaves things as they are.

    A folder that is only called Junk, Trash or Drafts is left out from then on, unless a person
    has said otherwise. Only one folder is that of sent mail: returns those that ceased to be it and are
    ordinary ones now. Raises ValueError for a role there is none of.
    """
    change: dict[str, Any] = {}
    if role is not None:
        change |= {"role": Folder.Role(role), "role_chosen": True}
        if synced is None and not folder.synced_chosen:
            change["synced"] = role not in LEFT_OUT
    if synced is not None:
        change |= {"synced": synced, "synced_chosen": True}
    anew: list[str] = []
    if change.get("synced") and not folder.synced:
        anew = look_again(folder)
        _want(folder)
    for name, value in change.items():
        setattr(folder, name, value)
    folder.save(update_fields=[*change, *anew])
    return _step_down(folder) if role == Folder.Role.SENT else []


def _step_down(chosen: Folder) -> list[Folder]:
    others = Folder.objects.filter(account=chosen.account_id, role=Folder.Role.SENT, gone_at=None)
    former = list(others.exclude(pk=chosen.pk).order_by("name"))
    for one in former:
        choose(one, role=Folder.Role.NONE)
    return former


def _want(folder: Folder) -> None:
    """Let the next sync look at once. Where the folder is a label (Gmail), its mail lies in All Mail."""
    accounts = EmailAccount.objects.filter(pk=folder.account_id)
    accounts.update(wanted_at=timezone.now())
    whole = Folder.objects.filter(account=folder.account_id, role=Folder.Role.ALL, scanned_to__gt=0)
    if whole.exclude(pk=folder.pk).exists():
        accounts.update(sweep_all=True)
