"""What a user is told whose captured mail concerns no contact."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from wagtail.users.models import UserProfile

from escala_email_plugin.models import CaptureAddress, EmailAccount, Message
from escala_email_plugin.sync.capture import address
from escala_email_plugin.sync.capture.invitation import Invitation, read
from tests.making import letter

from .test_forward import inline

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def site(settings):
    settings.WAGTAILADMIN_BASE_URL = "https://crm.andina.test"
    settings.DEFAULT_FROM_EMAIL = "CRM <crm@andina.test>"


def links(sent) -> list[str]:
    return [word.strip("/").rpartition("/")[2] for word in sent.body.split() if word.startswith("https://")]


def test_it_is_one_answer_to_the_mail_itself(desk, seller):
    desk.bcc(
        seller, to="Ana Gómez <ana@cliente.test>, Beto <beto@cliente.test>", message_id="uno@andina.test"
    )
    desk.sync()
    (sent,) = mail.outbox
    assert sent.to == [seller.email]
    headers = sent.message()
    assert headers["Auto-Submitted"] == "auto-replied"
    assert headers["In-Reply-To"] == "<uno@andina.test>"
    assert headers["From"] == "CRM <crm@andina.test>"
    invited = [read(link, seller) for link in links(sent)]
    assert invited == [Invitation("ana@cliente.test", "Ana Gómez"), Invitation("beto@cliente.test", "Beto")]


def test_also_of_a_mail_to_nobody_else(desk, seller):
    desk.bcc(seller, to=desk.address(seller))
    desk.sync()
    assert "no contact of the CRM takes part in it" in mail.outbox[0].body
    assert not links(mail.outbox[0])
    assert desk.address(seller) not in str(mail.outbox[0].message())


def test_a_forward_that_shows_no_address_is_asked_for_as_an_attachment(desk, seller, ana):
    to = desk.address(seller)
    raw = inline(seller, to).replace(b" <ana@cliente.test>", b"")
    desk.deliver(raw, to)
    desk.sync()
    assert not Message.objects.exists()
    (sent,) = mail.outbox
    for text in (sent.body, sent.alternatives[0][0]):
        assert "Nobody can tell who wrote the mail that you forwarded, for it shows no address." in text
        assert "Forward it as an attachment." in text
        assert "takes part in it" not in text
    assert sent.subject == "Your mail was not filed: nobody can tell who wrote it"


def test_a_capture_address_is_offered_as_no_contact_whatever_mailbox_it_was_of(desk, seller):
    tagged = desk.address(seller)
    former = tagged.replace(desk.mailbox.user.partition("@")[0], "antes")
    desk.bcc(seller, to=f"ana@cliente.test, {former}", capture=tagged)
    desk.sync()
    (link,) = links(mail.outbox[0])
    assert read(link, seller).address == "ana@cliente.test"
    assert former not in str(mail.outbox[0].message())


def test_who_is_no_contact_for_anybody_is_not_offered(desk, seller):
    from escala_email_plugin.models import Rule

    Rule.objects.create(kind="not_contact", pattern="*.proveedor.test")
    desk.bcc(seller, to="ana@cliente.test, avisos@x.proveedor.test")
    desk.sync()
    (link,) = links(mail.outbox[0])
    assert read(link, seller).address == "ana@cliente.test"


def test_no_address_stands_in_the_link_to_be_read(desk, seller, colleague):
    desk.bcc(seller)
    desk.sync()
    (link,) = links(mail.outbox[0])
    assert "cliente" not in link
    assert read(link, colleague) is None
    assert read(link[:-2], seller) is None


def test_it_is_in_the_users_language(desk, seller):
    UserProfile.get_for_user(seller)
    seller.wagtail_userprofile.preferred_language = "de"
    seller.wagtail_userprofile.save()
    desk.bcc(seller)
    desk.sync()
    assert 'lang="de"' in mail.outbox[0].alternatives[0][0]


def test_there_is_one_an_hour_at_most_whatever_comes(desk, seller):
    for number in range(3):
        desk.bcc(seller, minutes=number)
    desk.sync()
    address.make_new(seller)
    desk.bcc(seller, minutes=4)
    desk.sync()
    assert len(mail.outbox) == 1
    CaptureAddress.objects.update(answered_at=timezone.now() - timedelta(minutes=61))
    desk.bcc(seller, minutes=5)
    desk.sync()
    assert len(mail.outbox) == 2


def test_a_search_through_earlier_mail_answers_nobody(desk, seller):
    desk.bcc(seller)
    desk.sync()
    CaptureAddress.objects.update(answered_at=None)
    EmailAccount.objects.update(sweep_all=True)
    desk.sync()
    assert len(mail.outbox) == 1


def test_old_mail_is_answered_no_more(desk, seller):
    raw = letter(seller.email, "ana@cliente.test")
    desk.deliver(raw, desk.address(seller), when=timezone.now() - timedelta(days=2))
    desk.sync()
    assert not mail.outbox


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "Precedence: bulk", "List-Id: <ventas.andina.test>", "Return-Path: <>"],
)
def test_two_programs_that_answer_each_other_stop(desk, seller, header):
    raw = letter(seller.email, "ana@cliente.test")
    desk.deliver(raw, desk.address(seller), more=f"{header}\r\n")
    desk.sync()
    assert not mail.outbox


def test_our_own_answer_come_back_is_not_answered(desk, seller):
    desk.bcc(seller)
    desk.sync()
    ours = mail.outbox[0].message().as_bytes(linesep="\r\n")
    CaptureAddress.objects.update(answered_at=None)
    desk.deliver(ours, desk.address(seller))
    # Also where a rule at the user's own server sends it on as if the user had written it.
    desk.deliver(
        ours.replace(b"From: CRM <crm@andina.test>", f"From: {seller.email}".encode()), desk.address(seller)
    )
    desk.sync()
    assert len(mail.outbox) == 1


def test_whoever_forges_is_not_answered_nor_who_they_pretend_to_be(desk, seller):
    raw = letter(seller.email, "ana@cliente.test")
    told = "mail.example.test; dmarc=fail header.from=example.test"
    desk.deliver(raw, desk.address(seller), more=f"Authentication-Results: {told}\r\n")
    desk.bcc(seller, sender="x@otro.test")
    desk.sync()
    assert not mail.outbox


def test_a_mail_that_was_left_out_on_purpose_is_not_answered(desk, seller, ana):
    from escala_email_plugin.models import Rule

    Rule.objects.create(kind="never", pattern="ana@cliente.test")
    desk.bcc(seller)
    desk.sync()
    assert not mail.outbox
    assert not Message.objects.exists()


def test_a_mail_that_cannot_be_sent_stops_no_synchronisation(desk, seller, ana, settings):
    settings.EMAIL_BACKEND = "tests.sync.capture.no_backend.Nothing"
    desk.bcc(seller, to="nadie@otro.test")
    desk.bcc(seller)
    desk.sync()
    assert Message.objects.count() == 1
