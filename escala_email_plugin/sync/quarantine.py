"""Messages that could not be fetched, read or stored: kept in sight and tried again."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from django.db.models import F, QuerySet
from django.db.models.functions import Least
from django.utils import timezone

from ..models import EmailAccount, Folder, Quarantined
from ..servers.imap import Detail
from .fetch import Catch, SetAside, read

FIRST_PAUSE = timedelta(minutes=10)

#: After so many attempts only a person tries again.
ATTEMPTS = 8

#: Attempts in one sync.
AT_ONCE = 100


def put(folder: Folder, set_aside: Iterable[SetAside]) -> None:
    """Keep a row for each; one that was here already waits twice as long. Call it in a transaction."""
    for one in set_aside:
        # Without the bytes that are kept already: they may be fifty million.
        row, made = Quarantined.objects.defer("raw").get_or_create(
            folder=folder,
            uidvalidity=folder.uidvalidity,
            uid=one.uid,
            defaults={
                "raw": one.raw,
                "arrived": one.arrived,
                "size": one.size,
                "error": one.error,
                "next_try": timezone.now() + FIRST_PAUSE,
            },
        )
        if not made:
            pause = FIRST_PAUSE * 2 ** min(row.attempts, ATTEMPTS)
            kept = {"raw": one.raw} if one.raw else {}
            Quarantined.objects.filter(pk=row.pk).update(
                **kept,
                error=one.error,
                attempts=F("attempts") + 1,
                next_try=timezone.now() + pause,
            )


def release(folder: Folder, uids: Iterable[int]) -> None:
    """Forget the rows of messages that are stored now, or gone without our having seen them."""
    rows = Quarantined.objects.filter(folder=folder, uidvalidity=folder.uidvalidity, uid__in=list(uids))
    rows.defer("raw").delete()


def retry(row: Quarantined) -> None:
    """Let the next sync try a message again, however often that was done."""
    _retry(row.folder.account_id, Quarantined.objects.filter(pk=row.pk))


def retry_all(account: EmailAccount) -> None:
    """The same for everything that was set aside of an account."""
    _retry(account.pk, Quarantined.objects.filter(folder__account=account))


def _retry(account_id: int, rows: QuerySet) -> None:
    now = timezone.now()
    rows.update(next_try=now, attempts=Least(F("attempts"), ATTEMPTS - 1))
    EmailAccount.objects.filter(pk=account_id).update(wanted_at=now)


def kept(folder: Folder, uid: int) -> Catch | None:
    """The message, read again from the bytes that were kept; None where there are none.

    It may be gone from the server by now: what we kept may be all there is.
    """
    rows = Quarantined.objects.filter(folder=folder, uidvalidity=folder.uidvalidity, uid=uid)
    raw, arrived = rows.values_list("raw", "arrived").first() or (None, None)
    if not raw:
        return None
    catch = Catch(uids=[uid])
    read(catch, uid, bytes(raw), Detail(len(raw), arrived))
    # Still not readable: the bytes are where they are.
    catch.set_aside = [replace(one, raw=None) for one in catch.set_aside]
    return catch


def due(account: EmailAccount) -> dict[int, list[int]]:
    """The UIDs whose time to be tried again has come, newest first, by folder id; a bounded number."""
    rows = Quarantined.objects.filter(
        folder__account=account,
        folder__gone_at=None,
        uidvalidity=F("folder__uidvalidity"),
        next_try__lte=timezone.now(),
        attempts__lt=ATTEMPTS,
    )
    found: dict[int, list[int]] = {}
    for folder, uid in rows.order_by("-uid").values_list("folder", "uid")[:AT_ONCE]:
        found.setdefault(folder, []).append(uid)
    return found
