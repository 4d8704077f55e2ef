"""The health of all mailboxes: what it says, what it keeps to itself, and what it costs."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from escala_email_plugin.models import Address, EmailAccount, Folder, Lookup, Quarantined, Run
from escala_email_plugin.sync.health import health
from tests.making import account

pytestmark = pytest.mark.django_db


COUNTED = {
    "seconds": 4.5,
    "traffic": {"bytes_in": 9},
    "stages": {"scan": 1.2},
    "folders": {"Divorcio": {"seconds": 1}},
}


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
        ({"last_success": timezone.now() - timedelta(hours=2), "mode": "off"}, []),
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
    seller.is_active = False
    seller.save()
    found = health()
    assert found["ok"]
    assert row(found, mine)["lag_seconds"] is None


@pytest.mark.parametrize(("missing", "refilled", "why"), [(0, 0, []), (0, 3, []), (1, 3, ["missing"])])
def test_what_an_audit_missed_and_could_not_bring_in_needs_a_person(mine, missing, refilled, why):
    result = {"missing": missing, "refilled": refilled}
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
    with django_assert_num_queries(2):
        health()
    for n in range(4):
        one = account(django_user_model.objects.create_user(f"u{n}"), f"u{n}@andina.test")
        Run.objects.create(kind="sync", account=one)
    with django_assert_num_queries(2):
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
