"""Why a message is on a record's timeline, as far as a user may know."""

import pytest
from django.utils import timezone

from escala_email_plugin.models import EmailAccount, Folder, Location
from escala_email_plugin.sync.why import why_stored
from sandbox.crm.models import Person
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

ANA = "ana@cliente.test"


@pytest.fixture
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email=ANA)


@pytest.fixture
def mine(seller):
    return account(seller)


@pytest.fixture
def theirs(colleague):
    return account(colleague, "marcos@andina.test")


def test_the_records_address_and_where_it_stands_are_told(mine, ana, seller):
    (message,) = stored(mine, letter(ANA, f"lucia@andina.test, {ANA}", cc="luis@cliente.test"))
    why = why_stored(message, ana, seller)
    assert [(one.address, one.roles) for one in why.matches] == [(ANA, ("from", "to"))]
    assert [(one.account, one.folder, one.gone_at) for one in why.places] == [(mine, "INBOX", None)]
    assert why.recorded_at == message.recorded_at


def test_another_record_of_the_same_message_has_a_reason_of_its_own(mine, ana, seller):
    luis = Person.objects.create(first_name="Luis", email="luis@cliente.test")
    (message,) = stored(mine, letter(cc="luis@cliente.test"))
    assert [(one.address, one.roles) for one in why_stored(message, luis, seller).matches] == [
        ("luis@cliente.test", ("cc",))
    ]


def test_a_reply_to_brings_nothing_in_and_is_no_reason(mine, ana, seller):
    (message,) = stored(mine, letter("Luis <luis@cliente.test>", cc=ANA, **{"Reply-To": ANA}))
    assert [one.roles for one in why_stored(message, ana, seller).matches] == [("cc",)]


def test_a_bcc_is_told_only_to_who_holds_the_copy_that_shows_it(mine, theirs, ana, seller, colleague):
    mail = {"sender": "lucia@andina.test", "to": "marcos@andina.test"}
    raw, plain = letter(**mail, bcc=ANA), letter(**mail)
    (message,), (same,) = stored(mine, raw, folder="Sent"), stored(theirs, plain)
    assert message == same
    assert [one.roles for one in why_stored(message, ana, seller).matches] == [("bcc",)]
    assert why_stored(message, ana, colleague).matches == []


def test_only_the_mailboxes_a_user_reads_are_told(mine, theirs, ana, seller, colleague, outsider):
    raw = letter()
    (message,), _ = stored(mine, raw), stored(theirs, raw, folder="Archivo")
    assert [one.folder for one in why_stored(message, ana, seller).places] == ["INBOX"]
    assert [one.folder for one in why_stored(message, ana, colleague).places] == ["Archivo"]
    assert why_stored(message, ana, outsider).places == []


def test_a_place_that_has_gone_is_told_last_with_when(mine, ana, seller):
    raw = letter()
    (message,), _ = stored(mine, raw), stored(mine, raw, folder="Archivo")
    now = timezone.now()
    Location.objects.filter(folder__name="INBOX").update(gone_at=now)
    assert [(one.folder, one.gone_at) for one in why_stored(message, ana, seller).places] == [
        ("Archivo", None),
        ("INBOX", now),
    ]


def test_a_folder_whose_numbers_changed_is_told_once(mine, ana, seller):
    (message,) = stored(mine, letter())
    Location.objects.update(gone_at=timezone.now())
    place = Location.objects.get()
    place.pk, place.uidvalidity, place.gone_at = None, 8, None
    place.save()
    assert Folder.objects.count() == EmailAccount.objects.count() == 1
    assert [one.gone_at for one in why_stored(message, ana, seller).places] == [None]
