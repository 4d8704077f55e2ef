"""Settings › Emails: connecting, the state, switching, disconnecting; and who may."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from escala_email_plugin.admin.forms import HostField
from escala_email_plugin.models import EmailAccount, Folder, Quarantined
from escala_email_plugin.servers.secrets import decrypt
from sandbox.crm.models import Person
from tests.making import account, account_at, letter, stored

pytestmark = pytest.mark.django_db

PAGES = ["settings", "status", "connect", "probe", "mode", "disconnect"]


@pytest.fixture
def queued(monkeypatch):
    """The ids of the accounts a sync was ordered for."""
    from escala_email_plugin import tasks

    ids = []
    monkeypatch.setattr(tasks, "sync_account", ids.append)
    return ids


def data(mailbox, **changes) -> dict:
    return {
        "address": mailbox.user,
        "username": "",
        "password": mailbox.password,
        "imap_host": "localhost",
        "imap_port": mailbox.imap.port,
        "imap_tls": "tls",
        "smtp_host": "localhost",
        "smtp_port": mailbox.smtp.port,
        "smtp_tls": "tls",
        **changes,
    }


def post(client, name, values=None, fragment=True):
    headers = {"x-requested-with": "XMLHttpRequest"} if fragment else {}
    return client.post(reverse(f"escala_email:{name}"), values or {}, headers=headers)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_not_connect_reaches_nothing(client, outsider, name, method):
    client.force_login(outsider)
    url = reverse(f"escala_email:{name}")
    response = getattr(client, method)(url, headers={"x-requested-with": "XMLHttpRequest"})
    assert response.status_code == 403


def test_without_a_mailbox_the_page_offers_to_connect_one(client, seller):
    client.force_login(seller)
    page = client.get(reverse("escala_email:settings")).content.decode()
    assert reverse("escala_email:connect") in page


def test_the_menu_and_the_account_page_lead_there_for_who_may(client, seller, outsider):
    url = reverse("escala_email:settings")
    client.force_login(seller)
    assert url in client.get(reverse("wagtailadmin_home")).content.decode()
    assert url in client.get(reverse("wagtailadmin_account")).content.decode()
    client.force_login(outsider)
    assert url not in client.get(reverse("wagtailadmin_home")).content.decode()
    assert url not in client.get(reverse("wagtailadmin_account")).content.decode()


@pytest.mark.dovecot
class TestConnecting:
    def test_a_mailbox_that_answers_is_connected_and_its_sync_ordered(
        self, client, seller, mailbox, queued, django_capture_on_commit_callbacks
    ):
        client.force_login(seller)
        with django_capture_on_commit_callbacks(execute=True):
            response = post(client, "connect", data(mailbox))
        assert response["X-Escala-Location"] == reverse("escala_email:settings")
        mine = EmailAccount.objects.get()
        assert (mine.owner, mine.kind, mine.address, mine.state) == (
            seller,
            "personal",
            mailbox.user,
            "connected",
        )
        assert mine.username == mailbox.user
        assert decrypt(mine.secret) == mailbox.password
        assert mailbox.password not in mine.secret
        assert queued == [mine.pk]

    def test_without_the_script_it_works_as_well(self, client, seller, mailbox, queued):
        client.force_login(seller)
        assert post(client, "connect", data(mailbox), fragment=False).status_code == 302
        assert EmailAccount.objects.get().owner == seller

    def test_testing_saves_nothing(self, client, seller, mailbox):
        client.force_login(seller)
        page = post(client, "probe", data(mailbox)).content.decode()
        assert page.count("escala-steps__step--passed") >= 6
        assert not EmailAccount.objects.exists()

    @pytest.mark.parametrize("name", ["connect", "probe"])
    def test_a_wrong_password_is_said_and_nothing_is_saved(self, client, seller, mailbox, name):
        client.force_login(seller)
        page = post(client, name, data(mailbox, password="wrong horse")).content.decode()
        assert "escala-steps__step--failed" in page
        assert "wrong horse" not in page
        assert not EmailAccount.objects.exists()

    def test_a_closed_smtp_port_is_enough_to_refuse(self, client, seller, mailbox):
        client.force_login(seller)
        page = post(client, "connect", data(mailbox, smtp_port=1)).content.decode()
        assert "escala-steps__step--failed" in page
        assert not EmailAccount.objects.exists()

    def test_a_page_after_a_failure_does_not_hold_the_password(self, client, seller, mailbox):
        client.force_login(seller)
        page = post(client, "connect", data(mailbox, password="wrong horse"), fragment=False).content.decode()
        assert mailbox.user in page
        assert "wrong horse" not in page

    def test_a_colleagues_mailbox_is_refused_without_naming_the_colleague(
        self, client, seller, colleague, mailbox
    ):
        account(colleague, mailbox.user)
        client.force_login(seller)
        page = post(client, "connect", data(mailbox)).content.decode()
        assert "colega" in page or "colleague" in page
        assert "marcos" not in page
        assert EmailAccount.objects.count() == 1

    def test_the_address_of_a_connected_mailbox_stays_what_it_is(self, client, seller, mailbox, queued):
        account(seller, "otra@andina.test")
        client.force_login(seller)
        post(client, "connect", data(mailbox))
        assert EmailAccount.objects.get().address == "otra@andina.test"

    def test_a_port_is_changed_without_typing_the_password_again(self, client, seller, mailbox, queued):
        mine = account_at(mailbox, seller, mode="off")
        EmailAccount.objects.update(imap_port=1)
        client.force_login(seller)
        post(client, "connect", data(mailbox, password=""))
        mine.refresh_from_db()
        assert mine.imap_port == mailbox.imap.port
        assert decrypt(mine.secret) == mailbox.password
        assert mine.mode == "off"

    def test_a_stored_password_is_not_sent_to_another_server(self, client, seller, mailbox, monkeypatch):
        from escala_email_plugin.admin import settings as pages

        monkeypatch.setattr(pages, "probe", lambda *args: pytest.fail("a server was asked"))
        account_at(mailbox, seller)
        client.force_login(seller)
        response = post(client, "connect", data(mailbox, password="", imap_host="127.0.0.1"))
        assert response.context["form"].errors.keys() == {"password"}

    def test_the_same_mailbox_connected_again_keeps_its_history(self, client, seller, mailbox, queued):
        former = account(seller, mailbox.user, state="disconnected", secret="")
        stored_before = EmailAccount.objects.get(pk=former.pk)
        client.force_login(seller)
        post(client, "connect", data(mailbox))
        mine = EmailAccount.objects.get()
        assert mine.pk == stored_before.pk
        assert mine.state == "connected"

    def test_a_mailbox_connected_again_is_not_called_late_at_once(self, client, seller, mailbox, queued):
        former = account(seller, mailbox.user, state="disconnected", secret="")
        EmailAccount.objects.update(created_at=former.created_at - timedelta(days=90))
        client.force_login(seller)
        post(client, "connect", data(mailbox))
        status = client.get(reverse("escala_email:status")).context["status"]
        assert status.starting
        assert not status.late
        EmailAccount.objects.update(created_at=former.created_at - timedelta(minutes=3))
        assert client.get(reverse("escala_email:status")).context["status"].late

    def test_another_mailbox_after_disconnecting_is_a_new_account(self, client, seller, mailbox, queued):
        account(seller, "otra@andina.test", state="disconnected", secret="")
        client.force_login(seller)
        post(client, "connect", data(mailbox))
        assert EmailAccount.objects.count() == 2

    def test_a_departed_colleagues_mailbox_can_be_connected(self, client, seller, colleague, mailbox, queued):
        account(colleague, mailbox.user)
        colleague.delete()
        client.force_login(seller)
        post(client, "connect", data(mailbox))
        assert EmailAccount.objects.get(owner=seller).state == "connected"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address", "no"),
        ("address", "a@b\r\nX: y"),
        ("address", ""),
        ("password", ""),
        ("imap_host", ""),
        ("imap_host", "imap example test"),
        ("imap_host", "imap.example.test:993"),
        ("imap_host", "x" * 300),
        ("imap_port", "0"),
        ("imap_port", "65536"),
        ("imap_port", "x"),
        ("smtp_tls", "none"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_no_server_is_asked(client, seller, field, value, monkeypatch):
    from escala_email_plugin.admin import settings as pages

    monkeypatch.setattr(pages, "probe", lambda *args: pytest.fail("a server was asked"))
    client.force_login(seller)
    values = {
        "address": "lucia@andina.test",
        "password": "correct horse",
        "imap_host": "imap.andina.test",
        "imap_port": 993,
        "imap_tls": "tls",
        "smtp_host": "smtp.andina.test",
        "smtp_port": 465,
        "smtp_tls": "tls",
        field: value,
    }
    response = post(client, "connect", values)
    assert response.context["form"].errors.keys() == {field}
    assert f'href="#id_{field}"' in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        (" IMAP.Example.test. ", "imap.example.test"),
        ("https://mail.example.test/login", "mail.example.test"),
        ("imaps://mail.example.test", "mail.example.test"),
    ],
)
def test_a_host_is_read_as_people_paste_it(typed, host):
    assert HostField().clean(typed) == host


def test_a_host_with_a_port_is_explained():
    with pytest.raises(ValidationError):
        HostField().clean("mail.example.test:993")


def test_the_page_shows_state_counts_and_trouble(client, seller):
    mine = account(seller, state="waiting", trouble="port_closed", failures=1)
    stored(mine, letter())
    client.force_login(seller)
    page = client.get(reverse("escala_email:settings")).content.decode()
    assert "lucia@andina.test" in page
    assert "993" in page
    assert mine.secret not in page


@pytest.mark.parametrize(
    "trouble", ["login_refused", "certificate_expired", "secret", "internal", "unheard_of"]
)
def test_every_trouble_has_a_sentence(client, seller, trouble):
    account(seller, state="reconnect", trouble=trouble)
    client.force_login(seller)
    response = client.get(reverse("escala_email:status"))
    assert response.context["status"].sentence
    assert "%(" not in response.content.decode()


def test_what_was_set_aside_is_named_with_its_reason_and_whether_it_is_tried_again(client, seller):
    folder = Folder.objects.create(account=account(seller), name="INBOX", uidvalidity=7)
    for uid, attempts in ((1, 1), (2, 8)):
        Quarantined.objects.create(
            folder=folder,
            uidvalidity=7,
            uid=uid,
            error="too_deep",
            attempts=attempts,
            next_try=timezone.now(),
        )
    client.force_login(seller)
    page = client.get(reverse("escala_email:status")).content.decode()
    assert "2 messages could not be read" in page
    assert page.count("It is built in a way that cannot be read.") == 2
    assert page.count("Next try:") == page.count("It is not tried any more.") == 1


def test_switching_off_and_on_orders_a_sync(client, seller, queued, django_capture_on_commit_callbacks):
    mine = account(seller)
    client.force_login(seller)
    post(client, "mode", {"mode": "off"})
    mine.refresh_from_db()
    assert (mine.mode, queued) == ("off", [])
    with django_capture_on_commit_callbacks(execute=True):
        post(client, "mode", {"mode": "total"})
    mine.refresh_from_db()
    assert (mine.mode, queued) == ("total", [mine.pk])


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
    assert client.get(reverse("escala_email:status")).status_code == 404


def test_who_may_not_connect_any_more_can_still_look_and_disconnect(client, seller):
    mine = account(seller)
    seller.user_permissions.remove(Permission.objects.get(codename="connect_personal_account"))
    client.force_login(seller)
    assert client.get(reverse("escala_email:settings")).status_code == 200
    assert post(client, "probe").status_code == 403
    post(client, "disconnect")
    mine.refresh_from_db()
    assert mine.state == "disconnected"
    assert client.get(reverse("escala_email:settings")).status_code == 302


def test_disconnecting_needs_a_post(client, seller):
    account(seller)
    client.force_login(seller)
    assert client.get(reverse("escala_email:disconnect")).status_code == 405


def test_one_sees_and_changes_only_ones_own_mailbox(client, seller, colleague):
    theirs = account(colleague, "marcos@andina.test")
    client.force_login(seller)
    assert "marcos@andina.test" not in client.get(reverse("escala_email:settings")).content.decode()
    for name in ("disconnect", "mode"):
        assert post(client, name, {"mode": "off"}).status_code == 404
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
