"""The index of addresses follows every kind of relation, from either end."""

import pytest
from django.contrib.contenttypes.models import ContentType

from escala_email_plugin.models import RecordAddress

from .models import Customer, Desk, Label, Membership, Party, Project

pytestmark = pytest.mark.django_db


def addresses(record) -> set[str]:
    content_type = ContentType.objects.get_for_model(record)
    rows = RecordAddress.objects.filter(content_type=content_type, object_id=str(record.pk))
    return set(rows.values_list("address__value", flat=True))


@pytest.fixture
def project():
    return Project.objects.create()


@pytest.fixture
def desk():
    return Desk.objects.create(email="desk@x.test")


def test_a_many_to_many_relation_is_followed_from_its_own_side(project, desk):
    project.desks.add(desk)
    assert addresses(project) == {"desk@x.test"}
    project.desks.remove(desk)
    assert addresses(project) == set()
    project.desks.set([desk])
    assert addresses(project) == {"desk@x.test"}
    project.desks.clear()
    assert addresses(project) == set()


def test_a_many_to_many_relation_is_followed_from_the_other_side(project, desk):
    desk.projects.add(project)
    assert addresses(project) == {"desk@x.test"}
    desk.projects.remove(project)
    assert addresses(project) == set()
    desk.projects.set([project])
    assert addresses(project) == {"desk@x.test"}
    desk.projects.clear()
    assert addresses(project) == set()


def test_what_a_relation_leads_to_may_change_and_go(project, desk):
    project.desks.add(desk)
    desk.email = "new@x.test"
    desk.save()
    assert addresses(project) == {"new@x.test"}
    desk.delete()
    assert addresses(project) == set()


def test_rows_of_an_explicit_table_are_followed(project):
    customer = Customer.objects.create(email="ana@x.test")
    membership = Membership.objects.create(project=project, customer=customer)
    assert addresses(project) == {"ana@x.test"}
    membership.delete()
    assert addresses(project) == set()


def test_an_explicit_relation_is_followed_through_its_manager(project):
    customer = Customer.objects.create(email="ana@x.test")
    project.members.add(customer)
    assert addresses(project) == {"ana@x.test"}
    customer.projects.clear()
    assert addresses(project) == set()


def test_a_generic_relation_is_followed(project):
    label = Label.objects.create(target=project, email="label@x.test")
    assert addresses(project) == {"label@x.test"}
    label.delete()
    assert addresses(project) == set()


def test_a_label_that_is_moved_takes_its_address_along(project):
    other = Project.objects.create()
    label = Label.objects.create(target=project, email="label@x.test")
    label.target = other
    label.save()
    assert addresses(project) == set()
    assert addresses(other) == {"label@x.test"}


def test_a_childs_record_follows_a_save_of_its_parents_row():
    customer = Customer.objects.create(email="ana@x.test", billing="pagos@x.test")
    assert addresses(customer) == {"ana@x.test", "pagos@x.test"}
    party = Party.objects.get(pk=customer.pk)
    party.email = "nueva@x.test"
    party.save()
    assert addresses(customer) == {"nueva@x.test", "pagos@x.test"}


def test_a_parents_row_without_a_child_is_no_record():
    party = Party.objects.create(email="sola@x.test")
    assert not RecordAddress.objects.filter(address__value="sola@x.test").exists()
    party.delete()


def test_deleting_through_the_parent_leaves_no_row(project):
    customer = Customer.objects.create(email="ana@x.test")
    project.members.add(customer)
    Party.objects.get(pk=customer.pk).delete()
    assert not RecordAddress.objects.exists()
