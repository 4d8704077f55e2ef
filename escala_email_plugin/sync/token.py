"""Access tokens are renewed before they end: once at a time, under the account's lease, and none is lost.

A provider may give another refresh token each time, and may take back the old one. So what it gave is
written down in one transaction, whatever became of the lease meanwhile, unless the account has another
consent by now.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from operator import attrgetter
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from ..models import EmailAccount
from ..servers import oauth
from ..servers.imap import ImapError, Refused
from ..servers.oauth import Tokens
from ..servers.secrets import SecretUnreadable, decrypt, encrypt
from . import states
from .credentials import TokenStale, is_fresh
from .lease import ALIVE, AT_WORK, LeaseLost, claim, free
from .persistence import persistently

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: A token that ends sooner is renewed before a connection is opened, and by the task of every minute.
EARLY, AHEAD = timedelta(minutes=5), timedelta(minutes=10)
#: Seconds a provider is left alone after trouble that it did not say more about, while the token is good;
#: and from one look whether it is still good to the next, for who is at work for long.
PEACE = 60

#: Troubles that are over once a token was renewed.
OF_THE_PROVIDER = {
    "client_missing",
    "client_refused",
    "provider_bad_answer",
    "provider_busy",
    "provider_insecure",
    "provider_unreachable",
    "token_stale",
}

_READ_AGAIN = ("secret", "access", "access_ends", "state", "trouble")
#: Whose and where the mailbox is that the token opens.
_WHERE = ("provider", "username", "imap_host", "imap_port", "smtp_host", "smtp_port")
_where = attrgetter(*_WHERE)


def opened(account: EmailAccount, hold: Callable[[], None], connect: Callable[[], T]) -> T:
    """What ``connect`` returns, called with a good token. Where the server refuses that all the same, or no
    key reads it, it is renewed and tried once more. Raises what ``connect`` and ``renew`` raise.
    """
    if not account.provider:
        return connect()
    _make_ready(account, hold)
    try:
        return connect()
    except TokenStale:
        pass
    except Refused as error:
        if error.code != "access_refused":
            raise
    renew(account, hold, even_fresh=True)
    hold()
    return connect()


def keep_alive(account: EmailAccount, hold: Callable[[], None]) -> None:
    """For who holds an account for long, so that nobody else can renew its token. Raises Refused, where the
    consent is over, and LeaseLost: a connection that stands is not given up for a provider in trouble.
    """
    if account.provider and not is_fresh(account, EARLY) and not _is_in_peace(account.pk):
        try:
            renew(account, hold)
        except Refused:
            raise
        except ImapError:
            pass


@sensitive_variables()
def renew(
    account: EmailAccount, hold: Callable[[], None], *, ahead: timedelta = EARLY, even_fresh: bool = False
) -> None:
    """Trade the refresh token for an access token, for who holds the lease; ``account`` has it afterwards.

    ``hold`` renews the lease. Nothing happens where somebody did it already; ``even_fresh``: where the token
    is another one than ``account`` knew. Raises Refused("grant_refused") where the consent is over, ImapError
    where it is tried again, SecretUnreadable and LeaseLost.
    """
    hold()
    known, where = account.access, _where(account)
    account.refresh_from_db(fields=[*_READ_AGAIN, *_WHERE])
    if _where(account) != where:
        raise LeaseLost  # what opens another server now is nothing to that of before
    if is_fresh(account, ahead) and not (even_fresh and account.access == known):
        return
    old = decrypt(account.secret)
    try:
        tokens = oauth.refresh(account.provider, old)
    except ImapError as error:
        trouble_met = error
    else:
        # The provider may have taken back the old one: a busy database must not lose the new one.
        persistently(lambda: _write(account, old, tokens))
        return
    _leave_in_peace(account.pk, trouble_met.retry_after or PEACE)
    if isinstance(trouble_met, Refused) and not _has(account, old):
        # What was refused is not the account's any more: it was connected again, or somebody was quicker.
        raise TokenStale(account)
    raise trouble_met


def keep(values: dict[str, Any], tokens: Tokens, old: str = "") -> dict[str, Any]:
    """``values``, columns of an account, with those that hold ``tokens``. ``old``: a refresh token that is
    written down already.
    """
    values |= {"access": encrypt(tokens.access), "access_ends": tokens.ends}
    if tokens.refresh != old:
        values["secret"] = encrypt(tokens.refresh)
    if tokens.grant_ends is not None:
        values["grant_ends"] = tokens.grant_ends
    return values


def renew_access(account_id: int) -> None:
    """Renew one account's token, unless somebody is at work on it, who does. Failures are written to the
    account (``states``) where they matter: not while the token is still good.
    """
    lease = claim(account_id, None, ALIVE)
    if lease is None:
        return
    try:
        account = EmailAccount.objects.get(pk=account_id)
        if account.provider:
            _renewed(account, lease.renew)
    finally:
        lease.release()


def renew_due() -> list[int]:
    """The ids of the accounts nobody works on whose token ends soon, in whatever mode they are."""
    now = timezone.now()
    rows = EmailAccount.objects.filter(
        ALIVE,
        free(),
        Q(access_ends=None) | Q(access_ends__lt=now + AHEAD),
        state__in=AT_WORK,
    )
    waiting = Q(state=EmailAccount.State.WAITING, next_try__gt=now)
    soon = rows.exclude(provider="").exclude(waiting).order_by("access_ends", "pk")
    # Where it has ended there is no peace but the account's own, ``next_try``.
    accounts = soon.only("access", "access_ends")
    return [one.pk for one in accounts if not (is_fresh(one) and _is_in_peace(one.pk))]


def _renewed(account: EmailAccount, hold: Callable[[], None]) -> None:
    try:
        renew(account, hold, ahead=AHEAD)
    except LeaseLost:
        return
    except (Refused, SecretUnreadable) as error:
        states.failed(account, error)
    except Exception as error:
        if not isinstance(error, ImapError):
            logger.exception("The access to account %s could not be renewed.", account.pk)
        if not is_fresh(account):
            states.failed(account, error)
    else:
        if account.trouble in OF_THE_PROVIDER:
            states.recovered(account)


def _make_ready(account: EmailAccount, hold: Callable[[], None]) -> None:
    """A token that is good for a while yet, where it can be had; else one that is still good."""
    if is_fresh(account, EARLY) or (is_fresh(account) and _is_in_peace(account.pk)):
        return
    try:
        renew(account, hold)
    except Refused:
        raise
    except ImapError:
        if not is_fresh(account):
            raise
    # Together, a slow provider and a slow mail server take longer than a lease.
    hold()


@sensitive_variables()
def _write(account: EmailAccount, old: str, tokens: Tokens) -> None:
    """Raises LeaseLost where the account has another consent by now, or none."""
    with transaction.atomic():
        EmailAccount.objects.select_for_update().filter(pk=account.pk).first()
        if not _has(account, old):
            raise LeaseLost
        values = keep({}, tokens, old)
        EmailAccount.objects.filter(pk=account.pk).update(**values)
    for name, value in values.items():
        setattr(account, name, value)


@sensitive_variables()
def _has(account: EmailAccount, refresh_token: str) -> bool:
    """Whether that is the account's refresh token now; its row may hold it encrypted anew. One that nobody is
    connected to only keeps it to be taken back.
    """
    mine = EmailAccount.objects.filter(pk=account.pk, provider=account.provider)
    row = mine.exclude(state=EmailAccount.State.DISCONNECTED).only("secret").first()
    try:
        return row is not None and bool(row.secret) and decrypt(row.secret) == refresh_token
    except SecretUnreadable:
        return False


def _is_in_peace(account_id: int) -> bool:
    """Whether the provider is left alone. A cache that forgets it, or is down, costs a request, no more."""
    try:
        return bool(cache.get(_peace(account_id)))
    except Exception:  # each kind of cache has errors of its own
        return False


def _leave_in_peace(account_id: int, seconds: int) -> None:
    with suppress(Exception):
        cache.set(_peace(account_id), True, seconds)


def _peace(account_id: int) -> str:
    return f"escala_email.token.{account_id}"
