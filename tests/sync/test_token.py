"""An account opened by consent: its tokens are renewed in time, once, and none is lost."""

import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.cache.backends.base import BaseCache
from django.core.mail import EmailMessage
from django.db import OperationalError, connection
from django.utils import timezone

from escala_email_plugin.models import EmailAccount, Message
from escala_email_plugin.servers.imap import ProtocolTrouble, Refused
from escala_email_plugin.servers.providers import PROVIDERS
from escala_email_plugin.servers.secrets import decrypt, encrypt
from escala_email_plugin.servers.smtp import check, smtp_connection
from escala_email_plugin.sync import token
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.connection import disconnect
from escala_email_plugin.sync.credentials import TokenStale, credentials_of
from escala_email_plugin.sync.lease import LeaseLost, claim
from escala_email_plugin.sync.preview import preview
from escala_email_plugin.sync.watch.desk import _to_watch
from escala_email_plugin.sync.watch.opening import Opening, TooEarly
from sandbox.crm.models import Person
from tests.making import letter
from tests.servers.oauth_provider import consented

from .mortal import Workers

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db]


class Down(BaseCache):
    """A cache whose server is not there."""

    def __init__(self, location, params):
        super().__init__(params)

    def get(self, *args, **kwargs):
        raise ConnectionError

    set = get


OVER = timedelta(minutes=-1)
STATE = EmailAccount.State


@pytest.fixture(autouse=True)
def contact(db):
    cache.clear()
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def mine(token_mailbox, seller, provider):
    """One letter of a contact's in the mailbox, and an access token that has ended."""
    token_mailbox.append(letter(to=token_mailbox.user))
    return consented(token_mailbox, seller, provider, left=OVER)


@pytest.fixture
def impatient(settings):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "OPERATION_DEADLINE": 0.5}


def now_is_the_time(mine):
    EmailAccount.objects.filter(pk=mine.pk).update(next_try=None)
    cache.clear()


def renewed(mine):
    mine.refresh_from_db()
    return mine


class TestSynchronising:
    @pytest.mark.parametrize("kind", PROVIDERS)
    def test_a_token_that_has_ended_is_renewed_once_and_mail_arrives(
        self, token_mailbox, seller, provider, kind
    ):
        token_mailbox.append(letter(to=token_mailbox.user))
        mine = consented(token_mailbox, seller, provider, kind, left=OVER)
        assert sync_account(mine.pk)
        assert Message.objects.count() == 1
        assert len(provider.token_requests) == 1
        assert renewed(mine).state == STATE.CONNECTED
        assert mine.access_ends > timezone.now() + timedelta(minutes=50)

    def test_a_good_token_is_left_as_it_is(self, token_mailbox, seller, provider):
        mine = consented(token_mailbox, seller, provider)
        assert sync_account(mine.pk)
        assert provider.token_requests == []

    def test_a_preview_renews_it_as_well(self, mine, provider):
        EmailAccount.objects.update(mode="preview")
        assert preview(mine.pk)
        assert len(provider.token_requests) == 1

    def test_a_withdrawn_consent_asks_to_reconnect_and_is_not_tried_again(self, mine, provider):
        provider.grants.withdraw(mine.address)
        assert not sync_account(mine.pk)
        assert (renewed(mine).state, mine.trouble) == (STATE.RECONNECT, "grant_refused")
        assert not sync_account(mine.pk)
        token.renew_access(mine.pk)
        assert len(provider.token_requests) == 1
        assert token.renew_due() == []

    @pytest.mark.parametrize("mood", ["busy", "broken", "garbage", "slow", "silent", "redirect", "stranger"])
    def test_a_provider_in_trouble_is_waited_for(self, mine, provider, impatient, mood):
        provider.mood = mood
        assert not sync_account(mine.pk)
        assert renewed(mine).state == STATE.WAITING
        assert mine.trouble in token.OF_THE_PROVIDER
        assert mine.next_try > timezone.now()
        assert token.renew_due() == []
        provider.mood = ""
        now_is_the_time(mine)
        assert sync_account(mine.pk)
        assert (renewed(mine).state, mine.trouble) == (STATE.CONNECTED, "")
        assert Message.objects.count() == 1

    def test_it_waits_as_long_as_the_provider_asks(self, mine, provider):
        provider.mood = "busy"
        sync_account(mine.pk)
        waits = renewed(mine).next_try - timezone.now()
        assert timedelta(seconds=100) < waits <= timedelta(seconds=120)

    def test_while_the_token_is_good_a_provider_in_trouble_is_no_trouble(
        self, token_mailbox, seller, provider
    ):
        token_mailbox.append(letter(to=token_mailbox.user))
        mine = consented(token_mailbox, seller, provider, left=timedelta(minutes=3))
        provider.mood = "broken"
        assert token.renew_due() == [mine.pk]
        token.renew_access(mine.pk)
        assert token.renew_due() == []
        assert sync_account(mine.pk)
        assert renewed(mine).state == STATE.CONNECTED
        assert Message.objects.count() == 1
        assert len(provider.token_requests) == 1

    def test_a_token_refused_before_its_time_is_renewed_and_tried_once_more(self, mine, provider):
        EmailAccount.objects.update(access_ends=timezone.now() + timedelta(hours=1))
        provider.grants.end_access()
        assert sync_account(mine.pk)
        assert len(provider.token_requests) == 1
        assert Message.objects.count() == 1

    def test_a_token_that_no_key_reads_is_renewed_as_well(self, mine, provider):
        EmailAccount.objects.update(access="not ours", access_ends=timezone.now() + timedelta(hours=1))
        assert sync_account(mine.pk)
        assert len(provider.token_requests) == 1

    def test_where_the_next_one_is_refused_too_the_mailbox_must_be_connected_again(
        self, token_mailbox, seller, provider
    ):
        provider.left_out = {"https://mail.google.com/"}
        mine = consented(token_mailbox, seller, provider)
        assert not sync_account(mine.pk)
        assert len(provider.token_requests) == 1
        assert (renewed(mine).state, mine.trouble) == (STATE.RECONNECT, "access_refused")

    def test_a_token_that_ends_during_the_work_is_renewed_under_way(
        self, token_mailbox, seller, provider, monkeypatch
    ):
        for n in range(3):
            token_mailbox.append(letter(to=token_mailbox.user, minutes=n))
        mine = consented(token_mailbox, seller, provider)
        connected = token.opened

        def and_then_it_ends(account, *rest):
            session = connected(account, *rest)
            EmailAccount.objects.update(access_ends=timezone.now())
            account.access_ends = timezone.now()
            return session

        monkeypatch.setattr(token, "opened", and_then_it_ends)
        assert sync_account(mine.pk)
        assert len(provider.token_requests) == 1
        credentials_of(renewed(mine))

    def test_a_token_that_lives_for_minutes_is_not_renewed_before_each_command(self, mine, provider):
        provider.grants.lifetime = 200
        assert sync_account(mine.pk)
        assert len(provider.token_requests) == 2  # once to connect, once for what comes

    def test_a_provider_in_trouble_is_left_alone_though_the_cache_keeps_nothing(
        self, token_mailbox, seller, provider, settings
    ):
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
        token_mailbox.append(letter(to=token_mailbox.user))
        mine = consented(token_mailbox, seller, provider, left=timedelta(minutes=3))
        provider.mood = "broken"
        assert sync_account(mine.pk)
        assert len(provider.token_requests) == 2

    def test_a_cache_that_is_down_keeps_nobody_from_a_token(self, mine, provider, settings):
        settings.CACHES = {"default": {"BACKEND": "tests.sync.test_token.Down"}}
        provider.mood = "broken"
        token.renew_access(mine.pk)
        assert renewed(mine).trouble == "provider_busy"
        EmailAccount.objects.update(next_try=None, access_ends=timezone.now() + timedelta(minutes=3))
        provider.mood = ""
        assert token.renew_due() == [mine.pk]
        assert sync_account(mine.pk)

    def test_a_fault_of_ours_is_written_to_the_account(self, mine):
        EmailAccount.objects.update(provider="gone")  # a provider that an earlier version knew
        token.renew_access(mine.pk)
        assert (renewed(mine).state, mine.trouble) == (STATE.WAITING, "internal")
        assert token.renew_due() == []

    def test_a_key_that_is_lost_asks_to_reconnect(self, mine, provider, settings):
        EmailAccount.objects.update(secret="not ours")
        token.renew_access(mine.pk)
        assert (renewed(mine).state, mine.trouble) == (STATE.RECONNECT, "secret")
        assert provider.token_requests == []


class TestRotation:
    @pytest.mark.parametrize("rotates", ["kind", "strict"])
    def test_the_new_refresh_token_is_kept(self, mine, provider, rotates):
        provider.rotates = rotates
        before = decrypt(mine.secret)
        token.renew_access(mine.pk)
        assert decrypt(renewed(mine).secret) != before
        EmailAccount.objects.update(access_ends=timezone.now())
        token.renew_access(mine.pk)
        assert renewed(mine).state == STATE.CONNECTED
        credentials_of(mine)

    def test_it_is_kept_though_the_mode_was_switched_meanwhile(self, mine, provider):
        provider.rotates = "strict"
        lease = claim(mine.pk)
        at_work = EmailAccount.objects.get(pk=mine.pk)

        def switched_off():
            lease.renew()
            EmailAccount.objects.update(mode="off")

        token.renew(at_work, switched_off)
        with pytest.raises(LeaseLost):
            lease.renew()
        credentials_of(renewed(mine))
        assert provider.grants.of(decrypt(mine.secret))

    def test_it_is_kept_though_the_secret_was_encrypted_anew_meanwhile(self, mine, provider):
        provider.rotates = "strict"
        old = decrypt(mine.secret)
        at_work = EmailAccount.objects.get(pk=mine.pk)
        token.renew(at_work, lambda: EmailAccount.objects.update(secret=encrypt(old)))
        assert provider.grants.of(decrypt(renewed(mine).secret))

    def test_it_is_kept_though_the_database_was_busy(self, mine, provider):
        provider.rotates = "strict"
        refused = []

        def busy(execute, sql, *rest):
            if "UPDATE" in sql and '"access"' in sql and not refused:
                refused.append(sql)
                raise OperationalError
            return execute(sql, *rest)

        with connection.execute_wrapper(busy):
            token.renew_access(mine.pk)
        assert refused
        assert provider.grants.of(decrypt(renewed(mine).secret))
        credentials_of(mine)

    def test_a_kept_refresh_token_is_not_written_again(self, mine):
        token.renew_access(mine.pk)
        assert EmailAccount.objects.get().secret == mine.secret

    def test_the_end_of_the_consent_is_noted(self, mine, provider):
        provider.grant_seconds = 86_400
        token.renew_access(mine.pk)
        assert timedelta(hours=23) < renewed(mine).grant_ends - timezone.now() <= timedelta(days=1)

    def test_a_rotated_token_does_not_make_the_watcher_connect_anew(self, mine, provider):
        provider.rotates = "kind"
        before = list(_to_watch())
        token.renew_access(mine.pk)
        assert list(_to_watch()) == before
        EmailAccount.objects.update(granted_at=timezone.now() + timedelta(days=1))
        assert list(_to_watch()) != before


class TestFence:
    def during(self, mine, monkeypatch, change):
        """Renew, while ``change`` happens between the provider's answer and its writing."""
        asked = token.oauth.refresh

        def answer(*args):
            try:
                return asked(*args)
            finally:
                change()

        monkeypatch.setattr(token.oauth, "refresh", answer)
        token.renew_access(mine.pk)
        return renewed(mine)

    def test_a_disconnected_account_gets_no_token_back(self, mine, monkeypatch):
        after = self.during(mine, monkeypatch, lambda: disconnect(mine))
        assert (after.state, after.secret, after.access) == (STATE.DISCONNECTED, "", "")

    def test_another_consent_is_not_overwritten(self, mine, monkeypatch, provider):
        provider.rotates = "strict"
        mine.access_ends = timezone.now() + timedelta(hours=1)
        fresh = {"secret": encrypt("another"), "access": encrypt("its own"), "access_ends": mine.access_ends}
        after = self.during(mine, monkeypatch, lambda: EmailAccount.objects.update(**fresh))
        assert (decrypt(after.secret), decrypt(after.access)) == ("another", "its own")

    @pytest.mark.parametrize("another", ["", "microsoft"])
    def test_what_opens_another_server_is_not_taken_to_the_one_of_before(self, mine, provider, another):
        at_work = EmailAccount.objects.get(pk=mine.pk)

        def connected_anew():
            tokens = {"secret": encrypt("new"), "access": encrypt("new")}
            ends = timezone.now() + timedelta(hours=1)
            EmailAccount.objects.update(provider=another, imap_host="new", access_ends=ends, **tokens)

        reached = []
        with pytest.raises(LeaseLost):
            token.opened(at_work, connected_anew, lambda: reached.append(credentials_of(at_work)))
        assert reached == []
        assert provider.token_requests == []

    def test_a_refusal_of_a_token_that_is_no_longer_ours_asks_nobody_to_reconnect(
        self, mine, monkeypatch, provider
    ):
        provider.grants.withdraw(mine.address)
        change = {"secret": encrypt("another")}
        after = self.during(mine, monkeypatch, lambda: EmailAccount.objects.update(**change))
        assert after.state != STATE.RECONNECT

    def test_nobody_without_the_lease_asks(self, mine, provider):
        assert claim(mine.pk)
        token.renew_access(mine.pk)
        assert token.renew_due() == []
        assert provider.token_requests == []

    def test_what_somebody_renewed_already_is_not_renewed_again(self, mine, provider):
        known = EmailAccount.objects.get(pk=mine.pk)
        token.renew_access(mine.pk)
        token.renew(known, lambda: None)
        before = EmailAccount.objects.get(pk=mine.pk)
        before.access = "older"
        token.renew(before, lambda: None, even_fresh=True)
        assert len(provider.token_requests) == 1
        credentials_of(known)

    def test_a_worker_killed_between_answer_and_writing_costs_one_request(self, mine, provider, monkeypatch):
        provider.rotates = "kind"

        class Killed(BaseException):
            pass

        def kill():
            raise Killed

        with pytest.raises(Killed):
            self.during(mine, monkeypatch, kill)
        monkeypatch.undo()
        EmailAccount.objects.update(lease_until=None)
        assert sync_account(mine.pk)
        assert len(provider.token_requests) == 2
        assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_ask_once(mine, provider):
    def work(verb):
        try:
            verb(mine.pk)
        finally:
            connection.close()

    with provider.closed():
        first = threading.Thread(target=work, args=[token.renew_access])
        first.start()
        assert provider.waiting.acquire(timeout=10)
        for verb in (token.renew_access, sync_account):
            other = threading.Thread(target=work, args=[verb])
            other.start()
            other.join(10)
            assert not other.is_alive()
    first.join(10)
    assert len(provider.token_requests) == 1
    assert renewed(mine).lease_token == ""
    credentials_of(mine)


class TestDue:
    @pytest.mark.parametrize("mode", EmailAccount.Mode.values)
    def test_whatever_the_mode(self, mine, provider, mode):
        EmailAccount.objects.update(mode=mode)
        assert token.renew_due() == [mine.pk]
        token.renew_access(mine.pk)
        assert token.renew_due() == []
        credentials_of(renewed(mine))

    @pytest.mark.parametrize("kind", ["shared", "marketing"])
    def test_whatever_the_mailbox_is_for(self, mine, kind):
        EmailAccount.objects.update(kind=kind, owner=None)
        assert token.renew_due() == [mine.pk]
        token.renew_access(mine.pk)
        credentials_of(renewed(mine))

    def test_not_those_of_a_password(self, mine):
        EmailAccount.objects.update(provider="")
        assert token.renew_due() == []

    def test_nor_of_who_has_left(self, mine, seller, provider):
        seller.is_active = False
        seller.save()
        assert token.renew_due() == []
        token.renew_access(mine.pk)
        assert provider.token_requests == []

    @pytest.mark.parametrize("state", [STATE.RECONNECT, STATE.DISCONNECTED])
    def test_nor_of_who_must_connect_again(self, mine, state):
        EmailAccount.objects.update(state=state)
        assert token.renew_due() == []

    def test_ten_minutes_ahead(self, mine):
        EmailAccount.objects.update(access_ends=timezone.now() + timedelta(minutes=11))
        assert token.renew_due() == []
        EmailAccount.objects.update(access_ends=timezone.now() + timedelta(minutes=9))
        assert token.renew_due() == [mine.pk]
        token.renew_access(mine.pk)
        assert renewed(mine).access_ends > timezone.now() + timedelta(minutes=50)

    def test_trouble_of_the_provider_is_over_then(self, mine, provider):
        EmailAccount.objects.update(mode="off")
        provider.mood = "broken"
        token.renew_access(mine.pk)
        assert (renewed(mine).state, mine.trouble) == (STATE.WAITING, "provider_busy")
        provider.mood = ""
        now_is_the_time(mine)
        token.renew_access(mine.pk)
        assert (renewed(mine).state, mine.trouble) == (STATE.CONNECTED, "")

    def test_trouble_of_the_mail_server_is_not(self, mine):
        EmailAccount.objects.update(state=STATE.WAITING, trouble="try_later")
        token.renew_access(mine.pk)
        assert (renewed(mine).state, mine.trouble) == (STATE.WAITING, "try_later")


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_after_a_death_at_any_moment_the_account_goes_on_and_mail_arrives_once(mine, provider):
    provider.rotates = "kind"
    with Workers() as workers:
        deaths = 0
        while workers.sync(mine.pk, kill=("write", deaths + 1)).killed:
            deaths += 1
            EmailAccount.objects.update(lease_until=None, next_try=None, access_ends=timezone.now())
    assert deaths >= 5
    assert (renewed(mine).state, mine.trouble) == (STATE.CONNECTED, "")
    assert provider.grants.of(decrypt(mine.secret))
    assert Message.objects.count() == 1


class TestCredentials:
    def test_a_token_that_has_ended_is_not_used(self, mine):
        with pytest.raises(TokenStale) as caught:
            credentials_of(mine)
        assert str(caught.value) == "The access to localhost is being renewed. Ask again in a moment."

    def test_it_opens_the_smtp_server_as_well(self, mine, token_mailbox):
        token.renew_access(mine.pk)
        check(token_mailbox.smtp, credentials_of(renewed(mine)), sender=token_mailbox.user)

    def test_and_sends(self, mine, token_mailbox):
        token.renew_access(mine.pk)
        connection = smtp_connection(token_mailbox.smtp, credentials_of(renewed(mine)))
        EmailMessage("Hola", "Hola", mine.address, ["bob@example.test"], connection=connection).send()
        assert token_mailbox.dovecot.sent[-1].sender == mine.address

    def test_no_secret_shows_in_a_repr(self, mine):
        token.renew_access(mine.pk)
        credentials = credentials_of(renewed(mine))
        assert credentials.secret not in repr(credentials)

    def test_the_watcher_waits_for_the_next_one(self, mine):
        with pytest.raises(TooEarly):
            Opening()._opened(mine)

    def test_and_holds_a_connection_with_it(self, mine):
        token.renew_access(mine.pk)
        opened = Opening()._opened(renewed(mine))
        opened.sock.close()
        assert opened.folder == "INBOX"


@pytest.mark.parametrize("refused", [False, True])
def test_after_a_renewal_that_took_its_time_the_lease_has_all_of_its_own_for_the_login(
    mine, provider, refused
):
    if refused:
        mine.access_ends = timezone.now() + timedelta(hours=1)
        EmailAccount.objects.update(access_ends=mine.access_ends)
    done = []

    def connect():
        done.append("connect")
        if refused and not provider.token_requests:
            raise Refused("access_refused")

    token.opened(mine, lambda: done.append("hold"), connect)
    assert len(provider.token_requests) == 1
    assert done[-3:] == ["hold", "hold", "connect"]  # before each request, of tokens and of the mailbox


def test_whoever_keeps_an_account_for_long_is_not_stopped_by_a_provider_in_trouble(mine, provider):
    provider.mood = "garbage"
    for _ in range(3):
        token.keep_alive(mine, lambda: None)
    assert len(provider.token_requests) == 1
    with pytest.raises(ProtocolTrouble):
        token.renew(mine, lambda: None)


def test_but_by_a_consent_that_is_over(mine, provider):
    provider.grants.withdraw(mine.address)
    with pytest.raises(Refused):
        token.keep_alive(mine, lambda: None)
