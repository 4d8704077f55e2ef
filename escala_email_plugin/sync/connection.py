"""Connect, switch and disconnect a mailbox. The history outlives every connection."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from ..models import EmailAccount, Location, Rule
from ..servers.consent import Consent
from ..servers.providers import provider
from ..servers.secrets import encrypt
from . import as_decided, preview, rules, states
from .choose import choose
from .token import keep


class AlreadyConnected(Exception):
    """There is one of this kind already, or a colleague has connected this mailbox."""


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

    @sensitive_variables()
    def columns(self) -> dict[str, Any]:
        """How the mailbox is reached, as columns of its account: a password takes a consent's place, too."""
        servers = ("imap_host", "imap_port", "imap_tls", "smtp_host", "smtp_port", "smtp_tls")
        values = {name: getattr(self, name) for name in servers} | states.NO_CONSENT
        return {**values, "provider": "", "username": self.username, "secret": encrypt(self.password)}


@dataclass(frozen=True)
class Allowed:
    """A mailbox that a provider's consent opens."""

    consent: Consent

    @property
    def address(self) -> str:
        return self.consent.identity.address

    @sensitive_variables()
    def columns(self) -> dict[str, Any]:
        """How the mailbox is reached, as columns of its account."""
        row = provider(self.consent.provider)
        servers = {
            "imap_host": row.imap.host,
            "imap_port": row.imap.port,
            "imap_tls": row.imap.tls,
            "smtp_host": row.smtp.host,
            "smtp_port": row.smtp.port,
            "smtp_tls": row.smtp.tls,
        }
        now = {"provider": row.id, "username": self.consent.identity.username, "granted_at": timezone.now()}
        values = keep({**states.NO_CONSENT, **servers, **now}, self.consent.tokens)
        # A first token that opens something else is of no use here; the next one opens the mailbox.
        useless = {} if row.first_access == "mailbox" else {"access": "", "access_ends": None}
        return values | useless


def of(kind: str, user: Any) -> QuerySet[EmailAccount]:
    """The accounts of ``kind``: of personal ones only ``user``'s; none that is being erased."""
    mine = {"owner": user} if kind == EmailAccount.Kind.PERSONAL else {}
    return EmailAccount.objects.filter(kind=kind, erase_at=None, **mine)


def latest(kind: str, user: Any) -> EmailAccount | None:
    """The connected one of them, else the one connected last, else None."""
    mine = of(kind, user)
    return (
        mine.exclude(state=EmailAccount.State.DISCONNECTED).first()
        or mine.exclude(imap_host="").order_by("-created_at", "-pk").first()
    )


def connected(kind: str, user: Any) -> EmailAccount | None:
    """The one of them that is connected, in whatever state."""
    return of(kind, user).exclude(state=EmailAccount.State.DISCONNECTED).first()


def former(kind: str, user: Any) -> QuerySet[EmailAccount]:
    """Those of them that are disconnected, the last one first: their mail is still here.

    Without the row that stands for a mailbox nobody ever connected, and only holds what was captured.
    """
    disconnected = of(kind, user).filter(state=EmailAccount.State.DISCONNECTED).exclude(imap_host="")
    return disconnected.order_by("-created_at", "-pk")


def is_taken(kind: str, user: Any, address: str) -> bool:
    """Whether ``address`` cannot be connected: another of the kind is, or a colleague has connected it."""
    mine = connected(kind, user)
    if mine is not None and mine.address != address:
        return True
    personal = EmailAccount.objects.filter(kind=EmailAccount.Kind.PERSONAL, address=address)
    theirs = personal.filter(owner__isnull=False).exclude(state=EmailAccount.State.DISCONNECTED)
    return kind == EmailAccount.Kind.PERSONAL and theirs.exclude(owner=user).exists()


def owner_of(address: str) -> Any | None:
    """Who has connected ``address`` as a personal mailbox."""
    personal = EmailAccount.objects.filter(kind=EmailAccount.Kind.PERSONAL, address=address)
    theirs = personal.exclude(state=EmailAccount.State.DISCONNECTED).select_related("owner").first()
    return theirs.owner if theirs else None


def connect(kind: str, user: Any, wanted: Wanted | Allowed) -> EmailAccount:
    """Connect the mailbox of ``kind``; one that was synchronised before goes on where it was.

    Of any other a preview comes first, and marketing's is never synchronised. Raises AlreadyConnected;
    the database decides, so two tabs at once are safe.
    """
    values = wanted.columns()
    try:
        with transaction.atomic():
            if kind == EmailAccount.Kind.PERSONAL:
                hold_sharing_still(user)
                _let_go_of_the_departed(wanted.address)
            account = _held_still(connected(kind, user))
            if account is not None and account.address != wanted.address:
                raise AlreadyConnected
            account = account or _held_still(_former(kind, user, wanted.address)) or EmailAccount()
            values |= states.connected_again(account)
            if account.pk is None or account.state == EmailAccount.State.DISCONNECTED:
                account.mode, account.created_at = _first_mode(kind, account), timezone.now()
            is_new = account.pk is None
            if is_new and kind == EmailAccount.Kind.PERSONAL:
                as_decided.share(account, of(kind, user))
            account.kind, account.address = kind, wanted.address
            account.owner = user if kind == EmailAccount.Kind.PERSONAL else None
            if account.left_at is not None:  # its owner is back, and some of it may have gone
                values["sweep_all"] = True
            account.left_at, account.left_rule, account.former_owner = None, "", ""
            for name, value in values.items():
                setattr(account, name, value)
            # What workers write meanwhile (the lease, what is to be looked for) stays as they wrote it.
            account.save(update_fields=[*values, *_ITS_OWN] if account.pk else None)
            if is_new and kind == EmailAccount.Kind.PERSONAL:
                as_decided.decide_threads(account, of(kind, user))
            return account
    except IntegrityError:
        raise AlreadyConnected from None


def connect_by_consent(kind: str, user: Any, consent: Consent) -> EmailAccount:
    """Connect the mailbox that a ``consent`` opens, as ``connect`` does. Raises AlreadyConnected."""
    return connect(kind, user, Allowed(consent))


#: What ``connect`` says of an account, beside how it is reached.
_ITS_OWN = ("mode", "created_at", "kind", "owner", "address", "left_at", "left_rule", "former_owner")


def _first_mode(kind: str, account: EmailAccount) -> str:
    """Nothing of a mailbox that was never synchronised is stored before somebody has seen a preview.

    Of a capture mailbox only what users send there is read, so there is nothing to preview.
    """
    if kind == EmailAccount.Kind.MARKETING:
        return EmailAccount.Mode.OFF
    if kind == EmailAccount.Kind.CAPTURE:
        return EmailAccount.Mode.TOTAL
    known = account.last_success is not None or (account.pk is not None and _own_places(account).exists())
    return EmailAccount.Mode.TOTAL if known else EmailAccount.Mode.PREVIEW


def hold_sharing_still(owner: Any) -> None:
    """Until the transaction is over nobody else decides what ``owner`` shares, nor connects a mailbox.

    Called before any account is held.
    """
    # NO KEY: who writes a mailbox twice has its owner looked up at the end, and would wait for this row
    # while it holds one that we want.
    get_user_model()._base_manager.select_for_update(no_key=True).filter(pk=owner.pk).first()


def _former(kind: str, user: Any, address: str) -> EmailAccount | None:
    return of(kind, user).filter(address=address).order_by("-pk").first()


def _held_still(account: EmailAccount | None) -> EmailAccount | None:
    """The same row, which nobody changes meanwhile; None where it was ordered to be erased by now."""
    if account is None:
        return None
    return EmailAccount.objects.select_for_update().filter(pk=account.pk, erase_at=None).first()


def _let_go_of_the_departed(address: str) -> None:
    """A deleted colleague's account must not keep the mailbox from its next owner."""
    orphans = EmailAccount.objects.filter(kind=EmailAccount.Kind.PERSONAL, owner=None, address=address)
    states.disconnected(orphans.exclude(state=EmailAccount.State.DISCONNECTED))


def has_begun(account: EmailAccount) -> bool:
    """Whether a synchronisation was ever started; until then the mailbox is only previewed."""
    return (
        account.last_success is not None
        or account.folders.filter(scanned_to__gt=0).exists()
        or _own_places(account).exists()
    )


def _own_places(account: EmailAccount) -> QuerySet[Location]:
    """What was brought in from the mailbox itself, and not captured for it."""
    return account.locations.filter(folder__account=account)


def start(
    account: EmailAccount,
    *,
    leave_out: Collection[str] = (),
    not_contacts: Collection[str] = (),
    without_folders: Collection[int] = (),
) -> None:
    """Confirm the preview: from now on the mailbox is synchronised.

    ``leave_out``: canonical addresses whose messages are not brought in; ``not_contacts``: those that are no
    contacts of this mailbox; ``without_folders``: ids of folders that are left out (those of other accounts
    are ignored).
    """
    with transaction.atomic():
        rules.leave_out(account, leave_out)
        rules.leave_out(account, not_contacts, Rule.Kind.NOT_CONTACT)
        for folder in account.folders.filter(pk__in=without_folders):
            choose(folder, synced=False)
        switch(account, EmailAccount.Mode.TOTAL)


def switch(account: EmailAccount, mode: str) -> None:
    """Set the synchronisation mode. What is at work stops before its next write, unless it is its mode.

    A preview that was made is forgotten: it was confirmed or called off, or is made again.
    """
    change: dict[str, Any] = {"mode": mode}
    if mode not in (EmailAccount.Mode.OFF, EmailAccount.Mode.PARTIAL):
        change["wanted_at"] = timezone.now()
    with transaction.atomic():
        preview.settle(account)
        EmailAccount.objects.filter(pk=account.pk).update(**change)


def disconnect(account: EmailAccount) -> None:
    """Stop at once and forget the password, or the access that was allowed. What was recorded stays."""
    states.disconnected(EmailAccount.objects.filter(pk=account.pk))
