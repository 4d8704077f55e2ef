"""Connecting a mailbox by hand: both servers are tried, nothing is given away, a preview comes first."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from escala_email_plugin.admin import connecting
from escala_email_plugin.admin.forms import ConnectForm, HostField
from escala_email_plugin.models import EmailAccount
from escala_email_plugin.servers.secrets import decrypt
from tests.making import account, account_at

pytestmark = pytest.mark.django_db


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
    return client.post(reverse(f"escala_email:{name}", args=["personal"]), values or {}, headers=headers)


def test_what_a_provider_gave_is_never_taken_for_a_password(seller):
    mine = account(seller, provider="google", smtp_port=465)
    values = {name: getattr(mine, name) for name in ConnectForm.base_fields if name != "password"}
    form = ConnectForm({**values, "password": ""}, account=mine)
    assert form.errors.keys() == {"password"}


@pytest.mark.dovecot
class TestConnecting:
    def test_a_mailbox_that_answers_is_connected_and_its_sync_ordered(
        self, client, seller, mailbox, ordered, django_capture_on_commit_callbacks
    ):
        client.force_login(seller)
        with django_capture_on_commit_callbacks(execute=True):
            response = post(client, "connect", data(mailbox))
        assert response["X-Escala-Location"] == reverse("escala_email:account", args=["personal"])
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
        assert ordered == [("preview", mine.pk)]

    def test_without_the_script_it_works_as_well(self, client, seller, mailbox, ordered):
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

    def test_the_address_of_a_connected_mailbox_stays_what_it_is(self, client, seller, mailbox, ordered):
        account(seller, "otra@andina.test")
        client.force_login(seller)
        post(client, "connect", data(mailbox))
        assert EmailAccount.objects.get().address == "otra@andina.test"

    def test_a_port_is_changed_without_typing_the_password_again(self, client, seller, mailbox, ordered):
        mine = account_at(mailbox, seller, mode="off")
        EmailAccount.objects.update(imap_port=1)
        client.force_login(seller)
        post(client, "connect", data(mailbox, password=""))
        mine.refresh_from_db()
        assert mine.imap_port == mailbox.imap.port
        assert decrypt(mine.secret) == mailbox.password
        assert mine.mode == "off"

    def test_a_stored_password_is_not_sent_to_another_server(self, client, seller, mailbox, monkeypatch):
        monkeypatch.setattr(connecting, "probe", lambda *args: pytest.fail("a server was asked"))
        account_at(mailbox, seller)
        client.force_login(seller)
        response = post(client, "connect", data(mailbox, password="", imap_host="127.0.0.1"))
        assert response.context["form"].errors.keys() == {"password"}

    def test_the_same_mailbox_connected_again_keeps_its_history(self, client, seller, mailbox, ordered):
        former = account(seller, mailbox.user, state="disconnected", secret="")
        stored_before = EmailAccount.objects.get(pk=former.pk)
        client.force_login(seller)
        post(client, "connect", data(mailbox))
        mine = EmailAccount.objects.get()
        assert mine.pk == stored_before.pk
        assert mine.state == "connected"

    def test_a_mailbox_connected_again_is_not_called_late_at_once(self, client, seller, mailbox, ordered):
        former = account(seller, mailbox.user, state="disconnected", secret="")
        EmailAccount.objects.update(created_at=former.created_at - timedelta(days=90))
        client.force_login(seller)
        post(client, "connect", data(mailbox))
        status = client.get(reverse("escala_email:status", args=["personal"])).context["status"]
        assert status.starting
        assert not status.late
        EmailAccount.objects.update(created_at=former.created_at - timedelta(minutes=3))
        assert client.get(reverse("escala_email:status", args=["personal"])).context["status"].late

    def test_another_mailbox_after_disconnecting_is_a_new_account(self, client, seller, mailbox, ordered):
        account(seller, "otra@andina.test", state="disconnected", secret="")
        client.force_login(seller)
        post(client, "connect", data(mailbox))
        assert EmailAccount.objects.count() == 2

    def test_a_departed_colleagues_mailbox_can_be_connected(
        self, client, seller, colleague, mailbox, ordered
    ):
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
        ("imap_host", "lucia@example.test"),
        ("imap_host", "2130706433"),
        ("imap_host", "x" * 300),
        ("imap_port", "0"),
        ("imap_port", "65536"),
        ("imap_port", "x"),
        ("smtp_tls", "none"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_no_server_is_asked(client, seller, field, value, monkeypatch):
    monkeypatch.setattr(connecting, "probe", lambda *args: pytest.fail("a server was asked"))
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


def test_a_host_is_read_as_people_paste_it():
    assert HostField().clean("imaps://IMAP.Example.test./") == "imap.example.test"


def test_a_host_with_a_port_is_explained():
    with pytest.raises(ValidationError, match="its own field"):
        HostField().clean("mail.example.test:993")
