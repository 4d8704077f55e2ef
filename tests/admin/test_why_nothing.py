"""Why a record's page shows no conversation, and the way to the entry of a list that is the reason."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from escala_email_plugin.models import Address, Rule
from escala_email_plugin.privacy import lists
from sandbox.crm.models import Person
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

NEVER, NOT_CONTACT = Rule.Kind.NEVER_DOWNLOAD, Rule.Kind.NOT_CONTACT
ANA = "ana@cliente.test"


@pytest.fixture
def ana():
    """Her earlier mail was looked for already."""
    ana = Person.objects.create(first_name="Ana", last_name="Gómez", email=ANA)
    Address.objects.update(sought=False)
    return ana


@pytest.fixture
def mine(seller):
    mine = account(seller)
    mine.last_success = mine.created_at
    mine.save()
    return mine


@pytest.fixture
def fragment(client, ana):
    """fragment(user) -> the answer of Ana's timeline."""

    def read(user):
        client.force_login(user)
        return client.get(reverse("escala_email:timeline", args=["crm", "person", ana.pk]))

    return read


def words(response) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").text.split())


def entry_link(response) -> str | None:
    link = BeautifulSoup(response.content, "html.parser").find("a", string="See the entry")
    return link and link["href"]


@pytest.fixture
def commits(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_an_empty_page_says_why(fragment, seller, ana):
    def why() -> str:
        return fragment(seller).context["nothing"].code

    assert why() == "not_connected"
    mine = account(seller)
    assert why() == "running"
    mine.last_success = mine.created_at
    mine.save()
    assert why() == "none"
    rule = mine.rules.create(pattern=ANA)
    assert why() == "listed"
    rule.delete()
    ana.email = ""
    ana.save()
    assert why() == "no_address"


def test_where_there_is_a_conversation_no_entry_is_named(fragment, seller, mine):
    stored(mine, letter())
    lists.add([ANA], NEVER, mine)
    assert fragment(seller).context["nothing"] is None


@pytest.mark.parametrize("pattern", [ANA, "cliente.test", "*.cliente.test"])
@pytest.mark.parametrize(("kind", "name"), [(NEVER, "Never download"), (NOT_CONTACT, "Not a contact")])
def test_an_entry_of_ones_own_is_named_and_leads_to_where_it_is(
    client, fragment, seller, mine, kind, name, pattern
):
    lists.add([pattern, "otra.test"], kind, mine)
    response = fragment(seller)
    assert f"This record's address is on your list “{name}”." in words(response)
    (shown,) = client.get(entry_link(response)).context["page_obj"].object_list
    assert (shown.kind, shown.pattern) == (kind, pattern)


@pytest.mark.parametrize(("kind", "name"), [(NEVER, "Never download"), (NOT_CONTACT, "Not a contact")])
def test_of_the_list_for_everybody_only_who_decides_about_it_is_led_to_the_entry(
    client, commits, fragment, seller, administrator, mine, kind, name
):
    with commits():
        lists.add(["cliente.test"], kind, None)
    response = fragment(seller)
    assert f"This record's address is on the list “{name}” for everybody." in words(response)
    assert entry_link(response) is None
    (shown,) = client.get(entry_link(fragment(administrator))).context["page_obj"].object_list
    assert (shown.account, shown.kind, shown.pattern) == (None, kind, "cliente.test")


def test_an_entry_of_a_colleagues_list_is_not_told(fragment, seller, colleague, mine):
    lists.add([ANA], NEVER, account(colleague, "marcos@andina.test"))
    assert fragment(seller).context["nothing"].code == "none"
