"""Entries come to a list and are taken off it, and what that does to what is looked for."""

import pytest

from escala_email_plugin.models import Address, EmailAccount, Folder, Lookup, RecordAddress, Rule
from escala_email_plugin.privacy import lists
from escala_email_plugin.sync.account import sync_account
from sandbox.crm.models import Person
from tests.making import account, account_at, at_once, letter, stored

pytestmark = pytest.mark.django_db

NEVER, NOT_CONTACT = Rule.Kind.NEVER_DOWNLOAD, Rule.Kind.NOT_CONTACT


def patterns(holder, kind=NEVER) -> list[str]:
    return list(lists.entries(holder, kind).values_list("pattern", flat=True))


def pks(holder, kind=NEVER) -> list[int]:
    return list(lists.entries(holder, kind).values_list("pk", flat=True))


def test_each_list_is_by_itself(seller):
    mine = account(seller)
    lists.add(["a.test"], NEVER, mine)
    lists.add(["b.test"], NOT_CONTACT, mine)
    lists.add(["c.test"], NEVER, None)
    lists.add(["d.test"], NOT_CONTACT, None)
    found = [patterns(holder, kind) for holder in (mine, None) for kind in (NEVER, NOT_CONTACT)]
    assert found == [["a.test"], ["b.test"], ["c.test"], ["d.test"]]


@pytest.mark.parametrize("whose", ["mine", "everybody's"])
def test_what_is_added_twice_is_there_once(seller, whose):
    holder = account(seller) if whose == "mine" else None
    lists.add(["a.test", "a.test"], NEVER, holder)
    lists.add(["a.test", "b.test"], NEVER, holder, remove=True)
    assert patterns(holder) == ["a.test", "b.test"]
    assert not Rule.objects.filter(remove_from=None).exists()


@pytest.mark.django_db(transaction=True)
def test_two_people_add_and_take_off_at_once():
    at_once(lambda: lists.add(["a.test", "b.test"], NEVER, None))
    assert patterns(None) == ["a.test", "b.test"]
    rows = pks(None)
    ours, theirs = at_once(lambda: lists.take_off(rows, NEVER, None, bring_in=True))
    assert (ours, theirs) == (["a.test", "b.test"], [])
    assert patterns(None) == []


def test_nobody_takes_off_what_stands_on_another_list(seller, colleague):
    mine, theirs = account(seller), account(colleague, "marcos@andina.test")
    lists.add(["a.test"], NEVER, theirs)
    lists.add(["a.test"], NEVER, None)
    lists.add(["a.test"], NOT_CONTACT, mine)
    rows = list(Rule.objects.values_list("pk", flat=True))
    assert lists.take_off(rows, NEVER, mine, bring_in=True) == []
    assert Rule.objects.count() == 3


def test_the_earlier_mail_of_an_address_is_looked_for_and_all_of_a_domains(seller, colleague):
    mine, theirs = account(seller), account(colleague, "marcos@andina.test", mode="off")
    for holder in (mine, theirs):
        Folder.objects.create(account=holder, name="INBOX")
    fresh = account(None, "ventas@andina.test")
    lists.add(["ana@a.test"], NEVER, None)
    lists.take_off(pks(None), NEVER, None, bring_in=True)
    assert list(Lookup.objects.values_list("account", "address__value")) == [(mine.pk, "ana@a.test")]
    sweeping = EmailAccount.objects.filter(sweep_all=True)
    assert list(sweeping) == [theirs]  # it is not at work, and looks through everything when it is again
    lists.add(["a.test"], NEVER, mine)
    lists.take_off(pks(mine), NEVER, mine, bring_in=True)
    assert set(sweeping.all()) == {mine, theirs}
    assert not EmailAccount.objects.get(pk=fresh.pk).sweep_all


def test_without_that_wish_nothing_is_looked_for(seller):
    mine = account(seller)
    Folder.objects.create(account=mine, name="INBOX")
    lists.add(["a.test", "ana@a.test"], NEVER, mine)
    assert len(lists.take_off(pks(mine), NEVER, mine, bring_in=False)) == 2
    assert not Lookup.objects.exists()
    assert not EmailAccount.objects.filter(sweep_all=True).exists()


def test_who_is_no_contact_for_everybody_has_no_row_and_gets_it_back(django_capture_on_commit_callbacks):
    Person.objects.create(first_name="Ana", last_name="Gómez", email="Ana@cliente.test")
    with django_capture_on_commit_callbacks(execute=True):
        lists.add(["*.cliente.test"], NOT_CONTACT, None)
    assert not RecordAddress.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        lists.take_off(pks(None, NOT_CONTACT), NOT_CONTACT, None, bring_in=True)
    assert RecordAddress.objects.get().address == Address.objects.get(value="ana@cliente.test", sought=True)


def test_what_one_mailbox_says_changes_no_record(seller, django_capture_on_commit_callbacks):
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    with django_capture_on_commit_callbacks(execute=True):
        lists.add(["cliente.test"], NOT_CONTACT, account(seller))
    assert RecordAddress.objects.exists()


@pytest.mark.dovecot
@pytest.mark.parametrize("kind", [NEVER, NOT_CONTACT])
@pytest.mark.parametrize("whose", ["mine", "everybody's"])
def test_mail_of_a_domain_is_left_and_comes_once_the_entry_is_gone(
    mailbox, seller, kind, whose, django_capture_on_commit_callbacks
):
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    mailbox.append(letter("Ana <ana@cliente.test>", mailbox.user))
    mine = account_at(mailbox, seller)
    holder = mine if whose == "mine" else None
    with django_capture_on_commit_callbacks(execute=True):
        lists.add(["*.cliente.test"], kind, holder)
    assert sync_account(mine.pk)
    assert mine.locations.count() == 0
    with django_capture_on_commit_callbacks(execute=True):
        lists.take_off(pks(holder, kind), kind, holder, bring_in=True)
    assert sync_account(mine.pk)
    assert mine.locations.count() == 1


def test_five_thousand_entries_ask_the_database_a_bounded_number_of_times(
    seller, django_assert_max_num_queries
):
    mine = account(seller)
    stored(mine, letter())
    with django_assert_max_num_queries(50):
        lists.add([f"a{n}@a.test" for n in range(5000)], NEVER, mine)
    assert len(pks(mine)) == 5000
