"""What is stored and would be left out now goes, where that was ordered, and nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.models import Location, Message, Participant, Rule, Thread
from escala_email_plugin.privacy import left_out, lists
from escala_email_plugin.record_index import drop_no_contacts
from sandbox.crm.models import Person
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

NEVER, NOT_CONTACT = Rule.Kind.NEVER_DOWNLOAD, Rule.Kind.NOT_CONTACT
ANA, LUIS, BANK = "ana@cliente.test", "luis@otra.test", "boletin@banco.test"


@pytest.fixture(autouse=True)
def contacts(db):
    return [Person.objects.create(first_name="x", last_name="y", email=one) for one in (ANA, LUIS)]


@pytest.fixture
def mine(seller):
    return account(seller)


def subjects() -> set[str]:
    return set(Message.objects.values_list("subject", flat=True))


def order(pattern, kind, holder):
    lists.add([pattern], kind, holder, remove=True)
    drop_no_contacts()
    return left_out.remove()


@pytest.mark.parametrize("pattern", [BANK, "banco.test", "*.banco.test"])
def test_messages_with_who_is_never_downloaded_go_whoever_else_takes_part(mine, pattern):
    stored(
        mine,
        letter(ANA, cc=BANK, subject="Con el banco"),
        letter("x@otra.test", ANA, bcc=BANK, subject="Banco oculto"),
        letter(ANA, subject="Sin el banco"),
    )
    assert order(pattern, NEVER, mine) == 2
    assert subjects() == {"Sin el banco"}
    assert Thread.objects.count() == 1


def test_of_who_is_no_contact_only_what_concerns_nobody_else_goes(mine):
    stored(
        mine,
        letter(ANA, subject="Solo Ana"),
        letter(ANA, cc=LUIS, subject="Los dos"),
        letter(LUIS, subject="Luis"),
    )
    assert order("cliente.test", NOT_CONTACT, mine) == 1
    assert subjects() == {"Los dos", "Luis"}


def test_what_another_mailbox_holds_stays_there(mine, colleague):
    theirs = account(colleague, "marcos@andina.test")
    for holder in (mine, theirs):
        stored(holder, letter(ANA, "lucia@andina.test, marcos@andina.test", cc=BANK))
    assert order(BANK, NEVER, mine) == 1
    assert Location.objects.get().account == theirs
    assert order(BANK, NEVER, None) == 1
    assert not Message.objects.exists()


def test_a_bcc_that_only_another_copy_shows_is_no_reason(mine, colleague):
    theirs = account(colleague, "marcos@andina.test")
    stored(mine, letter(ANA, "x@otra.test", bcc=BANK, message_id="a@a"))
    stored(theirs, letter(ANA, "x@otra.test", message_id="a@a"))
    assert Location.objects.values("message").distinct().count() == 1
    assert order(BANK, NEVER, None) == 1
    assert Location.objects.get().account == theirs
    assert not Participant.objects.filter(role="bcc").exists()


@pytest.mark.parametrize("kind", [NEVER, NOT_CONTACT])
def test_for_everybody_it_goes_from_all_mailboxes(mine, colleague, kind):
    theirs = account(colleague, "marcos@andina.test")
    stored(mine, letter(ANA, "lucia@andina.test", subject="Uno"))
    stored(theirs, letter(ANA, "marcos@andina.test", subject="Dos"), letter(LUIS, subject="Luis"))
    assert order("cliente.test", kind, None) == 2
    assert subjects() == {"Luis"}


def test_what_is_not_ordered_stays(mine):
    stored(mine, letter(ANA))
    lists.add([ANA], NEVER, mine)
    assert not left_out.is_due()
    assert left_out.remove() == 0
    assert Message.objects.exists()


def test_who_left_the_records_a_short_while_ago_keeps_the_mail_with_who_is_no_contact(mine, contacts):
    stored(mine, letter(ANA, cc=LUIS))
    contacts[1].delete()
    assert order(ANA, NOT_CONTACT, mine) == 0
    Participant.objects.first().address.__class__.objects.update(left_at=None)
    assert left_out.remove() == 1


def test_the_order_stands_until_a_pass_that_began_well_after_it(mine):
    stored(mine, letter(ANA, subject="Uno"))
    assert order(ANA, NEVER, mine) == 1
    # A synchronisation that had decided before records it afterwards.
    stored(mine, letter(ANA, subject="Dos"))
    assert left_out.is_due()
    Rule.objects.update(remove_from=timezone.now() - timedelta(minutes=6))
    assert left_out.remove() == 1
    assert not left_out.is_due()
    assert Rule.objects.get().pattern == ANA


def test_more_than_one_batch_goes(mine, monkeypatch):
    monkeypatch.setattr(left_out, "BATCH", 2)
    stored(mine, *[letter(ANA, subject=str(n)) for n in range(5)])
    assert order(ANA, NEVER, mine) == 5
    assert not Message.objects.exists()
