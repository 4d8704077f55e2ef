"""A model of mailboxes and contacts, and rules by which hypothesis changes both at once.

``Machine`` knows what lies where because it put it there. Its subclasses say at which server, and how a sync
is run and killed. Whatever happened: once all is quiet, the CRM holds what the model holds.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from escala_email_plugin.models import (
    Address,
    Attachment,
    EmailAccount,
    Folder,
    Location,
    Lookup,
    Message,
    Participant,
    Quarantined,
    RecordAddress,
    Reference,
    Run,
    Tally,
    Thread,
)
from escala_email_plugin.sync import fetch, lookups, round, sweep, windows
from escala_email_plugin.sync.audit import audit
from escala_email_plugin.sync.forget import forget
from sandbox.crm.models import Person, PersonEmail
from tests.making import letter

ANA, EVA, ANA_AT_HOME, BANK = "ana@cliente.test", "eva@cliente.test", "ana@casa.test", "x@banco.test"
#: Who may be a contact; 0 and 1 stand for the accounts' own addresses.
CONTACTS = [ANA, EVA, ANA_AT_HOME, 0, 1]
PEOPLE = [*CONTACTS, BANK]
LEFT_OUT = "Trash"
FOLDERS = ["INBOX", "Sent", LEFT_OUT, "Clientes", "Clientes/Perú", "Ñandú & Cía."]
#: Folders every mailbox has for ever.
FIXED = FOLDERS[:3]

#: Which of several: taken modulo their number.
WHICH = st.integers(0, 255)
#: A message that is to be: from, to, Bcc, which one it answers, and whose Message-ID it uses again.
LETTER = st.tuples(
    st.sampled_from(PEOPLE),
    st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2, unique=True),
    st.none() | st.sampled_from(PEOPLE),
    st.none() | WHICH,
    st.one_of(st.none(), st.none(), WHICH),
)
#: A contact's addresses, the main one first; none for no contact.
ADDRESSES = st.lists(st.sampled_from(CONTACTS), max_size=3, unique=True)
#: What a server may be able to do, by the attributes of ``scripted.World``.
SKILLS = ["tells_uidnext", "lists_numbers", "counts_changes", "tells_vanished", "knows_objects"]
BOX = st.integers(0, 1)
CONTACT = st.integers(0, 2)


@dataclass(frozen=True)
class Mail:
    """A message and, where copies differ in Bcc, one copy of it. ``subject`` is what all copies share."""

    subject: str
    raw: bytes = field(repr=False)
    message_id: str
    ids: frozenset[str]
    shown: frozenset[str]
    hidden: frozenset[str]

    @property
    def people(self) -> frozenset[str]:
        return self.shown | self.hidden


@dataclass
class Box:
    """A mailbox as it should be: its account, its owner, and its folders' messages in the order of UIDs."""

    account: EmailAccount
    owner: Any
    folders: dict[str, list[Mail]] = field(default_factory=lambda: {name: [] for name in FIXED})

    @property
    def address(self) -> str:
        return self.account.address

    def name(self, number: int, but: str = "") -> str:
        """One of its folders."""
        names = [name for name in self.folders if name != but]
        return names[number % len(names)]

    def picked(self, which: int) -> tuple[str, int] | None:
        """(folder, place in it) of one of its messages, if it has any."""
        everything = [(name, at) for name, mails in self.folders.items() for at in range(len(mails))]
        return everything[which % len(everything)] if everything else None

    def at(self, folder: str, at: int) -> Mail:
        return self.folders[folder][at]

    def take(self, folder: str, at: int) -> Mail:
        return self.folders[folder].pop(at)

    def synced(self) -> list[tuple[str, Mail]]:
        """(folder, mail) of everything in the folders that are synchronised."""
        some = ((name, mail) for name, mails in self.folders.items() for mail in mails)
        return [(name, mail) for name, mail in some if name != LEFT_OUT]


class Machine(RuleBasedStateMachine):
    """Two mailboxes with their owners, their two accounts, and the CRM's contacts.

    An owner has ``append(folder, raw)``, ``copy(folder, at, to)``, ``move(folder, at, to)``,
    ``expunge(folder, at)``, ``create(folder)``, ``delete(folder)``, ``rename(folder, to)``,
    ``renumber(folder)`` and ``sees()``, all that is there; ``at`` counts a folder's messages from 0.
    Subclasses have ``open``, ``sync`` and ``sync_and_die``.
    """

    def __init__(self):
        super().__init__()
        self.boxes: list[Box] = []
        self.mails: list[Mail] = []
        self.contacts: dict[int, Person] = {}
        #: (account, mail) that concerned a contact when somebody looked: these may be stored.
        self.looked_at: set[tuple[int, Mail]] = set()
        #: The subjects of all that ever was stored, and how many messages and places there were.
        self.seen: set[str] = set()
        self.most = (0, 0)
        self.agreed = True

    @initialize(
        contacts=st.lists(ADDRESSES, min_size=1, max_size=2),
        folders=st.sets(st.sampled_from(FOLDERS[len(FIXED) :])),
        letters=st.lists(st.tuples(BOX, WHICH, LETTER), min_size=2, max_size=8),
        known=st.booleans(),
        skills=st.sets(st.sampled_from(SKILLS)),
    )
    def begin(self, contacts, folders, letters, known, skills):
        """Two mailboxes that have been in use for a while, at a server that may choose what it can do."""
        forget_all()
        self.boxes = [self.open(number, skills) for number in (0, 1)]
        for name in sorted(folders):
            self.owner_makes_or_deletes_a_folder(0, name)
            self.owner_makes_or_deletes_a_folder(1, name)
        for who, addresses in enumerate(contacts):
            self.contacts_change(who, addresses)
        for box, folder, words in letters:
            self.somebody_writes(box, folder, words)
        if known:
            self.it_synchronises(0)
            self.it_synchronises(1)

    # The mailboxes.

    @rule(box=BOX, folder=WHICH, words=LETTER)
    def somebody_writes(self, box, folder, words):
        """A message arrives, and perhaps a copy that shows a Bcc in the sender's Sent."""
        sender, to, hidden, answers, reuses = words
        number = len(self.mails)
        message_id = self._id_of(reuses) or f"m{number}@x.test"
        reply_to = self._id_of(answers)
        sender, *to = (self._address(one) for one in (sender, *to))

        def mail(hidden: frozenset[str]) -> Mail:
            fields = {"bcc": ", ".join(hidden)} if hidden else {}
            # No two of one size: "x" times their number.
            said = (sender, ", ".join(to), f"n{number}", "x" * number)
            raw = letter(*said, minutes=number, message_id=message_id, reply_to=reply_to, **fields)
            ids = frozenset({message_id, reply_to} - {None})
            return Mail(f"n{number}", raw, message_id, ids, frozenset({sender, *to}), hidden)

        self.mails.append(mail(frozenset()))
        self._append(self.boxes[box], folder, self.mails[-1])
        if hidden is not None:
            self.mails.append(mail(frozenset({self._address(hidden)})))
            self._append(self.boxes[box], FOLDERS.index("Sent"), self.mails[-1])

    @rule(box=BOX, folder=WHICH, which=WHICH)
    def the_same_arrives_again(self, box, folder, which):
        self._append(self.boxes[box], folder, self.mails[which % len(self.mails)])

    @rule(box=BOX, which=WHICH, to=WHICH)
    def owner_copies(self, box, which, to):
        box = self.boxes[box]
        if place := box.picked(which):
            to = box.name(to, but=place[0])
            box.owner.copy(*place, to)
            box.folders[to].append(box.at(*place))

    @rule(box=BOX, which=WHICH, to=WHICH)
    def owner_moves(self, box, which, to):
        box = self.boxes[box]
        if place := box.picked(which):
            to = box.name(to, but=place[0])
            box.owner.move(*place, to)
            box.folders[to].append(box.take(*place))

    @rule(box=BOX, which=WHICH)
    def owner_deletes(self, box, which):
        box = self.boxes[box]
        if place := box.picked(which):
            box.owner.expunge(*place)
            box.take(*place)

    @rule(box=BOX, name=st.sampled_from(FOLDERS[len(FIXED) :]))
    def owner_makes_or_deletes_a_folder(self, box, name):
        box = self.boxes[box]
        if name in box.folders:
            box.owner.delete(name)
            del box.folders[name]
        else:
            box.owner.create(name)
            box.folders[name] = []

    @rule(box=BOX, which=WHICH, to=st.sampled_from([*FOLDERS[len(FIXED) :], "Antes", "Archivo/Antes"]))
    def owner_renames_a_folder(self, box, which, to):
        """With those inside it, to a name that is free for all of them."""
        box = self.boxes[box]
        names = [name for name in box.folders if name not in FIXED]
        if not names or any(one == to or one.startswith(f"{to}/") for one in names):
            return
        name = names[which % len(names)]
        if to.startswith(f"{name}/"):
            return
        box.owner.rename(name, to)
        for one in names:
            if one == name or one.startswith(f"{name}/"):
                box.folders[to + one.removeprefix(name)] = box.folders.pop(one)

    @rule(box=BOX, folder=WHICH)
    def server_numbers_a_folder_anew(self, box, folder):
        self.boxes[box].owner.renumber(self.boxes[box].name(folder))

    # The CRM.

    @rule(who=CONTACT, addresses=ADDRESSES)
    def contacts_change(self, who, addresses):
        """A contact comes, gets or loses addresses, or goes."""
        main, *others = [self._address(one) for one in addresses] or [None]
        if main is None:
            if who in self.contacts:
                self.contacts.pop(who).delete()
            return
        person = self.contacts.setdefault(who, Person(first_name="A", last_name="B"))
        person.email = main
        person.save()
        for former in PersonEmail.objects.filter(person=person).exclude(address__in=others):
            former.delete()
        for address in others:
            PersonEmail.objects.get_or_create(person=person, address=address)

    # The plugin.

    @rule(box=BOX)
    def it_synchronises(self, box):
        assert self._look(self.boxes[box], self.sync)

    @rule(
        box=BOX,
        death=st.tuples(st.just("write"), st.integers(1, 40))
        | st.tuples(st.just("read"), st.integers(1, 25)),
    )
    def its_worker_dies(self, box, death):
        self._look(self.boxes[box], lambda box: self.sync_and_die(box, *death))
        EmailAccount.objects.update(lease_until=None)

    @rule()
    def it_hands_out_new_addresses(self):
        lookups.spread()

    @rule()
    def a_month_passes(self):
        """Everything waited for comes; what concerned nobody for so long goes, and nothing else does."""
        earlier = timezone.now() - timedelta(days=60)
        Address.objects.filter(left_at__isnull=False).update(left_at=earlier)
        self._awake()
        concerning = {
            subject
            for box in self.boxes
            for subject, hidden in self._held(box)
            if self._concerns(box, self._mail(subject, hidden))
        }
        forget()
        assert set(Message.objects.values_list("subject", flat=True)) == concerning
        self.most = self._counts()

    @rule()
    def everything_settles(self):
        """Until there is nothing left to do: then the CRM is what the mailboxes are."""
        self.agreed = False
        for _ in range(3):
            self._awake()
            lookups.spread()
            for box in self.boxes:
                assert self._look(box, self.sync), EmailAccount.objects.get(pk=box.account.pk).trouble
        assert not Lookup.objects.exists()
        assert not Address.objects.filter(sought=True).exists()
        assert not Quarantined.objects.exists()
        assert not Run.objects.filter(state=Run.State.RUNNING).exists()
        self._compare_places()
        self._compare_threads()
        for box in self.boxes:
            found = audit(box.account.pk).result
            assert (found["missing"], found["refilled"]) == (0, 0), found
        self.agreed = True

    def teardown(self):
        if self.agreed and self.boxes:
            self.everything_settles()

    # What must be true.

    def _look(self, box: Box, sync):
        """Run ``sync``: nothing changes at the server, nothing stored goes, and nothing private comes."""
        self.looked_at |= {(box.account.pk, mail) for _, mail in box.synced() if self._concerns(box, mail)}
        before = box.owner.sees()
        done = sync(box)
        assert box.owner.sees() == before
        counts = self._counts()
        assert all(now >= then for now, then in zip(counts, self.most, strict=True))
        self.most = counts
        stored = set(Message.objects.values_list("subject", flat=True))
        allowed = {mail.subject for _, mail in self.looked_at}
        assert stored <= allowed
        self.seen |= stored
        return done

    def _compare_places(self) -> None:
        for box in self.boxes:
            here = Counter((folder, mail) for folder, mail in box.synced() if self._concerns(box, mail))
            left = Counter(
                (folder, mail)
                for folder, mail in box.synced()
                if not self._concerns(box, mail) and (box.account.pk, mail) in self.looked_at
            )
            stored = self._live(box)
            wanted = Counter((folder, mail.subject, mail.hidden) for folder, mail in here.elements())
            orphans = Counter((folder, mail.subject, mail.hidden) for folder, mail in left.elements())
            assert not wanted - stored, f"missing: {wanted - stored}"
            assert not stored - wanted - orphans, f"too many: {stored - wanted}"
        subjects = Counter(Message.objects.values_list("subject", flat=True))
        assert set(subjects.values()) <= {1}, subjects
        for message in Message.objects.prefetch_related("participants__address"):
            shown = {one.address.value for one in message.participants.all() if one.role != "bcc"}
            assert shown == self._mail(message.subject).shown

    def _live(self, box: Box) -> Counter:
        """(folder, subject, Bcc) of every place that is there now."""
        live = self._places(box).filter(gone_at=None, folder__gone_at=None)
        return Counter((place.folder.name, place.message.subject, _hidden(place)) for place in live)

    def _held(self, box: Box) -> set[tuple[str, frozenset[str]]]:
        """(subject, Bcc) of every place that is or was there."""
        return {(place.message.subject, _hidden(place)) for place in self._places(box)}

    def _places(self, box: Box):
        places = box.account.locations.select_related("folder", "message")
        return places.prefetch_related("bcc_participants__address")

    def _compare_threads(self) -> None:
        """Threads are torn nowhere, and joined nowhere but where what was ever stored joins them."""
        stored = set(Message.objects.values_list("subject", flat=True))
        threads = [set(one.messages.values_list("subject", flat=True)) for one in Thread.objects.all()]
        assert all(threads)
        for together in self._conversations(stored):
            assert any(together <= thread for thread in threads), f"torn: {together}"
        possible = self._conversations(self.seen)
        for thread in threads:
            assert any(thread <= together for together in possible), f"joined: {thread}"

    def _conversations(self, subjects: set[str]) -> list[set[str]]:
        """By the rule: what knows an id in common and an outsider in common, over and over."""
        own = {box.address for box in self.boxes}
        groups: list[tuple[set, set, set]] = []
        for subject in subjects:
            mail = self._mail(subject)
            mine = ({subject}, set(mail.ids), set(mail.shown - own))
            while other := next((one for one in groups if one[1] & mine[1] and one[2] & mine[2]), None):
                groups.remove(other)
                mine = tuple(some | more for some, more in zip(mine, other, strict=True))
            groups.append(mine)
        return [group for group, _, _ in groups]

    def _mail(self, subject: str, hidden: frozenset[str] = frozenset()) -> Mail:
        return next(mail for mail in self.mails if (mail.subject, mail.hidden) == (subject, hidden))

    def _concerns(self, box: Box, mail: Mail) -> bool:
        contacts = {person.email for person in self.contacts.values()}
        contacts |= set(PersonEmail.objects.values_list("address", flat=True))
        return bool(mail.people & contacts - {box.address, ""})

    # Small things.

    def _counts(self) -> tuple[int, int]:
        return Message.objects.count(), Location.objects.count()

    def _awake(self) -> None:
        """Whatever waits for a time has come to it."""
        yesterday = timezone.now() - timedelta(days=2)
        EmailAccount.objects.update(next_try=None, lease_until=None)
        Folder.objects.filter(renumbered_at__isnull=False).update(renumbered_at=yesterday)
        Quarantined.objects.update(next_try=yesterday)

    def _address(self, one: str | int) -> str:
        return self.boxes[one].address if isinstance(one, int) else one

    def _id_of(self, which: int | None) -> str | None:
        """The Message-ID of one of the mails so far; None where none is meant, or there are none."""
        return self.mails[which % len(self.mails)].message_id if which is not None and self.mails else None

    def _append(self, box: Box, folder: int, mail: Mail) -> None:
        name = box.name(folder)
        box.owner.append(name, mail.raw)
        box.folders[name].append(mail)


def _hidden(place: Location) -> frozenset[str]:
    return frozenset(person.address.value for person in place.bcc_participants.all())


def few_at_a_time(monkeypatch) -> None:
    """Small mailboxes, and yet many batches, windows, transactions and turns."""
    monkeypatch.setattr(windows, "BATCH", 3)
    monkeypatch.setattr(windows, "LARGE_BATCH", 2)
    monkeypatch.setattr(fetch, "MESSAGES", 2)
    monkeypatch.setattr(round, "STRIDE", 2)
    monkeypatch.setattr(sweep, "STRIDE", 2)


def forget_all() -> None:
    """An empty CRM; the staff stays."""
    for model in (Participant, Attachment, Location, Quarantined, Message, Reference, Thread, Run, Tally):
        model.objects.all()._raw_delete("default")
    for model in (Lookup, Folder, EmailAccount, RecordAddress, Address, PersonEmail, Person):
        model.objects.all()._raw_delete("default")
