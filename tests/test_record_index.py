import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.utils import timezone

from escala_email_plugin.models import RecordAddress, RecordThread, Thread, Visit
from escala_email_plugin.record_index import reindex
from sandbox.crm.models import Company, Opportunity, Person, PersonEmail, Policy

pytestmark = pytest.mark.django_db


def addresses(record) -> set[str]:
    rows = RecordAddress.objects.filter(
        content_type=ContentType.objects.get_for_model(record), object_id=str(record.pk)
    )
    return set(rows.values_list("address__value", flat=True))


@pytest.fixture
def company():
    return Company.objects.create(name="Cliente S.A.", email="Info@Cliente.test")


@pytest.fixture
def ana(company):
    return Person.objects.create(
        first_name="Ana", last_name="Gómez", email="ANA@cliente.test", company=company
    )


def test_a_saved_record_has_its_address_in_canonical_form(ana):
    assert addresses(ana) == {"ana@cliente.test"}


def test_a_changed_address_replaces_the_old_one(ana):
    ana.email = "ana.gomez@cliente.test"
    ana.save()
    assert addresses(ana) == {"ana.gomez@cliente.test"}


def test_further_addresses_come_and_go_with_their_rows(ana):
    other = PersonEmail.objects.create(person=ana, address="ana+casa@casa.test")
    assert addresses(ana) == {"ana@cliente.test", "ana+casa@casa.test"}
    other.address = "ana@casa.test"
    other.save()
    assert addresses(ana) == {"ana@cliente.test", "ana@casa.test"}
    other.delete()
    assert addresses(ana) == {"ana@cliente.test"}


def chosen_about(record, user):
    """A tie and a visit of the record."""
    key = {"content_type": ContentType.objects.get_for_model(record), "object_id": str(record.pk)}
    RecordThread.objects.create(**key, thread=Thread.objects.create(), is_tied=True)
    Visit.objects.create(**key, user=user, at=timezone.now())


def test_what_was_chosen_about_a_record_goes_with_it_and_not_with_another(ana, company, seller):
    chosen_about(ana, seller)
    chosen_about(company, seller)
    ana.delete()
    for model in (RecordThread, Visit):
        assert [row.object_id for row in model.objects.all()] == [str(company.pk)]


def test_reindex_removes_what_was_chosen_about_records_that_went_unseen(ana, company, seller):
    chosen_about(ana, seller)
    chosen_about(company, seller)
    Person.objects.filter(pk=ana.pk)._raw_delete("default")
    list(reindex())
    for model in (RecordThread, Visit):
        assert [row.object_id for row in model.objects.all()] == [str(company.pk)]


def test_a_deleted_record_leaves_no_row(ana):
    pk = ana.pk
    ana.delete()
    assert not RecordAddress.objects.filter(
        content_type=ContentType.objects.get_for_model(Person), object_id=str(pk)
    ).exists()


def test_a_company_has_its_peoples_addresses(company, ana):
    PersonEmail.objects.create(person=ana, address="ana@casa.test")
    assert addresses(company) == {"info@cliente.test", "ana@cliente.test", "ana@casa.test"}


def test_a_person_who_changes_company_takes_the_addresses_along(company, ana):
    other = Company.objects.create(name="Otra S.A.")
    ana.company = other
    ana.save()
    assert addresses(company) == {"info@cliente.test"}
    assert addresses(other) == {"ana@cliente.test"}


def test_a_row_that_changes_hands_takes_its_address_along(ana):
    berta = Person.objects.create(first_name="Berta", last_name="Ruiz")
    other = PersonEmail.objects.create(person=ana, address="casa@casa.test")
    other.person = berta
    other.save()
    assert addresses(ana) == {"ana@cliente.test"}
    assert addresses(berta) == {"casa@casa.test"}


def test_records_two_relations_away_follow(ana):
    opportunity = Opportunity.objects.create(name="Flota", contact=ana)
    policy = Policy.objects.create(
        number="P-1", holder=ana, insurer="X", branch="car", start="2026-01-01", end="2027-01-01", premium=1
    )
    PersonEmail.objects.create(person=ana, address="ana@casa.test")
    assert addresses(opportunity) == addresses(policy) == {"ana@cliente.test", "ana@casa.test"}


@pytest.mark.parametrize(
    "bad", ["", "nobody", "a@b@c.test", "Ana <ana@cliente.test>", "ana@cliente.test\r\nX: y", "ana @x.test"]
)
def test_what_is_no_address_has_no_row_and_does_not_hinder_saving(bad):
    person = Person.objects.create(first_name="Ana", last_name="Gómez", email=bad)
    assert addresses(person) == set()


def test_an_international_domain_is_kept_in_ascii():
    person = Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@peña.example")
    assert addresses(person) == {"ana@xn--pea-8ma.example"} or addresses(person) == {
        "ana@xn--pea-hqa.example"
    }


def test_reindex_mends_what_bulk_writes_hid(ana, company):
    Person.objects.bulk_create(
        Person(first_name="N", last_name=str(n), email=f"n{n}@masa.test", company=company)
        for n in range(1200)
    )
    Person.objects.filter(pk=ana.pk).update(email="nueva@cliente.test")
    list(reindex())
    assert addresses(ana) == {"nueva@cliente.test"}
    assert len(addresses(company)) == 1202
    assert RecordAddress.objects.filter(address__value__endswith="@masa.test").count() == 2400


def test_reindex_drops_the_rows_of_records_and_modules_that_are_gone(ana, company):
    Person.objects.filter(pk=ana.pk)._raw_delete("default")
    RecordAddress.objects.create(
        content_type=ContentType.objects.get_for_model(ContentType),
        object_id="1",
        address=RecordAddress.objects.first().address,
    )
    list(reindex())
    assert set(RecordAddress.objects.values_list("address__value", flat=True)) == {"info@cliente.test"}


def test_the_command_says_what_it_mended(ana, capsys):
    Person.objects.filter(pk=ana.pk).update(email="nueva@cliente.test")
    call_command("escala_email", "reindex")
    assert "crm.Person: 1 records read, 2 addresses mended." in capsys.readouterr().out


def test_saving_a_record_costs_a_constant_number_of_queries(ana, django_assert_max_num_queries):
    for n in range(10):
        PersonEmail.objects.create(person=ana, address=f"ana{n}@casa.test")
    ana.first_name = "Anita"
    with django_assert_max_num_queries(30):
        ana.save()
