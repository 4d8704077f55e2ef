"""By hand somebody says which records a conversation is about."""

import pytest
from django.contrib.contenttypes.models import ContentType

from escala_email_plugin.models import Grant, ModuleSwitch, RecordThread
from escala_email_plugin.privacy.ties import MayNot, back, left_out, may_decide, tie, untie
from escala_email_plugin.visibility import Level
from sandbox.crm.models import Opportunity, Person
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(seller):
    return account(seller)


@pytest.fixture
def thread(mine, ana):
    return stored(mine, letter())[0].thread_id


@pytest.fixture
def sale(ana):
    berta = Person.objects.create(first_name="Berta", last_name="Ruiz", email="berta@cliente.test")
    return Opportunity.objects.create(name="Flota", contact=berta)


def decided():
    rows = RecordThread.objects.order_by("pk").values_list("content_type__model", "object_id", "is_tied")
    return list(rows)


def test_it_is_tied_untied_and_left_to_its_people_again(seller, ana, sale, thread):
    assert tie(seller, sale, thread) == "back"
    assert untie(seller, ana, thread) == "back"
    assert decided() == [("opportunity", str(sale.pk), True), ("person", str(ana.pk), False)]
    assert RecordThread.objects.first().made_by == seller
    assert tie(seller, ana, thread) == "untie"
    assert decided()[1] == ("person", str(ana.pk), True)
    assert back(seller, ana, thread) == "tie"
    back(seller, sale, thread)
    assert decided() == []


def test_who_sees_none_or_only_a_part_of_it_decides_nothing(seller, colleague, ana, mine, thread):
    for level in (Level.NOTHING, Level.PEOPLE, Level.SUBJECT):
        mine.shares, mine.level = True, level
        mine.save()
        for act in (tie, untie, back):
            with pytest.raises(MayNot):
                act(colleague, ana, thread)
    assert decided() == []
    mine.level = Level.EVERYTHING
    mine.save()
    untie(colleague, ana, thread)
    assert decided() == [("person", str(ana.pk), False)]


def test_who_reads_one_message_and_of_another_only_its_people_decides_nothing(
    seller, colleague, ana, mine, thread
):
    mine.shares, mine.level = True, Level.PEOPLE
    mine.save()
    first = stored(mine, letter(message_id="uno@x.test"), letter(reply_to="uno@x.test", minutes=1))[0]
    Grant.objects.create(account=mine, user=colleague, message=first)
    assert not may_decide(colleague, first.thread_id)
    # What is hidden says nothing, not even by being in the way.
    mine.shares = False
    mine.save()
    assert may_decide(colleague, first.thread_id)


def test_nobody_decides_about_a_record_that_they_may_not_see(mine, thread, ana, seller, outsider):
    shared = stored(account(outsider, "nadie@andina.test"), letter(to="nadie@andina.test"))[0]
    with pytest.raises(MayNot):
        tie(outsider, ana, shared.thread_id)
    assert decided() == []


def test_nor_about_one_of_a_module_that_is_off(seller, ana, thread):
    ModuleSwitch.objects.create(content_type=ContentType.objects.get_for_model(ana), is_on=False)
    with pytest.raises(MayNot):
        untie(seller, ana, thread)


def test_a_conversation_that_is_not_there_is_none(seller, ana, thread):
    with pytest.raises(MayNot):
        tie(seller, ana, thread + 1000)


def test_what_was_left_out_is_found_by_who_is_shown_something_of_it(seller, colleague, mine, ana, thread):
    untie(seller, ana, thread)
    assert [row.thread_id for row in left_out(seller, ana)] == [thread]
    assert not left_out(colleague, ana)
    mine.shares, mine.level = True, Level.PEOPLE
    mine.save()
    assert [row.thread_id for row in left_out(colleague, ana)] == [thread]


@pytest.mark.parametrize("act", [tie, untie, back])
def test_deciding_costs_the_same_however_long_the_conversation_is(
    seller, ana, mine, thread, act, django_assert_max_num_queries
):
    others = [letter(reply_to="uno@x.test", minutes=n) for n in range(1, 20)]
    long = stored(mine, letter(message_id="uno@x.test"), *others)[0].thread_id
    seller.has_perm("crm.view_person")
    for one in (thread, long):
        with django_assert_max_num_queries(13):
            act(seller, ana, one)
