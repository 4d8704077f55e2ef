"""Four workers at several accounts that hold the same mail, ordered over and over, and one of them dies."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from escala_email_plugin import tasks
from escala_email_plugin.models import (
    Address,
    Attachment,
    EmailAccount,
    Folder,
    Location,
    Lookup,
    Message,
    Quarantined,
    Thread,
)
from escala_email_plugin.sync.due import due
from sandbox.crm.models import Person
from tests.making import account_at, letter
from tests.servers.fixtures import Mailbox

from .crew import Crew

pytestmark = [pytest.mark.dovecot, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ACCOUNTS, THREADS, ANSWERS = 5, 40, 4
#: Everybody who is written to, a third of the conversations each; of Eva the CRM hears later.
PEOPLE = ["ana@cliente.test", "bruno@cliente.test", "eva@cliente.test"]
FOLDERS = ["INBOX", "Sent", "Clientes/Activos"]


class Office:
    """Some accounts of one server, their mailboxes, and what lies in which."""

    def __init__(self, dovecot):
        self.boxes = []
        for number in range(ACCOUNTS):
            user = f"seller{number}@andina.test"
            dovecot.add_user(user, "correct horse")
            mailbox = Mailbox(dovecot, user, "correct horse")
            owner = get_user_model().objects.create_user(f"seller{number}") if number else None
            self.boxes.append((mailbox, account_at(mailbox, owner)))
        #: (account, folder, subject) of every copy; and the conversation, the person of every message.
        self.places: Counter = Counter()
        self.messages: dict[str, tuple[int, str]] = {}

    def fill(self, threads: range) -> None:
        """Conversations, each answer in other accounts' hands than the one before."""
        for thread in threads:
            person = PEOPLE[thread % len(PEOPLE)]
            for answer in range(ANSWERS):
                number = thread * ANSWERS + answer
                raw = letter(
                    person,
                    "ventas@andina.test",
                    f"n{number}",
                    minutes=number,
                    message_id=f"m{number}@cliente.test",
                    reply_to=f"m{number - 1}@cliente.test" if answer else None,
                    attachments=[("a.txt", "text/plain", b"%d" % thread)] if answer == 0 else [],
                )
                self.messages[f"n{number}"] = (thread, person)
                for holder in {number % ACCOUNTS, (number * 2 + 1) % ACCOUNTS, thread % ACCOUNTS}:
                    folder = FOLDERS[(number + holder) % len(FOLDERS)]
                    self.put(holder, folder, f"n{number}", raw)

    def put(self, holder: int, folder: str, subject: str, raw: bytes) -> None:
        mailbox, account = self.boxes[holder]
        mailbox.append(raw, folder)
        self.places[account.pk, folder, subject] += 1


@pytest.fixture
def office(dovecot, trusting):
    trusting(dovecot.ca)
    return Office(dovecot)


@pytest.fixture
def crew(office, tmp_path):
    with Crew(4, tmp_path) as some:
        yield some


def until(crew: Crew, done: Callable[[], bool], seconds: float = 90) -> None:
    """Order what is due, all of it three times over, until ``done``."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, crew.said()[-5000:]
        for account_id in [*due(), *due(), *due()]:
            crew.order(tasks.sync_account, account_id)
        time.sleep(0.2)


def all_is_read(since) -> bool:
    """Every account was synchronised to the end after ``since``, and nothing is looked for any more."""
    accounts = EmailAccount.objects.exclude(lease_token="", last_success__gt=since, wanted_at=None)
    return not (
        accounts.exists()
        or Lookup.objects.exists()
        or Address.objects.filter(sought=True).exists()
        or Folder.objects.exclude(sweep_to=None).exists()
    )


def test_nothing_is_lost_doubled_or_torn(office, crew):
    office.fill(range(THREADS))
    for person in PEOPLE[:2]:
        Person.objects.create(first_name=person, last_name="Cliente", email=person)
    until(crew, lambda: Message.objects.count() > THREADS // 2)
    crew.kill_one()

    Person.objects.create(first_name="Eva", last_name="Cliente", email=PEOPLE[2])
    office.fill(range(THREADS, THREADS + 6))
    for _ in range(3):
        crew.order(tasks.spread_lookups)
    EmailAccount.objects.update(wanted_at=timezone.now())
    changed = timezone.now()
    until(crew, lambda: all_is_read(changed))

    assert sorted(Message.objects.values_list("subject", flat=True)) == sorted(office.messages)
    live = Location.objects.filter(gone_at=None)
    assert Counter(live.values_list("account", "folder__name", "message__subject")) == office.places
    assert Location.objects.count() == sum(office.places.values())
    expected = defaultdict(set)
    for subject, (thread, _) in office.messages.items():
        expected[thread].add(subject)
    threads = [set(thread.messages.values_list("subject", flat=True)) for thread in Thread.objects.all()]
    assert sorted(threads, key=min) == sorted(expected.values(), key=min)
    assert Attachment.objects.count() == THREADS + 6
    for attachment in Attachment.objects.select_related("message"):
        with attachment.file.open("rb") as file:
            assert int(file.read()) == office.messages[attachment.message.subject][0]
    assert not Quarantined.objects.exists()
    assert set(EmailAccount.objects.values_list("state", "trouble")) == {("connected", "")}
