"""A blind copy to the capture address, against a real Dovecot."""

from email import message_from_bytes
from email.policy import SMTP

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from escala_email_plugin.models import CaptureAddress, EmailAccount, Location, Message, Participant
from escala_email_plugin.servers.imap import ImapSession
from escala_email_plugin.sync import connection, erase, lookups
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.capture import address, refused
from escala_email_plugin.sync.capture.sender import verdict_on
from escala_email_plugin.sync.connection import Wanted
from escala_email_plugin.visibility import Level
from sandbox.crm.models import Person
from tests.making import account_at, letter

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db]


def test_a_blind_copy_is_recorded_as_sent_by_its_user(desk, seller, colleague, administrator, ana):
    desk.bcc(seller, subject="Propuesta")
    desk.sync()
    message = Message.objects.get()
    assert message.subject == "Propuesta"
    assert list(Message.objects.visible_to(seller)) == [message]
    for other in (colleague, administrator):
        assert not Message.objects.visible_to(other, Level.PEOPLE)
    place = message.locations.get()
    assert (place.account.owner, place.account.kind, place.account.state) == (
        seller,
        "personal",
        "disconnected",
    )
    assert (place.folder.account, place.part) == (desk.account, 0)


def test_it_lands_on_every_contact_in_to_and_cc(desk, seller, ana):
    beto = Person.objects.create(first_name="Beto", email="beto@cliente.test")
    desk.bcc(seller, to="ana@cliente.test, nadie@otro.test", cc="beto@cliente.test")
    desk.sync()
    linked = Participant.objects.linking(Participant.objects.values("address"), seller).values_list(
        "address__records__object_id", flat=True
    )
    assert {str(ana.pk), str(beto.pk)} <= set(linked)


def test_without_a_contact_in_it_nothing_is_stored(desk, seller, ana):
    desk.bcc(seller, to="nadie@otro.test", subject="Privado")
    desk.sync()
    assert not Message.objects.exists()
    assert not Location.objects.exists()


def test_the_capture_address_is_told_to_nobody(desk, seller, ana):
    tagged = desk.address(seller)
    desk.bcc(seller, bcc=tagged, cc=f"{tagged}, beto@otro.test")
    desk.sync()
    values = set(Participant.objects.values_list("address__value", flat=True))
    assert values == {seller.email, "ana@cliente.test", "beto@otro.test"}


def test_who_connects_the_mailbox_later_has_the_mail_once(desk, other_mailbox, seller, ana):
    seller.email = other_mailbox.user
    seller.save()
    tagged = desk.address(seller)
    raw = letter(seller.email, "ana@cliente.test", subject="Una vez")
    desk.deliver(raw, tagged)
    desk.sync()
    mine = account_at(other_mailbox, seller)
    other_mailbox.append(b"Bcc: " + tagged.encode() + b"\r\n" + raw, "Sent")
    assert sync_account(mine.pk)
    message = Message.objects.get()
    assert message.locations.count() == 2
    assert not Participant.objects.filter(role="bcc").exists()
    # What is captured from now on is held by the mailbox itself.
    desk.bcc(seller, subject="Otra", minutes=1)
    desk.sync()
    assert Location.objects.get(message__subject="Otra").account == mine


def test_mail_that_was_in_the_mailbox_first_comes_once_too(desk, other_mailbox, seller, ana):
    mine = account_at(other_mailbox, seller)
    raw = letter(mine.address, "ana@cliente.test")
    other_mailbox.append(raw, "Sent")
    assert sync_account(mine.pk)
    desk.deliver(raw, desk.address(seller))
    desk.sync()
    assert Message.objects.count() == 1
    assert set(Location.objects.values_list("account", flat=True)) == {mine.pk}


@pytest.mark.parametrize(
    "sender", ["ana@cliente.test", "marcos@example.test", "x@evil.test, lucia@example.test"]
)
def test_what_another_wrote_is_refused(desk, seller, colleague, ana, sender):
    desk.bcc(seller, sender=sender)
    desk.sync()
    assert not Message.objects.exists()
    assert refused.lately(seller) == {"not_yours": 1}
    assert not refused.lately(colleague)


def test_a_copy_to_the_address_of_somebody_else_is_refused(desk, seller, colleague, ana):
    desk.bcc(seller, capture=desk.address(colleague))
    desk.sync()
    assert not Message.objects.exists()
    assert refused.lately(colleague) == {"not_yours": 1}


def test_a_copy_to_two_addresses_is_its_writers(desk, seller, colleague, ana):
    theirs = desk.address(colleague)
    desk.bcc(seller, cc=theirs)
    desk.sync()
    assert Location.objects.get().account.owner == seller


def test_a_former_address_stops_at_once(desk, seller, ana):
    before = desk.address(seller)
    address.make_new(seller)
    desk.bcc(seller, capture=before)
    desk.sync()
    assert not Message.objects.exists()
    assert refused.lately(seller) == {"ended": 1}
    desk.bcc(seller, minutes=1)
    desk.sync()
    assert Message.objects.count() == 1


def test_the_address_of_who_left_stops(desk, seller, ana):
    tagged = desk.address(seller)
    seller.is_active = False
    seller.save()
    desk.bcc(seller, capture=tagged)
    desk.sync()
    assert not Message.objects.exists()


def test_the_same_mail_delivered_again_is_one(desk, seller, ana):
    for _ in range(3):
        desk.bcc(seller, subject="Repetido", message_id="uno@andina.test")
    desk.sync()
    desk.sync()
    assert Message.objects.count() == 1


def test_a_tag_nobody_has_is_nothing(desk, seller, ana):
    desk.address(seller)
    desk.bcc(seller, capture=desk.mailbox.user.replace("@", "+abcdefghijklmnopqrst@"))
    desk.sync()
    assert not Message.objects.exists()
    assert not refused.lately(seller)


def test_ordinary_mail_of_a_capture_mailbox_is_not_read(desk, seller, ana):
    desk.address(seller)
    desk.mailbox.append(letter("ana@cliente.test", desk.mailbox.user))
    desk.sync()
    assert not Message.objects.exists()


def test_in_the_shared_mailbox_a_blind_copy_is_its_users_and_not_the_teams(
    shared_desk, seller, colleague, ana
):
    shared_desk.bcc(seller, subject="Solo mío")
    shared_desk.mailbox.append(letter("ana@cliente.test", shared_desk.mailbox.user, "De todos", minutes=1))
    shared_desk.sync()
    theirs = Message.objects.visible_to(colleague).values_list("subject", flat=True)
    assert list(theirs) == ["De todos"]
    assert Message.objects.visible_to(seller).count() == 2


def test_in_the_shared_mailbox_what_is_refused_does_not_become_the_teams(shared_desk, seller, colleague, ana):
    before = shared_desk.address(seller)
    address.make_new(seller)
    shared_desk.bcc(seller, capture=before)
    shared_desk.sync()
    assert not Message.objects.exists()


def test_what_somebody_captured_who_was_deleted_does_not_become_the_teams(
    shared_desk, seller, colleague, ana
):
    shared_desk.bcc(seller)
    shared_desk.bcc(seller, to="nadie@otro.test", minutes=1)
    shared_desk.sync()
    Person.objects.create(first_name="Nadie", email="nadie@otro.test")
    seller.delete()
    EmailAccount.objects.filter(kind="shared").update(sweep_all=True)
    shared_desk.sync()
    assert not Message.objects.visible_to(colleague, Level.PEOPLE)


def test_what_names_the_shared_mailbox_for_all_to_see_is_the_teams(shared_desk, seller, colleague, ana):
    shared_desk.bcc(seller, cc=shared_desk.mailbox.user)
    shared_desk.sync()
    assert Message.objects.visible_to(colleague).count() == 1


def test_what_names_the_shared_mailbox_is_its_writers_too_who_does_not_read_that(shared_desk, seller, ana):
    seller.user_permissions.remove(Permission.objects.get(codename="view_shared_mail"))
    seller = type(seller).objects.get(pk=seller.pk)
    shared_desk.bcc(seller, cc=shared_desk.mailbox.user, message_id="uno@andina.test")
    shared_desk.sync()
    (message,) = Message.objects.visible_to(seller)
    assert set(message.locations.values_list("account__kind", flat=True)) == {"shared", "personal"}
    # Read again, both are what they were; and with another copy of it there is a place more for the team.
    shared_desk.mailbox.append(letter(seller.email, "ana@cliente.test", cc=shared_desk.mailbox.user))
    EmailAccount.objects.update(sweep_all=True)
    shared_desk.sync()
    assert message.locations.filter(account__owner=seller).count() == 1


def test_a_forward_that_names_the_shared_mailbox_too_is_what_was_forwarded(shared_desk, seller, ana):
    raw = letter(seller.email, shared_desk.mailbox.user, "Fwd: x", "Mira.", attachments=[])
    inner = letter(subject="Dentro")
    shared_desk.deliver(forwarding(raw, inner), shared_desk.address(seller))
    shared_desk.sync()
    assert Message.objects.get().subject == "Dentro"
    assert Location.objects.get().account.owner == seller


def forwarding(raw: bytes, inner: bytes) -> bytes:
    """The mail with another one attached."""
    made = message_from_bytes(raw, policy=SMTP)
    made.add_attachment(message_from_bytes(inner, policy=SMTP))
    return made.as_bytes()


def test_what_the_team_writes_from_the_shared_mailbox_is_the_teams(shared_desk, seller, colleague, ana):
    """Its copy in Sent shows the blind copy that its writer wanted."""
    raw = letter(shared_desk.mailbox.user, "ana@cliente.test", bcc=shared_desk.address(seller))
    shared_desk.mailbox.append(raw, "Sent")
    shared_desk.sync()
    assert Message.objects.visible_to(colleague).count() == 1


def test_of_a_tag_that_nobody_has_nothing_is_downloaded(desk, seller, ana, monkeypatch):
    desk.address(seller)
    asked = []
    original = ImapSession.bodies
    monkeypatch.setattr(ImapSession, "bodies", lambda self, uids: asked.extend(uids) or original(self, uids))
    desk.bcc(seller, capture=desk.mailbox.user.replace("@", "+abcdefghijklmnopqrst@"))
    desk.sync()
    assert not asked


def test_a_contact_that_comes_later_brings_the_earlier_mail(desk, seller, django_capture_on_commit_callbacks):
    desk.bcc(seller, to="nuevo@cliente.test")
    desk.sync()
    assert not Message.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        Person.objects.create(first_name="Nuevo", email="nuevo@cliente.test")
    assert lookups.spread() == {desk.account.pk}
    desk.sync()
    assert Message.objects.count() == 1


def test_a_message_that_cannot_be_read_is_set_aside_without_its_header(desk, seller, ana):
    raw = letter(seller.email, "ana@cliente.test").replace(
        b"Subject:", b"X-Filler: " + b"x" * 1_200_000 + b"\r\nSubject:"
    )
    desk.deliver(raw, desk.address(seller))
    desk.sync()
    assert desk.account.folders.get(name="INBOX").quarantined.get().raw is None


def test_its_holder_is_told_why_it_is_here(desk, seller, ana, client):
    desk.bcc(seller)
    desk.sync()
    client.force_login(seller)
    url = reverse("escala_email:why_here", args=["crm", "person", ana.pk, Message.objects.get().pk])
    page = client.get(url).content.decode()
    assert "You sent it to your capture address." in page
    assert desk.mailbox.user not in page


def test_the_row_that_stands_for_no_mailbox_is_shown_nowhere(desk, seller, ana):
    desk.bcc(seller)
    desk.sync()
    assert connection.latest("personal", seller) is None
    assert not connection.former("personal", seller)


def test_connecting_the_address_of_that_row_begins_with_a_preview(desk, seller, ana):
    desk.bcc(seller)
    desk.sync()
    row = EmailAccount.objects.get(owner=seller)
    made = connection.connect("personal", seller, Wanted(seller.email, seller.email, "x", "localhost"))
    assert (made.pk, made.mode) == (row.pk, "preview")
    assert not connection.has_begun(made)


def test_who_deletes_the_own_mailbox_with_its_mail_is_not_brought_it_back(desk, seller, ana):
    desk.bcc(seller)
    desk.sync()
    row = EmailAccount.objects.get(owner=seller)
    erase.order(row)
    assert erase.erase(row.pk)
    assert not Message.objects.exists()
    EmailAccount.objects.filter(pk=desk.account.pk).update(sweep_all=True)
    desk.sync()
    assert not Message.objects.exists()


def test_a_capture_mailbox_that_is_deleted_leaves_no_message_that_nobody_sees(desk, seller, ana):
    desk.bcc(seller)
    desk.sync()
    erase.order(desk.account)
    assert erase.erase(desk.account.pk)
    assert not Message.objects.exists()
    assert CaptureAddress.objects.filter(user=seller, ended_at=None).exists()


FAILED = "; dmarc=fail header.from=example.test"


@pytest.mark.parametrize(
    ("told", "stored"),
    [
        ("mail.example.test" + FAILED, 0),
        ("elsewhere.test" + FAILED, 1),
        ("mail.example.test; dmarc=pass header.from=example.test", 1),
        ("mail.example.test; none", 1),
    ],
)
def test_only_the_receiving_servers_own_verdict_counts(desk, seller, ana, told, stored):
    raw = letter(seller.email, "ana@cliente.test")
    desk.deliver(raw, desk.address(seller), more=f"Authentication-Results: {told}\r\n")
    desk.sync()
    assert Message.objects.count() == stored
    assert refused.lately(seller) == ({} if stored else {"forged": 1})


def test_the_settings_may_name_the_receiving_server(desk, seller, ana, settings):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "AUTHSERV_IDS": ["mx.andina.test"]}
    raw = letter(seller.email, "ana@cliente.test")
    desk.deliver(raw, desk.address(seller), more=f"Authentication-Results: mx.andina.test{FAILED}\r\n")
    desk.sync()
    assert not Message.objects.exists()


@pytest.mark.parametrize(("host", "stored"), [("outlook.office365.com", 0), ("imap.example.test", 1)])
def test_microsofts_servers_do_not_say_whose_results_they_are(seller, host, stored):
    told = b"Authentication-Results: spf=fail smtp.mailfrom=evil.test; dkim=none; dmarc=fail\r\n"
    verdict = verdict_on(told + b"From: x\r\n\r\n", seller.email, EmailAccount(imap_host=host))
    assert verdict == ("none" if stored else "fail")


def test_what_came_with_the_mail_is_no_word_of_microsofts(seller):
    """Its servers write theirs on top, and rename what was there."""
    header = (
        b"Authentication-Results: spf=fail smtp.mailfrom=evil.test; dmarc=fail header.from=example.test\r\n"
        b"Authentication-Results-Original: dmarc=pass header.from=example.test\r\n"
        b"Authentication-Results: dmarc=pass header.from=example.test\r\n\r\n"
    )
    account = EmailAccount(imap_host="outlook.office365.com")
    assert verdict_on(header, seller.email, account) == "fail"
