"""After a new key came to the settings: everything that is stored encrypted is put under it."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet
from django.views.decorators.debug import sensitive_variables

from ..models import EmailAccount, Policy
from ..servers.secrets import SecretUnreadable, decrypt, renewed
from . import erased, states

#: Accounts read at once.
BATCH = 200

#: So often one that changes under our hands is read again; who renews a token does so once an hour.
ATTEMPTS = 5


@dataclass
class Rotation:
    """What was done: how many secrets were ``rotated``, how many were under the first key ``already``."""

    rotated: int = 0
    already: int = 0
    #: Ids of the accounts that must be connected again, for no key reads their secret.
    unreadable: list[int] = field(default_factory=list)
    #: Ids of those that had to be, and go on now: the key that reads their secret is back.
    healed: list[int] = field(default_factory=list)
    #: People were erased, and no key reads the one that tells who.
    is_erasure_key_lost: bool = False


def rotate() -> Rotation:
    """Put every stored secret under the first key. Safe while others work, and as often as wanted.

    A secret that somebody writes meanwhile stays as it was written. An account whose secret no key reads
    is to be connected again; one whose secret was unreadable and is not any more goes on by itself.
    """
    rotation = Rotation()
    for account_id in _with_secrets():
        _rotate_account(account_id, rotation)
    _rotate_erasure_key(rotation)
    return rotation


def _rotate_erasure_key(rotation: Rotation) -> None:
    with suppress(SecretUnreadable):
        _rotate_column(Policy.objects.filter(pk=1), "erasure_key", rotation)
    rotation.is_erasure_key_lost = not erased.is_key_good()
    if not rotation.is_erasure_key_lost:
        states.erasure_key_found()


def _with_secrets() -> Iterator[int]:
    last = 0
    rows = EmailAccount.objects.exclude(secret="", access="").order_by("pk").values_list("pk", flat=True)
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield from batch
        last = batch[-1]


def _rotate_account(account_id: int, rotation: Rotation) -> None:
    try:
        found = _rotate_column(_row(account_id), "secret", rotation)
    except SecretUnreadable as error:
        if _lost(account_id, error):
            rotation.unreadable.append(account_id)
    else:
        if found and states.key_found(account_id):
            rotation.healed.append(account_id)
    try:
        _rotate_column(_row(account_id), "access", rotation)
    except SecretUnreadable:
        _let_go_of_access(account_id)


def _row(account_id: int) -> QuerySet:
    return EmailAccount.objects.filter(pk=account_id)


@sensitive_variables()
def _rotate_column(rows: QuerySet, column: str, rotation: Rotation) -> bool:
    """Whether there is something in the column of the one row. Raises SecretUnreadable."""
    for _ in range(ATTEMPTS):
        before = rows.values_list(column, flat=True).first()
        if not before:
            return False
        after = renewed(before)
        if after == before:
            rotation.already += 1
            return True
        # Whoever wrote meanwhile wins: what we read may be a refresh token that was used up since.
        if rows.filter(**{column: before}).update(**{column: after}):
            rotation.rotated += 1
            return True
    return True


@sensitive_variables()
def _lost(account_id: int, error: SecretUnreadable) -> bool:
    """Ask its owner to connect it again, unless somebody has just done so."""
    with transaction.atomic():
        account = EmailAccount.objects.select_for_update().filter(pk=account_id).first()
        if account is None or _is_readable(account.secret):
            return False
        states.failed(account, error)
    return True


@sensitive_variables()
def _let_go_of_access(account_id: int) -> None:
    """An access token lives for an hour: the refresh token, which can be read, brings another."""
    rows = EmailAccount.objects.filter(pk=account_id)
    token = rows.values_list("access", flat=True).first()
    if token and not _is_readable(token):
        rows.filter(access=token).update(access="", access_ends=None)


@sensitive_variables()
def _is_readable(token: str) -> bool:
    try:
        decrypt(token)
    except SecretUnreadable:
        return False
    return True
