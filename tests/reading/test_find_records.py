"""By which fields records are found, to tie a conversation to: those the host names, or its short texts."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from wagtail.search import index

from escala_email_plugin import checks
from escala_email_plugin.reading.find_records import find_records
from sandbox.crm.models import Company, Opportunity, Person, PersonEmail

pytestmark = pytest.mark.django_db


@pytest.fixture
def searched(settings):
    """searched(fields): of people, as a host declares it."""

    def searched(fields):
        options = {"addresses": ["email"], "search_fields": fields}
        settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "MODULES": {"crm.Person": options}}

    return searched


@pytest.fixture
def berta(db):
    company = Company.objects.create(name="Transportes del Sur")
    berta = Person.objects.create(
        first_name="Berta", last_name="Ruiz", position="Gerente", email="berta@cliente.test", company=company
    )
    for address in ("berta@privado.test", "b.ruiz@privado.test"):
        PersonEmail.objects.create(person=berta, address=address)
    return berta


def found(user, text):
    return [one.record for one in find_records(text, user)]


def test_without_a_word_of_the_hosts_a_records_short_texts_are_searched(seller, berta):
    assert found(seller, "ruiz gerente") == [berta]
    assert found(seller, "berta@cliente") == []
    assert Company.objects.get() not in found(seller, "ruiz")


def test_only_the_fields_that_a_host_names_are_searched(seller, berta, searched):
    searched(["first_name", "company__name"])
    assert found(seller, "berta") == [berta]
    assert found(seller, "sur berta") == [berta]
    assert found(seller, "ruiz") == []
    assert found(seller, "gerente") == []


def test_a_record_is_found_once_however_many_of_its_rows_have_the_word(seller, berta, searched):
    searched(["other_emails__address", "last_name"])
    assert found(seller, "privado") == [berta]
    assert found(seller, "berta b.ruiz") == [berta]


def test_by_no_field_nothing_is_found(seller, berta, searched):
    searched([])
    assert found(seller, "berta") == []


@pytest.fixture
def indexed(monkeypatch):
    """indexed(fields): as if the host had made people known to Wagtail's search."""

    before = Person.__bases__

    def indexed(*fields):
        Person.__bases__ = (index.Indexed, *before)
        monkeypatch.setattr(Person, "search_fields", fields, raising=False)

    yield indexed
    Person.__bases__ = before


def test_what_wagtail_searches_is_searched(seller, berta, indexed):
    indexed(
        index.SearchField("first_name"),
        index.AutocompleteField("position"),
        index.FilterField("last_name"),
        index.SearchField("a_method_of_the_hosts"),
        index.RelatedFields("company", [index.SearchField("name")]),
    )
    assert found(seller, "berta") == [berta]
    assert found(seller, "gerente sur") == [berta]
    assert found(seller, "ruiz") == []


def test_where_wagtail_searches_nothing_that_a_table_has_the_short_texts_are(seller, berta, indexed):
    indexed(index.SearchField("a_method_of_the_hosts"))
    assert found(seller, "ruiz") == [berta]


WRONG = [
    ("first_name", "a list of paths"),
    ({"first_name": 1}, "a list of paths"),
    ([1], "a list of paths"),
    (["frist_name"], "“frist_name”"),
    (["company"], "not a text field"),
    (["company__nmae"], "“nmae”"),
]


@pytest.mark.parametrize(("fields", "words"), WRONG)
def test_a_field_that_is_none_is_named_and_the_rest_goes_on(seller, berta, searched, fields, words):
    searched(fields)
    (error,) = checks.check_search_fields()
    assert error.id == "escala_email.E014"
    assert "crm.Person" in error.msg
    assert words in error.msg
    assert checks.check_module_options() == []
    assert found(seller, "ruiz gerente") == [berta]
    with pytest.raises(SystemCheckError, match=r"E014"):
        call_command("check", "--tag", "escala_email")


def test_fields_that_are_there_are_no_error(searched, settings):
    searched(("first_name", "company__name", "other_emails__address"))
    assert checks.check_search_fields() == []
    assert checks.check_module_options() == []
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "MODULES": None}
    assert checks.check_search_fields() == []


def test_only_records_of_modules_are_found(seller, berta, searched):
    Opportunity.objects.create(name="Berta y su flota", contact=berta)
    searched(["first_name"])
    assert found(seller, "berta") == [berta]
