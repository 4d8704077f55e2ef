"""What was decided about conversations that turn out to be one: nobody may see more of them by that.

The lower level of both counts, for each account. That somebody may read a whole conversation goes on where it
was said of each of them; else it is narrowed to the messages it was about so far. The outcome does not
depend on the order in which conversations are joined.

What was tied to a record by hand stays tied to it. Untied it stays where all of it was: a part that nobody
untied must not be missing from the record's page.

How far somebody has read it is how far they had read the one they read less of.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Min

from ..batches import batches
from ..models import EmailAccount, Grant, Message, RecordThread, ThreadLevel, ThreadRead
from .insert import insert

#: Conversations asked about in one statement.
SOME = 500


def settle(joins: Iterable[tuple[int, Collection[int]]]) -> None:
    """Settle what was decided about each ``(the thread that stays, the others)``.

    Before their messages move, under the locks of all of the threads. One query, where nothing was decided.
    """
    joins = [(kept, {kept, *others}) for kept, others in joins]
    decided = _decided({pk for _kept, threads in joins for pk in threads})
    for kept, threads in joins:
        if decided & threads:
            _settle_levels(kept, threads)
            _settle_grants(kept, threads)
            _settle_ties(kept, threads)
            _settle_reads(kept, threads)


def _decided(threads: Collection[int]) -> set[int]:
    found: set[int] = set()
    for some in batches(threads, SOME):
        levels, *others = (
            model.objects.filter(thread__in=some).order_by().values_list("thread", flat=True)
            for model in (ThreadLevel, Grant, RecordThread, ThreadRead)
        )
        found.update(levels.union(*others))
    return found


def _settle_levels(kept: int, threads: set[int]) -> None:
    decided: dict[int, dict[int, int]] = defaultdict(dict)
    for account, thread, level in ThreadLevel.objects.filter(thread__in=threads).values_list(
        "account", "thread", "level"
    ):
        decided[account][thread] = level
    otherwise = {
        pk: level if shares else 0
        for pk, shares, level in EmailAccount.objects.filter(pk__in=decided).values_list(
            "pk", "shares", "level"
        )
    }
    for account, levels in decided.items():
        lowest = min(levels.get(thread, otherwise[account]) for thread in threads)
        ThreadLevel.objects.update_or_create(account_id=account, thread_id=kept, defaults={"level": lowest})
    ThreadLevel.objects.filter(thread__in=threads - {kept}).delete()


def _settle_grants(kept: int, threads: set[int]) -> None:
    granted: dict[tuple[int, int], dict[int, Grant]] = defaultdict(dict)
    for grant in Grant.objects.filter(thread__in=threads).order_by("pk"):
        granted[grant.account_id, grant.user_id][grant.thread_id] = grant
    for grants in granted.values():
        if grants.keys() == threads:
            Grant.objects.filter(pk__in=[one.pk for pk, one in grants.items() if pk != kept]).delete()
        else:
            _narrow(grants)


def _narrow(grants: dict[int, Grant]) -> None:
    """To the messages of today, as if each had been granted for itself."""
    rows = []
    for thread, one in grants.items():
        # Only the account's own: a grant opens no other copies.
        held = Message.objects.filter(thread=thread, locations__account=one.account_id).distinct()
        rows += [
            (one.account_id, one.user_id, pk, one.request_id, one.granted_at)
            for pk in held.values_list("pk", flat=True)
        ]
    insert(Grant, ["account", "user", "message", "request", "granted_at"], rows)
    Grant.objects.filter(pk__in=[one.pk for one in grants.values()]).delete()


def _settle_ties(kept: int, threads: set[int]) -> None:
    by_record: dict[tuple[int, str], dict[int, RecordThread]] = defaultdict(dict)
    for row in RecordThread.objects.filter(thread__in=threads).order_by("pk"):
        by_record[row.content_type_id, row.object_id][row.thread_id] = row
    for rows in by_record.values():
        tied = [row for row in rows.values() if row.is_tied]
        stays = (tied or list(rows.values()))[0] if tied or rows.keys() == threads else None
        RecordThread.objects.filter(pk__in=[row.pk for row in rows.values() if row != stays]).delete()
        if stays is not None:
            # Not by save(): when it was decided stays as it was.
            RecordThread.objects.filter(pk=stays.pk).update(thread=kept)


def _settle_reads(kept: int, threads: set[int]) -> None:
    rows = ThreadRead.objects.filter(thread__in=threads).order_by().values_list("user")
    read = dict(rows.annotate(earliest=Min("at")))
    ThreadRead.objects.filter(thread__in=threads).delete()
    insert(ThreadRead, ["user", "thread", "at"], [(user, kept, at) for user, at in read.items()])
