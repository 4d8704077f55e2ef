"""The addresses that were left out are listed, and can be brought in after all."""

import pytest
from django.urls import reverse
from django.utils import timezone

from escala_email_plugin.models import EmailAccount, Folder, Lookup, Rule
from tests.making import account

pytestmark = pytest.mark.django_db

BANK = "boletin@banco.test"


@pytest.fixture
def mine(seller):
    return account(seller, last_success=timezone.now())


@pytest.fixture
def bring_in(client, seller, django_capture_on_commit_callbacks):
    client.force_login(seller)

    def bring_in(address):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(reverse("escala_email:bring_in", args=["personal"]), {"address": address})

    return bring_in


def test_they_are_listed_and_brought_in(client, seller, mine, bring_in, ordered):
    Rule.objects.create(account=mine, pattern=BANK)
    Folder.objects.create(account=mine, name="INBOX")
    Rule.objects.create(pattern="todos@otra.test")  # of the whole house, and nothing of hers
    client.force_login(seller)
    page = client.get(reverse("escala_email:account", args=["personal"])).content.decode()
    assert BANK in page
    assert "todos@otra.test" not in page
    assert bring_in(BANK).status_code == 302
    assert not Rule.objects.filter(account=mine).exists()
    assert Lookup.objects.get().address.value == BANK
    assert ordered == [("sync_account", mine.pk)]
    assert BANK not in client.get(reverse("escala_email:status", args=["personal"])).content.decode()


def test_what_was_not_left_out_is_not_found(mine, bring_in, ordered):
    Rule.objects.create(pattern="todos@otra.test")
    for address in ("", "x", "todos@otra.test"):
        assert bring_in(address).status_code == 404
    assert Rule.objects.count() == 1


def test_a_colleagues_rule_is_not_mine_to_lift(mine, colleague, bring_in, ordered):
    theirs = account(colleague, "marcos@andina.test")
    Rule.objects.create(account=theirs, pattern=BANK)
    assert bring_in(BANK).status_code == 404
    assert Rule.objects.filter(account=theirs).exists()


def test_of_a_domain_all_the_earlier_mail_is_looked_for(mine, bring_in, ordered):
    Folder.objects.create(account=mine, name="INBOX")
    Rule.objects.create(account=mine, pattern="*.banco.test")
    bring_in("*.banco.test")
    assert EmailAccount.objects.get().sweep_all
    assert not Lookup.objects.exists()


def test_the_page_shows_the_first_and_leads_to_both_lists(client, seller, mine):
    for n in range(12):
        Rule.objects.create(account=mine, pattern=f"a{n:02}@banco.test")
    Rule.objects.create(account=mine, pattern="andina.test", kind=Rule.Kind.NOT_CONTACT)
    client.force_login(seller)
    page = client.get(reverse("escala_email:account", args=["personal"])).content.decode()
    assert "a09@banco.test" in page
    assert "a10@banco.test" not in page
    assert "Never download</a>" not in page  # with how many there are
    assert "(12)</a>" in page
    assert "(1)</a>" in page
