"""What a preview counts and leaves behind, against a real Dovecot."""

from datetime import UTC, datetime, timedelta

import pytest

from escala_email_plugin.models import Address, Folder, Location, Message, Quarantined, Run
from escala_email_plugin.servers.imap import ImapSession, ProtocolTrouble
from escala_email_plugin.sync import errand, preview, rules, windows
from escala_email_plugin.sync.connection import switch
from escala_email_plugin.sync.lease import claim
from sandbox.crm.models import Person
from tests.making import DAY, account_at, letter

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db]

ANA, LUIS = "ana@cliente.test", "luis@cliente.test"


@pytest.fixture
def mine(mailbox, seller):
    for name, address in (("Ana", ANA), ("Luis", LUIS)):
        Person.objects.create(first_name=name, last_name="Gómez", email=address)
    return account_at(mailbox, seller, mode="preview")


def result(mine) -> dict:
    assert preview.preview(mine.pk)
    run = Run.objects.filter(kind="preview").latest("pk")
    assert run.state == "done"
    return run.result


def test_it_counts_what_a_synchronisation_would_take(mailbox, mine):
    first = datetime(2019, 5, 6, 7, 8, tzinfo=UTC)
    sizes = 0
    for n, raw in enumerate([letter(), letter(LUIS), letter(mailbox.user, f"{ANA}, {LUIS}")]):
        mailbox.append(raw, "Sent" if n == 2 else "INBOX", when=DAY if n else first)
        sizes += len(raw)
    mailbox.append(letter("Banco <banco@banco.test>"), when=datetime(2011, 1, 1, tzinfo=UTC))
    mailbox.append(letter(subject="Basura"), "Junk")
    found = result(mine)
    assert {name: found[name] for name in ("messages", "contacts", "oldest", "bytes")} == {
        "messages": 3,
        "contacts": 2,
        "oldest": first.isoformat(),
        "bytes": sizes,
    }
    assert found["seconds"] >= 1
    counted = {row["name"]: (row["messages"], row["scanned"]) for row in found["folders"]}
    assert (counted["INBOX"], counted["Sent"]) == ((2, 3), (1, 1))
    assert "Junk" not in counted
    ids = dict(Folder.objects.values_list("name", "pk"))
    assert {row["name"]: row["id"] for row in found["folders"]}.items() <= ids.items()


def test_mail_that_was_moved_from_another_server_is_as_old_as_it_says(mailbox, mine):
    for n in (5, 0, 9):
        mailbox.append(letter(minutes=n), when=DAY + timedelta(days=100))
    assert result(mine)["oldest"] == (DAY + timedelta(minutes=5)).isoformat()  # the lowest number's
    mailbox.append(letter(), "Archive", when=DAY + timedelta(days=100))
    assert result(mine)["oldest"] == DAY.isoformat()


def test_while_it_counts_it_says_how_many_it_found(mailbox, mine, monkeypatch):
    mailbox.append(letter())
    mailbox.append(letter(LUIS), "Sent")
    told = []
    write = errand.Errand.write

    def and_tell(work) -> None:
        write(work)
        told.append(Run.objects.get(pk=work.run.pk).result)

    monkeypatch.setattr(errand, "PAUSE", 0)
    monkeypatch.setattr(errand.Errand, "write", and_tell)
    result(mine)
    assert [one.get("messages") for one in told if one] == [1, 2]


def test_the_noisiest_senders_come_first_and_say_what_leaving_them_out_would_spare(mailbox, mine):
    mailbox.append(letter(LUIS))
    for n in range(3):
        mailbox.append(letter(minutes=n))
    for n in range(4):
        mailbox.append(letter(mailbox.user, LUIS, minutes=n), "Sent")
    assert result(mine)["senders"] == [
        {"address": ANA, "messages": 3, "involved": 3},
        {"address": LUIS, "messages": 1, "involved": 5},
    ]


def test_the_same_message_in_two_folders_is_one_and_downloaded_twice(mailbox, mine):
    raw = letter(mailbox.user, ANA)
    mailbox.append(raw, "Sent")
    mailbox.append(b"X-Received: twice\r\n" + raw)
    found = result(mine)
    assert (found["messages"], found["senders"][0]["involved"]) == (1, 1)
    assert found["bytes"] > 2 * len(raw)
    assert sum(row["messages"] for row in found["folders"]) == 2


def test_what_is_too_large_to_be_downloaded_costs_no_bytes(mailbox, mine, settings):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "MAX_MESSAGE_BYTES": 2000}
    mailbox.append(letter(text="x" * 60 + "\n" + "y" * 3000))
    found = result(mine)
    assert (found["messages"], found["bytes"]) == (1, 0)


def test_a_preview_tells_what_it_cost_and_draws_on_the_accounts_budget(mailbox, mine):
    mailbox.append(letter())
    cost = result(mine)
    assert cost["traffic"]["commands"] > 3
    assert {"scan", "decide", "details"} <= cost["stages"].keys()
    mine.refresh_from_db()
    assert mine.budget_commands > 3


def test_a_preview_over_budget_waits_for_the_next_hour_and_asks_nobody_to_reconnect(mailbox, mine, settings):
    mailbox.append(letter())
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "COMMANDS_PER_HOUR": 4}
    assert not preview.preview(mine.pk)
    assert (Run.objects.get().state, Run.objects.get().trouble) == ("failed", "budget")
    mine.refresh_from_db()
    assert (mine.state, preview.due()) == ("connected", [])


def test_what_a_rule_leaves_out_is_not_counted(mailbox, mine):
    mailbox.append(letter())
    mailbox.append(letter(LUIS))
    rules.leave_out(mine, [LUIS])
    found = result(mine)
    assert (found["messages"], [one["address"] for one in found["senders"]]) == (1, [ANA])


def test_nothing_of_any_message_is_stored_and_the_cursor_stays(mailbox, mine):
    mailbox.append(letter(subject="Muy secreto", sender=f"Doña Secreta <{ANA}>"))
    before = Address.objects.count()
    found = result(mine)
    assert found["messages"] == 1
    for model in (Message, Location, Quarantined):
        assert not model.objects.exists()
    assert Address.objects.count() == before
    assert set(Folder.objects.values_list("scanned_to", flat=True)) == {0}
    assert "ecret" not in str(Run.objects.values())
    mine.refresh_from_db()
    assert (mine.last_success, mine.lease_token, mine.state) == (None, "", "connected")


def test_no_body_is_asked_for(mailbox, mine, monkeypatch):
    mailbox.append(letter())
    monkeypatch.setattr(ImapSession, "bodies", None)
    assert result(mine)["messages"] == 1


def test_who_wrote_how_often_is_forgotten_when_the_preview_is_settled(mailbox, mine):
    mailbox.append(letter())
    result(mine)
    preview.settle(mine)
    left = Run.objects.get().result
    assert "senders" not in left
    assert left["messages"] == 1


@pytest.mark.parametrize("mode", ["off", "total"])
def test_only_an_account_in_preview_is_counted(mailbox, mine, mode):
    switch(mine, mode)
    assert not preview.preview(mine.pk)
    assert not Run.objects.exists()


def each_batch(monkeypatch, do) -> None:
    """One message a batch, every batch writes how far it is, and ``do`` happens after the first headers."""
    monkeypatch.setattr(windows, "BATCH", 1)
    monkeypatch.setattr(windows, "LARGE_BATCH", 1)
    monkeypatch.setattr(errand, "PAUSE", 0)
    original, done = ImapSession.address_headers, []

    def headers(self, uids):
        if not done:
            done.append(do())
        return original(self, uids)

    monkeypatch.setattr(ImapSession, "address_headers", headers)


def test_it_can_be_watched_while_it_counts(mailbox, mine, monkeypatch):
    for n in range(3):
        mailbox.append(letter(minutes=n))
    seen = []
    original = ImapSession.address_headers

    def headers(self, uids):
        seen.append(Run.objects.values_list("state", "done", "total").get())
        return original(self, uids)

    monkeypatch.setattr(windows, "BATCH", 1)
    monkeypatch.setattr(windows, "LARGE_BATCH", 1)
    monkeypatch.setattr(errand, "PAUSE", 0)
    monkeypatch.setattr(ImapSession, "address_headers", headers)
    result(mine)
    assert seen == [("running", 0, 3), ("running", 1, 3), ("running", 2, 3)]


def test_switching_off_cancels_it_before_the_next_batch(mailbox, mine, monkeypatch):
    for n in range(3):
        mailbox.append(letter(minutes=n))
    each_batch(monkeypatch, lambda: switch(mine, "off"))
    assert not preview.preview(mine.pk)
    run = Run.objects.get()
    assert (run.state, run.trouble, run.done, run.result) == ("cancelled", "", 1, {})
    mine.refresh_from_db()
    assert (mine.state, mine.lease_token) == ("connected", "")


def test_a_run_that_is_cancelled_stays_cancelled(mailbox, mine, monkeypatch):
    for n in range(3):
        mailbox.append(letter(minutes=n))
    each_batch(monkeypatch, lambda: Run.objects.update(state="cancelled"))
    assert not preview.preview(mine.pk)
    assert (Run.objects.get().state, Run.objects.get().result) == ("cancelled", {})


def test_it_is_due_until_it_is_there_to_be_looked_at(mailbox, mine):
    assert preview.due() == [mine.pk]
    lease = claim(mine.pk, "preview")
    assert preview.due() == []
    lease.release()
    run = Run.objects.create(account=mine, kind="preview")
    for state, is_due in (("running", True), ("failed", True), ("cancelled", False)):
        Run.objects.filter(pk=run.pk).update(state=state)
        assert bool(preview.due()) is is_due
    result(mine)
    assert preview.due() == []


def test_it_is_due_again_when_one_that_was_settled_is_wanted_anew(mailbox, mine):
    mailbox.append(letter())
    result(mine)
    preview.settle(mine)
    assert preview.due() == [mine.pk]


def test_a_server_that_is_away_is_waited_for(mailbox, mine):
    mine.imap_port = 1
    mine.save()
    assert not preview.preview(mine.pk)
    assert preview.due() == []
    mine.refresh_from_db()
    assert (mine.state, mine.trouble) == ("waiting", "port_closed")


def test_what_a_dead_worker_left_is_closed_and_counted_again(mailbox, mine):
    mailbox.append(letter())
    Run.objects.create(account=mine, kind="preview")
    assert result(mine)["messages"] == 1
    assert list(Run.objects.order_by("pk").values_list("state", "trouble")) == [
        ("failed", "interrupted"),
        ("done", ""),
    ]


def test_a_refused_login_asks_to_reconnect(mailbox, mine):
    from escala_email_plugin.servers.secrets import encrypt

    mine.secret = encrypt("wrong")
    mine.save()
    assert not preview.preview(mine.pk)
    assert (Run.objects.get().state, Run.objects.get().trouble) == ("failed", "login_refused")
    mine.refresh_from_db()
    assert mine.state == "reconnect"


def test_nonsense_about_one_message_costs_that_one_only(mailbox, mine, monkeypatch):
    uids = [mailbox.append(letter(minutes=n)) for n in range(4)]
    original = ImapSession.address_headers

    def headers(self, some):
        if uids[1] in some:
            self.close()
            raise ProtocolTrouble("bad_answer")
        return original(self, some)

    monkeypatch.setattr(ImapSession, "address_headers", headers)
    assert result(mine)["messages"] == 3
