"""An audit finds what we lack, says why and fetches it, against a real Dovecot."""

import pytest
from django.utils import timezone

from escala_email_plugin.models import (
    EmailAccount,
    Folder,
    Location,
    Lookup,
    Message,
    Quarantined,
    Run,
    Tally,
)
from escala_email_plugin.servers.imap import ImapSession, ProtocolTrouble, Unreachable
from escala_email_plugin.sync import audit as auditing
from escala_email_plugin.sync import compare, errand, rules, windows
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.audit import audit
from escala_email_plugin.sync.gather import Gatherer
from escala_email_plugin.sync.lease import claim
from escala_email_plugin.sync.lookups import spread
from sandbox.crm.models import Person
from tests.making import account, account_at, letter
from tests.sync.test_account import expunge, files

from .scripted import Session

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db]

ANA, LUIS = "ana@cliente.test", "luis@cliente.test"


@pytest.fixture
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email=ANA)


@pytest.fixture
def mine(mailbox, seller, ana):
    return account_at(mailbox, seller)


@pytest.fixture
def synced(mailbox, mine):
    """synced(5): the mailbox holds so many messages of Ana's, two of a stranger's, and all of it was read."""

    def fill(count: int) -> list[int]:
        uids = [mailbox.append(letter(subject=f"{n}", minutes=n)) for n in range(count)]
        for n in range(2):
            mailbox.append(letter("x@otra.test", minutes=n))
        assert sync_account(mine.pk)
        return uids

    return fill


def forget(uids: list[int]) -> None:
    """Lose messages of INBOX behind the product's back."""
    lost = Message.objects.filter(locations__uid__in=uids, locations__folder__name="INBOX")
    assert lost.count() == len(uids)
    lost.delete()


def numbers(result: dict, *names: str) -> tuple[int, ...]:
    return tuple(result[name] for name in names)


def gaps(result: dict) -> list[tuple]:
    return [(gap["uid"], gap["why"], gap["outcome"]) for gap in result["gaps"]]


def test_where_all_is_well_every_place_is_found_and_none_is_missing(mailbox, mine, synced):
    synced(3)
    mailbox.append(letter(mailbox.user, ANA), "Sent")
    sync_account(mine.pk)
    outcome = audit(mine.pk)
    result = outcome.result
    assert numbers(result, "found", "held", "missing", "refilled", "gone", "unread") == (4, 4, 0, 0, 0, 0)
    assert (outcome.lost, result["gaps"], result["why"]) == (0, [], {})
    rows = {row["name"]: row for row in result["folders"]}
    assert numbers(rows["INBOX"], "scanned", "found", "missing") == (5, 3, 0)
    assert rows["INBOX"]["seconds"] > 0
    run = Run.objects.get(kind="audit")
    assert (run.state, run.done, run.total, run.stored) == ("done", 6, 6, 0)
    mine.refresh_from_db()
    assert (mine.lease_token, mine.state) == ("", "connected")


def test_exactly_what_was_lost_is_found_and_fetched_again(mine, synced):
    uids = synced(6)
    forget([uids[1], uids[4]])
    outcome = audit(mine.pk)
    assert numbers(outcome.result, "found", "held", "missing", "refilled") == (6, 6, 0, 2)
    assert gaps(outcome.result) == [
        (uids[4], "never_recorded", "refilled"),
        (uids[1], "never_recorded", "refilled"),
    ]
    assert outcome.lost == 2
    assert sorted(Location.objects.values_list("uid", flat=True)) == uids
    assert audit(mine.pk).lost == 0


def test_a_place_that_was_taken_for_gone_is_told_as_such(mine, synced):
    uids = synced(2)
    Location.objects.filter(uid=uids[0]).update(gone_at=timezone.now())
    assert gaps(audit(mine.pk).result) == [(uids[0], "was_marked_gone", "refilled")]
    assert not Location.objects.exclude(gone_at=None).exists()
    assert Message.objects.count() == 2


def test_a_message_that_was_expunged_at_the_server_is_gone_and_no_loss(mailbox, mine, synced):
    uids = synced(3)
    expunge(mailbox, "INBOX", [uids[1]])
    outcome = audit(mine.pk)
    assert numbers(outcome.result, "found", "held", "missing", "gone") == (2, 2, 0, 1)
    assert outcome.lost == 0
    assert Location.objects.exclude(gone_at=None).get().uid == uids[1]
    assert Message.objects.count() == 3
    assert audit(mine.pk).result["gone"] == 0


def test_what_a_cursor_passed_without_storing_it_is_found(mine, synced, monkeypatch):
    monkeypatch.setattr(Gatherer, "taken", lambda self, uids: [])
    synced(2)
    monkeypatch.undo()
    assert Folder.objects.get(name="INBOX").scanned_from == 1
    assert not Message.objects.exists()
    assert audit(mine.pk).result["refilled"] == 2


def test_what_cannot_be_fetched_again_stays_missing_and_is_said(mine, synced, monkeypatch):
    uids = synced(2)
    forget(uids[:1])
    monkeypatch.setattr(Gatherer, "batch", lambda self, folder, batch: None)
    outcome = audit(mine.pk)
    assert numbers(outcome.result, "found", "held", "missing", "refilled") == (2, 1, 1, 0)
    assert gaps(outcome.result) == [(uids[0], "never_recorded", "missing")]
    tally = Tally.objects.get()
    assert (tally.found, tally.missing) == (2, 1)


def look_for_a_new_contact(mine) -> None:
    Person.objects.create(first_name="X", email="x@otra.test")
    spread()
    assert mine.lookups.get().address.value == "x@otra.test"


def test_mail_of_a_contact_that_is_still_being_looked_for_is_no_loss(mine, synced):
    spread()
    uids = synced(1)
    look_for_a_new_contact(mine)
    outcome = audit(mine.pk)
    assert numbers(outcome.result, "found", "refilled", "missing") == (3, 2, 0)
    assert {gap["why"] for gap in outcome.result["gaps"]} == {"new_contact"}
    assert (outcome.lost, Message.objects.count()) == (0, len(uids) + 2)


def test_a_contact_that_is_looked_for_since_long_hides_no_loss(mine, synced):
    spread()
    synced(1)
    look_for_a_new_contact(mine)
    Lookup.objects.update(created_at=timezone.now() - compare.NEW)
    outcome = audit(mine.pk)
    assert (outcome.lost, outcome.result["why"]) == (2, {"never_recorded": 2})


def test_what_a_look_through_everything_has_not_come_to_yet_is_no_loss(mine, synced):
    forget(synced(2)[:1])
    EmailAccount.objects.update(sweep_all=True)
    assert audit(mine.pk).result["why"] == {"new_contact": 1}


def test_what_was_set_aside_is_neither_held_nor_missing(mailbox, mine, settings):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "MAX_MESSAGE_BYTES": 2000}
    mailbox.append(letter(text="x" * 60 + "\n" + "y" * 3000))
    mailbox.append(letter())
    sync_account(mine.pk)
    outcome = audit(mine.pk)
    assert numbers(outcome.result, "found", "held", "set_aside", "missing") == (2, 1, 1, 0)
    assert (outcome.lost, Quarantined.objects.get().attempts) == (0, 1)


def test_what_the_rules_leave_out_today_is_neither_missing_nor_touched(mailbox, mine, synced):
    synced(2)
    rules.leave_out(mine, [ANA])
    mailbox.append(letter(subject="Nueva"))
    sync_account(mine.pk)
    result = audit(mine.pk).result
    assert numbers(result, "found", "held", "missing", "refilled", "gone") == (0, 0, 0, 0, 0)
    assert Location.objects.filter(gone_at=None).count() == 2


def test_a_folder_that_is_left_out_is_not_compared(mailbox, mine, synced):
    synced(1)
    mailbox.append(letter(subject="Basura"), "Junk")
    mailbox.append(letter(subject="Aparte"), "Archive")
    sync_account(mine.pk)
    Folder.objects.filter(name="Archive").update(synced=False, synced_chosen=True)
    result = audit(mine.pk).result
    assert result["found"] == 1
    assert not {"Junk", "Archive"} & {row["name"] for row in result["folders"]}


def test_history_that_was_not_read_yet_is_unread_and_not_missing(mailbox, mine, synced):
    uids = synced(4)
    forget(uids[:2])
    Folder.objects.filter(name="INBOX").update(scanned_from=uids[2])
    mailbox.append(letter(subject="Recién llegada"))
    mailbox.append(letter(subject="Otra"), "Archive")
    result = audit(mine.pk).result
    assert numbers(result, "found", "missing", "refilled", "unread") == (2, 0, 0, 4)
    rows = {row["name"]: row for row in result["folders"]}
    assert (rows["INBOX"]["unread"], rows["Archive"]["unread"]) == (3, 1)
    assert ("note" in rows["INBOX"], rows["Archive"]["note"]) == (False, "not_read")


def test_an_audit_over_budget_goes_on_in_the_next_hour(mine, synced, settings, monkeypatch):
    uids = synced(5)
    forget(uids[-1:])

    def allow(commands: int) -> None:
        settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "COMMANDS_PER_HOUR": commands}

    in_windows_of_one(monkeypatch, 5, lambda: allow(1))
    assert audit(mine.pk) is None
    run = Run.objects.get(kind="audit")
    assert (run.state, run.trouble, run.done) == ("failed", "budget", 4)
    allow(0)
    assert numbers(audit(mine.pk).result, "found", "refilled", "scanned") == (5, 1, 7)


def test_a_renumbered_folder_is_left_to_the_next_synchronisation(mine, synced):
    synced(2)
    Folder.objects.filter(name="INBOX").update(uidvalidity=1)
    result = audit(mine.pk).result
    assert numbers(result, "found", "missing", "gone", "unread") == (0, 0, 0, 4)
    assert next(row for row in result["folders"] if row["name"] == "INBOX")["note"] == "renumbered"
    assert Location.objects.filter(gone_at=None).count() == 2


def test_every_contact_has_a_tally_and_who_is_not_found_any_more_has_none(mailbox, mine, synced):
    Person.objects.create(first_name="Luis", email=LUIS)
    synced(2)
    both = mailbox.append(letter(ANA, f"{mailbox.user}, {LUIS}"))
    sync_account(mine.pk)
    audit(mine.pk)
    tallies = Tally.objects.values_list("address__value", "found", "missing")
    assert set(tallies) == {(ANA, 3, 0), (LUIS, 1, 0)}
    expunge(mailbox, "INBOX", [both])
    outcome = audit(mine.pk)
    assert set(tallies.all()) == {(ANA, 2, 0)}
    assert Tally.objects.get().checked_at <= outcome.run.finished_at


def test_the_mailbox_is_left_as_it_was(mailbox, mine, synced):
    uids = synced(3)
    mailbox.append(letter(subject="Leída"), flags=("\\Seen", "\\Flagged"))
    sync_account(mine.pk)
    forget(uids)
    before = files(mailbox)
    assert audit(mine.pk).result["refilled"] == 3
    assert files(mailbox) == before


def test_a_message_that_is_left_out_once_it_is_read_whole_is_not_missing(mine, synced, monkeypatch):
    uids = synced(2)
    forget(uids[:1])
    from escala_email_plugin.sync import people, rules

    rules.leave_out(mine, ["x@otra.test"])
    monkeypatch.setattr(people, "of_message", lambda parsed: {"ana@cliente.test", "x@otra.test"})
    result = audit(mine.pk).result
    assert numbers(result, "found", "held", "missing") == (1, 1, 0)


def test_a_message_that_concerns_nobody_once_it_is_read_whole_is_set_aside(mine, synced, monkeypatch):
    uids = synced(2)
    forget(uids[:1])
    from escala_email_plugin.sync import people

    monkeypatch.setattr(people, "of_message", lambda parsed: {"x@otra.test"})
    result = audit(mine.pk).result
    assert numbers(result, "found", "held", "set_aside", "missing") == (2, 1, 1, 0)


def test_nonsense_about_the_headers_of_one_message_sets_that_one_aside(mine, synced, monkeypatch):
    uids = synced(4)
    forget([uids[1]])
    original = ImapSession.address_headers
    asked = []

    def headers(self, some):
        asked.append(some)
        if uids[1] in some:
            self.close()
            raise ProtocolTrouble("bad_answer")
        return original(self, some)

    monkeypatch.setattr(ImapSession, "address_headers", headers)
    outcome = audit(mine.pk)
    assert numbers(outcome.result, "found", "held", "set_aside", "missing") == (4, 3, 1, 0)
    assert gaps(outcome.result) == [(uids[1], "unreadable", "set_aside")]
    asked.clear()
    result = audit(mine.pk).result
    assert numbers(result, "found", "held", "set_aside", "missing") == (4, 3, 1, 0)
    assert asked
    assert all(uids[1] not in some for some in asked)


@pytest.mark.parametrize("change", [{"mode": "off"}, {"mode": "preview"}, {"state": "disconnected"}])
def test_only_an_account_that_is_synchronised_is_audited(mine, change):
    EmailAccount.objects.filter(pk=mine.pk).update(**change)
    assert audit(mine.pk) is None
    assert not Run.objects.exists()


def test_an_account_somebody_works_on_is_left_alone(mine):
    claim(mine.pk)
    assert audit(mine.pk) is None


def in_windows_of_one(monkeypatch, after: int, do) -> None:
    """One message a window, each written; ``do`` happens when headers are asked for the ``after``th time."""
    monkeypatch.setattr(windows, "BATCH", 1)
    monkeypatch.setattr(windows, "LARGE_BATCH", 1)
    monkeypatch.setattr(errand, "PAUSE", 0)
    original, asked = ImapSession.address_headers, []

    def headers(self, uids):
        asked.append(uids)
        if len(asked) == after:
            do()
        return original(self, uids)

    monkeypatch.setattr(ImapSession, "address_headers", headers)


def cut_off() -> None:
    raise Unreachable("connection_lost")


def test_an_audit_that_was_stopped_goes_on_where_it_was(mine, synced, monkeypatch):
    uids = synced(5)
    forget([uids[4], uids[0]])
    in_windows_of_one(monkeypatch, 6, cut_off)  # five windows and a refill
    assert audit(mine.pk) is None
    run = Run.objects.get(kind="audit")
    assert (run.state, run.trouble, run.done) == ("failed", "connection_lost", 4)
    assert not Tally.objects.exists()
    assert Location.objects.filter(uid=uids[4]).exists()
    monkeypatch.undo()
    looked = []
    original = ImapSession.address_headers
    monkeypatch.setattr(
        ImapSession, "address_headers", lambda self, some: looked.extend(some) or original(self, some)
    )
    outcome = audit(mine.pk)
    assert set(looked) == set(uids[:3])
    assert numbers(outcome.result, "found", "held", "refilled", "scanned") == (5, 5, 2, 7)
    assert gaps(outcome.result) == [
        (uids[4], "never_recorded", "refilled"),
        (uids[0], "never_recorded", "refilled"),
    ]
    assert (Tally.objects.get().found, outcome.run.done) == (5, 7)
    assert not any("kept" in result for result in Run.objects.values_list("result", flat=True))


def test_an_audit_whose_worker_was_killed_goes_on_from_its_last_note(mine, synced, monkeypatch):
    uids = synced(3)

    def die() -> None:
        monkeypatch.setattr(errand.Errand, "note", lambda self, result: None)
        raise KeyboardInterrupt

    monkeypatch.setattr(auditing, "NOTE_EVERY", 0)
    in_windows_of_one(monkeypatch, 4, die)
    with pytest.raises(KeyboardInterrupt):
        audit(mine.pk)
    assert Run.objects.get(kind="audit").state == "running"
    monkeypatch.undo()
    forget(uids[-1:])  # above where it goes on, so it is not looked at again
    outcome = audit(mine.pk)
    assert numbers(outcome.result, "found", "scanned", "refilled") == (len(uids), 5, 0)
    assert list(Run.objects.filter(kind="audit").order_by("pk").values_list("state", "trouble")) == [
        ("failed", "interrupted"),
        ("done", ""),
    ]


def test_what_was_stopped_long_ago_begins_anew(mine, synced, monkeypatch):
    uids = synced(3)
    in_windows_of_one(monkeypatch, 4, cut_off)
    audit(mine.pk)
    monkeypatch.undo()
    Run.objects.filter(kind="audit").update(finished_at=timezone.now() - auditing.RESUMED_WITHIN)
    forget(uids[-1:])
    assert numbers(audit(mine.pk).result, "refilled", "scanned") == (1, 5)


def test_it_stops_before_the_next_window_when_it_is_cancelled(mine, synced, monkeypatch):
    synced(3)
    in_windows_of_one(monkeypatch, 2, lambda: errand.cancel(mine, "audit"))
    assert audit(mine.pk) is None
    run = Run.objects.get(kind="audit")
    assert (run.state, run.result, run.done) == ("cancelled", {}, 1)
    mine.refresh_from_db()
    assert (mine.state, mine.lease_token) == ("connected", "")


def test_it_stops_when_the_account_is_switched_off(mine, synced, monkeypatch):
    synced(3)
    in_windows_of_one(monkeypatch, 2, lambda: EmailAccount.objects.update(mode="off"))
    assert audit(mine.pk) is None
    assert Run.objects.get(kind="audit").state == "cancelled"


def test_a_folder_the_server_answers_nonsense_about_keeps_no_other_waiting(
    mailbox, mine, synced, monkeypatch
):
    synced(2)
    mailbox.append(letter(), "Archive")
    sync_account(mine.pk)
    original = ImapSession.examine

    def examine(self, name):
        if name == "Archive":
            self.close()
            raise ProtocolTrouble("bad_answer")
        return original(self, name)

    monkeypatch.setattr(ImapSession, "examine", examine)
    forget([1])
    assert audit(mine.pk) is None
    assert (Run.objects.get(kind="audit").trouble, Message.objects.count()) == ("bad_answer", 3)
    monkeypatch.undo()
    result = audit(mine.pk).result
    assert numbers(result, "found", "refilled") == (3, 1)


def test_messages_that_the_server_counts_and_does_not_list_are_told_as_unread(mine, synced, monkeypatch):
    uids = synced(4)
    Message.objects.filter(locations__uid=uids[1]).delete()
    original = ImapSession.uids
    monkeypatch.setattr(
        ImapSession,
        "uids",
        lambda self, low, high: [uid for uid in original(self, low, high) if uid != uids[1]],
    )
    assert numbers(audit(mine.pk).result, "found", "missing", "unread", "unlisted") == (3, 0, 1, 1)


def test_messages_that_came_since_are_unread_and_are_listed(mailbox, mine, synced):
    synced(2)
    for n in range(3):
        mailbox.append(letter(subject=f"Nuevo {n}", minutes=50 + n))
    assert numbers(audit(mine.pk).result, "found", "missing", "unread", "unlisted") == (2, 0, 3, 0)


def test_a_folder_that_changes_while_its_nonsense_is_dealt_with_keeps_no_other_waiting(
    world, seller, ana, monkeypatch
):
    mine = account(seller)
    world.put(letter(subject="Ana"))
    world.put(letter(subject="Otra"), "Archive")
    world.put(letter(subject="La última"), "Zz")
    assert sync_account(mine.pk)

    def nonsense_and_gone(self, low, high):
        if self.folder != "Archive":
            return original(self, low, high)
        world.folders.pop("Archive", None)
        self.closed = True
        raise ProtocolTrouble("bad_answer")

    original = Session.uids
    monkeypatch.setattr(Session, "uids", nonsense_and_gone)
    assert audit(mine.pk) is None
    kept = mine.runs.latest("pk").result["kept"]
    assert [row["name"] for row in kept["folders"]] == ["INBOX", "Zz"]
