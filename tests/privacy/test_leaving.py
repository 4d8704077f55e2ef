"""Who is deactivated or deleted has left: their mailboxes follow, whichever way it happens."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import get_user_model
from django.db import connection as db
from django.db import transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry

from escala_email_plugin import worker
from escala_email_plugin.models import CaptureAddress, EmailAccount, Grant, Message, Policy
from escala_email_plugin.privacy import leaving
from escala_email_plugin.servers.providers import PROVIDERS
from escala_email_plugin.servers.secrets import encrypt
from escala_email_plugin.sync import connection, states, taking_back, token
from escala_email_plugin.sync.connection import Wanted
from escala_email_plugin.sync.lease import LeaseLost, claim
from sandbox.crm.models import Person
from tests.making import account, at_once, letter, stored

pytestmark = pytest.mark.django_db

User = get_user_model()


@pytest.fixture
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def mine(seller):
    seller.first_name, seller.last_name = "Lucía", "Paz"
    seller.save()
    return account(seller)


def deactivate(user):
    user.is_active = False
    user.save()


def told(holder) -> tuple:
    holder.refresh_from_db()
    return holder.state, holder.secret, holder.access, holder.left_rule, holder.former_owner


GONE = ("disconnected", "", "", "keep", "Lucía Paz")


@pytest.mark.parametrize("how", ["saved", "saved_in_part", "deleted", "deleted_in_bulk", "updated"])
def test_however_somebody_leaves_the_mailbox_is_let_go_of(seller, mine, how):
    users = User.objects.filter(pk=seller.pk)
    seller.is_active = False
    if how == "saved":
        seller.save()
    elif how == "saved_in_part":
        seller.save(update_fields=["is_active"])
    elif how == "deleted":
        seller.delete()
    elif how == "deleted_in_bulk":
        users.delete()
    else:
        users.update(is_active=False)
        assert told(mine)[0] == "connected"
        leaving.mend()
    assert told(mine) == GONE
    assert mine.left_at <= timezone.now()
    assert (mine.owner_id is None) == how.startswith("deleted")


def test_the_rule_is_that_of_the_day_whatever_is_decided_later(seller, colleague, mine):
    theirs = account(colleague, "marcos@andina.test")
    Policy.objects.update_or_create(pk=1, defaults={"leaver_rule": "subject"})
    deactivate(seller)
    Policy.objects.update(leaver_rule="purge")
    deactivate(colleague)
    leaving.mend()
    assert told(mine)[3] == "subject"
    assert told(theirs)[3] == "purge"


def test_to_be_told_twice_changes_nothing(seller, mine):
    deactivate(seller)
    mine.refresh_from_db()
    before = mine.left_at
    leaving.left(seller)
    seller.delete()
    leaving.mend()
    mine.refresh_from_db()
    assert (mine.left_at, mine.former_owner, mine.owner) == (before, "Lucía Paz", None)
    assert ModelLogEntry.objects.filter(action="escala_email.owner_left").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_writes_it_down(seller):
    mine = account(seller)
    User.objects.update(is_active=False)
    at_once(lambda: leaving.left(seller))
    mine.refresh_from_db()
    assert mine.left_rule == "keep"
    assert ModelLogEntry.objects.filter(action="escala_email.owner_left").count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_is_deleted_while_they_connect_waits_for_that(seller):
    """Both hold the user and then the mailboxes: the other way round the database would end one of them."""
    mine = account(seller)

    def delete() -> None:
        try:
            User.objects.get(pk=seller.pk).delete()
        finally:
            db.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            connection.hold_sharing_still(seller)
            deleted = threads.submit(delete)
            time.sleep(0.5)  # until it waits for our rows
            assert EmailAccount.objects.select_for_update().get(pk=mine.pk).left_at is None
        deleted.result()
    mine.refresh_from_db()
    assert (mine.owner, mine.former_owner) == (None, "lucia")


def test_a_user_without_a_mailbox_costs_one_query(seller, django_assert_num_queries):
    with django_assert_num_queries(1):
        leaving.left(seller)
    with django_assert_num_queries(1):
        leaving.returned(seller)


def test_a_login_and_a_new_user_cost_none(seller, django_assert_num_queries):
    with django_assert_num_queries(1):
        seller.last_login = timezone.now()
        seller.save(update_fields=["last_login"])
    with django_assert_num_queries(1):
        User.objects.create(username="nueva")


def test_a_mailbox_that_is_already_disconnected_follows_too(seller, mine):
    connection.disconnect(mine)
    deactivate(seller)
    assert told(mine) == GONE


def test_one_that_is_being_deleted_is_left_to_that(seller, mine):
    EmailAccount.objects.update(erase_at=timezone.now(), state="disconnected")
    deactivate(seller)
    mine.refresh_from_db()
    assert mine.left_at is None


def test_the_shared_mailbox_is_nobodys_to_leave(seller):
    shared = account(address="ventas@andina.test")
    deactivate(seller)
    leaving.mend()
    shared.refresh_from_db()
    assert (shared.state, shared.left_at) == ("connected", None)


def test_a_capture_address_ends_also_where_there_is_no_mailbox(seller, colleague):
    CaptureAddress.objects.create(user=seller, token="a")
    CaptureAddress.objects.create(user=colleague, token="b")
    deactivate(seller)
    assert CaptureAddress.objects.get(token="a").ended_at is not None
    assert CaptureAddress.objects.get(token="b").ended_at is None
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    leaving.mend()
    assert CaptureAddress.objects.get(token="b").ended_at is not None


def test_what_was_granted_to_who_leaves_shows_nothing_while_they_are_away(seller, colleague, mine, ana):
    (message,) = stored(mine, letter())
    Grant.objects.create(account=mine, user=colleague, message=message)
    deactivate(colleague)
    assert not Message.objects.visible_to(colleague).exists()
    colleague.delete()
    assert not Grant.objects.exists()
    assert told(mine)[0] == "connected"


def test_whoever_is_at_work_stops_before_the_next_write(seller, mine):
    lease = claim(mine.pk)
    deactivate(seller)
    with pytest.raises(LeaseLost):
        lease.renew()


# The consent


@pytest.fixture
def allowed(seller, provider):
    refresh = provider.refresh_token("google", "lucia@andina.test", list(PROVIDERS["google"].scopes))
    return account(seller, provider="google", secret=encrypt(refresh), access=encrypt("x")), refresh


def test_without_a_worker_the_consent_is_taken_back_after_the_transaction(
    seller, allowed, provider, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(worker, "_takes_orders", lambda: False)
    mine, refresh = allowed
    with django_capture_on_commit_callbacks() as then:
        seller.delete()
        assert provider.grants.of(refresh)
        mine.refresh_from_db()
        assert (mine.state, mine.access, bool(mine.secret)) == ("disconnected", "", True)
    for one in then:
        one()
    assert provider.grants.of(refresh) is None
    mine.refresh_from_db()
    assert mine.secret == ""


def test_with_a_worker_it_is_ordered_by_the_accounts_id_alone(
    seller, allowed, monkeypatch, django_capture_on_commit_callbacks
):
    from escala_email_plugin import tasks

    ordered = []
    monkeypatch.setattr(worker, "_takes_orders", lambda: True)
    monkeypatch.setattr(tasks, "take_back", lambda *arguments: ordered.append(arguments))
    with django_capture_on_commit_callbacks(execute=True):
        deactivate(seller)
    assert ordered == [(allowed[0].pk,)]


def test_a_consent_whose_order_was_lost_is_found_again(seller, allowed, provider):
    mine, refresh = allowed
    deactivate(seller)
    assert taking_back.due() == [mine.pk]
    assert taking_back.let_go(mine.pk)
    assert provider.grants.of(refresh) is None
    assert taking_back.due() == []


def test_a_provider_in_trouble_does_not_keep_the_secret_here(seller, allowed, provider):
    mine, _refresh = allowed
    deactivate(seller)
    provider.mood = "broken"
    assert not taking_back.let_go(mine.pk)
    assert told(mine)[1] == ""


def test_two_consents_of_one_person_are_both_taken_back(seller, colleague, allowed, provider):
    mine, refresh = allowed
    account(colleague, "otra@andina.test", provider="google", username=mine.username, secret=mine.secret)
    deactivate(seller)
    deactivate(colleague)
    for pk in taking_back.due():
        taking_back.let_go(pk)
    assert provider.grants.of(refresh) is None


def test_who_is_back_and_connected_again_keeps_the_new_consent(seller, allowed, provider):
    mine, _refresh = allowed
    deactivate(seller)
    EmailAccount.objects.update(state="connected")
    assert not taking_back.let_go(mine.pk)
    assert told(mine)[1] != ""


def test_a_renewal_that_was_under_way_brings_no_access_back(seller, allowed, provider):
    mine, _refresh = allowed
    with pytest.raises(LeaseLost):
        token.renew(mine, lambda: deactivate(seller) if seller.is_active else None, even_fresh=True)
    assert told(mine)[:3:2] == ("disconnected", "")


# Back again


def test_who_comes_back_has_their_mail_and_must_connect_it_anew(seller, mine, ana):
    stored(mine, letter())
    deactivate(seller)
    seller.is_active = True
    seller.save()
    assert told(mine) == ("disconnected", "", "", "", "")
    assert mine.left_at is None
    assert not mine.sweep_all
    assert Message.objects.visible_to(seller).count() == 1
    again = connection.connect("personal", seller, Wanted(mine.address, mine.address, "x"))
    assert (again.pk, again.state) == (mine.pk, "connected")


def test_who_comes_back_by_a_bulk_update_is_found(seller, mine):
    deactivate(seller)
    User.objects.update(is_active=True)
    leaving.mend()
    assert told(mine)[3:] == ("", "")


def test_who_connects_before_it_was_noticed_has_not_left(seller, mine):
    deactivate(seller)
    User.objects.update(is_active=True)
    seller.refresh_from_db()
    again = connection.connect("personal", seller, Wanted(mine.address, mine.address, "x"))
    again.refresh_from_db()
    assert (again.left_at, again.left_rule, again.former_owner) == (None, "", "")
    assert again.sweep_all  # some of it may have gone


# Trouble of ours


@pytest.mark.parametrize("act", ["save", "delete"])
def test_what_goes_wrong_with_us_keeps_no_host_from_its_users(seller, mine, monkeypatch, act):
    def fail(*_arguments):
        EmailAccount.objects.get(pk=0)

    monkeypatch.setattr(states, "abandoned", fail)
    seller.is_active = False
    getattr(seller, act)()
    mine.refresh_from_db()
    assert mine.left_at is None
    monkeypatch.undo()
    leaving.mend()
    mine.refresh_from_db()
    assert mine.left_at is not None
    assert mine.former_owner == ("Lucía Paz" if act == "save" else "")


def test_a_hosts_manager_that_leaves_the_inactive_out_hides_nobody_who_left(seller, mine, monkeypatch):
    User.objects.filter(pk=seller.pk).update(is_active=False)
    of_all = type(User.objects).get_queryset
    monkeypatch.setattr(type(User.objects), "get_queryset", lambda self: of_all(self).filter(is_active=True))
    leaving.mend()
    assert told(mine)[0] == "disconnected"


def test_one_that_cannot_be_dealt_with_keeps_nobody_else(seller, colleague, mine, monkeypatch):
    theirs = account(colleague, "marcos@andina.test")
    User.objects.update(is_active=False)
    original = leaving.left

    def fail(user):
        if user == seller:
            raise RuntimeError
        original(user)

    monkeypatch.setattr(leaving, "left", fail)
    leaving.mend()
    assert told(mine)[0] == "connected"
    assert told(theirs)[0] == "disconnected"


def test_a_mailbox_whose_owner_was_deleted_long_ago_is_dealt_with_now(seller, mine):
    EmailAccount.objects.update(owner=None)
    leaving.mend()
    assert told(mine) == ("disconnected", "", "", "keep", "")
    assert mine.left_at is not None


def test_the_log_names_who_left_and_nobody_of_their_mail(seller, mine, ana):
    stored(mine, letter())
    deactivate(seller)
    entry = ModelLogEntry.objects.get(action="escala_email.owner_left")
    assert entry.label == "Lucía Paz"
    assert entry.data == {"kind": "personal", "rule": "keep"}


def test_the_hosts_other_tables_are_still_deleted_from_at_once(django_assert_num_queries, ana):
    from escala_email_plugin.models import Quarantined

    with django_assert_num_queries(1):
        Quarantined.objects.filter(error="x").delete()
