"""The servers of an address: where they were found, what is filled in, what nobody gets to see."""

import pytest

from escala_email_plugin.admin import attempts, discovering
from escala_email_plugin.admin.discovering import Finding
from escala_email_plugin.models import EmailAccount
from escala_email_plugin.servers.discovery import SOURCES, Found
from escala_email_plugin.servers.server import Server
from tests.making import account, at

IMAP, SMTP = Server("imap.otra.test", 143, "starttls"), Server("smtp.andina.test", 587, "starttls")


def found(imap=IMAP, smtp=SMTP, source="srv", username="lucia@andina.test", **further) -> Finding:
    return Finding("lucia@andina.test", Found(imap, smtp, username, source, **further))


@pytest.fixture
def listed(settings):
    """Only the built-in list is asked: no test needs a network."""
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "DISCOVERY": ["table"]}


@pytest.fixture
def find(client, seller, listed):
    """find(address, kind): what the page's script is told."""
    client.force_login(seller)

    def post(address, kind="personal"):
        return client.post(
            at("discover", kind=kind), {"address": address}, headers={"x-requested-with": "XMLHttpRequest"}
        )

    return post


class TestTelling:
    def test_servers_of_another_domain_are_a_warning_where_only_dns_vouches_for_them(self):
        assert found(outside=True).elsewhere == ["imap.otra.test"]
        assert found(outside=False).elsewhere == []
        assert found(outside=True, imap=None).elsewhere == []

    def test_a_domain_that_only_ends_alike_is_another_one(self):
        finding = found(outside=True, imap=Server("malandina.test", 993, "tls"))
        assert finding.elsewhere == ["malandina.test"]

    def test_a_user_name_is_written_only_where_it_is_not_the_address(self):
        assert found().fields["username"] == ""
        assert found(username="lucia").fields["username"] == "lucia"

    def test_half_a_finding_says_which_half_is_lacking(self):
        assert "SMTP" in found(smtp=None).lacking
        assert "IMAP" in found(imap=None).lacking
        assert found().lacking == ""
        assert not found(imap=None).is_whole
        assert "imap_host" not in found(imap=None).fields

    @pytest.mark.parametrize("source", ["srv", "autoconfig"])
    def test_a_finding_says_who_told_it(self, source):
        assert "andina.test" in found(source=source).sentence

    def test_nothing_found_says_what_to_do_and_guesses(self):
        finding = Finding("lucia@andina.test")
        assert "andina.test" in finding.sentence
        assert finding.fields == {}
        assert finding.guesses == {"imap_host": "imap.andina.test", "smtp_host": "smtp.andina.test"}


@pytest.mark.django_db
class TestAsking:
    def test_a_known_hosters_servers_are_found_with_what_its_password_must_be(self, find):
        answer = find(" Lucia@Gmail.com ").json()
        assert answer["whole"]
        assert answer["fields"]["imap_host"] == "imap.gmail.com"
        assert answer["fields"]["smtp_port"] in (465, 587)
        assert 'rel="noopener noreferrer"' in answer["html"]
        assert "app password" in answer["html"]

    def test_signing_in_is_offered_instead_only_where_the_site_can_do_it(self, find, monkeypatch):
        monkeypatch.setattr(discovering, "is_ready", lambda id: id == "google")
        assert "sign in with Google" in find("lucia@gmail.com").json()["html"]
        assert "sign in with" not in find("lucia@outlook.com").json()["html"]

    def test_a_domain_that_the_site_knows_is_found_by_its_setting(self, find, settings):
        here = {"imap": ("mail.andina.lan", 993, "tls"), "smtp": ("mail.andina.lan", 465, "tls")}
        settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "MAIL_SERVERS": {"andina.lan": here}}
        answer = find("lucia@andina.lan").json()
        assert answer["fields"]["imap_host"] == "mail.andina.lan"
        assert "administrator" in answer["html"]

    @pytest.mark.parametrize("typed", ["", "lucia", "a@b\r\nc@d", "<script>@x.test", "a@" + "x" * 300])
    def test_what_is_no_address_is_said_and_nobody_is_asked(self, find, typed, monkeypatch):
        monkeypatch.setattr(discovering, "discover", lambda address: pytest.fail("somebody was asked"))
        answer = find(typed).json()
        assert answer["fields"] == {}
        assert "not an e-mail address" in answer["html"]
        assert "<script>" not in answer["html"]

    def test_who_asks_all_the_time_is_asked_to_wait(self, find, monkeypatch):
        monkeypatch.setattr(attempts, "_minute", lambda: 1)
        for _turn in range(attempts.A_MINUTE["discover"]):
            assert find("lucia@gmail.com").json()["fields"]
        refused = find("lucia@gmail.com").json()
        assert refused["fields"] == {}
        assert "Wait a minute" in refused["html"]
        monkeypatch.setattr(attempts, "_minute", lambda: 2)
        assert find("lucia@gmail.com").json()["fields"]

    def test_a_cache_that_keeps_nothing_keeps_nobody_out(self, find, settings):
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
        for _turn in range(attempts.A_MINUTE["discover"] + 1):
            assert find("lucia@gmail.com").json()["fields"]

    @pytest.mark.parametrize("kind", ["shared", "marketing"])
    def test_who_may_not_connect_that_kind_makes_nobody_ask(self, find, kind, monkeypatch):
        monkeypatch.setattr(discovering, "discover", lambda address: pytest.fail("somebody was asked"))
        assert find("lucia@gmail.com", kind).status_code in (302, 403)

    def test_the_way_back_to_the_form_is_a_link(self, client, seller):
        client.force_login(seller)
        assert client.get(at("discover"))["Location"] == at("connect")


@pytest.mark.django_db
class TestWithoutTheScript:
    @pytest.fixture
    def page(self, client, seller, listed):
        client.force_login(seller)
        typed = {"imap_port": "993", "smtp_port": "465", "imap_tls": "tls", "smtp_tls": "tls"}
        return lambda **values: client.post(at("discover"), typed | values)

    def test_the_page_comes_back_filled_in_and_folded(self, page):
        response = page(address="lucia@gmail.com", imap_host="")
        form = response.context["form"]
        assert form["imap_host"].value() == "imap.gmail.com"
        assert not form.errors
        assert not response.context["unfolded"]
        assert "app password" in response.content.decode()

    def test_what_was_typed_stays(self, page):
        response = page(address="lucia@gmail.com", imap_host="mio.test", imap_port="143", username="yo")
        values = {
            name: response.context["form"][name].value() for name in ("imap_host", "imap_port", "username")
        }
        assert values == {"imap_host": "mio.test", "imap_port": "143", "username": "yo"}
        assert response.context["form"]["smtp_host"].value() == "smtp.gmail.com"

    def test_the_password_is_not_sent_back(self, page):
        response = page(address="lucia@gmail.com", password="correct horse")
        assert "correct horse" not in response.content.decode()

    def test_where_nothing_is_found_the_servers_are_shown_with_guesses(self, page):
        response = page(address="lucia@desconocido.test")
        assert response.context["unfolded"]
        assert 'placeholder="imap.desconocido.test"' in response.content.decode()

    def test_a_connected_mailbox_keeps_its_address(self, page, seller):
        account(seller, "lucia@andina.test")
        assert page(address="otra@gmail.com").context["form"]["address"].field.disabled
        assert EmailAccount.objects.get().address == "lucia@andina.test"


def test_every_source_has_its_sentence():
    for source in SOURCES:
        assert found(source=source).sentence.endswith(".")
