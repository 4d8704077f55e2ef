"""The providers' rows, and whether the host has set allauth up for them."""

from itertools import pairwise

import pytest
from django.apps import apps

from escala_email_plugin.servers.providers import PROVIDERS, is_ready, provider
from escala_email_plugin.servers.server import Server

CLIENT = {"client_id": "crm", "secret": "shh"}


@pytest.fixture
def declared(settings):
    def change(**providers):
        settings.SOCIALACCOUNT_PROVIDERS = providers

    return change


@pytest.mark.parametrize("id", PROVIDERS)
def test_a_row_has_what_a_mailbox_needs(id):
    one = provider(id)
    assert one.id == id
    assert {one.imap.tls, one.smtp.tls} <= {"tls", "starttls"}
    assert all(url.startswith("https://") for url in (one.account_page, one.console))


def test_the_login_is_asked_for_before_the_mailbox():
    scope = provider("microsoft").asked(["User.Read"], "ana@empresa.test")["scope"].split()
    wanted = ("User.Read", "offline_access", "https://outlook.office.com/IMAP.AccessAsUser.All")
    assert all(scope.index(first) < scope.index(then) for first, then in pairwise(wanted))
    assert provider("google").asked([], "ana@empresa.test")["login_hint"] == "ana@empresa.test"


def test_a_host_names_other_mail_servers(settings):
    place = ("localhost", 1143, "starttls")
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "PROVIDERS": {"google": {"imap": place}}}
    assert provider("google").imap == Server(*place)
    assert provider("google").smtp == PROVIDERS["google"].smtp


@pytest.mark.django_db
class TestReady:
    def test_with_a_client_id(self, declared):
        declared(google={"APP": CLIENT})
        assert is_ready("google")
        assert not is_ready("microsoft")

    @pytest.mark.parametrize(
        "options",
        [
            {},
            {"APP": {}},
            {"APP": {"client_id": ""}},
            {"APPS": [CLIENT, CLIENT | {"client_id": "b"}]},
            {"APP": 3},
        ],
    )
    def test_not_without_exactly_one(self, declared, options):
        declared(google=options)
        assert not is_ready("google")

    @pytest.mark.parametrize("missing", ["allauth.socialaccount", "allauth.socialaccount.providers.google"])
    def test_not_without_its_app(self, declared, monkeypatch, missing):
        declared(google={"APP": CLIENT})
        monkeypatch.setattr(apps, "is_installed", lambda name: name != missing)
        assert not is_ready("google")

    def test_not_without_allauths_middleware(self, declared, settings):
        declared(google={"APP": CLIENT})
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "allauth" not in name]
        assert not is_ready("google")

    def test_not_a_provider_nobody_knows(self):
        assert not is_ready("gogle")
