"""Whether the worker and the watcher are alive."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils import timezone

from ...models import EmailAccount
from ...sync import beat
from ...sync.lease import AT_WORK, READ
from ...sync.needs import SILENT
from ...sync.watch import open_files as limits
from .finding import Finding, Level
from .words import age

#: More orders than that for each account wait only where the workers do not keep up.
CROWD = 5

START_WORKER = "Start it: “manage.py run_huey”."
START_WATCHER = "Start it: “manage.py escala_email watch”."
NOT_SET_UP = "Add huey.contrib.djhuey to INSTALLED_APPS and set HUEY."


def worker() -> Iterator[Finding]:
    """The worker's sign of life, and whether it keeps up."""
    if not getattr(settings, "HUEY", None) or not apps.is_installed("huey.contrib.djhuey"):
        yield Finding("worker", Level.WRONG, "Huey is not set up.", NOT_SET_UP)
        return
    from huey.contrib.djhuey import HUEY  # ends the process where its settings are wrong

    if HUEY.immediate:
        says = "Huey is “immediate”: mailboxes would be read inside web requests, and never by themselves."
        yield Finding("worker", Level.WRONG, says, 'Set "immediate": False in HUEY.')
        return
    yield _alive()
    yield from _crowd(HUEY)


def _alive() -> Finding:
    last = beat.last(beat.WORKER)
    if last is not None and timezone.now() - last < SILENT:
        return Finding("worker", Level.OK, f"It was there {age(last)}.")
    # What takes its hours leaves no time for a sign of life; the lease is renewed all the while.
    busy = EmailAccount.objects.filter(lease_until__gt=timezone.now()).count()
    if busy:
        says = f"Somebody is at work on {busy} of the mailboxes."
        return Finding("worker", Level.OK, says)
    says = f"It was there {age(last)}, and not since." if last else "None was ever there."
    return Finding("worker", Level.WRONG, says, START_WORKER)


def _crowd(queue: Any) -> Iterator[Finding]:
    waiting = queue.pending_count()
    accounts = EmailAccount.objects.filter(state__in=AT_WORK).count()
    if waiting > CROWD * (accounts + 10):
        remedy = "Let more workers run: HUEY's “consumer” has “workers”."
        yield Finding("queue", Level.ADVICE, f"{waiting} orders wait.", remedy)
    else:
        yield Finding("queue", Level.OK, f"{waiting} orders wait.")


def watcher() -> Iterator[Finding]:
    """The watcher's sign of life. One that was told to stop is not missed: polling finds the mail too."""
    last = beat.last(beat.WATCHER)
    if last is None:
        says = "None runs: new mail is found by polling, within minutes."
        yield Finding("watcher", Level.ADVICE, says, START_WATCHER)
    elif timezone.now() - last < SILENT:
        yield Finding("watcher", Level.OK, f"It was there {age(last)}.")
    else:
        says = f"It was there {age(last)}, and not since."
        yield Finding("watcher", Level.WRONG, says, START_WATCHER)


def open_files() -> Iterator[Finding]:
    """Whether a watcher that is started as we were could hold every mailbox."""
    wanted = EmailAccount.objects.filter(READ, state__in=AT_WORK, mode=EmailAccount.Mode.TOTAL).count()
    room = limits.room()
    if wanted > room:
        yield Finding("open files", Level.ADVICE, limits.advice(room, wanted))
    else:
        yield Finding("open files", Level.OK, f"Room for {room} connections, and {wanted} are wanted.")
