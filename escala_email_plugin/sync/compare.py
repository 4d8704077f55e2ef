"""Compare a window of a folder with our rows, and fetch what we lack."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from ..models import Folder, Location, Lookup, Quarantined
from . import age, labels, walk
from .batch import Batch
from .errand import Errand
from .findings import Findings
from .gather import Gatherer
from .judge import judge
from .mailbox import Mailbox
from .walk import Window

#: Why a place was missing, as far as can be told.
GONE = "was_marked_gone"
NEW_CONTACT = "new_contact"
UNREADABLE = "unreadable"
NEVER = "never_recorded"

#: A contact whose earlier mail was not found for longer than that is new no more: something is wrong.
NEW = timedelta(days=1)


@dataclass(frozen=True)
class Places:
    """The UIDs of a stretch that we hold, once held, and set aside."""

    held: frozenset[int]
    gone: frozenset[int]
    aside: frozenset[int]
    #: Those of ``aside`` about which the server answered nonsense: they are not asked for again here.
    avoided: frozenset[int]

    @classmethod
    def of(cls, folder: Folder, low: int, high: int) -> "Places":
        """Those in ``[low, high)`` under the folder's numbering."""
        here = {"folder": folder, "uidvalidity": folder.uidvalidity, "uid__gte": low, "uid__lt": high}
        places = list(Location.objects.filter(**here).values_list("uid", "gone_at"))
        aside = dict(Quarantined.objects.filter(**here).values_list("uid", "error"))
        return cls(
            held=frozenset(uid for uid, gone_at in places if gone_at is None),
            gone=frozenset(uid for uid, gone_at in places if gone_at is not None),
            aside=frozenset(aside),
            avoided=frozenset(uid for uid, error in aside.items() if error == "fetch"),
        )

    def outcome(self, uid: int) -> str:
        """What we have of a message: "held", "set_aside" or "missing"."""
        if uid in self.held:
            return "held"
        return "set_aside" if uid in self.aside else "missing"


class Comparison:
    """Compares one opened folder, window by window; what was found is counted in ``findings``."""

    def __init__(self, errand: Errand, mailbox: Mailbox, folder: Folder, findings: Findings):
        self.errand, self.mailbox, self.folder, self.findings = errand, mailbox, folder, findings
        self.account = errand.account

    def window(self, window: Window) -> bool:
        """Every message of the window, by its address headers; counted when all is done. Returns whether
        we lacked any.

        Raises ImapError, LeaseLost and Cancelled.
        """
        places = Places.of(self.folder, window.low, window.high)
        raw, unreadable = walk.headers(
            self.mailbox, [uid for uid in window.uids if uid not in places.avoided], self.account
        )
        concerned = dict.fromkeys([*unreadable, *places.avoided.intersection(window.uids)], frozenset())
        concerned |= judge(self.account, raw)
        outcomes = {uid: places.outcome(uid) for uid in concerned}
        lacking = [uid for uid in window.uids if outcomes.get(uid) == "missing"]
        whys = self._whys({uid: concerned[uid] for uid in lacking}, places, unreadable)
        refilled = self._refill(lacking)
        gone = self._let_go(places.held.difference(window.uids))
        for uid in outcomes.keys() - set(lacking):
            self.findings.place(outcomes[uid], concerned[uid])
        for uid, outcome in refilled.items():
            self.findings.place(outcome, concerned[uid])
            self.findings.gap(self.folder.name, uid, whys[uid], outcome)
        self.findings.gone += gone
        self.findings.scanned += len(window.uids)
        return bool(refilled)

    def _refill(self, uids: list[int]) -> dict[int, str]:
        """Fetch them; UID → "refilled", "set_aside" or "missing". One that vanished meanwhile, or that
        concerns nobody once it was read whole, or is left out by its labels, is absent.
        """
        if not uids:
            return {}
        gatherer = Gatherer(self.account, self.mailbox, self.errand.lease, self.errand)
        gatherer.batch(self.folder, Batch(uids, None, downwards=True))
        now = Places.of(self.folder, min(uids), max(uids) + 1)
        outcomes = {uid: "refilled" if uid in now.held else now.outcome(uid) for uid in uids}
        left = [uid for uid in uids if outcomes[uid] == "missing"]
        still = self._wanted(left)
        for uid in left:
            if uid not in still or (self.folder.pk, uid) in gatherer.declined:
                del outcomes[uid]
        return outcomes

    def _wanted(self, uids: list[int]) -> set[int]:
        """Those of ``uids`` that are still there, concern a contact, and are not left out by label or age."""
        raw, _unreadable = walk.headers(self.mailbox, uids, self.account)
        concerned = list(judge(self.account, raw))
        details = self.mailbox.ask(lambda session, some: session.details(some), concerned)
        unwanted, oldest = labels.left_out(self.account), age.oldest()
        role = self.folder.role
        return {
            uid
            for uid, detail in details.items()
            if not (labels.is_left_out(role, detail, unwanted) or age.is_too_old(detail, oldest))
        }

    def _whys(
        self, lacking: dict[int, frozenset[str]], places: Places, unreadable: list[int]
    ) -> dict[int, str]:
        new = self._sought(frozenset().union(*lacking.values()))
        whys = {}
        for uid, contacts in lacking.items():
            if uid in unreadable:
                whys[uid] = UNREADABLE
            elif uid in places.gone:
                whys[uid] = GONE
            else:
                whys[uid] = NEW_CONTACT if contacts <= new else NEVER
        return whys

    def _sought(self, contacts: frozenset[str]) -> frozenset[str]:
        """Those of ``contacts`` whose earlier mail is still to be looked for in this account."""
        sweeping = (
            self.folder.sweep_to is not None and not self.account.lookups.filter(underway=True).exists()
        )
        if not contacts or self.account.sweep_all or sweeping:
            return contacts
        waiting = Lookup.objects.filter(
            account=self.account, address__value__in=contacts, created_at__gt=timezone.now() - NEW
        )
        return frozenset(waiting.values_list("address__value", flat=True))

    def _let_go(self, uids: frozenset[int]) -> int:
        """Mark places of ours that the server no longer lists, asked once more to be sure; how many."""
        if not uids:
            return 0
        lost = uids - self.mailbox.session.present(uids)
        here = {"folder": self.folder, "uidvalidity": self.folder.uidvalidity, "uid__in": lost}
        with transaction.atomic():
            self.errand.lease.renew()
            return Location.objects.filter(**here, gone_at=None).update(gone_at=timezone.now())
