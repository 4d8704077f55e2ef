"""What ``manage.py escala_email audit`` says of an account, and its exit status."""

from collections.abc import Iterator

from django.utils import timezone

from ...models import EmailAccount, Run
from ...sync.audit import Outcome
from ...sync.lease import AT_WORK, is_held

#: Exit statuses, for monitoring; of several accounts the highest counts.
ALL_THERE, WAS_MISSING, NOT_CHECKED = 0, 1, 2

#: The note of a folder that is there and may not be opened: no later synchronisation reads it either.
REFUSED = "folder_refused"


def status(outcome: Outcome | None) -> int:
    """0: nothing was missing; 1: something was, fetched now or not; 2: the account could not be checked, or
    the server refuses one of its folders.
    """
    if outcome is None or any(row.get("note") == REFUSED for row in outcome.result["folders"]):
        return NOT_CHECKED
    return WAS_MISSING if outcome.lost else ALL_THERE


def lines(account: EmailAccount, outcome: Outcome | None) -> Iterator[str]:
    """The report, the summary first."""
    if outcome is None:
        yield f"{account.address}: could not be checked: {_why_not(account)}."
        return
    result = outcome.result
    checked = timezone.localtime(outcome.run.finished_at).strftime("%Y-%m-%d %H:%M")
    more = "".join(
        f", {result[name]} {words}"
        for name, words in (("set_aside", "set aside"), ("unread", "not read yet"))
        if result[name]
    )
    counts = f"{result['held']} of {result['found']}, {result['missing']} missing{more}"
    yield f"{account.address}: checked {checked}: {counts}."
    if result["refilled"]:
        yield f"  {result['refilled']} had been missing and were fetched now."
    for why, count in sorted(result["why"].items()):
        yield f"  {count} {why.replace('_', ' ')}:"
        for gap in result["gaps"]:
            if gap["why"] == why:
                yield f"    {_shown(gap['folder'])}, UID {gap['uid']}: {gap['outcome'].replace('_', ' ')}"
    for row in result["folders"]:
        if "note" in row:
            yield f"  {_shown(row['name'])}: not compared ({row['note'].replace('_', ' ')})"


def _why_not(account: EmailAccount) -> str:
    account.refresh_from_db()
    if account.mode != EmailAccount.Mode.TOTAL:
        return f"its synchronisation is {account.mode}"
    if account.state not in AT_WORK:
        return f"its state is {account.state}" + (f" ({account.trouble})" if account.trouble else "")
    if is_held(account.pk):
        return "somebody else is at work on it"
    last = account.runs.filter(kind=Run.Kind.AUDIT).order_by("-pk").first()
    return (last.trouble or last.state) if last else "its owner has left"


def _shown(name: str) -> str:
    """A folder's name, with nothing in it that a terminal would obey."""
    return name if name.isprintable() else ascii(name)
