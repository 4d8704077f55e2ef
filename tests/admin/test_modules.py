"""The administrator's page of modules: what it tells of each, and its switches."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from wagtail.models import ModelLogEntry

from escala_email_plugin.admin.path_words import path_words
from escala_email_plugin.modules import is_on
from sandbox.crm.models import Company, Person
from tests.admin.timelines import text
from tests.host.models import Customer, Party, Project
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, administrator):
    client.force_login(administrator)
    return lambda: client.get(reverse("escala_email:modules"))


@pytest.fixture
def press(client, administrator):
    """press(module, on or off): an administrator's click."""

    def press(module, switch):
        client.force_login(administrator)
        return client.post(reverse("escala_email:modules"), {"module": module, "switch": switch})

    return press


def test_each_module_is_there_with_its_paths_and_how_much_it_is_about(page, seller, ana):
    stored(account(seller), letter(), letter(subject="Otra"))
    lines = {line.label: line for line in page().context["lines"]}
    assert {"crm.Person", "crm.Company", "host.Project"} <= lines.keys()
    shown = text(page())
    assert "Other e-mail addresses › E-mail" in shown
    assert "other_emails__address" not in shown  # only on hover
    assert 'title="other_emails__address"' in page().content.decode()
    assert (lines["crm.Person"].size.records, lines["crm.Person"].size.messages) == (1, 10)
    assert "about 10" in shown
    assert "Mail goes on being brought in" in shown


@pytest.mark.parametrize(
    ("model", "path", "words"),
    [
        (Person, "email", "E-mail"),
        (Person, "company__email", "Company › E-mail"),
        (Company, "people__other_emails__address", "People › Other e-mail addresses › E-mail"),
        (Project, "desks__email", "Desks › Email"),
        (Project, "labels__email", "Labels › Email"),
        (Customer, "projects__desks__email", "Projects › Desks › Email"),
        (Party, "customer__billing", "Customer › Billing"),
    ],
)
def test_a_path_is_told_in_the_hosts_words(model, path, words):
    assert path_words(model, path) == words


def test_a_switch_hides_and_shows_and_is_noted(page, press, administrator):
    press("crm.Person", "off")
    assert not is_on(Person)
    assert is_on(Company)
    assert "Hidden" in text(page())
    press("crm.Person", "on")
    assert is_on(Person)
    entries = ModelLogEntry.objects.filter(action__startswith="escala_email.module_").order_by("pk")
    assert [(one.action, one.label, one.user) for one in entries] == [
        ("escala_email.module_off", "People", administrator),
        ("escala_email.module_on", "People", administrator),
    ]


def test_pressing_twice_is_noted_once(press):
    press("crm.Person", "off")
    assert press("crm.Person", "off").status_code == 302
    assert ModelLogEntry.objects.filter(action="escala_email.module_off").count() == 1


@pytest.mark.parametrize(
    ("module", "switch"), [("crm.Person", ""), ("crm.Person", "x"), ("auth.User", "off"), ("", "off")]
)
def test_what_is_no_module_or_no_switch_is_not_found(press, module, switch):
    assert press(module, switch).status_code == 404
    assert is_on(Person)


def test_what_was_declared_wrongly_is_named_with_what_is_wrong(page, settings):
    modules = {
        "crm.Person": {"addresses": ["email"], "may_see": "no.such.function"},
        "crm.Company": {"addresses": ["mail"]},
        "crm.Nobody": {"addresses": ["email"]},
    }
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "MODULES": modules}
    response = page()
    assert [line.label for line in response.context["lines"]] == ["crm.Person"]
    shown = text(response)
    for words in ("leads to nothing", "has no field “mail”", "there is no model “crm.Nobody”"):
        assert words in shown


@pytest.mark.parametrize("modules", [{}, ["crm.Person"]])
def test_a_host_that_declared_nothing_hears_so(page, settings, modules):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "MODULES": modules}
    assert "No kind of record has been declared yet" in text(page())


def test_the_page_costs_two_queries_a_module(page, django_assert_max_num_queries):
    number = len(page().context["lines"])
    for model in (Person, Company):
        ContentType.objects.get_for_model(model)
    with django_assert_max_num_queries(12 + 2 * number):
        page()
