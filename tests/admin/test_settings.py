"""Settings › Emails: connecting, the state, switching, disconnecting; and who may."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from escala_email_plugin.models import EmailAccount, Folder, Quarantined, Run
from sandbox.crm.models import Person
from tests.making import account, at, letter, stored

pytestmark = pytest.mark.django_db

CHANGING = [
    *("disconnect", "mode", "preview", "start", "folders", "retry_all", "check", "stop_check", "bring_in"),
]
PAGES = ["account", "status", "connect", "probe", "set_aside", "completeness", "why", *CHANGING]


def post(client, name, values=None, fragment=True):
    headers = {"x-requested-with": "XMLHttpRequest"} if fragment else {}
    return client.post(at(name), values or {}, headers=headers)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_not_connect_reaches_nothing(client, outsider, name, method):
    client.force_login(outsider)
    url = at(name)
    response = getattr(client, method)(url, headers={"x-requested-with": "XMLHttpRequest"})
    assert response.status_code == 403


def test_without_a_mailbox_the_page_offers_to_connect_one(client, seller):
    client.force_login(seller)
    page = client.get(at("account")).content.decode()
    assert at("connect") in page


def test_the_menu_and_the_account_page_lead_there_for_who_may(client, seller, outsider):
    url = reverse("escala_email:settings")
    client.force_login(seller)
    assert url in client.get(reverse("wagtailadmin_home")).content.decode()
    assert url in client.get(reverse("wagtailadmin_account")).content.decode()
    client.force_login(outsider)
    assert url not in client.get(reverse("wagtailadmin_home")).content.decode()
    assert url not in client.get(reverse("wagtailadmin_account")).content.decode()


def test_the_page_shows_state_counts_and_trouble(client, seller):
    mine = account(seller, state="waiting", trouble="port_closed", failures=1)
    stored(mine, letter())
    client.force_login(seller)
    page = client.get(at("account")).content.decode()
    assert "lucia@andina.test" in page
    assert "localhost cannot be reached just now" in page
    assert mine.secret not in page


@pytest.mark.parametrize(
    "trouble",
    ["login_refused", "certificate_expired", "secret", "internal", "interrupted", "budget", "unheard_of"],
)
def test_every_trouble_has_a_sentence(client, seller, trouble):
    account(seller, state="reconnect", trouble=trouble)
    client.force_login(seller)
    response = client.get(at("status"))
    assert response.context["status"].sentence
    assert "%(" not in response.content.decode()


def test_what_was_set_aside_is_counted(client, seller):
    folder = Folder.objects.create(account=account(seller), name="INBOX", uidvalidity=7)
    for uid in (1, 2):
        Quarantined.objects.create(
            folder=folder, uidvalidity=7, uid=uid, error="too_deep", next_try=timezone.now()
        )
    client.force_login(seller)
    assert "2 messages could not be read" in client.get(at("status")).content.decode()


def switch(client, capture, mode) -> str:
    with capture(execute=True):
        return post(client, "mode", {"mode": mode}).wsgi_request._messages._queued_messages[0].message


def test_switching_off_and_on_orders_a_sync(client, seller, ordered, django_capture_on_commit_callbacks):
    mine = account(seller, last_success=timezone.now())
    client.force_login(seller)
    assert "off" in switch(client, django_capture_on_commit_callbacks, "off")
    mine.refresh_from_db()
    assert (mine.mode, ordered) == ("off", [])
    assert "goes on where it was" in switch(client, django_capture_on_commit_callbacks, "total")
    mine.refresh_from_db()
    assert (mine.mode, ordered) == ("total", [("sync_account", mine.pk)])


def test_before_anything_was_synchronised_on_means_a_preview(
    client, seller, ordered, django_capture_on_commit_callbacks
):
    mine = account(seller, mode="off")
    client.force_login(seller)
    assert "counted" in switch(client, django_capture_on_commit_callbacks, "total")
    mine.refresh_from_db()
    assert (mine.mode, ordered) == ("preview", [("preview", mine.pk)])


def test_what_stopped_half_way_offers_to_go_on(client, seller):
    mine = account(seller, mode="off")
    Folder.objects.create(account=mine, name="INBOX", scanned_from=70, scanned_to=90)
    client.force_login(seller)
    assert 'form="escala-on"' in client.get(at("status")).content.decode()
    EmailAccount.objects.update(last_success=timezone.now())
    assert 'form="escala-on"' in client.get(at("status")).content.decode()


def test_a_missing_folder_of_sent_mail_is_asked_for(client, seller):
    mine = account(seller, last_success=timezone.now())
    Folder.objects.create(account=mine, name="INBOX", role="inbox", scanned_from=1, scanned_to=9)
    client.force_login(seller)
    assert "No folder of sent mail" in client.get(at("status")).content.decode()
    Folder.objects.create(account=mine, name="Enviados", role="sent", scanned_from=1, scanned_to=9)
    assert "No folder of sent mail" not in client.get(at("status")).content.decode()


def test_a_mode_that_is_none_changes_nothing(client, seller):
    mine = account(seller)
    client.force_login(seller)
    post(client, "mode", {"mode": "everything"})
    mine.refresh_from_db()
    assert mine.mode == "total"


def test_disconnecting_forgets_the_password_and_keeps_the_mail(client, seller):
    mine = account(seller)
    (message,) = stored(mine, letter())
    client.force_login(seller)
    post(client, "disconnect")
    mine.refresh_from_db()
    assert (mine.state, mine.secret) == ("disconnected", "")
    message.refresh_from_db()
    assert client.get(at("status")).status_code == 404


def test_who_may_not_connect_any_more_can_still_look_and_disconnect(client, seller):
    mine = account(seller)
    seller.user_permissions.remove(Permission.objects.get(codename="connect_personal_account"))
    client.force_login(seller)
    assert client.get(at("account")).status_code == 200
    assert post(client, "probe").status_code == 403
    post(client, "disconnect")
    mine.refresh_from_db()
    assert mine.state == "disconnected"


def test_who_may_not_connect_any_more_can_delete_what_was_disconnected(client, seller):
    mine = account(seller, state="disconnected")
    stored(mine, letter())
    seller.user_permissions.remove(Permission.objects.get(codename="connect_personal_account"))
    client.force_login(seller)
    page = client.get(at("account")).content.decode()
    assert at("erase", mine.pk) in page
    assert at("connect") not in page
    client.post(at("erase", mine.pk), {"address": mine.address})
    mine.refresh_from_db()
    assert mine.erase_at
    assert client.get(at("account")).status_code == 302


@pytest.mark.parametrize("name", CHANGING)
def test_what_changes_something_needs_a_post(client, seller, name):
    account(seller)
    client.force_login(seller)
    assert client.get(at(name)).status_code == 405


@pytest.mark.parametrize("name", [*CHANGING, "why"])
def test_a_post_that_another_site_sent_changes_nothing(seller, name):
    mine = account(seller)
    client = Client(enforce_csrf_checks=True)
    client.force_login(seller)
    assert client.post(at(name), {"mode": "off"}).status_code == 403
    mine.refresh_from_db()
    assert (mine.mode, mine.state) == ("total", "connected")


@pytest.mark.parametrize("values", [{}, {"mode": "preview"}])
def test_every_form_that_is_posted_holds_the_token_that_it_needs(client, seller, values):
    folder = Folder.objects.create(account=account(seller, **values), name="INBOX", uidvalidity=7)
    for uid in (1, 2):
        Quarantined.objects.create(folder=folder, uidvalidity=7, uid=uid, error="x", next_try=timezone.now())
    client.force_login(seller)
    for url in (
        at("account"),
        at("why"),
    ):
        forms = re.findall(r"<form.*?</form>", client.get(url).content.decode(), flags=re.S)
        posted = [form for form in forms if 'method="post"' in form]
        assert posted
        assert [form for form in posted if "csrfmiddlewaretoken" not in form] == []


def test_the_page_costs_the_same_however_much_there_is(client, seller, django_assert_num_queries):
    mine = account(seller, last_success=timezone.now())
    stored(mine, letter())
    client.force_login(seller)
    client.get(at("account"))
    with CaptureQueriesContext(connection) as few:
        client.get(at("account"))
    for n in range(12):
        folder = Folder.objects.create(account=mine, name=f"Carpeta {n}", uidvalidity=7)
        stored(mine, letter(subject=f"{n}"), folder=folder.name)
        Quarantined.objects.create(
            folder=folder, uidvalidity=7, uid=90, error="x", raw=b"x", next_try=timezone.now()
        )
        Run.objects.create(kind="audit", account=mine, state="done", result={"found": n})
    with django_assert_num_queries(len(few) + 1):  # the page of what was set aside is not empty now
        client.get(at("account"))


def test_one_sees_and_changes_only_ones_own_mailbox(client, seller, colleague):
    theirs = account(colleague, "marcos@andina.test")
    client.force_login(seller)
    assert "marcos@andina.test" not in client.get(at("account")).content.decode()
    for name in (*CHANGING, "why"):
        assert post(client, name, {"mode": "off"}).status_code == 404
    for name in ("status", "set_aside", "completeness"):
        assert client.get(at(name)).status_code == 404
    theirs.refresh_from_db()
    assert (theirs.state, theirs.mode) == ("connected", "total")


class TestPanel:
    @pytest.fixture
    def ana(self):
        return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")

    def test_the_edit_page_has_the_panel_and_asks_later(self, client, seller, ana):
        stored(account(seller), letter(subject="No todavía"))
        client.force_login(seller)
        page = client.get(reverse("crm_people:edit", args=[ana.pk])).content.decode()
        assert reverse("escala_email:timeline", args=["crm", "person", ana.pk]) in page
        assert "No todavía" not in page

    def test_the_page_for_a_new_record_has_none(self, client, seller):
        client.force_login(seller)
        page = client.get(reverse("crm_people:add")).content.decode()
        assert "escala-visible" not in page
