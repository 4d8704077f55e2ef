"""How far the work on a mailbox is, as its owner reads it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from escala_email_plugin.models import EmailAccount, Folder, Run
from tests.making import account, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(seller):
    return account(seller, lease_until=timezone.now() + timedelta(minutes=1))


@pytest.fixture
def shown(client, seller):
    client.force_login(seller)
    return lambda: client.get(reverse("escala_email:status", args=["personal"])).content.decode()


def run(mine, seconds=60, **values) -> Run:
    """A run that began ``seconds`` ago."""
    made = Run.objects.create(account=mine, **{"kind": "sync", **values})
    Run.objects.filter(pk=made.pk).update(started_at=timezone.now() - timedelta(seconds=seconds))
    return made


def text(html: str) -> str:
    """The page as one line without tags."""
    from django.utils.html import strip_tags

    return " ".join(strip_tags(html).split())


def test_a_run_at_work_says_what_it_found_stored_and_left(mine, shown):
    run(mine, done=3000, total=9000, stored=150, set_aside=2)
    said = text(shown())
    for part in (
        "Looked at 3,000 of 9,000 messages",
        "Found with contacts 152",
        "Stored of these 150",
        "Left 6,000, about 2 minutes",
        "Pace About 50 messages a second.",
    ):
        assert part in said
    assert 'data-running="true"' in shown()
    assert 'form="escala-off"' in shown()


def test_who_hears_it_hears_of_every_ten_per_cent(mine, shown):
    made = run(mine, done=3900, total=9000)
    assert '<p class="w-sr-only" role="status">40 % done.</p>' in shown()
    Run.objects.filter(pk=made.pk).update(done=4100)
    assert '<p class="w-sr-only" role="status">40 % done.</p>' in shown()


def test_in_the_first_seconds_no_pace_is_invented(mine, shown):
    run(mine, seconds=1, done=500, total=9000)
    assert "Pace" not in shown()


def test_a_check_and_a_search_are_called_what_they_are(mine, shown):
    made = run(mine, kind="audit", total=10)
    assert "compared with what is here" in shown()
    assert 'form="escala-off"' not in shown()
    Run.objects.filter(pk=made.pk).update(kind="lookup")
    assert "Earlier mail of new contacts" in shown()


def test_the_run_of_a_worker_that_died_is_not_shown_as_moving(mine, shown):
    run(mine, done=1, total=9)
    EmailAccount.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert "<progress max" not in shown()


def test_what_a_dead_worker_left_is_not_called_finished(mine, shown):
    made = run(mine, done=1, total=9)
    long_ago = timezone.now() - timedelta(days=9)
    EmailAccount.objects.update(lease_until=None, last_success=timezone.now(), created_at=long_ago)
    assert "goes on in a moment" in shown()
    assert 'data-running="true"' in shown()
    Run.objects.filter(pk=made.pk).update(moved_at=timezone.now() - timedelta(minutes=3))
    assert "perhaps its worker is not running" in shown()
    Run.objects.filter(pk=made.pk).update(state="done")
    assert 'data-running="false"' in shown()


def test_a_quick_look_at_new_mail_offers_nothing_to_cancel(mine, shown):
    EmailAccount.objects.update(last_success=timezone.now())
    Folder.objects.create(account=mine, name="INBOX", scanned_from=1, scanned_to=9)
    assert 'form="escala-off"' not in shown()


@pytest.mark.parametrize(("scanned_from", "half_way"), [(1, False), (5, True)])
def test_what_was_switched_off_can_be_switched_on_where_one_reads_that(mine, shown, scanned_from, half_way):
    EmailAccount.objects.update(mode="off", lease_until=None, last_success=timezone.now())
    Folder.objects.create(account=mine, name="INBOX", scanned_from=scanned_from, scanned_to=9)
    assert 'form="escala-on"' in shown()
    assert ("stopped half-way" in shown()) is half_way
    EmailAccount.objects.update(mode="total")
    assert 'form="escala-on"' not in shown()


def test_work_nobody_came_for_is_called_late(mine, shown):
    past = timezone.now() - timedelta(minutes=3)
    EmailAccount.objects.update(lease_until=None, created_at=past)
    assert "perhaps its worker is not running" in shown()
    EmailAccount.objects.update(wanted_at=timezone.now())
    assert "perhaps its worker is not running" not in shown()


def test_a_search_for_earlier_mail_does_not_hide_behind_an_older_preview(mine, shown):
    run(mine, kind="preview", state="done", seconds=1)
    run(mine, done=5, total=10, seconds=60)
    assert "5 of 10 messages" in text(shown())


def test_the_number_of_queries_is_constant(mine, shown, django_assert_max_num_queries):
    with django_assert_max_num_queries(12) as few:
        shown()
    for n in range(5):
        Folder.objects.create(account=mine, name=f"{n}")
        run(mine)
    with django_assert_max_num_queries(len(few)):
        shown()


# Connected again


def reconnected(mine, days=1, **values) -> None:
    now = timezone.now()
    EmailAccount.objects.filter(pk=mine.pk).update(
        reconnected_at=now - timedelta(days=days), gap_from=now - timedelta(days=days + 2), **values
    )


@pytest.mark.parametrize(
    ("filled", "said"),
    [
        (None, "is being brought in"),
        (0, "no mail with your contacts had come"),
        (1, "1 message that had come"),
        (1214, "1,214 messages that had come"),
    ],
)
def test_it_says_how_much_connecting_again_brought_in(mine, shown, filled, said):
    reconnected(mine, gap_filled=filled)
    page = shown()
    assert "Connected again" in page
    assert said in page


@pytest.mark.parametrize("values", [{"state": "reconnect"}, {"mode": "off"}, {"gap_from": None}])
def test_it_promises_nothing_that_does_not_come(mine, shown, values):
    reconnected(mine)
    EmailAccount.objects.update(**values)
    assert "Connected again" not in shown()


def test_after_a_week_that_is_no_news(mine, shown):
    reconnected(mine, days=8, gap_filled=3)
    assert "Connected again" not in shown()


@pytest.mark.parametrize("code", ["port_closed", "timeout", "host_not_found"])
def test_who_was_connected_is_not_told_to_change_what_was_right(client, seller, code):
    account(seller, state="waiting", trouble=code)
    client.force_login(seller)
    page = client.get(at("status")).content.decode()
    assert "cannot be reached just now. There is nothing you need to do." in page
    assert "993" not in page


def test_who_has_waited_for_a_day_is_told_what_exactly_fails(client, seller):
    account(
        seller,
        state="waiting",
        trouble="host_not_found",
        state_since=timezone.now() - timedelta(days=1, hours=1),
    )
    client.force_login(seller)
    page = client.get(at("status")).content.decode()
    assert "There is no server called “localhost”." in page
    assert "nothing you need to do" not in page
