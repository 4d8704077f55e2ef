"""What a first synchronisation would bring, counted before anything is stored.

Every message's address headers are read and decided about as a synchronisation would; of those it
would take, size and date. What is kept are the numbers, in the Run's ``result``.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ..mail.headers import address_headers, date
from ..models import EmailAccount, Folder, Run
from ..servers.imap import FolderGone, ProtocolTrouble
from . import age, errand, labels, people, walk
from .errand import Errand
from .folders import refresh_folders
from .forecast import Forecast
from .judge import judge
from .lease import claimable
from .mailbox import Mailbox


def preview(account_id: int) -> bool:
    """Count what would be taken; returns whether it came to the end. Only in mode PREVIEW.

    The Run's result: ``messages`` that would be taken (one in two folders once), ``contacts`` (addresses of
    records in them), ``oldest`` (when the first one arrived or was written, ISO 8601, or None), ``bytes`` to
    download, ``seconds`` it would take, ``senders`` and ``folders``. A sender's ``messages`` are those it
    wrote; its ``involved`` those it takes part in at all, which is what leaving it out would spare.
    """
    run = errand.carry_out(account_id, Run.Kind.PREVIEW, EmailAccount.Mode.PREVIEW, _count)
    return run is not None and run.state == Run.State.DONE


def due() -> list[int]:
    """The accounts in mode PREVIEW that wait for one: it was never begun, or failed, or its worker died."""
    now = timezone.now()
    waiting = claimable(EmailAccount.Mode.PREVIEW).filter(Q(trouble="") | Q(next_try__lte=now))
    return [account.pk for account in waiting if not is_answered(account)]


def is_answered(account: EmailAccount) -> bool:
    """Whether the last preview is there to be looked at, or was called off."""
    last = account.runs.filter(kind=Run.Kind.PREVIEW).order_by("-pk").first()
    if last is None:
        return False
    return last.state == Run.State.CANCELLED or (last.state == Run.State.DONE and "senders" in last.result)


def settle(account: EmailAccount) -> None:
    """The preview is confirmed or cancelled: who writes how often is nobody's business any more."""
    for run in account.runs.filter(kind=Run.Kind.PREVIEW, result__has_key="senders"):
        run.result.pop("senders")
        run.result.pop("unticked", None)
        run.save(update_fields=["result"])


def remember(run: Run, unticked: dict[str, list[str]]) -> None:
    """Keep what was unticked of a preview that could not be confirmed as it was, to show it so again."""
    with transaction.atomic():
        row = Run.objects.select_for_update().get(pk=run.pk)
        if "senders" in row.result:
            row.result["unticked"] = unticked
            row.save(update_fields=["result"])


def _count(work: Errand, mailbox: Mailbox) -> dict[str, Any]:
    settle(work.account)
    seen = refresh_folders(work.account, mailbox.session)
    work.begin(0, walk.size(mailbox, seen))
    forecast = Forecast(labels.left_out(work.account), age.oldest())
    for one in seen:
        _count_folder(work, mailbox, one.folder, forecast)
    return forecast.result(work.cost())


def _count_folder(work: Errand, mailbox: Mailbox, folder: Folder, forecast: Forecast) -> None:
    """A folder that goes away or makes no sense is counted as far as it was read, and says so."""
    row = forecast.begin(folder)
    try:
        state = mailbox.examine(folder)
        folder.uidvalidity = state.uidvalidity  # not stored: a fresh session must find the same
        top = state.uidnext or mailbox.session.highest_uid(state.exists) + 1
        lowest = None
        for window in walk.downwards(mailbox, 1, top, state.exists):
            lowest = _count_window(work.account, mailbox, window.uids, forecast, row) or lowest
            work.so_far = {"messages": forecast.messages}
            work.looked_at(len(window.uids))
        if lowest is not None:
            forecast.since(_date(mailbox, *lowest))
    except FolderGone as error:
        row["trouble"] = error.code
    except ProtocolTrouble as error:
        row["trouble"] = error.code
        mailbox.afresh(error)


def _date(mailbox: Mailbox, uid: int, arrived: datetime | None) -> datetime | None:
    """What a message says of its age: of mail that was moved from another server, the server tells less."""
    raw = mailbox.session.glance([uid]).get(uid, b"")
    return date(address_headers(raw).get("date", b""), arrived)


def _count_window(
    account: EmailAccount, mailbox: Mailbox, uids: list[int], forecast: Forecast, row: dict[str, Any]
) -> tuple[int, datetime | None] | None:
    """The lowest UID that would be taken, and when it arrived; None where there is none."""
    with mailbox.meter.stage("scan"):
        headers, _unreadable = walk.headers(mailbox, uids, account)
    with mailbox.meter.stage("decide"):
        matched = judge(account, headers)
    with mailbox.meter.stage("details"):
        details = mailbox.ask(lambda session, some: session.details(some), list(matched))
    row["scanned"] += len(uids)
    taken = [
        uid
        for uid, one in details.items()
        if not (labels.is_left_out(row["role"], one, forecast.left_out) or age.is_too_old(one, forecast.kept))
    ]
    row["messages"] += len(taken)
    for uid in taken:
        forecast.add(matched[uid], people.senders(headers[uid]), details[uid])
    return (min(taken), details[min(taken)].arrived) if taken else None
