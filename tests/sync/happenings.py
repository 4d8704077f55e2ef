"""What may happen to mailboxes and contacts, by rules of hypothesis, and to the model of them in step."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from escala_email_plugin.models import Rule
from escala_email_plugin.privacy import lists
from escala_email_plugin.sync import connection, rules
from escala_email_plugin.sync.choose import choose
from sandbox.crm.models import Person, PersonEmail
from tests.making import letter

from .model import FIXED, LEFT_OUT, OTHERS, Box, Mail, Model

#: Who may be a contact; 0 and 1 stand for the accounts' own addresses.
CONTACTS = ["ana@cliente.test", "eva@cliente.test", "ana@casa.test", 0, 1]
PEOPLE = [*CONTACTS, "x@banco.test"]

BOX = st.integers(0, 1)
CONTACT = st.integers(0, 2)
#: A contact's addresses, the main one first; none for no contact.
ADDRESSES = st.lists(st.sampled_from(CONTACTS), max_size=3, unique=True)
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


class Happenings(RuleBasedStateMachine):
    """Two mailboxes with their owners, and the CRM's contacts.

    An owner has ``append(folder, raw)``, ``copy(folder, at, to)``, ``move(folder, at, to)``,
    ``expunge(folder, at)``, ``create(folder)``, ``delete(folder)``, ``rename(folder, to)``,
    ``renumber(folder)`` and ``sees()``, all that is there. ``at`` counts a folder's messages from 0, and
    ``rename`` says whether the server would.
    """

    def __init__(self):
        super().__init__()
        self.model = Model()
        self.people: dict[int, Person] = {}

    # The mailboxes.

    @rule(box=BOX, folder=WHICH, words=LETTER)
    def somebody_writes(self, box, folder, words):
        """A message arrives, and perhaps a copy that shows a Bcc in the sender's Sent."""
        mails, box = self.model.mails, self.model.boxes[box]
        sender, to, hidden, answers, reuses = words
        number = len(mails)
        message_id = self._id_of(reuses) or f"m{number}@x.test"
        reply_to = self._id_of(answers)
        sender, *to = (self._address(one) for one in (sender, *to))

        def mail(hidden: frozenset[str]) -> Mail:
            fields = {"bcc": ", ".join(hidden)} if hidden else {}
            # No two of one size, whatever their addresses: one that arrives in the same second, under the
            # same id and as large as one that went may be taken for that.
            said = (sender, ", ".join(to), f"n{number}", "Hola.\n" * number * 50)
            raw = letter(*said, minutes=number, message_id=message_id, reply_to=reply_to, **fields)
            ids = frozenset({message_id, reply_to} - {None})
            return Mail(f"n{number}", raw, message_id, ids, frozenset({sender, *to}), hidden)

        mails.append(mail(frozenset()))
        self._append(box, box.name(folder), mails[-1])
        if hidden is not None:
            mails.append(mail(frozenset({self._address(hidden)})))
            self._append(box, "Sent", mails[-1])

    @rule(box=BOX, folder=WHICH, which=WHICH)
    def the_same_arrives_again(self, box, folder, which):
        box, mails = self.model.boxes[box], self.model.mails
        self._append(box, box.name(folder), mails[which % len(mails)])

    @rule(box=BOX, which=WHICH, to=WHICH)
    def owner_copies(self, box, which, to):
        box = self.model.boxes[box]
        if place := box.picked(which):
            folder, at = place
            to = box.name(to, but=folder)
            box.owner.copy(folder, at, to)
            box.folders[to].append(box.folders[folder][at])

    @rule(box=BOX, which=WHICH, to=WHICH)
    def owner_moves(self, box, which, to):
        box = self.model.boxes[box]
        if place := box.picked(which):
            folder, at = place
            to = box.name(to, but=folder)
            box.owner.move(folder, at, to)
            box.folders[to].append(box.folders[folder].pop(at))

    @rule(box=BOX, which=WHICH)
    def owner_deletes(self, box, which):
        box = self.model.boxes[box]
        if place := box.picked(which):
            folder, at = place
            box.owner.expunge(folder, at)
            box.folders[folder].pop(at)

    @rule(box=BOX, name=st.sampled_from(OTHERS))
    def owner_makes_or_deletes_a_folder(self, box, name):
        box = self.model.boxes[box]
        if name in box.folders:
            box.owner.delete(name)
            del box.folders[name]
        else:
            box.owner.create(name)
            box.folders[name] = []

    @rule(box=BOX, which=WHICH, to=st.sampled_from([*OTHERS, "Antes", "Archivo/Antes"]))
    def owner_renames_a_folder(self, box, which, to):
        """With those inside it, to a name that is free for all of them."""
        box = self.model.boxes[box]
        names = [name for name in box.folders if name not in FIXED]
        if not names or any(one == to or one.startswith(f"{to}/") for one in names):
            return
        name = names[which % len(names)]
        if to.startswith(f"{name}/") or not box.owner.rename(name, to):
            return
        for one in names:
            if one == name or one.startswith(f"{name}/"):
                box.folders[to + one.removeprefix(name)] = box.folders.pop(one)

    @rule(box=BOX, folder=WHICH)
    def server_numbers_a_folder_anew(self, box, folder):
        box = self.model.boxes[box]
        box.owner.renumber(box.name(folder))

    # The CRM and its people.

    @rule(who=CONTACT, addresses=ADDRESSES)
    def contact_changes(self, who, addresses):
        """A contact comes, gets or loses addresses, or goes."""
        addresses = [self._address(one) for one in addresses]
        self.model.contacts[who] = addresses
        if not addresses:
            if person := self.people.pop(who, None):
                person.delete()
            return
        person = self.people.setdefault(who, Person(first_name="A", last_name="B"))
        person.email = addresses[0]
        person.save()
        for former in PersonEmail.objects.filter(person=person).exclude(address__in=addresses[1:]):
            former.delete()
        for address in addresses[1:]:
            PersonEmail.objects.get_or_create(person=person, address=address)

    @rule(box=BOX)
    def owner_switches_it_off_or_on(self, box):
        account = self.model.boxes[box].account
        account.refresh_from_db()
        connection.switch(account, "total" if account.mode == "off" else "off")

    @rule(box=BOX, folder=WHICH)
    def owner_leaves_a_folder_out_or_not(self, box, folder):
        box = self.model.boxes[box]
        for row in box.account.folders.filter(name=box.name(folder), gone_at=None).exclude(name=LEFT_OUT):
            choose(row, synced=not row.synced)

    @rule(box=BOX, person=st.sampled_from(PEOPLE))
    def owner_wants_nothing_of_somebody_or_does(self, box, person):
        box, address = self.model.boxes[box], self._address(person)
        if address in box.never:
            box.never.remove(address)
            kind = Rule.Kind.NEVER_DOWNLOAD
            entry = lists.entries(box.account, kind).get(pattern=address)
            lists.take_off([entry.pk], kind, box.account, bring_in=True)
        else:
            box.never.add(address)
            rules.leave_out(box.account, [address])

    def _address(self, one: str | int) -> str:
        return self.model.boxes[one].address if isinstance(one, int) else one

    def _id_of(self, which: int | None) -> str | None:
        """The Message-ID of one of the mails so far; None where none is meant, or there are none."""
        mails = self.model.mails
        return mails[which % len(mails)].message_id if which is not None and mails else None

    def _append(self, box: Box, folder: str, mail: Mail) -> None:
        box.owner.append(folder, mail.raw)
        box.folders[folder].append(mail)
