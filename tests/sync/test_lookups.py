"""New addresses are handed to the accounts, in bounded pieces."""

import tracemalloc

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from escala_email_plugin.models import Address, EmailAccount, Folder, Lookup
from escala_email_plugin.record_index import reindex
from escala_email_plugin.sync import lookups
from escala_email_plugin.sync.lookups import Looking, looking_for, spread, waiting
from sandbox.crm.models import Company, Person
from tests.making import account

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


def begun(holder: EmailAccount, scanned_to: int = 9) -> EmailAccount:
    """An account that has looked at some of its mail."""
    Folder.objects.create(account=holder, name="INBOX", uidvalidity=7, scanned_from=1, scanned_to=scanned_to)
    return holder


@pytest.fixture
def mine(seller):
    return begun(account(seller))


def told(holder: EmailAccount) -> set[str]:
    return set(holder.lookups.values_list("address__value", flat=True))


def colleagues(number: int) -> list[EmailAccount]:
    users = get_user_model().objects.bulk_create(
        [get_user_model()(username=f"u{n}", email=f"u{n}@andina.test") for n in range(number)]
    )
    return [begun(account(user, user.email)) for user in users]


def imported(number: int) -> None:
    Person.objects.bulk_create(
        [Person(first_name="N", last_name=str(n), email=f"n{n}@masa.test") for n in range(number)]
    )
    list(reindex())


# Who is told


def test_an_account_at_work_is_told_of_a_new_address_and_woken(mine, ana):
    assert waiting()
    assert spread() == {mine.pk}
    assert told(mine) == {"ana@cliente.test"}
    mine.refresh_from_db()
    assert mine.wanted_at
    assert not mine.sweep_all
    assert not waiting()


def test_nobody_is_told_twice(mine, ana):
    spread()
    Lookup.objects.all().delete()
    assert spread() == set()
    assert told(mine) == set()


def test_an_account_that_has_not_begun_needs_not_be_told(seller, ana):
    fresh = account(seller)
    assert spread() == set()
    fresh.refresh_from_db()
    assert (told(fresh), fresh.sweep_all, waiting()) == (set(), False, False)


def test_an_account_whose_first_batch_is_on_its_way_is_told(seller, ana):
    # Its folders are known, and it may have decided about messages before the contact was there.
    first = begun(account(seller), scanned_to=0)
    assert spread() == {first.pk}
    assert told(first) == {"ana@cliente.test"}


@pytest.mark.parametrize(
    "state",
    [{"mode": "off"}, {"mode": "preview"}, {"state": "reconnect"}, {"state": "disconnected"}],
    ids=lambda state: "-".join(state.values()),
)
def test_an_account_that_is_not_at_work_looks_through_everything_later(seller, ana, state):
    resting = begun(account(seller, **state))
    assert spread() == set()
    resting.refresh_from_db()
    assert resting.sweep_all
    assert told(resting) == set()


def test_the_account_of_somebody_who_may_not_log_in_looks_through_everything_later(mine, seller, ana):
    seller.is_active = False
    seller.save()
    assert spread() == set()
    mine.refresh_from_db()
    assert mine.sweep_all


def test_a_preview_that_never_became_a_synchronisation_has_nothing_to_look_through(seller, ana):
    preview = begun(account(seller, mode="preview"), scanned_to=0)
    spread()
    preview.refresh_from_db()
    assert not preview.sweep_all


def test_an_account_that_looks_through_everything_anyway_is_told_nothing(mine, ana):
    EmailAccount.objects.update(sweep_all=True)
    spread()
    assert told(mine) == set()
    assert not waiting()


def test_a_search_under_way_starts_again_for_an_address_that_left_and_came_back(mine, ana):
    spread()
    Lookup.objects.update(underway=True)
    email, ana.email = ana.email, ""
    ana.save()
    ana.email = email
    ana.save()
    assert spread() == {mine.pk}
    assert Lookup.objects.get().underway is False


# How much of it


def test_many_addresses_are_handed_out_in_batches(mine, monkeypatch):
    monkeypatch.setattr(lookups, "BATCH", 3)
    imported(7)
    spread()
    assert len(told(mine)) == 7
    assert not waiting()


def test_an_account_with_too_much_to_look_for_looks_through_everything_instead(mine, monkeypatch):
    monkeypatch.setattr(lookups, "MOST", 5)
    imported(4)
    spread()
    assert len(told(mine)) == 4
    Person.objects.create(first_name="A", last_name="B", email="a@masa.test")
    Person.objects.create(first_name="C", last_name="D", email="c@masa.test")
    assert spread() == {mine.pk}
    mine.refresh_from_db()
    assert mine.sweep_all
    assert told(mine) == set()
    assert not waiting()


@pytest.mark.slow
def test_ten_thousand_contacts_are_one_bounded_pass_for_each_of_ten_accounts():
    holders = colleagues(10)
    tracemalloc.start()
    imported(10_000)
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    with CaptureQueriesContext(connection) as queries:
        woken = spread()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert woken == {one.pk for one in holders}
    assert EmailAccount.objects.filter(sweep_all=True).count() == 10
    assert not Lookup.objects.exists()
    assert not waiting()
    assert len(queries) < 100
    assert peak - before < 5 * 2**20


def test_a_thousand_contacts_cost_each_account_a_row_for_each():
    holders = colleagues(10)
    imported(1000)
    with CaptureQueriesContext(connection) as queries:
        spread()
    assert [one.lookups.count() for one in holders] == [1000] * 10
    rows_a_query = connection.ops.bulk_batch_size(
        ["account", "address", "underway", "created_at"], [1] * 1000
    )
    assert len(queries) < 30 + 10_000 / rows_a_query * 1.2


# What a person may know of it


def test_a_record_whose_mail_is_looked_for_says_so_until_it_was(mine, ana, seller):
    Person.objects.create(first_name="Luis", last_name="Paz", email="luis@cliente.test")
    assert looking_for(ana, seller) == Looking(("ana@cliente.test",), 1, None)
    spread()
    looking = looking_for(ana, seller)
    assert (looking.addresses, looking.accounts) == (("ana@cliente.test",), 1)
    assert looking.since <= timezone.now()
    Lookup.objects.filter(address__value="ana@cliente.test").delete()
    assert looking_for(ana, seller) is None


def test_a_record_with_many_addresses_names_those_that_are_looked_for(mine, ana, seller):
    company = Company.objects.create(name="Cliente S.A.", email="info@cliente.test")
    spread()
    Lookup.objects.all().delete()
    ana.company = company
    ana.save()
    Person.objects.create(first_name="Luis", last_name="Paz", email="luis@cliente.test", company=company)
    assert looking_for(company, seller).addresses == ("luis@cliente.test",)


@pytest.mark.parametrize("begun_already", [False, True])
def test_looking_through_everything_is_looking_for_every_record(mine, ana, seller, begun_already):
    spread()
    Lookup.objects.all().delete()
    if begun_already:
        mine.folders.update(sweep_to=5)
    else:
        EmailAccount.objects.update(sweep_all=True)
    assert looking_for(ana, seller) == Looking(("ana@cliente.test",), 1, None)


def test_a_search_for_somebody_else_is_none_for_this_record(mine, ana, seller):
    spread()
    Lookup.objects.all().delete()
    Person.objects.create(first_name="Luis", last_name="Paz", email="luis@cliente.test")
    spread()
    Lookup.objects.update(underway=True)
    mine.folders.update(sweep_to=5)
    assert looking_for(ana, seller) is None


def test_nothing_of_other_peoples_accounts_is_told(mine, ana, seller, colleague, outsider):
    spread()
    begun(account(colleague, "marcos@andina.test"))
    assert looking_for(ana, colleague) is None
    assert looking_for(ana, outsider) is None
    shared = begun(account(None, "info@andina.test"))
    Lookup.objects.create(account=shared, address=Address.objects.get(value="ana@cliente.test"))
    assert looking_for(ana, colleague).accounts == 1
    assert looking_for(ana, seller).accounts == 2
    assert looking_for(ana, outsider) is None


@pytest.mark.parametrize("state", [{"mode": "off"}, {"state": "disconnected"}, {"state": "reconnect"}])
def test_an_account_that_looks_for_nothing_now_is_not_pending(mine, ana, seller, state):
    spread()
    EmailAccount.objects.update(**state)
    assert looking_for(ana, seller) is None


def test_what_is_looked_for_is_asked_in_two_queries(mine, ana, seller, django_assert_num_queries):
    begun(account(None, "info@andina.test"))
    spread()
    seller.has_perm("anything")  # asked on every page
    with django_assert_num_queries(2):
        looking_for(ana, seller)
