"""A key was lost: whatever is done with an account whose secret no key reads, its owner is asked to connect
it again, and nothing falls over.
"""

import pytest
from cryptography.fernet import Fernet
from django.urls import reverse

from escala_email_plugin.models import EmailAccount
from escala_email_plugin.servers.imap import ImapError, ImapSession
from escala_email_plugin.servers.secrets import SecretUnreadable
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.audit import audit
from escala_email_plugin.sync.health import health
from escala_email_plugin.sync.preview import preview
from escala_email_plugin.sync.watch.opening import Opening
from escala_email_plugin.sync.watch.pauses import pause
from escala_email_plugin.sync.why import explain
from tests.canary.ways import page
from tests.making import account

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost(seller, settings, monkeypatch):
    """lost(…): the seller's account after its key was lost. No server may be asked."""
    monkeypatch.setattr(ImapSession, "stages", lambda self: pytest.fail("a server was asked"))

    def make(**values) -> EmailAccount:
        mine = account(seller, **values)
        settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "SECRET_KEYS": [Fernet.generate_key().decode()]}
        return mine

    return make


def state(mine: EmailAccount) -> tuple[str, str, object]:
    mine.refresh_from_db()
    return mine.state, mine.trouble, mine.next_try


RECONNECT = ("reconnect", "secret", None)


@pytest.mark.parametrize(
    ("work", "mode"),
    [(sync_account, "total"), (preview, "preview"), (audit, "total")],
    ids=["sync", "preview", "audit"],
)
def test_whoever_works_on_it_asks_the_owner_to_reconnect_once(lost, work, mode):
    mine = lost(mode=mode)
    assert not work(mine.pk)
    assert state(mine) == RECONNECT
    runs = mine.runs.count()
    assert not work(mine.pk)
    assert mine.runs.count() == runs


def test_the_watcher_leaves_it_alone_until_it_changes(lost):
    mine, outcomes = lost(), []
    Opening()._open(mine, outcomes.append)
    (error,) = outcomes
    assert isinstance(error, SecretUnreadable)
    assert pause(error, failures=1) is None


def test_asking_why_is_answered_with_what_is_the_matter(lost):
    with pytest.raises(ImapError) as caught:
        explain(lost(), "ana@cliente.test")
    assert caught.value.code == "secret"


# The pages


@pytest.fixture
def entered(client, seller):
    client.force_login(seller)
    return client


def test_the_page_with_the_question_says_so(lost, entered):
    lost()
    assert (
        "cannot be read with the keys"
        in entered.post(page("why"), {"asked": "ana@cliente.test"}).content.decode()
    )


@pytest.mark.parametrize("name", ["probe", "connect"])
def test_who_configures_it_without_the_password_is_asked_for_it(lost, entered, name):
    mine = lost()
    servers = {
        f"{kind}_{what}": getattr(mine, f"{kind}_{what}")
        for kind in ("imap", "smtp")
        for what in ("host", "port", "tls")
    }
    typed = {"address": mine.address, "username": "", "password": "", **servers}
    response = entered.post(page(name), typed)
    assert response.status_code == 200
    assert "Enter it again." in response.content.decode()
    assert state(mine)[0] == "connected"


def test_the_settings_show_that_it_must_be_connected_again(lost, entered):
    mine = lost()
    sync_account(mine.pk)
    shown = entered.get(page("settings"), follow=True).content.decode()
    assert "Reconnect needed" in shown
    assert "cannot be read with the keys" in shown


def test_how_all_mailboxes_are_names_it(lost, client, administrator):
    mine = lost()
    sync_account(mine.pk)
    client.force_login(administrator)
    assert client.get(reverse("escala_email:health")).status_code == 200
    assert {"account": mine.pk, "why": "reconnect"} in health()["needs_a_person"]
