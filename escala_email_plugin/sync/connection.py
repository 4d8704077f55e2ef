"""Connect, switch and disconnect a personal mailbox. The history outlives every connection."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from ..models import EmailAccount
from ..servers.secrets import encrypt
from . import preview, rules
from .choose import choose

#: The columns of an account that no provider's consent opens.
NO_CONSENT = {"access": "", "access_ends": None, "granted_at": None, "grant_ends": None}


class AlreadyConnected(Exception):
    """The user has a mailbox already, or a colleague has connected this one."""


@dataclass(frozen=True)
class Wanted:
    """A mailbox somebody wants to connect, as typed and tried. The password stays out of every ``repr``."""

    address: str
    username: str
    password: str = field(repr=False)
    imap_host: str = ""
    imap_port: int = 993
    imap_tls: str = "tls"
    smtp_host: str = ""
    smtp_port: int = 465
    smtp_tls: str = "tls"


def is_taken(user: Any, address: str) -> bool:
    """Whether ``user`` cannot connect ``address``: a colleague has, or the user has another connected."""
    connected = EmailAccount.objects.filter(kind=EmailAccount.Kind.PERSONAL).exclude(
        state=EmailAccount.State.DISCONNECTED
    )
    theirs = connected.filter(address=address, owner__isnull=False).exclude(owner=user)
    return theirs.exists() or connected.filter(owner=user).exclude(address=address).exists()


def connect(user: Any, wanted: Wanted) -> EmailAccount:
    """Connect ``user``'s personal mailbox; one that was synchronised before goes on where it was.

    Of any other a preview comes first. Raises AlreadyConnected; the database decides, so two tabs
    at once are safe.
    """
    state = EmailAccount.State
    values = {
        "username": wanted.username,
        "secret": encrypt(wanted.password),
        "imap_host": wanted.imap_host,
        "imap_port": wanted.imap_port,
        "imap_tls": wanted.imap_tls,
        "smtp_host": wanted.smtp_host,
        "smtp_port": wanted.smtp_port,
        "smtp_tls": wanted.smtp_tls,
        "provider": "",
        **NO_CONSENT,
        "state": state.CONNECTED,
        "trouble": "",
        "failures": 0,
        "next_try": None,
    }
    try:
        with transaction.atomic():
            _let_go_of_the_departed(wanted.address)
            former = personal(user) or EmailAccount()
            if former.pk and former.address != wanted.address:
                if former.state != state.DISCONNECTED:
                    raise AlreadyConnected
                former = _former(user, wanted.address)
            if former.pk is None or former.state == state.DISCONNECTED:
                former.mode, former.created_at = _first_mode(former), timezone.now()
            former.kind, former.owner, former.address = EmailAccount.Kind.PERSONAL, user, wanted.address
            for name, value in values.items():
                setattr(former, name, value)
            # What workers write meanwhile (the lease, what is to be looked for) stays as they wrote it.
            former.save(update_fields=[*values, *_ITS_OWN] if former.pk else None)
            return former
    except IntegrityError:
        raise AlreadyConnected from None


#: What ``connect`` says of an account, beside how it is reached.
_ITS_OWN = ("mode", "created_at", "kind", "owner", "address")


def _first_mode(account: EmailAccount) -> str:
    """Nothing of a mailbox that was never synchronised is stored before its owner has seen a preview."""
    known = account.last_success is not None or (account.pk is not None and account.locations.exists())
    return EmailAccount.Mode.TOTAL if known else EmailAccount.Mode.PREVIEW


def _former(user: Any, address: str) -> EmailAccount:
    mine = EmailAccount.objects.filter(kind=EmailAccount.Kind.PERSONAL, owner=user, address=address)
    return mine.order_by("-pk").first() or EmailAccount()


def _let_go_of_the_departed(address: str) -> None:
    """A deleted colleague's account must not keep the mailbox from its next owner."""
    orphans = EmailAccount.objects.filter(kind=EmailAccount.Kind.PERSONAL, owner=None, address=address)
    orphans.update(state=EmailAccount.State.DISCONNECTED, secret="", **NO_CONSENT)


def personal(user: Any) -> EmailAccount | None:
    """The user's personal account: the connected one, else the one connected last, else None."""
    mine = EmailAccount.objects.filter(kind=EmailAccount.Kind.PERSONAL, owner=user)
    return (
        mine.exclude(state=EmailAccount.State.DISCONNECTED).first()
        or mine.order_by("-created_at", "-pk").first()
    )


def connected(user: Any) -> EmailAccount | None:
    """The user's personal account while it is connected, in whatever state."""
    account = personal(user)
    return account if account and account.state != EmailAccount.State.DISCONNECTED else None


def has_begun(account: EmailAccount) -> bool:
    """Whether a synchronisation was ever started; until then the mailbox is only previewed."""
    return (
        account.last_success is not None
        or account.folders.filter(scanned_to__gt=0).exists()
        or account.locations.exists()
    )


def start(
    account: EmailAccount, *, leave_out: Collection[str] = (), without_folders: Collection[int] = ()
) -> None:
    """Confirm the preview: from now on the mailbox is synchronised.

    ``leave_out``: canonical addresses whose messages are not brought in; ``without_folders``: ids of
    folders that are left out (those of other accounts are ignored).
    """
    with transaction.atomic():
        rules.leave_out(account, leave_out)
        for folder in account.folders.filter(pk__in=without_folders):
            choose(folder, synced=False)
        switch(account, EmailAccount.Mode.TOTAL)


def switch(account: EmailAccount, mode: str) -> None:
    """Set the synchronisation mode. What is at work stops before its next write, unless it is its mode.

    A preview that was made is forgotten: it was confirmed or called off, or is made again.
    """
    change: dict[str, Any] = {"mode": mode}
    if mode != EmailAccount.Mode.OFF:
        change["wanted_at"] = timezone.now()
    with transaction.atomic():
        preview.settle(account)
        EmailAccount.objects.filter(pk=account.pk).update(**change)


def disconnect(account: EmailAccount) -> None:
    """Stop at once and forget the password, or the access that was allowed. What was recorded stays."""
    EmailAccount.objects.filter(pk=account.pk).update(
        state=EmailAccount.State.DISCONNECTED,
        secret="",
        **NO_CONSENT,
        trouble="",
        next_try=None,
        lease_token="",
        lease_until=None,
    )
