"""A mail that is forwarded to the capture address, against a real Dovecot."""

from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import pytest
from django.core import mail

from escala_email_plugin.mail.parse import parse
from escala_email_plugin.models import EmailAccount, Location, Message, Participant
from escala_email_plugin.servers.imap import Detail
from escala_email_plugin.sync import lookups
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.capture import letter as reading
from escala_email_plugin.sync.capture import twins
from escala_email_plugin.sync.fetch import Taken
from sandbox.crm.models import Person
from tests.making import DAY, account_at, letter, stored

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db]

INLINE = """Te lo paso.

---------- Forwarded message ---------
De: Ana Gómez <{sender}>
Date: mar, 3 mar 2026 a las 9:00
Subject: {subject}
To: Lucía <lucia@andina.test>


Hola, ¿me mandas la póliza?
"""


def inline(user, to, *, sender="ana@cliente.test", subject="Póliza", **more) -> bytes:
    """A forward as Gmail writes it."""
    text = INLINE.format(sender=sender, subject=subject)
    return letter(user.email, to, f"Fwd: {subject}", text, minutes=10, **more)


def attached(user, to, *inner: bytes) -> bytes:
    """A forward with the messages in it as they are."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = user.email, to, "Fwd: varios"
    made["Date"] = format_datetime(DAY + timedelta(minutes=10))
    made["Message-ID"] = "<fwd@andina.test>"
    made.set_content("Mira.")
    raw = made.as_bytes()
    boundary = "frontera"
    head, _, _body = raw.partition(b"\r\n\r\n")
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"content-", b"mime-"))]
    kept += [b"MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{boundary}"'.encode()]
    parts = [
        b"Content-Type: text/plain\r\n\r\nMira.",
        *(b"Content-Type: message/rfc822\r\n\r\n" + one for one in inner),
    ]
    body = b"".join(f"--{boundary}\r\n".encode() + part + b"\r\n" for part in parts)
    return b"\r\n".join(kept) + b"\r\n\r\n" + body + f"--{boundary}--\r\n".encode()


def test_an_inline_forward_is_the_mail_of_who_wrote_it(desk, seller, ana):
    to = desk.address(seller)
    desk.deliver(inline(seller, to), to)
    desk.sync()
    message = Message.objects.get()
    assert message.subject == "Póliza"
    assert "¿me mandas la póliza?" in message.text
    assert "Te lo paso" not in message.text
    assert Participant.objects.get(role="from").address.value == "ana@cliente.test"
    assert message.sent_at == DAY
    place = message.locations.get()
    assert (place.part, place.account.owner) == (1, seller)
    assert "+" not in "".join(Participant.objects.values_list("address__value", flat=True))


def test_an_attached_forward_is_the_message_itself(desk, other_mailbox, seller, ana):
    mine = account_at(other_mailbox, seller)
    raw = letter(to=mine.address, subject="Con adjunto", attachments=[("a.pdf", "application/pdf", b"x")])
    other_mailbox.append(raw)
    assert sync_account(mine.pk)
    to = desk.address(seller)
    desk.deliver(attached(seller, to, raw), to)
    desk.sync()
    message = Message.objects.get()
    assert set(message.locations.values_list("account", "part")) == {(mine.pk, 0), (mine.pk, 1)}


def test_several_at_once_each_land_on_their_contact(desk, seller, ana):
    Person.objects.create(first_name="Beto", email="beto@cliente.test")
    to = desk.address(seller)
    stranger = letter("x@otro.test", seller.email)
    raw = attached(
        seller, to, letter(subject="De Ana"), stranger, letter("beto@cliente.test", subject="De Beto")
    )
    desk.deliver(raw, to)
    desk.sync()
    found = Location.objects.order_by("part").values_list("message__subject", "part")
    assert list(found) == [("De Ana", 1), ("De Beto", 3)]


def test_another_of_them_is_found_when_its_contact_comes(desk, seller, ana):
    to = desk.address(seller)
    desk.deliver(attached(seller, to, letter(), letter("beto@cliente.test", subject="De Beto")), to)
    desk.sync()
    Person.objects.create(first_name="Beto", email="beto@cliente.test")
    EmailAccount.objects.update(sweep_all=True)
    desk.sync()
    assert Message.objects.filter(subject="De Beto").exists()
    assert Message.objects.count() == 2


def test_a_mail_the_mailbox_has_comes_once_when_it_is_forwarded_inline(desk, other_mailbox, seller, ana):
    mine = account_at(other_mailbox, seller)
    other_mailbox.append(letter(to=mine.address))
    assert sync_account(mine.pk)
    to = desk.address(seller)
    desk.deliver(inline(seller, to), to)
    desk.sync()
    assert Message.objects.count() == 1
    assert not mail.outbox


def test_a_mail_that_was_forwarded_inline_comes_once_when_the_mailbox_brings_it(
    desk, other_mailbox, seller, ana
):
    mine = account_at(other_mailbox, seller)
    to = desk.address(seller)
    desk.deliver(inline(seller, to), to)
    desk.sync()
    raw = letter(to=mine.address)
    other_mailbox.append(raw)
    assert sync_account(mine.pk)
    assert Message.objects.get().message_id.endswith("@cliente.test")
    # Nor does a search through earlier mail bring it back.
    EmailAccount.objects.update(sweep_all=True)
    desk.sync()
    assert Message.objects.count() == 1


def test_what_was_forwarded_inline_stays_until_the_mail_itself_is_stored(
    desk, seller, ana, django_assert_max_num_queries
):
    to = desk.address(seller)
    desk.deliver(inline(seller, to), to)
    desk.sync()
    mine = EmailAccount.objects.get(owner=seller)
    some = [letter(to=mine.address, minutes=number) for number in range(20)]
    taken = [Taken(uid, parse(raw, DAY), Detail(len(raw), DAY)) for uid, raw in enumerate(some, 1)]
    with django_assert_max_num_queries(4):
        assert twins.supersede(mine, taken) == 0
    stored(mine, some[0])
    assert twins.supersede(mine, taken) == 1


def test_a_colleagues_mail_is_never_taken_for_it(desk, other_mailbox, seller, colleague, ana):
    theirs = account_at(other_mailbox, colleague)
    other_mailbox.append(letter(to=theirs.address))
    assert sync_account(theirs.pk)
    to = desk.address(seller)
    desk.deliver(inline(seller, to), to)
    desk.sync()
    assert Message.objects.visible_to(seller).count() == 1
    assert Message.objects.visible_to(colleague).count() == 1
    assert Message.objects.count() == 2


def test_the_same_forward_twice_is_one(desk, seller, ana):
    to = desk.address(seller)
    for number in range(2):
        desk.deliver(inline(seller, to, message_id=f"f{number}@andina.test"), to)
    desk.sync()
    assert Message.objects.count() == 1


def test_a_forward_to_a_contact_with_a_blind_copy_is_what_was_sent(desk, seller, ana):
    desk.deliver(inline(seller, "ana@cliente.test", sender="x@otro.test"), desk.address(seller))
    desk.sync()
    assert Message.objects.get().subject == "Fwd: Póliza"
    assert Location.objects.get().part == 0


def test_a_forward_of_a_strangers_mail_is_not_stored_and_offers_to_make_a_contact(
    desk, seller, settings, django_capture_on_commit_callbacks
):
    settings.WAGTAILADMIN_BASE_URL = "https://crm.andina.test"
    to = desk.address(seller)
    desk.deliver(inline(seller, to), to)
    desk.sync()
    assert not Message.objects.exists()
    assert "ana@cliente.test" in mail.outbox[0].body
    with django_capture_on_commit_callbacks(execute=True):
        Person.objects.create(first_name="Ana", email="ana@cliente.test")
    lookups.spread()
    desk.sync()
    assert Message.objects.get().subject == "Póliza"


def test_a_forward_from_another_address_is_refused(desk, seller, ana):
    to = desk.address(seller)
    desk.deliver(inline(seller, to).replace(seller.email.encode(), b"x@otro.test", 1), to)
    desk.sync()
    assert not Message.objects.exists()


def test_an_attached_mail_of_two_writers_is_what_it_is(desk, seller, ana):
    to = desk.address(seller)
    desk.deliver(attached(seller, to, letter("Ana <ana@cliente.test>, beto@otro.test", seller.email)), to)
    desk.sync()
    assert Message.objects.get().subject == "Póliza"


def test_of_messages_that_name_more_people_than_one_may_the_first_are_taken(desk, seller, ana, monkeypatch):
    monkeypatch.setattr(reading, "MAX_PEOPLE", 8)
    to = desk.address(seller)
    others = ", ".join(f"x{number}@otro.test" for number in range(3))
    inner = [letter(to=others, subject=f"{number}") for number in range(4)]
    desk.deliver(attached(seller, to, *inner), to)
    desk.sync()
    assert sorted(Message.objects.values_list("subject", flat=True)) == ["0", "1"]


def test_an_attached_mail_that_cannot_be_read_costs_itself_only(desk, seller, ana, monkeypatch):
    def strange(raw, arrived):
        if b"Roto" in raw:
            raise ValueError
        return parse(raw, arrived)

    monkeypatch.setattr(reading, "parse", strange)
    to = desk.address(seller)
    desk.deliver(attached(seller, to, letter(subject="Roto"), letter(subject="Entero")), to)
    desk.sync()
    assert Message.objects.get().subject == "Entero"
