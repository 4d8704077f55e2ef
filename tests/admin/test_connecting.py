"""Connecting a mailbox by hand: both servers are tried, nothing is given away, a preview comes first."""

import json
import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection as database
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from escala_email_plugin.admin import attempts, probing
from escala_email_plugin.admin.forms import ConnectForm, HostField
from escala_email_plugin.models import EmailAccount
from escala_email_plugin.servers.secrets import decrypt
from tests.admin.streams import events, told
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


def marked(page: str) -> set[str]:
    """The fields that something is said about."""
    return set(re.findall(r'data-escala-error-of="id_(\w+)"', page))


@pytest.mark.dovecot
class TestConnecting:
    def test_a_mailbox_that_answers_is_connected_and_its_sync_ordered(
        self, client, seller, mailbox, ordered, django_capture_on_commit_callbacks
    ):
        client.force_login(seller)
        with django_capture_on_commit_callbacks(execute=True):
            *steps, end = events(post(client, "connect", data(mailbox)))
        assert [event.get("step", "").count("--passed") for event in steps] == [0, *[1] * 7, 0]
        assert end == {"end": "moved", "location": reverse("escala_email:connected", args=["personal"])}
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

    @pytest.mark.parametrize("password", [" con espacios ", "contraseña ñandú €", "{}%$\\\"'<&>"])
    def test_a_password_goes_to_the_servers_as_it_was_typed(self, client, seller, mailbox, ordered, password):
        mailbox.dovecot.add_user(mailbox.user, password)
        client.force_login(seller)
        page = told(events(post(client, "connect", data(mailbox, password=password))))
        assert "--failed" not in page
        assert decrypt(EmailAccount.objects.get().secret) == password

    @pytest.mark.parametrize("password", ["two\r\nlines", "a\0b"])
    def test_a_password_that_cannot_be_sent_is_said(self, client, seller, mailbox, password):
        client.force_login(seller)
        page = told(events(post(client, "connect", data(mailbox, password=password))))
        assert "character" in page
        assert not EmailAccount.objects.exists()

    @pytest.mark.parametrize("fragment", [True, False])
    def test_who_connected_it_stands_in_the_log(self, client, seller, mailbox, ordered, fragment):
        client.force_login(seller)
        response = post(client, "connect", data(mailbox), fragment=fragment)
        if fragment:
            events(response)
        row = ModelLogEntry.objects.get(action="escala_email.connect")
        assert (row.user, row.label) == (seller, "Personal mailbox")

    def test_without_the_script_it_works_as_well(self, client, seller, mailbox, ordered):
        client.force_login(seller)
        assert post(client, "connect", data(mailbox), fragment=False).status_code == 302
        assert EmailAccount.objects.get().owner == seller

    def test_testing_saves_nothing(self, client, seller, mailbox):
        client.force_login(seller)
        page = told(events(post(client, "probe", data(mailbox))))
        assert page.count("escala-steps__step--passed") >= 6
        assert not EmailAccount.objects.exists()

    @pytest.mark.parametrize("name", ["connect", "probe"])
    def test_a_wrong_password_is_said_and_nothing_is_saved(self, client, seller, mailbox, name):
        client.force_login(seller)
        page = told(events(post(client, name, data(mailbox, password="wrong horse"))))
        assert "escala-steps__step--failed" in page
        assert "wrong horse" not in page
        assert not EmailAccount.objects.exists()

    def test_a_closed_smtp_port_is_enough_to_refuse(self, client, seller, mailbox):
        client.force_login(seller)
        page = told(events(post(client, "connect", data(mailbox, smtp_port=1))))
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
        page = told(events(post(client, "connect", data(mailbox))))
        assert "colega" in page or "colleague" in page
        assert "marcos" not in page
        assert EmailAccount.objects.count() == 1

    def test_the_address_of_a_connected_mailbox_stays_what_it_is(self, client, seller, mailbox, ordered):
        account(seller, "otra@andina.test")
        client.force_login(seller)
        events(post(client, "connect", data(mailbox)))
        assert EmailAccount.objects.get().address == "otra@andina.test"

    def test_a_port_is_changed_without_typing_the_password_again(self, client, seller, mailbox, ordered):
        mine = account_at(mailbox, seller, mode="off")
        EmailAccount.objects.update(imap_port=1)
        client.force_login(seller)
        events(post(client, "connect", data(mailbox, password="")))
        mine.refresh_from_db()
        assert mine.imap_port == mailbox.imap.port
        assert decrypt(mine.secret) == mailbox.password
        assert mine.mode == "off"

    def test_a_stored_password_is_not_sent_to_another_server(self, client, seller, mailbox, monkeypatch):
        monkeypatch.setattr(probing, "probe", lambda *args: pytest.fail("a server was asked"))
        account_at(mailbox, seller)
        client.force_login(seller)
        page = told(events(post(client, "connect", data(mailbox, password="", imap_host="127.0.0.1"))))
        assert marked(page) == {"password"}

    def test_the_same_mailbox_connected_again_keeps_its_history(self, client, seller, mailbox, ordered):
        former = account(seller, mailbox.user, state="disconnected", secret="")
        stored_before = EmailAccount.objects.get(pk=former.pk)
        client.force_login(seller)
        events(post(client, "connect", data(mailbox)))
        mine = EmailAccount.objects.get()
        assert mine.pk == stored_before.pk
        assert mine.state == "connected"

    def test_a_mailbox_connected_again_is_not_called_late_at_once(self, client, seller, mailbox, ordered):
        former = account(seller, mailbox.user, state="disconnected", secret="")
        EmailAccount.objects.update(created_at=former.created_at - timedelta(days=90))
        client.force_login(seller)
        events(post(client, "connect", data(mailbox)))
        status = client.get(reverse("escala_email:status", args=["personal"])).context["status"]
        assert status.starting
        assert not status.late
        EmailAccount.objects.update(created_at=former.created_at - timedelta(minutes=3))
        assert client.get(reverse("escala_email:status", args=["personal"])).context["status"].late

    def test_another_mailbox_after_disconnecting_is_a_new_account(self, client, seller, mailbox, ordered):
        account(seller, "otra@andina.test", state="disconnected", secret="")
        client.force_login(seller)
        events(post(client, "connect", data(mailbox)))
        assert EmailAccount.objects.count() == 2

    def test_a_departed_colleagues_mailbox_can_be_connected(
        self, client, seller, colleague, mailbox, ordered
    ):
        account(colleague, mailbox.user)
        colleague.delete()
        client.force_login(seller)
        events(post(client, "connect", data(mailbox)))
        assert EmailAccount.objects.get(owner=seller).state == "connected"


class TestLive:
    """What happens between two lines, and when somebody is gone."""

    @pytest.fixture
    def leave(self, monkeypatch):
        """Close a response as a web server does whose client is gone; the test's own transaction goes on."""
        monkeypatch.setattr(connections["default"], "close_if_unusable_or_obsolete", lambda: None)
        return lambda response: response.close()

    @pytest.fixture
    def typed(self, mailbox, seller, client):
        client.force_login(seller)
        return data(mailbox)

    def test_a_step_is_told_before_the_next_one_is_tried(self, client, seller, hostile, leave):
        server = hostile(lambda peer: (peer.greet(), peer.wait()))
        here = {"imap_host": "localhost", "smtp_host": "localhost", "imap_port": server.port, "smtp_port": 1}
        client.force_login(seller)
        response = post(client, "probe", GOOD | here)
        content = map(json.loads, response.streaming_content)
        for doing in ("Looking up", "Connecting", "Agreeing", "Logging in"):
            assert doing in next(content)["doing"]
        assert [line for line in server.lines if "AUTHENTICATE" in line] == []
        leave(response)

    @pytest.mark.dovecot
    def test_it_speaks_the_readers_language_after_the_view_is_over(self, client, seller, typed):
        UserProfile.objects.create(user=seller, preferred_language="es")
        page = told(events(post(client, "probe", typed)))
        assert "Se encontró el nombre del servidor IMAP." in page
        assert translation.get_language() == "en"

    @pytest.mark.dovecot
    @pytest.mark.parametrize("lines", [1, 4, 9])
    def test_who_is_gone_before_the_end_connects_nothing(self, client, typed, ordered, leave, lines):
        response = post(client, "connect", typed)
        content = iter(response.streaming_content)
        told_so_far = [json.loads(next(content)) for _line in range(lines)]
        assert "end" not in told_so_far[-1]
        leave(response)
        assert not EmailAccount.objects.exists()
        assert ordered == []

    def test_who_may_not_connect_makes_nobody_ask(self, client, outsider, mailbox, monkeypatch):
        monkeypatch.setattr(probing, "probe", lambda *args: pytest.fail("a server was asked"))
        client.force_login(outsider)
        for name in ("connect", "probe"):
            response = post(client, name, data(mailbox))
            assert not response.streaming
            assert response.status_code in (302, 403)

    def test_who_tries_all_the_time_is_asked_to_wait(self, client, seller, monkeypatch):
        monkeypatch.setattr(attempts, "_minute", lambda: 1)
        monkeypatch.setitem(attempts.A_MINUTE, "try", 0)
        monkeypatch.setattr(probing, "probe", lambda *args: pytest.fail("a server was asked"))
        client.force_login(seller)
        response = post(client, "connect", GOOD)
        assert response.status_code == 429
        assert "Wait a minute" in told(events(response))

    def test_a_form_that_says_no_costs_no_attempt(self, client, seller, monkeypatch):
        monkeypatch.setattr(attempts, "_minute", lambda: 1)
        monkeypatch.setitem(attempts.A_MINUTE, "try", 0)
        client.force_login(seller)
        assert post(client, "connect", GOOD | {"imap_port": "0"}).status_code == 200

    @pytest.mark.dovecot
    def test_a_failed_test_ends_in_advice_about_a_field(self, client, typed):
        *_steps, end = events(post(client, "probe", typed | {"password": "wrong horse"}))
        assert end["end"] == "advice"
        assert 'href="#id_password"' in end["html"]

    @pytest.mark.dovecot
    def test_what_was_not_tried_is_said_once(self, client, typed):
        page = told(events(post(client, "probe", typed | {"imap_port": 1})))
        assert page.count("were not tried") == 1

    @pytest.mark.dovecot
    def test_without_the_script_the_page_shows_the_same(self, client, typed):
        page = post(client, "probe", typed | {"password": "wrong horse"}, fragment=False).content.decode()
        assert "escala-steps__step--failed" in page
        assert 'href="#id_password"' in page
        assert "wrong horse" not in page

    def test_the_mailbox_says_that_it_was_connected(self, client, seller):
        mine = account(seller, "lucia@andina.test")
        client.force_login(seller)
        response = client.get(reverse("escala_email:connected", args=["personal"]), follow=True)
        assert f"{mine.address} is connected." in response.content.decode()


@pytest.mark.parametrize("provider", ["", "google"])
def test_the_page_asks_once_which_mailbox_it_is(client, seller, provider):
    account(seller, provider=provider)
    client.force_login(seller)
    with CaptureQueriesContext(database) as queries:
        client.get(reverse("escala_email:connect", args=["personal"]))
    assert sum('FROM "escala_email_emailaccount"' in one["sql"] for one in queries) == 1


class TestSignedIn:
    """A mailbox that a provider's consent opens has nothing to type."""

    def test_the_page_says_with_whom_and_asks_for_no_password(self, client, seller):
        account(seller, "lucia@gmail.com", provider="google")
        client.force_login(seller)
        page = client.get(reverse("escala_email:connect", args=["personal"])).content.decode()
        assert "signed in with Google" in page
        assert reverse("escala_email:consent", args=["personal", "google"]) in page
        assert 'type="password"' not in page
        assert "imap_host" not in page

    def test_nothing_that_is_sent_all_the_same_changes_it(self, client, seller, monkeypatch):
        monkeypatch.setattr(probing, "probe", lambda *args: pytest.fail("a server was asked"))
        account(seller, "lucia@gmail.com", provider="google")
        client.force_login(seller)
        assert post(client, "connect", GOOD).status_code == 302
        assert EmailAccount.objects.get().imap_host == "localhost"


GOOD = {
    "address": "lucia@andina.test",
    "password": "correct horse",
    "imap_host": "imap.andina.test",
    "imap_port": "993",
    "imap_tls": "tls",
    "smtp_host": "smtp.andina.test",
    "smtp_port": "465",
    "smtp_tls": "tls",
}


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
    monkeypatch.setattr(probing, "probe", lambda *args: pytest.fail("a server was asked"))
    client.force_login(seller)
    page = told(events(post(client, "connect", GOOD | {field: value})))
    assert marked(page) == {field}
    assert f'href="#id_{field}"' in page


def test_a_host_is_read_as_people_paste_it():
    assert HostField().clean("imaps://IMAP.Example.test./") == "imap.example.test"


def test_a_host_with_a_port_is_explained():
    with pytest.raises(ValidationError, match="its own field"):
        HostField().clean("mail.example.test:993")


def test_a_tab_from_before_another_mailbox_was_connected_tries_none(client, seller):
    """Its address would be taken for that of the connected one, and its password sent there."""
    account(seller, "lucia@andina.test")
    client.force_login(seller)
    lines = events(post(client, "connect", GOOD | {"address": "mundo@andina.test"}))
    assert lines[-1]["end"] == "errors"
    assert "lucia@andina.test is already connected here. Disconnect it first." in told(lines)
    assert marked(told(lines)) == {"address"}


@pytest.mark.parametrize(
    ("kind", "title"), [("shared", "Shared mailbox"), ("marketing", "Marketing mailbox")]
)
def test_the_form_says_which_mailbox_is_connected(client, administrator, kind, title):
    client.force_login(administrator)
    page = client.get(reverse("escala_email:connect", args=[kind])).content.decode()
    assert f'<legend class="w-h3">{title}</legend>' in page
