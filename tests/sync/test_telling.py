"""Who must connect a mailbox again is told: once, by mail, in their own words, and nobody else is."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from wagtail.users.models import UserProfile

from escala_email_plugin import tasks, worker
from escala_email_plugin.models import EmailAccount
from escala_email_plugin.servers.imap import Refused
from escala_email_plugin.sync import connection, telling
from escala_email_plugin.sync.connection import Wanted
from escala_email_plugin.sync.states import failed
from tests.making import account, at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(seller):
    return account(seller)


@pytest.fixture
def later(monkeypatch):
    """What was put off: ``[(arguments, delay)]``."""
    found = []
    monkeypatch.setattr(
        tasks.tell_again, "schedule", lambda arguments, delay: found.append((arguments, delay))
    )
    return found


def fall(one: EmailAccount) -> None:
    failed(one, Refused("login_refused"))


def tell(one: EmailAccount) -> None:
    tasks.tell_of_reconnect.call_local(one.pk)


def grant(user, codename: str) -> None:
    user.user_permissions.add(Permission.objects.get(codename=codename))


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_tells(mine):
    fall(mine)
    first, second = at_once(lambda: telling.claim(mine.pk))
    assert first
    assert second is None


def test_where_nobody_can_say_whom_it_concerns_it_is_told_later(mine, monkeypatch):
    fall(mine)

    def down(account):
        raise ConnectionError  # a host's own permissions may be far away

    with monkeypatch.context() as patch:
        patch.setattr(telling, "concerned", down)
        with pytest.raises(ConnectionError):
            tell(mine)
    tell(mine)
    assert len(mail.outbox) == 1


def test_the_owner_gets_one_mail_for_a_fall_however_many_workers_tell(mine):
    fall(mine)
    tell(mine)
    tell(mine)
    assert telling.untold() == []
    sent = mail.outbox[0]
    assert (len(mail.outbox), sent.to) == (1, ["lucia@example.test"])
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"


def test_another_fall_is_told_again(mine, seller):
    for _ in range(2):
        fall(mine)
        tell(mine)
        mine = connection.connect("personal", seller, Wanted(mine.address, mine.address, "better"))
        assert mine.told_at is None
    assert len(mail.outbox) == 2


def test_what_only_waits_is_not_told(mine):
    EmailAccount.objects.update(state="waiting", trouble="timeout")
    tell(mine)
    assert mail.outbox == []


def test_it_says_which_mailbox_since_when_why_and_where(mine, settings):
    settings.WAGTAILADMIN_BASE_URL = "https://crm.andina.test"
    fall(mine)
    EmailAccount.objects.update(state_since=datetime(2026, 3, 3, 9, 0, tzinfo=UTC))
    tell(mine)
    sent = mail.outbox[0]
    html = sent.alternatives[0][0]
    for text in (sent.body, html):
        assert "lucia@andina.test" in text
        assert "refused the user name or the password" in text
        assert "https://crm.andina.test/admin/email/settings/personal/" in text
        assert "03/03/2026 4 a.m." in text
    assert sent.subject == "Connect lucia@andina.test again"


def test_it_is_written_in_the_language_and_the_time_of_who_reads_it(mine, seller):
    UserProfile.objects.create(
        user=seller, preferred_language="es", current_time_zone="America/Argentina/Buenos_Aires"
    )
    fall(mine)
    EmailAccount.objects.update(state_since=datetime(2026, 3, 3, 9, 0, tzinfo=UTC))
    tell(mine)
    sent = mail.outbox[0]
    assert "03/03/2026 06:00" in sent.body
    assert 'lang="es"' in sent.alternatives[0][0]


def test_it_holds_no_secret_and_what_strangers_wrote_is_only_text(mine):
    EmailAccount.objects.update(address='"<b>x</b>"@andina.test')
    mine.refresh_from_db()
    fall(mine)
    tell(mine)
    sent = mail.outbox[0]
    assert mine.secret not in sent.body + sent.alternatives[0][0]
    assert "correct horse" not in sent.body + sent.alternatives[0][0]
    assert "<b>x</b>" not in sent.alternatives[0][0]
    assert '"<b>x</b>"@andina.test' in sent.body


def test_a_site_that_does_not_know_its_address_says_where_to_look(mine, settings):
    del settings.WAGTAILADMIN_BASE_URL
    fall(mine)
    tell(mine)
    assert "http" not in mail.outbox[0].body
    assert "Settings, Emails" in mail.outbox[0].body


def test_an_owner_without_an_address_is_told_in_the_mailbox_itself(mine, seller):
    seller.email = ""
    seller.save()
    fall(mine)
    tell(mine)
    assert mail.outbox[0].to == ["lucia@andina.test"]


def test_nobody_is_told_of_a_mailbox_whose_owner_has_left(mine, seller):
    fall(mine)
    seller.is_active = False
    seller.save()
    assert telling.untold() == []
    tell(mine)
    assert mail.outbox == []


def test_who_leaves_between_the_order_and_the_mail_is_not_told(mine, seller):
    fall(mine)
    told_at, users = telling.claim(mine.pk)
    seller.is_active = False
    seller.save()
    assert telling.tell(mine.pk, told_at, users) == []
    assert mail.outbox == []


@pytest.mark.parametrize("kind", ["shared", "marketing"])
def test_of_a_mailbox_of_all_those_are_told_who_may_manage_it(
    kind, seller, colleague, outsider, administrator, django_user_model
):
    common = account(kind=kind, address="ventas@andina.test")
    grant(colleague, f"manage_{kind}_account")
    group = Group.objects.create(name="Gerencia")
    group.permissions.add(Permission.objects.get(codename=f"manage_{kind}_account"))
    outsider.groups.add(group)
    gone = django_user_model.objects.create_user("gone", "gone@example.test", is_active=False)
    silent = django_user_model.objects.create_user("silent", "")
    for one in (gone, silent):
        grant(one, f"manage_{kind}_account")
    fall(common)
    tell(common)
    told = sorted(sent.to for sent in mail.outbox)
    assert told == [["admin@example.test"], ["marcos@example.test"], ["nadie@example.test"]]


def test_not_a_whole_company_is_told(django_user_model):
    for n in range(50):
        django_user_model.objects.create_superuser(f"u{n}", f"u{n}@example.test")
    common = account()
    fall(common)
    tell(common)
    assert len(mail.outbox) == 20


def test_whose_mail_failed_is_told_later_and_only_they(colleague, administrator, later, monkeypatch):
    common = account()
    grant(colleague, "manage_shared_account")
    from escala_email_plugin.sync import reconnect_mail

    original, broken = reconnect_mail.send, {"marcos@example.test"}

    def send(one, user, address):
        if address in broken:
            raise OSError(address)
        original(one, user, address)

    monkeypatch.setattr(reconnect_mail, "send", send)
    fall(common)
    tell(common)
    tell(common)
    assert [sent.to for sent in mail.outbox] == [["admin@example.test"]]
    ((arguments, delay),) = later
    assert (arguments[2], delay) == ([colleague.pk], 300)
    tasks.tell_again.call_local(*arguments)
    assert [delay for _arguments, delay in later] == [300, 600]
    broken.clear()
    tasks.tell_again.call_local(*later[-1][0])
    assert [sent.to for sent in mail.outbox] == [["admin@example.test"], ["marcos@example.test"]]
    assert len(later) == 2


def test_a_mail_that_was_put_off_is_not_sent_once_the_mailbox_is_connected(mine, seller):
    fall(mine)
    told_at, users = telling.claim(mine.pk)
    connection.connect("personal", seller, Wanted(mine.address, mine.address, "better"))
    telling.tell(mine.pk, told_at, users)
    mine.refresh_from_db()
    fall(mine)
    telling.tell(mine.pk, told_at, users)
    assert mail.outbox == []


def test_a_mail_that_never_succeeds_is_given_up(mine, later, monkeypatch):
    from escala_email_plugin.sync import reconnect_mail

    def send(*_arguments):
        raise OSError

    monkeypatch.setattr(reconnect_mail, "send", send)
    fall(mine)
    tell(mine)
    while len(later) < 20 and len(later) == (before := len(later)):
        tasks.tell_again.call_local(*later[-1][0])
        if len(later) == before:
            break
    assert len(later) == 7


def test_a_fall_orders_the_mail_where_a_worker_runs(mine, monkeypatch, django_capture_on_commit_callbacks):
    ordered = []
    monkeypatch.setattr(tasks, "tell_of_reconnect", ordered.append)
    monkeypatch.setattr(worker, "_takes_orders", lambda: True)
    with django_capture_on_commit_callbacks(execute=True):
        fall(mine)
    assert ordered == [mine.pk]


def test_what_nobody_ordered_is_found_within_minutes(mine, monkeypatch):
    ordered = []
    monkeypatch.setattr(tasks, "tell_of_reconnect", ordered.append)
    fall(mine)
    tasks.tell_left_over.call_local()
    assert ordered == [mine.pk]


def test_without_a_worker_the_command_tells(mine):
    fall(mine)
    call_command("escala_email", "sync", verbosity=0)
    assert len(mail.outbox) == 1
    mine.refresh_from_db()
    assert mine.told_at <= timezone.now()
