"""The preview: what it shows, what is left out by unticking, and that nothing begins before its time."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from escala_email_plugin.models import EmailAccount, Folder, Rule, Run
from tests.making import account

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(seller):
    return account(seller, mode="preview")


@pytest.fixture
def folders(mine):
    return [Folder.objects.create(account=mine, name=name, role=role) for name, role in FOLDERS]


FOLDERS = [("INBOX", "inbox"), ("Enviados", "sent"), ("Listas", "")]


@pytest.fixture
def made(mine, folders):
    """A preview to be looked at."""
    return Run.objects.create(
        kind="preview", account=mine, state="done", finished_at=timezone.now(), result=result(folders)
    )


def result(folders, **changes) -> dict:
    return {
        "messages": 1312,
        "contacts": 47,
        "oldest": "2019-03-03T09:00:00+00:00",
        "bytes": 5 * 2**20,
        "seconds": 130,
        "senders": [
            {"address": "boletin@banco.test", "messages": 900, "involved": 902},
            {"address": "ana@cliente.test", "messages": 1, "involved": 3},
        ],
        "folders": [
            {"id": one.pk, "name": one.name, "role": one.role, "messages": 40, "scanned": 1200}
            for one in folders
        ],
        **changes,
    }


@pytest.fixture
def shown(client, seller):
    client.force_login(seller)
    return lambda: client.get(reverse("escala_email:account", args=["personal"])).content.decode()


@pytest.fixture
def send(client, seller, django_capture_on_commit_callbacks):
    """Post to a page; returns the message it left."""
    client.force_login(seller)

    def send(name, **values) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(reverse(f"escala_email:{name}", args=["personal"]), values)
        assert response.status_code == 302
        queued = response.wsgi_request._messages._queued_messages
        return queued[0].message if queued else ""

    return send


def ticked(made, without=()) -> dict:
    """What a browser posts where everything is ticked but ``without``."""
    senders = [one["address"] for one in made.result["senders"]]
    folders = [str(one["id"]) for one in made.result["folders"]]
    return {
        "run": made.pk,
        "senders": [one for one in senders if one not in without],
        "folders": [one for one in folders if one not in without],
    }


def test_the_numbers_are_shown_and_nothing_else_of_the_page(shown, made):
    html = shown()
    for part in (
        "1,312 messages with 47 contacts would be brought in.",
        "March 3, 2019",
        "5.0\xa0MB",
        "about 2 minutes",
        "boletin@banco.test",
        "wrote 900 messages, takes part in 902",
        "40 of 1,200 messages",
        "Nothing is stored before you start.",
    ):
        assert part in html
    assert html.count('form="escala-start" checked>') == 5
    assert "escala-folders" not in html
    assert 'id="escala-mode"' not in html


def test_one_message_with_one_contact_is_not_plural(shown, made, folders):
    Run.objects.update(result=result(folders, messages=1, contacts=1))
    assert "1 message with 1 contact would be brought in." in shown()


def test_an_empty_preview_says_that_one_can_start_all_the_same(shown, made, folders):
    empty = result(folders, messages=0, contacts=0, senders=[], oldest=None, bytes=0)
    Run.objects.update(result=empty)
    html = shown()
    assert "No message with a contact was found." in html
    assert 'form="escala-start"' in html


def test_a_folder_that_could_not_be_read_is_not_passed_over_in_silence(shown, made, folders):
    assert "there may be more" not in shown()
    troubled = result(folders, messages=0, contacts=0, senders=[])
    troubled["folders"][0]["trouble"] = "connection_lost"
    Run.objects.update(result=troubled)
    html = shown()
    assert "there may be more" in html
    assert html.count("It could not be read to its end.") == 1


def test_while_it_is_counted_the_page_moves(shown, mine, made):
    EmailAccount.objects.update(lease_until=timezone.now() + timedelta(minutes=1))
    Run.objects.create(kind="preview", account=mine, done=40, total=100, result={"messages": 7})
    html = shown()
    assert 'data-running="true"' in html
    assert "40 of 100 messages looked at." in html
    assert "7 with contacts were found so far." in html
    assert "1,312" not in html


def test_a_preview_nobody_has_begun_is_on_its_way_and_then_late(shown, mine):
    assert 'data-running="true"' in shown()
    EmailAccount.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert "perhaps its worker is not running" in shown()


def test_a_preview_that_failed_says_why_and_can_be_tried_again(shown, mine):
    EmailAccount.objects.update(
        state="waiting", trouble="port_closed", next_try=timezone.now() + timedelta(minutes=2)
    )
    Run.objects.create(
        kind="preview", account=mine, state="failed", trouble="port_closed", finished_at=timezone.now()
    )
    html = shown()
    assert html.count("cannot be reached just now") == 1
    assert 'form="escala-preview"' in html
    assert 'data-running="true"' not in html


def test_a_preview_whose_worker_died_can_be_made_again(shown, mine):
    Run.objects.create(kind="preview", account=mine, state="failed", trouble="interrupted")
    EmailAccount.objects.update(trouble="interrupted")
    html = shown()
    assert "It was interrupted." in html
    assert 'form="escala-preview"' in html


def test_an_old_preview_says_so(shown, made):
    assert "Mail may have come since" not in shown()
    Run.objects.update(finished_at=timezone.now() - timedelta(days=3))
    assert "Mail may have come since" in shown()


def test_with_everything_ticked_everything_is_brought_in(send, mine, made, ordered):
    send("start", **ticked(made))
    mine.refresh_from_db()
    assert mine.mode == "total"
    assert not Rule.objects.exists()
    assert not Folder.objects.filter(synced=False).exists()
    assert ordered == [("sync_account", mine.pk)]


def test_what_is_unticked_is_left_out(send, mine, made, folders, ordered):
    send("start", **ticked(made, without=["boletin@banco.test", str(folders[2].pk)]))
    assert list(Rule.objects.values_list("account", "pattern")) == [(mine.pk, "boletin@banco.test")]
    assert list(Folder.objects.filter(synced=False, synced_chosen=True)) == [folders[2]]


def test_who_is_ticked_as_no_contact_goes_on_the_other_list(send, mine, made, ordered):
    both = ["boletin@banco.test", "ana@cliente.test"]
    send("start", **ticked(made, without=both[:1]), not_contacts=[*both, "nobody@asked.test"])
    assert not Rule.objects.exists()  # what the preview did not name was not shown
    send("start", **ticked(made, without=both[:1]), not_contacts=both)
    found = set(Rule.objects.values_list("account", "kind", "pattern"))
    assert found == {
        (mine.pk, "never", both[0]),
        (mine.pk, "not_contact", both[0]),
        (mine.pk, "not_contact", both[1]),
    }


def test_once_started_who_writes_how_often_is_forgotten(send, made, ordered):
    send("start", **ticked(made))
    made.refresh_from_db()
    assert "senders" not in made.result
    assert made.result["messages"] == 1312


def test_ticks_of_a_preview_that_was_made_again_meanwhile_do_not_count(send, mine, made, folders, ordered):
    Run.objects.create(
        kind="preview", account=mine, state="done", finished_at=timezone.now(), result=result(folders)
    )
    assert "has changed" in send("start", **ticked(made))
    mine.refresh_from_db()
    assert (mine.mode, ordered) == ("preview", [])


@pytest.mark.parametrize("state", ["running", "failed", "cancelled"])
def test_what_was_not_counted_to_its_end_cannot_be_started(send, mine, made, ordered, state):
    Run.objects.update(state=state)
    send("start", **ticked(made))
    mine.refresh_from_db()
    assert (mine.mode, ordered) == ("preview", [])


def test_without_any_folder_nothing_begins(send, mine, made, ordered):
    assert "at least one folder" in send("start", **ticked(made) | {"folders": []})
    mine.refresh_from_db()
    assert mine.mode == "preview"


@pytest.mark.parametrize(
    "change",
    [
        {"senders": ["stranger@otra.test"]},
        {"folders": ["999999"]},
        {"folders": ["x"]},
        {"run": "x"},
        {"run": ""},
    ],
)
def test_what_the_preview_did_not_name_is_refused(send, mine, made, ordered, change):
    send("start", **ticked(made) | change)
    mine.refresh_from_db()
    assert (mine.mode, ordered) == ("preview", [])
    assert not Rule.objects.exists()


def test_a_colleagues_preview_cannot_be_started(send, mine, made, colleague, ordered):
    theirs = account(colleague, "marcos@andina.test", mode="preview")
    Run.objects.update(account=theirs)
    send("start", **ticked(made))
    assert set(EmailAccount.objects.values_list("mode", flat=True)) == {"preview"}


def test_not_now_brings_nothing_in_and_offers_the_preview_later(send, shown, mine, made, ordered):
    assert "Nothing is brought in." in send("mode", mode="off")
    mine.refresh_from_db()
    assert (mine.mode, ordered) == ("off", [])
    made.refresh_from_db()
    assert "senders" not in made.result
    assert 'form="escala-preview"' in shown()


def test_it_can_be_counted_again(send, shown, mine, made, ordered):
    send("preview")
    assert ordered == [("preview", mine.pk)]
    assert 'data-running="true"' in shown()
    assert "1,312" not in shown()


def test_of_a_mailbox_that_is_synchronised_no_preview_is_made(send, mine, made, ordered):
    EmailAccount.objects.update(mode="total", last_success=timezone.now())
    send("preview")
    mine.refresh_from_db()
    assert (mine.mode, ordered) == ("total", [])


def test_ticks_are_still_there_after_a_start_that_was_wrong(mine, made, shown, send):
    nothing = ticked(made, ["boletin@banco.test"]) | {"folders": [], "not_contacts": ["boletin@banco.test"]}
    assert send("start", **nothing).strip() == "Leave at least one folder ticked."
    html = shown()
    assert html.count('form="escala-start" checked>') == 2
    assert 'name="not_contacts" value="boletin@banco.test" form="escala-start" checked>' in html
    assert 'value="ana@cliente.test" form="escala-start" checked>' in html
    send("start", **ticked(made, ["boletin@banco.test"]))
    made.refresh_from_db()
    assert "unticked" not in made.result
    assert list(Rule.objects.values_list("pattern", flat=True)) == ["boletin@banco.test"]


def test_ticks_of_another_preview_are_not_taken_over(mine, made, shown, send):
    send("start", **(ticked(made) | {"run": made.pk + 1, "senders": []}))
    assert shown().count('form="escala-start" checked>') == 5
