"""The plugin at work in the middle of all that happens to mailboxes and contacts.

Whatever happened: once all is quiet, the CRM holds what the model holds.
"""

from datetime import timedelta

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from escala_email_plugin.models import Address, EmailAccount, Folder, Location, Message, Quarantined
from escala_email_plugin.sync import connection, fetch, lookups, round, sweep, windows
from escala_email_plugin.sync.choose import choose
from escala_email_plugin.sync.forget import forget
from sandbox.crm.models import Person, PersonEmail
from tests.emptying import empty

from . import agreement
from .happenings import ADDRESSES, BOX, LETTER, WHICH, Happenings
from .model import LEFT_OUT, OTHERS, Box, Mail

#: What a server may be able to do, by the attributes of ``scripted.World``.
SKILLS = ["tells_uidnext", "lists_numbers", "counts_changes", "tells_vanished", "knows_objects"]

#: Before which of its writes or reads a worker dies.
DEATH = st.tuples(st.just("write"), st.integers(1, 40)) | st.tuples(st.just("read"), st.integers(1, 25))


class Machine(Happenings):
    """Both accounts are synchronised meanwhile. Subclasses have ``open``, ``sync`` and ``sync_and_die``."""

    def __init__(self):
        super().__init__()
        #: (account, mail) that was wanted when somebody looked: these may be stored.
        self.looked_at: set[tuple[int, Mail]] = set()
        #: The subjects of all that ever was stored, and how many messages and places there were.
        self.seen: set[str] = set()
        self.most = (0, 0)
        self.agreed = True

    @initialize(
        contacts=st.lists(ADDRESSES, min_size=1, max_size=2),
        folders=st.sets(st.sampled_from(OTHERS)),
        letters=st.lists(st.tuples(BOX, WHICH, LETTER), min_size=2, max_size=8),
        known=st.booleans(),
        skills=st.sets(st.sampled_from(SKILLS)),
    )
    def begin(self, contacts, folders, letters, known, skills):
        """Two mailboxes that have been in use for a while, at a server that may choose what it can do."""
        forget_all()
        self.model.boxes = [self.open(number, skills) for number in (0, 1)]
        for name in sorted(folders):
            self.owner_makes_or_deletes_a_folder(0, name)
            self.owner_makes_or_deletes_a_folder(1, name)
        for who, addresses in enumerate(contacts):
            self.contact_changes(who, addresses)
        for box, folder, words in letters:
            self.somebody_writes(box, folder, words)
        if known:
            self.it_synchronises(0)
            self.it_synchronises(1)

    # The plugin.

    @rule(box=BOX)
    def it_synchronises(self, box):
        self._look(self.model.boxes[box], self.sync)

    @rule(box=BOX, death=DEATH)
    def its_worker_dies(self, box, death):
        self._look(self.model.boxes[box], lambda box: self.sync_and_die(box, *death))
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
        concerning = agreement.concerning(self.model)
        forget()
        assert agreement.stored() == concerning
        self.most = self._counts()

    @rule()
    def everything_settles(self):
        """Until there is nothing left to do: then the CRM is what the mailboxes are."""
        self.agreed = False
        self.calm()
        for box in self.model.boxes:
            for row in box.account.folders.filter(synced=False).exclude(name=LEFT_OUT):
                choose(row, synced=True)
            connection.switch(box.account, "total")
        for _ in range(3):
            self._awake()
            lookups.spread()
            for box in self.model.boxes:
                assert self._look(box, self.sync)
        agreement.rests()
        agreement.on_messages(self.model)
        agreement.on_places(self.model, self.looked_at)
        agreement.on_threads(self.model, self.seen)
        agreement.with_the_audit(self.model)
        self.agreed = True

    def calm(self) -> None:
        """The servers behave from now on."""

    def teardown(self):
        if self.agreed and self.model.boxes:
            self.everything_settles()

    def _look(self, box: Box, sync):
        """Run ``sync``: nothing changes at the server, nothing stored goes, and nothing private comes."""
        wanted = (mail for _, mail in box.synced() if self.model.is_wanted(box, mail))
        self.looked_at |= {(box.account.pk, mail) for mail in wanted}
        before = box.owner.sees()
        done = sync(box)
        assert box.owner.sees() == before
        counts = self._counts()
        assert all(now >= then for now, then in zip(counts, self.most, strict=True))
        self.most = counts
        self.seen |= agreement.stored()
        assert agreement.stored() <= {mail.subject for _, mail in self.looked_at}
        return done

    def _counts(self) -> tuple[int, int]:
        return Message.objects.count(), Location.objects.count()

    def _awake(self) -> None:
        """Whatever waits for a time has come to it."""
        earlier = timezone.now() - timedelta(days=2)
        EmailAccount.objects.update(next_try=None, lease_until=None)
        Folder.objects.filter(renumbered_at__isnull=False).update(renumbered_at=earlier)
        Quarantined.objects.update(next_try=earlier, attempts=1)


def few_at_a_time(monkeypatch) -> None:
    """Small mailboxes, and yet many batches, windows, transactions and turns."""
    monkeypatch.setattr(windows, "BATCH", 3)
    monkeypatch.setattr(windows, "LARGE_BATCH", 2)
    monkeypatch.setattr(fetch, "MESSAGES", 2)
    monkeypatch.setattr(round, "STRIDE", 2)
    monkeypatch.setattr(sweep, "STRIDE", 2)


def forget_all() -> None:
    """An empty CRM; the staff stays."""
    empty()
    for model in (PersonEmail, Person):
        model.objects.all()._raw_delete("default")
