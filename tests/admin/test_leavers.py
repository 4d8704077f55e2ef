"""Who left and what is still here of their mail, and what would happen to who is here: only numbers."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from escala_email_plugin.models import EmailAccount, Message, Policy
from escala_email_plugin.servers.providers import PROVIDERS
from escala_email_plugin.servers.secrets import encrypt
from escala_email_plugin.sync import erase
from sandbox.crm.models import Person
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

PAGE = "escala_email:leavers"


@pytest.fixture
def mine(seller):
    seller.first_name, seller.last_name = "Lucía", "Paz"
    seller.save()
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    mine = account(seller, shares=True)
    stored(mine, letter(subject="Un secreto"), letter(subject="Otro", minutes=9))
    return mine


@pytest.fixture
def boss(client, administrator):
    client.force_login(administrator)
    return client


def left(user, rule="purge", days=0):
    Policy.objects.update_or_create(pk=1, defaults={"leaver_rule": rule})
    user.is_active = False
    user.save()
    EmailAccount.objects.update(left_at=timezone.now() - timedelta(days=days))


def test_who_left_is_shown_with_the_rule_and_until_when(boss, mine, seller):
    left(seller, "subject")
    text = boss.get(reverse(PAGE)).content.decode()
    assert "Lucía Paz" in text
    assert "People, dates and subjects of what was shared are kept." in text
    assert "Of 2 messages texts and attachments are removed" in text


def test_what_would_happen_to_who_is_here_is_shown_too(boss, mine):
    Policy.objects.create(pk=1, leaver_rule="purge")
    assert "Lucía Paz" not in boss.get(reverse(PAGE)).content.decode()
    text = boss.get(reverse(PAGE) + "?show=here").content.decode()
    assert "Lucía Paz" in text
    assert "2 messages that nobody else has are removed" in text


@pytest.mark.parametrize("show", ["", "?show=here", "?p=99", "?p=nonsense", "?show=nonsense"])
def test_nothing_of_any_message_is_on_it(boss, mine, seller, show):
    if show != "?show=here":
        left(seller)
    text = boss.get(reverse(PAGE) + show).content.decode()
    assert "lucia@andina.test" in text
    for secret in ("Un secreto", "ana@cliente.test", "Gómez"):
        assert secret not in text


def test_one_whose_owner_was_deleted_long_ago_has_a_page_now(boss, mine):
    EmailAccount.objects.update(owner=None)
    text = boss.get(reverse(PAGE)).content.decode()
    assert "Its owner was deleted." in text
    assert "Noticed within minutes." in text
    assert boss.get(reverse("escala_email:remove_leaver", args=[mine.pk])).status_code == 200


def test_the_page_costs_the_same_number_of_queries_a_mailbox(
    boss, mine, seller, colleague, django_assert_max_num_queries
):
    left(seller)
    boss.get(reverse(PAGE))
    with django_assert_max_num_queries(20):
        boss.get(reverse(PAGE))


# Delete it now


def remove(client, holder, address):
    return client.post(reverse("escala_email:remove_leaver", args=[holder.pk]), {"address": address})


def test_it_is_deleted_now_once_the_address_was_typed(boss, mine, seller, administrator):
    left(seller, "keep")
    assert remove(boss, mine, "otra@andina.test").status_code == 200
    assert EmailAccount.objects.get().erase_at is None
    assert remove(boss, mine, " LUCIA@andina.test ").status_code == 302
    assert erase.erase(mine.pk)
    assert not Message.objects.exists()
    entry = ModelLogEntry.objects.get(action="escala_email.leaver_erase")
    assert (entry.user, entry.label) == (administrator, "Lucía Paz")


def test_that_of_somebody_who_is_here_is_not_there(boss, mine):
    assert boss.get(reverse("escala_email:remove_leaver", args=[mine.pk])).status_code == 404
    assert remove(boss, mine, mine.address).status_code == 404


def test_one_that_is_being_deleted_already_is_not_there(boss, mine, seller):
    left(seller)
    remove(boss, mine, mine.address)
    assert remove(boss, mine, mine.address).status_code == 404


def test_a_consent_that_still_waited_is_taken_back_first(boss, seller, provider):
    refresh = provider.refresh_token("google", "lucia@andina.test", list(PROVIDERS["google"].scopes))
    mine = account(seller, provider="google", secret=encrypt(refresh))
    left(seller)
    remove(boss, mine, mine.address)
    assert provider.grants.of(refresh) is None
    assert EmailAccount.objects.get().secret == ""
