"""In a browser: a record's conversations beside a form, on a page of the host's own, and by a button."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from playwright.sync_api import expect

from escala_email_plugin.models import Visit
from escala_email_plugin.reading import unread
from tests.host.models import Customer, Desk, Project
from tests.making import DAY, account, letter, stored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def user(seller):
    names = [f"{action}_{model}" for action in ("change", "view") for model in ("customer", "project")]
    seller.user_permissions.add(*Permission.objects.filter(codename__in=names))
    return seller


@pytest.fixture
def inside(page, site, user, client):
    """The seller's browser, in the admin; what goes wrong in it fails the test."""
    client.force_login(user)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    assert wrong == []


def test_the_side_panel_counts_what_came_until_it_is_opened(inside, site, user, monkeypatch):
    monkeypatch.setattr(unread, "NEWS", timedelta(days=36_500))  # the letters are of long ago
    customer = Customer.objects.create(email="ana@cliente.test")
    of = ContentType.objects.get_for_model(Customer)
    visit = Visit.objects.create(user=user, content_type=of, object_id=str(customer.pk), at=DAY)
    stored(account(user), letter(subject="Uno"), letter(subject="Dos"))
    edit = site + reverse("wagtailsnippets_host_customer:edit", args=[customer.pk])
    inside.goto(edit)
    counter = inside.locator("[data-side-panel-toggle=escala-emails] [data-side-panel-toggle-counter]")
    expect(counter).to_have_text("2")
    with inside.expect_response(lambda response: response.url.endswith("/visit/")) as noted:
        inside.get_by_role("button", name="Toggle emails").click()
    expect(inside.get_by_text("Dos").first).to_be_visible()
    expect(counter).to_be_hidden()
    assert noted.value.status == 204
    visit.refresh_from_db()
    assert visit.at > DAY
    # What is opened of it, and what comes earlier, is no further visit.
    posts = []
    inside.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    inside.get_by_text("Dos").first.click()
    expect(inside.locator(".escala-message").first).to_be_visible()
    assert [url for url in posts if url.endswith("/visit/")] == []


def test_a_page_of_the_hosts_own_and_that_of_a_row_show_the_conversations(inside, site, user):
    project = Project.objects.create()
    project.desks.add(Desk.objects.create(email="ana@cliente.test"))
    customer = Customer.objects.create(email="ana@cliente.test")
    stored(account(user), letter(subject="Cotización"))
    inside.goto(site + reverse("host_project", args=[project.pk]))
    expect(inside.get_by_text("Cotización")).to_be_visible()
    inside.goto(site + reverse("wagtailsnippets_host_customer:list"))
    inside.get_by_role("button", name=f"More options for '{customer}'").click()
    inside.get_by_role("link", name=f"Emails of “{customer}”").click()
    expect(inside.get_by_role("heading", name=str(customer)).last).to_be_visible()
    expect(inside.get_by_text("Cotización")).to_be_visible()
