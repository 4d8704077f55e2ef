"""Each way in which a host shows a record's conversations, with the line that the documentation gives."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from wagtail.admin.panels import FieldPanel, ObjectList, TabbedInterface
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.snippets.views.snippets import SnippetViewSet

from escala_email_plugin.admin.panels import EmailPanel
from escala_email_plugin.admin.viewsets import EmailViewSetMixin
from escala_email_plugin.models import ModuleSwitch, Visit
from escala_email_plugin.reading import unread
from tests.host.models import Customer, Desk, Dossier, Project
from tests.making import DAY, account, letter, stored

pytestmark = pytest.mark.django_db

LISTINGS = {"customer": "wagtailsnippets_host_customer:list", "dossier": "host_dossiers:index"}
EDITS = {"customer": "wagtailsnippets_host_customer:edit", "dossier": "host_dossiers:edit"}


@pytest.fixture
def user(seller):
    models = ("customer", "dossier", "project", "desk")
    names = [f"{action}_{model}" for action in ("add", "change", "view") for model in models]
    seller.user_permissions.add(*Permission.objects.filter(codename__in=names))
    return seller


@pytest.fixture
def records(user):
    desk = Desk.objects.create(email="ana@cliente.test")
    project = Project.objects.create()
    project.desks.add(desk)
    return {
        "customer": Customer.objects.create(email="ana@cliente.test"),
        "dossier": Dossier.objects.create(owner=user, email="ana@cliente.test"),
        "project": project,
    }


@pytest.fixture
def shown(client, user, records):
    """shown(model, …): what the user gets of that record's shown, as text."""
    client.force_login(user)

    def shown(model, views=EDITS, at=None):
        pk = [] if views is LISTINGS else [records[model].pk]
        response = client.get(at or reverse(views[model], args=pk))
        assert response.status_code == 200
        return response.content.decode()

    return shown


def of(record, name="timeline") -> str:
    meta = record._meta
    return reverse(f"escala_email:{name}", args=[meta.app_label, meta.model_name, record.pk])


def off(model) -> None:
    ModuleSwitch.objects.create(content_type=ContentType.objects.get_for_model(model), is_on=False)


@pytest.mark.parametrize("model", EDITS)
def test_a_viewset_has_a_tab_by_one_line(shown, records, model):
    text = shown(model)
    assert re.search(r'role="tab"[^>]*>\s*Emails', text)
    assert re.search(r'role="tab"[^>]*>\s*Details', text)
    assert of(records[model]) in text
    assert "escala_email/js/escala_email.js" in text


@pytest.mark.parametrize("model", EDITS)
def test_the_tab_is_not_there_while_a_record_is_made(shown, model):
    add = EDITS[model].replace(":edit", ":add")
    assert "escala-visible" not in shown(model, at=reverse(add))


@pytest.mark.parametrize("model", LISTINGS)
def test_a_row_of_the_listing_leads_to_its_conversations_once(shown, records, model):
    assert shown(model, LISTINGS).count(of(records[model], "record")) == 1


@pytest.mark.parametrize("model", LISTINGS)
def test_more_rows_cost_no_more_queries(shown, user, model, django_assert_max_num_queries):
    shown(model, LISTINGS)
    with django_assert_max_num_queries(40) as few:
        shown(model, LISTINGS)
    for number in range(8):
        if model == "customer":
            Customer.objects.create(email=f"{number}@cliente.test")
        else:
            Dossier.objects.create(owner=user, email=f"{number}@cliente.test")
    with django_assert_max_num_queries(len(few)):
        shown(model, LISTINGS)


@pytest.mark.parametrize("model", EDITS)
def test_the_conversations_stand_beside_the_form(shown, records, model):
    text = shown(model)
    assert 'data-side-panel="escala-emails"' in text
    assert text.count(of(records[model], "visit")) == 2  # in the tab, too


@pytest.mark.parametrize("model", EDITS)
def test_the_side_panels_counter_tells_what_came_since(shown, user, records, model, monkeypatch):
    monkeypatch.setattr(unread, "NEWS", timedelta(days=36_500))  # the letters are of long ago
    mine = account(user)
    assert counter(shown(model)) == "0"
    Visit.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(records[model]),
        object_id=str(records[model].pk),
        at=DAY,
    )
    assert counter(shown(model)) == "0"
    stored(mine, letter(subject="Uno"), letter(subject="Dos"))
    assert counter(shown(model)) == "2"


def counter(text: str) -> str:
    found = re.search(
        r'data-side-panel-toggle="escala-emails".*?data-side-panel-toggle-counter[^>]*>\s*(\d+)', text, re.S
    )
    return found[1]


def test_a_page_of_the_hosts_own_has_it_by_a_tag(shown, records):
    text = shown("project", at=reverse("host_project", args=[records["project"].pk]))
    # What is no record, or is none yet, shows nothing.
    assert text.count("data-escala-visit-url-value=") == 1
    assert of(records["project"]) in text
    assert re.search(r'<script src="[^"]*escala_email/js/escala_email.js[^"]*" defer>', text)
    assert re.search(r"<link[^>]*escala_email/css/escala_email.css", text)


def test_the_tag_shows_nothing_to_who_may_not_see_the_record(client, outsider, records):
    client.force_login(outsider)
    response = client.get(reverse("host_project", args=[records["project"].pk]))
    assert response.status_code == 200
    assert "escala" not in response.content.decode().partition("<main")[2]


@pytest.mark.parametrize("model", ["customer", "dossier", "project"])
def test_a_module_that_is_off_shows_nothing_anywhere(client, shown, user, records, model):
    pages = {"project": [reverse("host_project", args=[records["project"].pk])]}.get(model) or [
        reverse(EDITS[model], args=[records[model].pk]),
        reverse(LISTINGS[model]),
    ]
    links = [of(records[model], name) for name in ("timeline", "record", "visit")]
    assert any(link in shown(model, at=one) for link in links for one in pages)
    off(type(records[model]))
    for one in pages:
        text = shown(model, at=one)
        assert [link for link in links if link in text] == []
        assert "escala-visible" not in text
        assert 'data-side-panel="escala-emails"' not in text
    assert {client.get(of(records[model], name)).status_code for name in ("timeline", "record")} == {404}
    assert client.post(of(records[model], "visit")).status_code == 404


class Anything(EmailViewSetMixin, ModelViewSet):
    model = Dossier
    name = "anything"


FIELDS = [FieldPanel("owner"), FieldPanel("email")]


class WithMore(TabbedInterface):
    """A host's own kind of tabs."""


HANDLERS = {
    "panels": {"panels": FIELDS},
    "a plain handler": {"edit_handler": ObjectList(FIELDS)},
    "tabs": {
        "edit_handler": TabbedInterface(
            [ObjectList(FIELDS[:1], heading="One"), ObjectList(FIELDS[1:], heading="Two")]
        )
    },
    "tabs of a kind of its own": {"edit_handler": WithMore([ObjectList(FIELDS, heading="One")])},
    "one panel": {"edit_handler": FieldPanel("email")},
    "fields": {"form_fields": ["owner", "email"]},
    "all fields": {"form_fields": "__all__"},
    "exceptions": {"exclude_form_fields": ["owner"]},
}


@pytest.mark.parametrize("way", HANDLERS)
@pytest.mark.parametrize("kind", [ModelViewSet, SnippetViewSet])
def test_the_tab_comes_last_whatever_the_form_is_made_of(way, kind):
    viewset = type("Viewset", (EmailViewSetMixin, kind), {"model": Dossier, **HANDLERS[way]})()
    handler = viewset.get_edit_handler()
    *others, last = handler.children
    assert isinstance(handler, WithMore if way == "tabs of a kind of its own" else TabbedInterface)
    assert [type(one) for one in last.children] == [EmailPanel]
    assert str(last.heading) == "Emails"
    assert [str(one.heading) for one in others] == (
        ["One", "Two"] if way == "tabs" else ["One"] if way.startswith("tabs") else ["Details"]
    )
    fields = {"email"} if way in ("one panel", "exceptions") else {"owner", "email"}
    assert set(handler.get_form_class().base_fields) == fields


def test_a_handler_that_has_the_panel_already_is_left_as_it_is():
    handler = ObjectList([*FIELDS, EmailPanel()])
    viewset = type("Viewset", (Anything,), {"edit_handler": handler})()
    assert isinstance(viewset.get_edit_handler(), ObjectList)


def test_a_viewset_that_names_no_field_is_left_to_wagtail():
    assert Anything().get_edit_handler() is None


@pytest.mark.parametrize("model", EDITS)
def test_the_mail_costs_an_edit_page_few_queries_however_much_there_is(
    shown, user, records, model, django_assert_max_num_queries
):
    record = records[model]
    of_record = {"content_type": ContentType.objects.get_for_model(record), "object_id": str(record.pk)}
    Visit.objects.create(user=user, at=DAY, **of_record)
    mine = account(user)
    stored(mine, letter())
    shown(model)
    with django_assert_max_num_queries(60) as with_mail:
        shown(model)
    stored(mine, *[letter(subject=f"{number}", cc=f"p{number}@otra.test") for number in range(20)])
    with django_assert_max_num_queries(len(with_mail)):
        shown(model)
    off(type(record))
    with django_assert_max_num_queries(60) as without:
        shown(model)
    # What counts for the side panel, and the mailboxes that both can be filtered by.
    assert len(with_mail) - len(without) <= 11
