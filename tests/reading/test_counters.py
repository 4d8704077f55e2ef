"""The counters of a record in a listing: of what the reader sees, and of nothing else."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from escala_email_plugin.models import Message, Participant, RecordThread, Rule
from escala_email_plugin.reading.counters import NOTHING, THEM, US, Counted, counted
from escala_email_plugin.visibility import Level
from sandbox.crm.models import Company, Opportunity, Person
from tests.making import DAY, account, letter, stored

pytestmark = pytest.mark.django_db

OURS = {"sender": "lucia@andina.test", "to": "ana@cliente.test"}


@pytest.fixture
def mine(seller):
    return account(seller)


def minute(number):
    return DAY + timedelta(minutes=number)


def of(record, user):
    return counted([record], user)[record.pk]


def move(message, **ago):
    """Let a message be of some time ago."""
    moment = timezone.now() - timedelta(**ago)
    Message.objects.filter(pk=message.pk).update(sent_at=moment)
    Participant.objects.filter(message=message).update(sent_at=moment)


def by_hand(record, message, is_tied):
    content_type = ContentType.objects.get_for_model(record)
    RecordThread.objects.create(
        content_type=content_type, object_id=record.pk, thread=message.thread, is_tied=is_tied
    )


def test_the_last_contact_is_from_us_and_the_last_answer_is_not(ana, mine, seller):
    stored(mine, letter(minutes=1), letter(minutes=2, **OURS), letter(minutes=5), letter(minutes=4, **OURS))
    assert of(ana, seller) == Counted(minute(4), minute(5), 0)


def test_a_record_without_mail_has_none(ana, mine, seller):
    assert of(ana, seller) == NOTHING
    assert NOTHING.waiting == ""


def test_who_wrote_last_waits_for_the_other(ana, mine, seller):
    stored(mine, letter(minutes=1, **OURS))
    assert of(ana, seller).waiting == THEM
    stored(mine, letter(minutes=2))
    assert of(ana, seller).waiting == US


def test_an_automatic_answer_is_neither_an_answer_nor_a_message(ana, mine, seller):
    messages = stored(mine, letter(minutes=1, **OURS), letter(minutes=2, auto_submitted="auto-replied"))
    for message in messages:
        move(message, days=1)
    found = of(ana, seller)
    assert (found.waiting, found.answered_at, found.recent) == (THEM, None, 1)


def test_what_is_of_the_last_thirty_days_is_counted_once_whatever_addresses_it_has(mine, seller):
    ana = Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    ana.other_emails.create(address="otra@cliente.test")
    both = "ana@cliente.test, otra@cliente.test"
    new, old = stored(mine, letter("lucia@andina.test", both), letter("lucia@andina.test", both, minutes=1))
    move(new, days=29)
    move(old, days=31)
    assert of(ana, seller).recent == 1


def test_of_what_is_hidden_nothing_counts(ana, mine, colleague):
    (message,) = stored(mine, letter())
    move(message, days=1)
    assert of(ana, colleague) == NOTHING


@pytest.mark.parametrize(("level", "is_counted"), [(0, False), (1, True), (2, True), (3, True)])
def test_what_is_shown_with_its_people_counts(ana, seller, colleague, level, is_counted):
    stored(account(seller, shares=True, level=level), letter())
    assert (of(ana, colleague) != NOTHING) is is_counted


def test_a_bcc_counts_for_who_reads_the_copy_that_shows_it(seller, colleague):
    berta = Person.objects.create(first_name="Berta", last_name="Ruiz", email="berta@cliente.test")
    mine = account(seller, shares=True, level=Level.PEOPLE)
    stored(mine, letter("lucia@andina.test", "otro@x.test", bcc="berta@cliente.test"))
    assert of(berta, seller).waiting == THEM
    assert of(berta, colleague) == NOTHING


def test_a_mailbox_for_which_somebody_is_no_contact_counts_nothing_of_theirs(ana, mine, seller):
    stored(mine, letter())
    Rule.objects.create(account=mine, kind=Rule.Kind.NOT_CONTACT, pattern="ana@cliente.test")
    assert of(ana, seller) == NOTHING


def test_companies_and_opportunities_count_their_peoples_mail(mine, seller):
    company = Company.objects.create(name="Cliente", email="info@cliente.test")
    ana = Person.objects.create(
        first_name="Ana", last_name="Gómez", email="ana@cliente.test", company=company
    )
    sale = Opportunity.objects.create(name="Flota", contact=ana)
    stored(mine, letter(minutes=1), letter("info@cliente.test", minutes=2))
    assert of(company, seller).answered_at == minute(2)
    assert of(sale, seller).answered_at == minute(1)


def test_what_was_tied_by_hand_counts_and_what_was_untied_does_not(ana, mine, seller):
    berta = Person.objects.create(first_name="Berta", last_name="Ruiz", email="berta@cliente.test")
    first, second = stored(mine, letter(minutes=1, **OURS), letter(subject="Otra", minutes=2))
    move(second, days=1)
    by_hand(ana, second, False)
    by_hand(berta, second, True)
    assert of(ana, seller) == Counted(minute(1), None, 0)
    assert (of(berta, seller).waiting, of(berta, seller).recent) == (US, 1)
    assert first.thread_id != second.thread_id


def test_a_conversation_tied_to_a_record_whose_address_is_in_it_counts_once(ana, mine, seller):
    (message,) = stored(mine, letter())
    move(message, days=1)
    by_hand(ana, message, True)
    assert of(ana, seller).recent == 1


def test_what_is_tied_and_hidden_does_not_count(ana, mine, colleague):
    berta = Person.objects.create(first_name="Berta", last_name="Ruiz", email="berta@cliente.test")
    (message,) = stored(mine, letter())
    by_hand(berta, message, True)
    assert of(berta, colleague) == NOTHING


def test_of_a_record_that_somebody_may_not_see_nothing_is_said(ana, mine, outsider):
    stored(mine, letter())
    assert counted([ana], outsider) == {}


def test_a_hundred_records_cost_as_much_as_one(mine, seller, django_assert_max_num_queries):
    people = [
        Person.objects.create(first_name=str(n), last_name="X", email=f"p{n}@x.test") for n in range(100)
    ]
    stored(mine, *(letter(f"p{n}@x.test", minutes=n) for n in range(10)))
    # Their permissions are asked for once, by any page.
    assert seller.has_perm("crm.view_person")
    with django_assert_max_num_queries(4):
        found = counted(people, seller)
    assert sum(one.waiting == US for one in found.values()) == 10
