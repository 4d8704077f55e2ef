"""The health of all mailboxes: what it says, what it keeps to itself, and what it costs."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.utils import timezone

from escala_email_plugin.models import Address, Beat, EmailAccount, Folder, Lookup, Quarantined, Run
from escala_email_plugin.sync.health import health
from tests.making import account

pytestmark = pytest.mark.django_db


COUNTED = {
    "seconds": 4.5,
    "traffic": {"bytes_in": 9},
    "stages": {"scan": 1.2},
    "folders": {"Divorcio": {"seconds": 1}},
}


@pytest.fixture(autouse=True)
def worker(db):
    """It showed itself just now."""
    return Beat.objects.create(name="worker", at=timezone.now())


@pytest.fixture
def mine(seller):
    return account(seller, last_success=timezone.now() - timedelta(minutes=2))


def row(found: dict, one) -> dict:
    return next(each for each in found["accounts"] if each["id"] == one.pk)


def whys(found: dict) -> list[str]:
    return [each["why"] for each in found["needs_a_person"]]


def test_a_mailbox_that_is_read_is_well(mine):
    found = health()
    assert found["ok"]
    assert 115 <= row(found, mine)["lag_seconds"] <= 125
    assert found["totals"]["accounts"] == found["totals"]["connected"] == found["totals"]["mode_total"] == 1


def test_what_waits_is_counted(mine):
    folder = Folder.objects.create(account=mine, name="INBOX", uidvalidity=7)
    for uid, attempts in ((1, 1), (2, 8), (3, 2)):
        Quarantined.objects.create(
            folder=folder, uidvalidity=7, uid=uid, error="x", attempts=attempts, next_try=timezone.now()
        )
    for value in ("ana@cliente.test", "berta@otra.test"):
        Lookup.objects.create(account=mine, address=Address.objects.create(value=value))
    found = health()
    one = row(found, mine)
    assert (one["set_aside"], one["given_up"], one["lookups"]) == (3, 1, 2)
    totals = found["totals"]
    assert (totals["set_aside"], totals["given_up"], totals["lookups"]) == (3, 1, 2)
    assert found["ok"]


def test_the_last_run_and_the_last_audit_are_told_apart(mine):
    Run.objects.create(kind="sync", account=mine, state="done", done=3)
    Run.objects.create(kind="lookup", account=mine, state="running", done=5, total=9, result=COUNTED)
    Run.objects.create(
        kind="audit", account=mine, state="done", finished_at=timezone.now(), result={"found": 214}
    )
    Run.objects.create(kind="audit", account=mine, state="running")
    one = row(health(), mine)
    assert (one["last_run"]["kind"], one["last_run"]["done"], one["last_run"]["total"]) == ("lookup", 5, 9)
    assert one["last_run"]["result"] == {"seconds": 4.5, "traffic": {"bytes_in": 9}, "stages": {"scan": 1.2}}
    assert (one["last_audit"]["state"], one["last_audit"]["result"]) == ("done", {"found": 214})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"state": "reconnect"}, ["reconnect"]),
        ({"last_success": timezone.now() - timedelta(hours=2)}, ["late"]),
        ({"last_success": None, "created_at": timezone.now() - timedelta(hours=2)}, ["late"]),
        ({"last_success": timezone.now() - timedelta(hours=2), "state": "waiting"}, ["late"]),
        ({"last_success": timezone.now() - timedelta(days=9), "reconnected_at": timezone.now()}, []),
        ({"last_success": timezone.now() - timedelta(hours=2), "mode": "off"}, []),
        ({"state": "waiting", "state_since": timezone.now() - timedelta(hours=2), "mode": "off"}, ["late"]),
        ({"state": "waiting", "state_since": timezone.now(), "mode": "off"}, []),
        ({"grant_ends": timezone.now() + timedelta(hours=71)}, ["grant_ending"]),
        ({"grant_ends": timezone.now() + timedelta(hours=73)}, []),
        ({"grant_ends": timezone.now() - timedelta(hours=1), "state": "reconnect"}, ["reconnect"]),
        ({"grant_ends": timezone.now(), "state": "disconnected"}, []),
        ({"last_success": timezone.now() - timedelta(hours=2), "state": "disconnected"}, []),
        (
            {
                "last_success": None,
                "created_at": timezone.now() - timedelta(hours=2),
                "lease_until": timezone.now() + timedelta(days=1),
            },
            [],
        ),
    ],
)
def test_what_needs_a_person_is_named(mine, change, why):
    EmailAccount.objects.update(**change)
    found = health()
    assert whys(found) == why
    assert found["ok"] is not bool(why)


def test_the_mailbox_of_who_has_left_is_not_late(mine, seller):
    EmailAccount.objects.update(last_success=timezone.now() - timedelta(days=9))
    get_user_model().objects.update(is_active=False)  # nobody has noticed it yet
    found = health()
    assert found["ok"]
    assert row(found, mine)["lag_seconds"] is None


@pytest.mark.parametrize(
    ("result", "why"),
    [
        ({"missing": 0, "refilled": 0}, []),
        ({"missing": 0, "refilled": 3}, []),
        ({"missing": 1, "refilled": 3}, ["missing"]),
        ({"unread": 5, "unlisted": 0}, []),
        ({"unread": 5, "unlisted": 2}, ["unread"]),
        ({"folders": [{"name": "INBOX"}, {"name": "A", "note": "renumbered"}, {"note": "not_read"}]}, []),
        ({"folders": [{"name": "INBOX"}, {"name": "A", "note": "folder_refused"}]}, ["not_compared"]),
    ],
)
def test_what_an_audit_could_not_mend_needs_a_person(mine, result, why):
    Run.objects.create(kind="audit", account=mine, state="done", finished_at=timezone.now(), result=result)
    assert whys(health()) == why


def test_neither_secrets_nor_people_nor_folders_are_in_it(mine):
    result = {
        "messages": 2,
        "senders": [{"address": "ana@cliente.test", "messages": 2}],
        "folders": [{"name": "Divorcio"}],
        "gaps": [{"folder": "Divorcio", "uid": 1, "why": "x"}],
        "error": "ana@cliente.test",
    }
    for kind in ("preview", "audit"):
        Run.objects.create(kind=kind, account=mine, state="done", finished_at=timezone.now(), result=result)
    text = json.dumps(health())
    assert "lucia@andina.test" in text
    for secret in ("ana@", "Divorcio", mine.secret, mine.username.partition("@")[0] + '"'):
        assert secret not in text


def test_the_number_of_queries_does_not_grow_with_the_mailboxes(
    mine, django_user_model, django_assert_num_queries
):
    Run.objects.create(kind="sync", account=mine)
    with django_assert_num_queries(3):
        health()
    for n in range(4):
        one = account(django_user_model.objects.create_user(f"u{n}"), f"u{n}@andina.test")
        Run.objects.create(kind="sync", account=one)
    with django_assert_num_queries(3):
        health()


def test_the_command_prints_the_same_and_fails_where_a_person_is_needed(mine):
    out = StringIO()
    call_command("escala_email", "health", stdout=out)
    assert json.loads(out.getvalue())["accounts"][0]["id"] == mine.pk
    EmailAccount.objects.update(state="reconnect")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("escala_email", "health", stdout=out)
    assert not json.loads(out.getvalue())["ok"]


def test_a_mailbox_that_is_being_erased_is_not_told_of(mine):
    EmailAccount.objects.update(erase_at=timezone.now(), state="reconnect")
    found = health()
    assert (found["accounts"], found["ok"]) == ([], True)


SILENT = [{"account": None, "why": "worker_silent"}]


@pytest.mark.parametrize(("minutes", "told"), [(4, []), (6, SILENT)])
def test_a_worker_that_is_silent_needs_a_person(mine, worker, minutes, told):
    Beat.objects.update(at=timezone.now() - timedelta(minutes=minutes))
    assert health()["needs_a_person"] == told


def test_one_that_never_showed_itself_does_where_there_is_work(mine, worker):
    worker.delete()
    assert health()["needs_a_person"] == SILENT
    EmailAccount.objects.update(state="disconnected")
    assert health()["ok"]


def test_one_that_holds_a_mailbox_is_busy_and_not_silent(mine, worker):
    worker.delete()
    EmailAccount.objects.update(lease_until=timezone.now() + timedelta(minutes=1))
    assert health()["ok"]


def test_it_tells_since_when_and_until_when(mine, worker):
    moment = timezone.now() + timedelta(days=9)
    EmailAccount.objects.update(state_since=moment, access_ends=moment, grant_ends=moment, provider="google")
    found = health()
    one, text = row(found, mine), moment.isoformat()
    assert (one["state_since"], one["access_ends"], one["grant_ends"]) == (text, text, text)
    assert one["provider"] == "google"
    assert found["beats"] == {"worker": worker.at.isoformat(), "watcher": None}
