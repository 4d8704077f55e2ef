"""Counters in a host's own listing, as columns and filters that it named."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import policy_registry

from escala_email_plugin.admin.counter_columns import email_columns
from escala_email_plugin.models import Message, ModuleSwitch, Participant, RecordThread
from escala_email_plugin.visibility import Level
from sandbox.crm.models import Company, Opportunity, Person
from tests.admin.timelines import text
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(seller):
    return account(seller)


@pytest.fixture
def berta(db):
    return Person.objects.create(first_name="Berta", last_name="Ruiz", email="berta@cliente.test")


@pytest.fixture
def listing(client):
    def listing(user, name="crm_people", **query):
        client.force_login(user)
        return client.get(reverse(f"{name}:index"), query)

    return listing


def names(response):
    return sorted(one.first_name for one in response.context["object_list"])


def days_ago(message, days):
    moment = timezone.now() - timedelta(days=days)
    Message.objects.filter(pk=message.pk).update(sent_at=moment)
    Participant.objects.filter(message=message).update(sent_at=moment)


def ours(to="ana@cliente.test", **values):
    return letter("lucia@andina.test", to, **values)


def test_the_columns_say_when_and_who_is_waited_for(ana, mine, seller, listing):
    written, message = stored(mine, ours(), letter())
    days_ago(written, 3)
    days_ago(message, 2)
    page = text(listing(seller))
    assert "3 days ago" in page
    assert "Waiting for us" in page
    assert "Last contacted" in page
    assert b"css/counters.css" in listing(seller).content
    stored(mine, ours(subject="Más"))  # long ago
    assert "Waiting for us" in text(listing(seller))


def test_who_is_waited_for_is_a_short_word_and_a_sentence_to_who_hears_it(ana, mine, seller, listing):
    stored(mine, letter())
    (link,) = BeautifulSoup(listing(seller).content, "html.parser").select("td a.w-status[title]")
    assert link["title"] == "Waiting for us"
    assert link.get_text() == "For us: Waiting for us"
    link.select_one(".w-sr-only").decompose()
    assert link.get_text() == "For us"


def test_who_is_shown_nothing_of_the_mail_sees_no_counter(ana, mine, seller, colleague, listing):
    stored(mine, letter())
    page = listing(colleague)
    assert names(page) == ["Ana"]
    assert b"w-status--primary" not in page.content
    assert b"w-status--primary" in listing(seller).content


def test_companies_and_opportunities_have_them_too(ana, mine, seller, listing):
    ana.company = Company.objects.create(name="Cliente")
    ana.save()
    Opportunity.objects.create(name="Flota", contact=ana)
    (message,) = stored(mine, letter())
    days_ago(message, 3)
    assert b"w-status--primary" in listing(seller, "crm_companies").content
    assert b"w-status--primary" in listing(seller, "crm_opportunities").content


def test_a_module_that_is_not_declared_has_neither_columns_nor_filters(ana, mine, seller, listing, settings):
    stored(mine, letter())
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "MODULES": {}}
    page = listing(seller, email_waiting="us")
    assert "Last contacted" not in text(page)
    assert "Waiting" not in text(page)
    assert names(page) == ["Ana"]


def test_a_module_that_was_switched_off_has_neither(ana, mine, seller, listing):
    stored(mine, letter())
    with_them = cells(listing(seller))
    people = ContentType.objects.get_for_model(Person)
    ModuleSwitch.objects.create(content_type=people, is_on=False)
    page = listing(seller, email_waiting="them")
    assert "Last contacted" not in text(page)
    assert "Waiting" not in text(page)
    assert names(page) == ["Ana"]
    columns = len([one for one in page.context["view"].columns if one.name.startswith("email_")])
    assert cells(page) == [number - columns for number in with_them]


def cells(response):
    """How many cells the heading of the listing has, and its only row."""
    (table,) = re.findall(r'<table[^>]*class="listing.*?</table>', response.content.decode(), re.DOTALL)
    rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    return [len(re.findall(r"<t[hd]\b", row)) for row in rows]


def test_a_listing_with_nothing_in_it_is_shown(seller, listing):
    assert listing(seller).status_code == 200


@pytest.mark.parametrize(("whom", "found"), [("us", ["Ana"]), ("them", ["Berta"])])
def test_it_is_filtered_by_who_is_waited_for(ana, berta, mine, seller, listing, whom, found):
    Person.objects.create(first_name="Carla", last_name="Sola", email="carla@cliente.test")
    stored(
        mine, ours(), letter(minutes=1), letter("berta@cliente.test"), ours("berta@cliente.test", minutes=1)
    )
    assert names(listing(seller, email_waiting=whom)) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"email_last_contacted": "7"}, ["Ana"]),
        ({"email_last_contacted": "30"}, ["Ana", "Berta"]),
        ({"email_last_contacted": "-7"}, ["Berta", "Carla"]),
        ({"email_last_contacted": "-30"}, ["Carla"]),
        ({"email_last_contacted": "never"}, ["Carla"]),
        ({"email_last_answer": "30"}, ["Carla"]),
        ({"email_last_answer": "never"}, ["Ana", "Berta"]),
        ({"email_messages": "30"}, ["Ana", "Berta", "Carla"]),
        ({"email_messages": "-30"}, []),
        ({"email_last_contacted": "nonsense"}, ["Ana", "Berta", "Carla"]),
        ({"email_waiting": "them", "email_last_contacted": "-7"}, ["Berta"]),
    ],
)
def test_it_is_filtered_by_when(ana, berta, mine, seller, listing, query, found):
    Person.objects.create(first_name="Carla", last_name="Sola", email="carla@cliente.test")
    messages = stored(mine, ours(), ours("berta@cliente.test"), letter("carla@cliente.test"))
    for message, days in zip(messages, (1, 20, 20), strict=True):
        days_ago(message, days)
    assert names(listing(seller, **query)) == found


@pytest.mark.parametrize(("level", "found"), [(Level.NOTHING, []), (Level.PEOPLE, ["Ana"])])
def test_a_filter_tells_a_colleague_no_more_than_is_shown(ana, seller, colleague, listing, level, found):
    (message,) = stored(account(seller, shares=True, level=level), letter())
    days_ago(message, 1)
    for query in ({"email_waiting": "us"}, {"email_last_answer": "7"}, {"email_messages": "30"}):
        assert names(listing(colleague, **query)) == found


def test_an_automatic_answer_is_none(ana, mine, seller, listing):
    stored(mine, ours(), letter(minutes=1, auto_submitted="auto-replied"))
    assert names(listing(seller, email_waiting="them")) == ["Ana"]
    assert names(listing(seller, email_last_answer="never")) == ["Ana"]


def test_a_filter_knows_what_was_tied_and_untied_by_hand(ana, berta, mine, seller, listing):
    (message,) = stored(mine, letter())
    people = ContentType.objects.get_for_model(Person)
    for one, is_tied in ((ana, False), (berta, True)):
        RecordThread.objects.create(
            content_type=people, object_id=one.pk, thread=message.thread, is_tied=is_tied
        )
    assert names(listing(seller, email_waiting="us")) == ["Berta"]
    assert names(listing(seller, email_last_answer="never")) == ["Ana"]


def not_ana(user, record):
    return record.first_name != "Ana"


def test_a_record_whose_mail_the_host_keeps_from_somebody_has_neither(
    ana, berta, mine, seller, listing, settings
):
    settings.ESCALA_EMAIL = {
        **settings.ESCALA_EMAIL,
        "MODULES": {"crm.Person": {"addresses": ["email"], "may_see": not_ana}},
    }
    messages = stored(mine, letter(), letter("berta@cliente.test"))
    for message in messages:
        days_ago(message, 1)
    page = listing(seller)
    assert page.content.count(b"w-status--primary") == 1
    assert names(listing(seller, email_waiting="us")) == ["Berta"]
    assert names(listing(seller, email_last_answer="never")) == ["Ana"]


class OneByOne(ModelPermissionPolicy):
    def user_has_any_permission_for_instance(self, user, actions, instance):
        return instance.first_name != "Ana" and super().user_has_any_permission_for_instance(
            user, actions, instance
        )


def test_a_policy_that_decides_record_by_record_is_asked_of_each(
    ana, berta, mine, seller, listing, monkeypatch
):
    stored(mine, letter(), letter("berta@cliente.test"))
    usual = policy_registry.get_by_type
    monkeypatch.setattr(
        policy_registry, "get_by_type", lambda one: OneByOne(Person) if one is Person else usual(one)
    )
    assert names(listing(seller, email_waiting="us")) == ["Berta"]


def test_no_column_is_offered_for_sorting():
    assert [one.sort_key for one in email_columns()] == [None] * 4


def test_a_listing_costs_at_most_four_queries_more_with_all_columns(mine, seller, listing, monkeypatch):
    for number in range(20):
        Person.objects.create(first_name=str(number), last_name="X", email=f"p{number}@x.test")
    stored(mine, *(letter(f"p{n}@x.test", minutes=n) for n in range(10)))
    listing(seller)
    chosen = resolve(reverse("crm_people:index")).func.view_initkwargs
    numbers = []
    for columns in ([], email_columns()):
        monkeypatch.setitem(chosen, "list_display", ["__str__", *columns])
        with CaptureQueriesContext(connection) as captured:
            listing(seller)
        numbers.append(len(captured))
    assert 0 < numbers[1] - numbers[0] <= 4
