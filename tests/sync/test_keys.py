"""New keys: every stored secret comes under the first one, and a lost key asks to reconnect."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone

from escala_email_plugin.models import EmailAccount
from escala_email_plugin.servers.secrets import decrypt, encrypt
from escala_email_plugin.sync import keys
from escala_email_plugin.sync.connection import disconnect
from tests.making import account

pytestmark = pytest.mark.django_db

OLD, NEW, LOST = (Fernet.generate_key().decode() for _ in range(3))


@pytest.fixture
def use(settings):
    """use(*keys): these are the site's keys from now on."""

    def change(*keys):
        settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "SECRET_KEYS": list(keys)}

    change(OLD)
    return change


def opened_by(key: str, token: str) -> str:
    return Fernet(key).decrypt(token.encode()).decode()


def test_afterwards_the_first_key_alone_reads_everything(use, seller, colleague):
    mine = account(seller, access=encrypt("access"), access_ends=timezone.now())
    account(colleague, "marcos@andina.test")
    use(NEW, OLD)
    done = keys.rotate()
    assert (done.rotated, done.already, done.unreadable) == (3, 0, [])
    use(NEW)
    assert [decrypt(one.secret) for one in EmailAccount.objects.all()] == ["correct horse"] * 2
    mine.refresh_from_db()
    assert decrypt(mine.access) == "access"
    assert mine.access_ends


def test_a_second_time_there_is_nothing_to_do(use, seller):
    account(seller)
    use(NEW, OLD)
    keys.rotate()
    before = EmailAccount.objects.get().secret
    done = keys.rotate()
    assert (done.rotated, done.already) == (0, 1)
    assert EmailAccount.objects.get().secret == before


def test_a_secret_that_is_written_meanwhile_wins(use, seller, monkeypatch):
    account(seller)
    use(NEW, OLD)
    original = keys.renewed

    def slowly(token):
        """A worker renews the refresh token between our reading and our writing, still under the old key."""
        monkeypatch.setattr(keys, "renewed", original)
        after = original(token)
        EmailAccount.objects.update(secret=Fernet(OLD).encrypt(b"newer").decode())
        return after

    monkeypatch.setattr(keys, "renewed", slowly)
    assert keys.rotate().rotated == 1
    assert opened_by(NEW, EmailAccount.objects.get().secret) == "newer"


def test_an_account_no_key_reads_is_to_be_connected_again_and_keeps_no_other_waiting(use, seller, colleague):
    mine = account(seller, secret=Fernet(LOST).encrypt(b"pw").decode())
    other = account(colleague, "marcos@andina.test")
    use(NEW, OLD)
    done = keys.rotate()
    assert (done.rotated, done.unreadable) == (1, [mine.pk])
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.state, mine.trouble) == ("reconnect", "secret")
    assert other.state == "connected"
    assert keys.rotate().unreadable == [mine.pk]


def test_one_that_is_connected_again_meanwhile_stays_connected(use, seller, monkeypatch):
    mine = account(seller, secret=Fernet(LOST).encrypt(b"pw").decode())
    original = keys._lost

    def connected_meanwhile(account_id, error):
        EmailAccount.objects.update(secret=encrypt("typed again"))
        return original(account_id, error)

    monkeypatch.setattr(keys, "_lost", connected_meanwhile)
    assert keys.rotate().unreadable == []
    mine.refresh_from_db()
    assert (mine.state, decrypt(mine.secret)) == ("connected", "typed again")


def test_when_the_lost_key_is_back_its_accounts_go_on_by_themselves(use, seller, colleague):
    mine = account(seller, state="reconnect", trouble="secret", failures=3)
    refused = account(colleague, "marcos@andina.test", state="reconnect", trouble="login_refused")
    assert keys.rotate().healed == [mine.pk]
    mine.refresh_from_db()
    refused.refresh_from_db()
    assert (mine.state, mine.trouble, mine.failures) == ("connected", "", 0)
    assert refused.state == "reconnect"


def test_an_access_token_no_key_reads_is_let_go_of_for_another_can_be_had(use, seller):
    ends = timezone.now() + timedelta(hours=1)
    mine = account(seller, access=Fernet(LOST).encrypt(b"old").decode(), access_ends=ends)
    assert keys.rotate().unreadable == []
    mine.refresh_from_db()
    assert (mine.state, mine.access, mine.access_ends) == ("connected", "", None)


def test_a_disconnected_account_has_nothing_to_rotate(use, seller):
    disconnect(account(seller))
    done = keys.rotate()
    assert (done.rotated, done.already, done.unreadable, done.healed) == (0, 0, [], [])


def test_all_of_many_accounts_are_reached_in_batches(use, db, django_user_model, monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 2)
    for n in range(5):
        account(django_user_model.objects.create_user(f"seller{n}"), f"seller{n}@andina.test")
    use(NEW, OLD)
    assert keys.rotate().rotated == 5
