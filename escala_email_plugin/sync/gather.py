"""From UIDs to rows: decide by the address headers, fetch what is taken, record it, move the mark.

Everything that walks over a mailbox (new mail, history, sweeps, audits, second tries) hands its UIDs in here.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property

from .. import addresses
from ..models import EmailAccount, Folder
from ..servers.imap import ProtocolTrouble
from . import age, labels, people, places, quarantine, rules
from .batch import Batch, Cursor
from .capture import sorting, twins
from .capture.capturer import Capturer
from .decide import Reason, Rules, decide
from .fetch import Catch, SetAside, fetch
from .judge import judge
from .lease import Lease
from .mailbox import Mailbox
from .progress import Progress
from .record import record


class Gatherer:
    """Gathers for one account while its lease is held."""

    def __init__(self, account: EmailAccount, mailbox: Mailbox, lease: Lease, progress: Progress):
        self.account, self.mailbox, self.lease, self.progress = account, mailbox, lease, progress
        #: (folder's id, UID) of what was fetched and, read whole, concerns nobody.
        self.declined: set[tuple[int, int]] = set()
        #: By UID, the contacts for whose sake the latest ones were taken.
        self._matched: dict[int, frozenset[str]] = {}
        self._capturer = Capturer(account)

    def batch(self, folder: Folder, batch: Batch) -> None:
        """Deal with a batch; where the server answers nonsense, halve it until the culprit is alone.

        Each half is recorded as soon as it is dealt with, so that even a mailbox full of culprits
        comes to its end, a few in every sync. The folder must be open.
        """
        try:
            self._attempt(folder, batch)
        except ProtocolTrouble as error:
            self.mailbox.again(error)
            if len(batch.uids) > 1:
                for half in batch.halves():
                    self.batch(folder, half)
                return
            aside = [SetAside(uid, "fetch") for uid in batch.uids]
            self.record(folder, Catch(batch.uids, set_aside=aside), batch.mark, len(aside))

    def _attempt(self, folder: Folder, batch: Batch) -> None:
        """Decide about a batch, fetch what is taken, and move the mark as far as was recorded."""
        taken = self.missing(folder, self.taken(batch.uids))
        counted = 0
        for catch in self._fetch(folder, taken):
            last = catch.uids[-1]
            reached = len(batch.uids) if last == taken[-1] else batch.uids.index(last) + 1
            mark = batch.mark if last == taken[-1] else batch.mark_at(last)
            self.record(folder, catch, mark, reached - counted)
            counted = reached
            del catch  # else it lives on while the next is fetched
        if not taken:
            self.record(folder, Catch(), batch.mark, len(batch.uids))

    def again(self, folder: Folder, uid: int) -> None:
        """A message that was set aside: decide about it as about any other, and fetch it if it is taken."""
        kept, self._matched = quarantine.kept(folder, uid), {}
        try:
            catches = [kept] if kept else list(self._fetch(folder, self.taken([uid])))
        except ProtocolTrouble as error:
            self.mailbox.again(error)
            catches = [Catch([uid], set_aside=[SetAside(uid, "fetch")])]
        for catch in catches or [Catch([uid])]:
            self.record(folder, catch, None)

    def missing(self, folder: Folder, uids: list[int]) -> list[int]:
        """Those of ``uids`` that are neither stored nor set aside.

        Of what was forwarded several messages may lie in one, each with contacts of its own.
        """
        there = places.held(folder, uids) - self._capturer.forwarded(folder)
        return [uid for uid in uids if uid not in there]

    def _fetch(self, folder: Folder, uids: list[int]) -> Iterator[Catch]:
        with self.mailbox.meter.stage("fetch"):
            details = self.mailbox.ask(lambda session, some: session.details(some), uids)
        kept = {
            uid: one
            for uid, one in details.items()
            if not (labels.is_left_out(folder.role, one, self._left_out) or age.is_too_old(one, self._oldest))
        }
        captured = self._capturer.tagged
        known = places.known(self.account, folder, {uid: kept[uid] for uid in kept.keys() - captured.keys()})
        return fetch(self.mailbox, uids, kept, known, self._capturer.read)

    @cached_property
    def _left_out(self) -> set[str]:
        return labels.left_out(self.account)

    @cached_property
    def _oldest(self) -> datetime | None:
        return age.oldest()

    def taken(self, uids: list[int]) -> list[int]:
        """Those of ``uids`` that concern a contact, by their address headers alone, or were captured."""
        with self.mailbox.meter.stage("scan"):
            headers = self.mailbox.ask(
                lambda session, some: sorting.headers(self.account, session, some), uids
            )
        with self.mailbox.meter.stage("decide"):
            found = sorting.sort(self.account, headers)
            self._matched, self._capturer.tagged = judge(self.account, found.ordinary), found.captured
            self._capturer.beside = self._matched.keys() & found.captured.keys()
        return [uid for uid in uids if uid in self._matched or uid in found.captured]

    def _rules(self, candidates: set[str]) -> Rules:
        """The rules as of now, as far as ``candidates`` go."""
        return rules.of(self.account, addresses.known(candidates))

    def _torn(self, uids: list[int]) -> set[int]:
        """Those in whose headers, as the server reads them, a contact of now takes part nevertheless."""
        matched = {uid: self._matched.get(uid, frozenset()) for uid in uids}
        now = self._rules(set().union(*matched.values())) if matched else None
        return {uid for uid, some in matched.items() if decide(some, now).take}

    def record(self, folder: Folder, catch: Catch, mark: object | None, looked_at: int = 0) -> None:
        """Record what still concerns a contact once it was read whole; its people have the last word.

        A message in which only the server sees a contact is neither taken nor passed over in silence.
        """
        self._leave_the_old(folder, catch)
        captured = [taken for taken in catch.taken if taken.holder]  # decided by its holder's rules
        catch.taken = [taken for taken in catch.taken if not taken.holder]
        named = {taken.uid: people.of_message(taken.parsed) for taken in catch.taken}
        now = self._rules(set().union(*named.values()))
        decisions = {uid: decide(some, now) for uid, some in named.items()}
        declined = {uid: one.reason for uid, one in decisions.items() if not one.take}
        torn = self._torn([uid for uid, reason in declined.items() if reason == Reason.NO_CONTACT])
        catch.set_aside += [
            SetAside(one.uid, "torn", None, one.detail.arrived, one.detail.size)
            for one in catch.taken
            if one.uid in torn
        ]
        self.declined.update((folder.pk, uid) for uid in declined.keys() - torn)
        # Of two copies in one mail the account's own comes last: it knows what the provider calls it.
        catch.taken = captured + [taken for taken in catch.taken if taken.uid not in declined]
        meter = self.mailbox.meter
        meter.count(
            folder,
            scanned=looked_at,
            taken=len(catch.taken),
            known=len(catch.known),
            bytes=sum(taken.detail.size for taken in catch.taken),
        )
        with meter.stage("record"):
            record(folder, catch, mark, lease=self.lease, progress=self.progress, looked_at=looked_at)
        twins.supersede(self.account, catch.taken)
        self._capturer.settle(folder, isinstance(mark, Cursor))

    def _leave_the_old(self, folder: Folder, catch: Catch) -> None:
        """What turns out to be older than mail is kept, once it was read whole."""
        old = {one.place for one in catch.taken if age.is_before(one.parsed.sent_at, self._oldest)}
        self.declined.update((folder.pk, uid) for uid, _part in old)
        catch.taken = [one for one in catch.taken if one.place not in old]
