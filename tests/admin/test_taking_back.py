"""Who lets go of a mailbox takes the consent back at its provider, too."""

import pytest

from escala_email_plugin.models import EmailAccount
from escala_email_plugin.servers import consent
from escala_email_plugin.servers.providers import PROVIDERS
from escala_email_plugin.servers.secrets import encrypt
from tests.making import account, at

from .signing_in import told

pytestmark = pytest.mark.django_db

KEPT = "Google may go on listing it: you can remove it there, at https://myaccount.google.com/connections."


@pytest.fixture
def allowed(seller, provider):
    """allowed(name, **values): an account opened by a consent of the provider's, and its refresh token."""

    def make(name="google", owner=seller, **values):
        refresh = provider.refresh_token(name, "lucia@andina.test", list(PROVIDERS[name].scopes))
        return account(owner, provider=name, secret=encrypt(refresh), **values), refresh

    return make


@pytest.fixture
def leave(client, seller):
    """leave(name="disconnect"): press the button; returns the sentences on the page."""
    client.force_login(seller)
    return lambda: told(client.post(at("disconnect"), follow=True))


def test_google_takes_it_back(allowed, leave, provider):
    _mine, refresh = allowed()
    assert leave()[1] == "Google has taken the access back, too."
    assert provider.grants.of(refresh) is None
    assert EmailAccount.objects.get().secret == ""


def test_microsoft_has_no_way_and_its_page_is_named(allowed, leave, provider):
    allowed("microsoft")
    assert "https://myapps.microsoft.com/" in leave()[1]
    assert not [path for path in provider.paths if "revoke" in path]


def test_a_mailbox_with_a_password_says_nothing_of_it(seller, leave, provider):
    account(seller)
    assert len(leave()) == 1
    assert provider.paths == []


def test_a_consent_that_opens_another_mailbox_of_ours_stays(allowed, leave, provider):
    _mine, refresh = allowed()
    allowed(owner=None)
    assert leave()[1].endswith(KEPT)
    assert provider.grants.of(refresh)


@pytest.mark.parametrize("mood", ["broken", "garbage", "slow", "silent", "redirect", "huge"])
def test_a_provider_in_trouble_keeps_nobody(allowed, leave, provider, monkeypatch, mood):
    monkeypatch.setattr(consent, "SECONDS_TO_LEAVE", 0.5)
    allowed()
    provider.mood = mood
    sentences = leave()
    assert sentences[0].startswith("lucia@andina.test is disconnected")
    assert EmailAccount.objects.get().secret == ""
    if mood not in ("garbage", "huge"):  # their status is a good one
        assert sentences[1].endswith(KEPT)


@pytest.mark.parametrize("lost", ["key", "client", "withdrawn"])
def test_nothing_is_lost_where_it_cannot_be_taken_back(allowed, leave, provider, settings, lost):
    mine, _refresh = allowed()
    if lost == "key":
        EmailAccount.objects.filter(pk=mine.pk).update(secret="gAAAA-no-key-reads-this")
    elif lost == "client":
        settings.SOCIALACCOUNT_PROVIDERS = {}
    else:
        provider.grants.withdraw("lucia@andina.test")
    sentences = leave()
    assert len(sentences) == 2
    assert EmailAccount.objects.get().state == "disconnected"


def test_deleting_a_mailbox_with_its_mail_takes_it_back_as_well(client, seller, allowed, provider, ordered):
    mine, refresh = allowed()
    client.force_login(seller)
    page = client.post(at("erase", mine.pk), {"address": mine.address}, follow=True)
    assert "Google has taken the access back, too." in told(page)
    assert provider.grants.of(refresh) is None
