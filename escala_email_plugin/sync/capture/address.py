"""A user's capture address: which it is, where its mail arrives, and from whom it is accepted."""

from contextlib import suppress
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import timezone

from ...mail.addresses import BadAddress, canonical
from ...models import CaptureAddress, EmailAccount
from ..concerned import address_of
from . import tags

#: In which kinds of mailbox capture mail may arrive, the better one first.
KINDS = (EmailAccount.Kind.CAPTURE, EmailAccount.Kind.SHARED)


def mailbox() -> EmailAccount | None:
    """Where capture mail arrives: the mailbox connected for it, else the shared one, else None."""
    connected = EmailAccount.objects.filter(erase_at=None).exclude(state=EmailAccount.State.DISCONNECTED)
    found = {account.kind: account for account in connected.filter(kind__in=KINDS)}
    return next((found[kind] for kind in KINDS if kind in found), None)


def current(user: Any) -> CaptureAddress:
    """The one ``user`` has now; made where there is none."""
    found = CaptureAddress.objects.filter(user=user, ended_at=None).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return CaptureAddress.objects.create(user=user, token=tags.new())
    except IntegrityError:  # another tab was quicker
        return CaptureAddress.objects.get(user=user, ended_at=None)


def make_new(user: Any) -> CaptureAddress:
    """Another one for ``user``. What arrives at the former one from now on is refused."""
    with transaction.atomic():
        get_user_model().objects.select_for_update().filter(pk=user.pk).first()  # two tabs take turns
        now = CaptureAddress.objects.filter(user=user, ended_at=None)
        answered_at = now.values_list("answered_at", flat=True).first()
        now.update(ended_at=timezone.now())
        made = current(user)
        # Whoever makes new addresses all the time is answered no more often.
        CaptureAddress.objects.filter(pk=made.pk).update(answered_at=answered_at)
    return made


def shown(one: CaptureAddress) -> str:
    """What to write to, "" while no mailbox is connected for it."""
    account = mailbox()
    return tags.address(one.token, account.address) if account else ""


def own_addresses(user: Any) -> frozenset[str]:
    """The canonical addresses ``user`` writes from: the login's, and those of the user's own mailboxes.

    Not one that somebody else has connected: a login's address can be changed by whoever has the login.
    """
    personal = EmailAccount.objects.filter(kind=EmailAccount.Kind.PERSONAL, erase_at=None)
    own = set(personal.filter(owner=user).values_list("address", flat=True)) | login(user)
    others = personal.filter(address__in=own).exclude(state=EmailAccount.State.DISCONNECTED)
    return frozenset(own.difference(others.exclude(owner=user).values_list("address", flat=True)))


def of_everyone() -> set[str]:
    """The canonical login addresses of all who have a capture address."""
    users = get_user_model().objects.filter(pk__in=CaptureAddress.objects.values("user"))
    return {address for user in users for address in login(user)}


def login(user: Any) -> set[str]:
    """The canonical address of a login; nothing where it has none."""
    with suppress(BadAddress):
        return {canonical(address_of(user).strip())}
    return set()
