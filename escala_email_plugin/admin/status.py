"""What a person is told about an account: its state, how far it is, what is asked of its owner."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import EmailAccount, Folder, Quarantined, Run
from ..sync.sentences import sentence_of
from .pace import pace, pace_in_words, seconds_left, time_in_words
from .preview import Preview, is_answered

#: After so long a worker should have begun.
LATE = timedelta(minutes=2)

#: For so long the page says how much connecting again brought in.
NEWS = timedelta(days=7)

#: Screen readers hear of every so many per cent.
STEP = 10


@dataclass(frozen=True)
class Status:
    """An account as the settings page shows it. ``run``: the newest one that matters in its mode."""

    account: EmailAccount
    run: Run | None
    at_work: bool
    set_aside: int
    has_stored: bool
    folders: list[Folder]

    @property
    def has_begun(self) -> bool:
        """Whether a synchronisation was ever started; until then there is only a preview."""
        if self.account.kind == EmailAccount.Kind.MARKETING:
            return False
        known = self.account.last_success is not None or self.has_stored
        return known or self.account.mode == "total" or any(one.scanned_to for one in self.folders)

    @property
    def is_half_way(self) -> bool:
        """Whether it stopped before everything was looked at. (Not every folder is: Gmail's are labels.)"""
        behind = self.account.last_success is None
        return self.has_begun and (behind or any(one.synced and one.scanned_from > 1 for one in self.folders))

    @property
    def is_read(self) -> bool:
        """Whether its mail is brought in as it comes, so that there is a next time."""
        working = self.account.state in (EmailAccount.State.CONNECTED, EmailAccount.State.WAITING)
        return self.has_begun and working and self.account.mode == EmailAccount.Mode.TOTAL

    @property
    def next_try(self) -> datetime | None:
        """When the mailbox is looked at again; None where that is about now, or never."""
        when = self.account.next_try
        return when if self.is_read and when and when > timezone.now() and not self.at_work else None

    @property
    def mode(self) -> str:
        """What is brought in, in words."""
        if self.account.mode == EmailAccount.Mode.TOTAL:
            if self.account.kind == EmailAccount.Kind.CAPTURE:
                return _("What is sent to somebody's capture address is brought in by itself.")
            return _("Total: new mail with contacts is brought in by itself.")
        if self.account.mode == EmailAccount.Mode.PARTIAL:
            return _("Partial: only what you send to your capture address is brought in.")
        return _("Off: nothing new is brought in.")

    @property
    def chosen_folders(self) -> int:
        """How many folders are synchronised."""
        return sum(one.synced for one in self.folders)

    @property
    def lacks_sent(self) -> bool:
        """Whether no folder of sent mail is known, so that one must be asked for."""
        return bool(self.folders) and all(one.role != Folder.Role.SENT for one in self.folders)

    @property
    def is_filling_gap(self) -> bool:
        """Whether what came while it was stopped is still being brought in."""
        account = self.account
        return account.gap_from is not None and account.gap_filled is None and account.mode == "total"

    @property
    def has_filled_gap(self) -> bool:
        """Whether it was brought in not long ago."""
        account = self.account
        filled = account.gap_from is not None and account.gap_filled is not None
        return filled and account.reconnected_at > timezone.now() - NEWS

    @property
    def preview(self) -> Preview | None:
        """The preview to be looked at."""
        made = self.account.mode == "preview" and not self.at_work and is_answered(self.run)
        return Preview(self.run) if made else None

    @property
    def moving(self) -> Run | None:
        """The run that is at work."""
        return self.run if self.at_work and self.run and self.run.state == "running" else None

    @property
    def starting(self) -> bool:
        """Work was ordered or left unfinished, and no worker has come to it yet: not a look at new mail."""
        account = self.account
        fresh = not account.trouble and account.state == "connected" and not self.at_work
        if account.mode == "preview":
            return fresh and self.preview is None and not self.was_called_off
        return fresh and account.mode == "total" and (account.last_success is None or self.was_left)

    @property
    def was_left(self) -> bool:
        """Whether the run's worker died: the next one goes on with it."""
        return self.run is not None and self.run.state == "running" and not self.at_work

    @property
    def was_called_off(self) -> bool:
        """Whether somebody stopped the preview, so that none is on its way."""
        return self.account.mode == "preview" and self.run is not None and self.run.state == "cancelled"

    @property
    def late(self) -> bool:
        """Work was ordered minutes ago and nobody came: probably no worker runs."""
        left = self.run.moved_at if self.was_left else None
        ordered = max(when for when in (self.account.wanted_at, self.account.created_at, left) if when)
        return self.starting and ordered < timezone.now() - LATE

    @property
    def running(self) -> bool:
        """Whether the page should keep looking."""
        return self.at_work or self.starting

    @property
    def may_cancel(self) -> bool:
        """Whether there is something to cancel: not a look at new mail, which takes a moment."""
        if self.account.mode != "total":
            return False
        if self.moving:
            return self.moving.kind != "audit"
        return self.starting or (self.at_work and self.is_half_way)

    @property
    def may_go_on(self) -> bool:
        """Whether it was switched off, though it once began: the way back stands where the way out was."""
        return self.account.mode == "off" and self.account.state != "disconnected" and self.has_begun

    @property
    def percent(self) -> int:
        """How far the run is, 0 to 100."""
        return percent_of(self.run)

    @property
    def heard(self) -> str:
        """What is said to who cannot see it move: how far it is, in steps, and how many it would be."""
        if self.preview:
            return self.preview.headline
        if self.moving:
            return _("%(percent)s %% done.") % {"percent": self.percent // STEP * STEP}
        return ""

    @property
    def found(self) -> int:
        """Messages of this run that concern a contact."""
        return self.run.stored + self.run.set_aside if self.run else 0

    @property
    def left(self) -> int:
        """Messages not looked at yet."""
        return max(0, self.run.total - self.run.done) if self.run else 0

    @property
    def pace(self) -> str:
        """How fast it is, in a sentence; "" while it is too early to tell."""
        speed = pace(self.run, timezone.now()) if self.run else None
        return pace_in_words(speed) if speed else ""

    @property
    def time_left(self) -> str:
        """How long it still takes, in words; "" while it is too early to tell."""
        seconds = seconds_left(self.run, timezone.now()) if self.run else None
        return time_in_words(seconds) if seconds is not None else ""

    @property
    def why_stopped(self) -> str:
        """Why the run did not come to its end, in a sentence."""
        return sentence_of(self.account, self.run.trouble) if self.run else ""

    @property
    def sentence(self) -> str:
        """What is the matter, in a sentence a person can act on; "" when all is well."""
        return sentence_of(self.account, self.account.trouble)


def status_of(account: EmailAccount) -> Status:
    """The account's status as of now, in a constant number of queries."""
    wanted = {"kind": Run.Kind.PREVIEW}
    runs = account.runs.filter(**wanted) if account.mode == "preview" else account.runs.exclude(**wanted)
    return Status(
        account=account,
        run=runs.order_by("-started_at", "-pk").first(),
        at_work=is_held(account),
        set_aside=Quarantined.objects.filter(folder__account=account).count(),
        has_stored=account.locations.filter(folder__account=account).exists(),
        folders=list(account.folders.filter(gone_at=None)),
    )


def stored(account: EmailAccount) -> int:
    """How many messages of the account are here, each once. Slow where there are many."""
    return account.locations.values("message").distinct().count()


def is_held(account: EmailAccount) -> bool:
    """Whether a worker is at the account."""
    return bool(account.lease_until and account.lease_until > timezone.now())


def percent_of(run: Run | None) -> int:
    """How far a run is, 0 to 100."""
    return min(100, run.done * 100 // run.total) if run and run.total else 0
