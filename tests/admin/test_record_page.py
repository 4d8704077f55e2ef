"""A record's page of the plugin's own: for modules whose pages the host left alone."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from sandbox.crm.models import Company, Opportunity
from tests.host.models import Customer, Desk, Project

pytestmark = pytest.mark.django_db


def labels(response) -> list[tuple[str | None, str]]:
    return [(one["url"], one["label"]) for one in response.context["breadcrumbs_items"][1:]]


def test_it_shows_the_panel_and_the_ways_to_the_record_and_its_listing(look, seller, ana):
    response = look(seller, "record")
    shown = response.content.decode()
    edit = reverse("crm_people:edit", args=[ana.pk])
    assert labels(response) == [(reverse("crm_people:index"), "People"), (edit, "Ana Gómez"), ("", "Emails")]
    assert [button.url for button in response.context["header_buttons"]] == [edit]
    assert reverse("escala_email:timeline", args=["crm", "person", ana.pk]) in shown
    assert "escala_email/js/escala_email.js" in shown


@pytest.mark.parametrize("model", ["company", "opportunity"])
def test_records_with_their_peoples_addresses_have_it_too(look, seller, ana, model):
    company = Company.objects.create(name="Cliente S.A.")
    record = {"company": company, "opportunity": Opportunity.objects.create(name="Flota", contact=ana)}[model]
    assert str(record) in look(seller, "record", record=record).content.decode()


def test_who_may_not_change_the_record_gets_no_way_to_its_form(look, seller, ana):
    seller.user_permissions.remove(*Permission.objects.filter(codename__in=["change_person"]))
    response = look(seller, "record")
    assert labels(response)[1] == (None, "Ana Gómez")
    assert response.context["header_buttons"] == []


def test_a_snippets_listing_is_found_too(look, seller):
    seller.user_permissions.add(*Permission.objects.filter(codename__in=["view_customer", "change_customer"]))
    customer = Customer.objects.create(email="ana@cliente.test")
    response = look(seller, "record", record=customer)
    assert labels(response)[0] == (reverse("wagtailsnippets_host_customer:list"), "Customers")


def test_a_model_without_any_page_of_its_own_has_this_one(look, seller):
    seller.user_permissions.add(*Permission.objects.filter(codename__in=["view_project"]))
    project = Project.objects.create()
    project.desks.add(Desk.objects.create(email="ana@cliente.test"))
    assert labels(look(seller, "record", record=project)) == [
        (None, "Projects"),
        (None, f"Project {project.pk}"),
        ("", "Emails"),
    ]


def test_it_asks_for_the_record_and_the_switch_and_leaves_the_mail_to_the_panel(
    look, seller, ana, django_assert_max_num_queries
):
    look(seller, "record")
    # Those, the mailboxes to filter by, the session and what Wagtail's frame asks.
    with django_assert_max_num_queries(14):
        look(seller, "record")
