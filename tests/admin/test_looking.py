"""While earlier mail is looked for, the timeline says so, and offers what was found."""

import pytest
from django.urls import reverse

from escala_email_plugin.models import Address, EmailAccount, Folder, Lookup
from sandbox.crm.models import Person
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def mine(seller):
    """A mailbox that has been read as far as it goes."""
    mine = account(seller)
    Folder.objects.create(account=mine, name="INBOX", uidvalidity=7, scanned_from=1, scanned_to=90)
    EmailAccount.objects.update(last_success=mine.created_at)
    return mine


@pytest.fixture
def lookup(mine, ana):
    Address.objects.update(sought=False)
    return Lookup.objects.create(account=mine, address=Address.objects.get(value="ana@cliente.test"))


@pytest.fixture
def shown(client, seller, ana):
    client.force_login(seller)

    def shown(name="timeline", **query):
        return client.get(reverse(f"escala_email:{name}", args=["crm", "person", ana.pk]), query)

    return shown


def test_while_a_lookup_waits_the_timeline_says_so_and_asks_again(shown, lookup, ana):
    html = shown().content.decode()
    assert "Looking for earlier mail…" in html
    assert reverse("escala_email:looking", args=["crm", "person", ana.pk]) in html
    assert "There is no mail with this record" not in html


def test_when_nothing_is_looked_for_nothing_is_said(shown, lookup):
    lookup.delete()
    html = shown().content.decode()
    assert "escala-looking" not in html
    assert "There is no mail with this record" in html


def test_what_was_found_meanwhile_is_offered(shown, lookup, mine):
    stored(mine, letter(subject="Antes"))
    after = shown().context["after"]
    assert "found" not in shown("looking", after=after).content.decode()
    stored(mine, letter(subject="Nuevo"), letter("otro@otra.test", subject="De nadie"), folder="Viejos")
    html = shown("looking", after=after).content.decode()
    assert 'data-running="true"' in html
    assert "1 message was found." in html
    assert "Show what was found" in html


def test_at_the_end_it_settles(shown, lookup, mine):
    after = shown().context["after"]
    lookup.delete()
    html = shown("looking", after=after).content.decode()
    assert 'data-settled="true"' in html
    assert "Nothing more was found." in html
    stored(mine, letter())
    assert "1 message was found." in shown("looking", after=after).content.decode()


def test_a_colleagues_search_is_none_of_mine(client, shown, lookup, colleague, ana):
    client.force_login(colleague)
    url = reverse("escala_email:timeline", args=["crm", "person", ana.pk])
    assert client.get(url).context["looking"] is None


def test_what_a_colleague_found_is_not_counted(shown, lookup, colleague):
    after = shown().context["after"]
    stored(account(colleague, "marcos@andina.test"), letter())
    assert shown("looking", after=after).context["found"] == 0


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 30])
def test_a_number_nobody_gave_out_is_not_found(shown, lookup, after):
    assert shown("looking", after=after).status_code == 404


def test_who_may_not_see_the_record_is_not_told(client, outsider, lookup, ana):
    client.force_login(outsider)
    url = reverse("escala_email:looking", args=["crm", "person", ana.pk])
    headers = {"x-requested-with": "XMLHttpRequest"}
    assert client.get(url, {"after": 0}, headers=headers).status_code == 403


def test_it_costs_few_queries(shown, lookup, django_assert_max_num_queries):
    shown("looking", after=0)
    with django_assert_max_num_queries(14):
        shown("looking", after=0)
