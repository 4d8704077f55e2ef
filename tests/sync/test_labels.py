"""Preview, audit and "why?" where folders are labels and All Mail holds every message once."""

import pytest

from escala_email_plugin.models import Folder, Location, Message
from escala_email_plugin.servers.secrets import encrypt
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.audit import audit
from escala_email_plugin.sync.preview import preview
from escala_email_plugin.sync.why import explain
from sandbox.crm.models import Person
from tests.making import account, letter

pytestmark = pytest.mark.django_db

ANA = "ana@cliente.test"


@pytest.fixture
def mine(gmail, seller):
    """A mailbox with four letters that concern Ana: one in two folders, one in a label of its own, a draft,
    and one in the spam folder."""
    Person.objects.create(first_name="Ana", last_name="Gómez", email=ANA)
    gmail.box.add(letter(subject="En dos"), "\\Inbox", "Clientes")
    gmail.box.add(letter(subject="En Recibos", minutes=1), "Recibos")
    gmail.box.add(letter(gmail.user, ANA, "Borrador", minutes=2), "\\Draft")
    gmail.box.add(letter(subject="Basura", minutes=3), "\\Spam")
    gmail.box.add(letter("x@otra.test", subject="Ajena", minutes=4), "\\Inbox")
    return account(seller, gmail.user, imap_port=gmail.port, secret=encrypt(gmail.password), mode="preview")


def start(mine) -> None:
    mine.mode = "total"
    mine.save()
    assert sync_account(mine.pk)


def leave_out_recibos(mine) -> None:
    assert preview(mine.pk)
    assert mine.folders.filter(name="Recibos").update(synced=False, synced_chosen=True) == 1


def test_a_preview_counts_every_message_once_and_no_draft(mine, gmail):
    assert preview(mine.pk)
    result = mine.runs.get().result
    assert (result["messages"], result["contacts"]) == (2, 1)
    assert [(row["name"], row["messages"], row["scanned"]) for row in result["folders"]] == [
        ("[Gmail]/All Mail", 2, 4)
    ]
    start(mine)
    assert Message.objects.count() == result["messages"]
    assert gmail.refused == []


def test_a_preview_leaves_out_what_lies_only_under_labels_that_are_left_out(mine):
    leave_out_recibos(mine)
    assert preview(mine.pk)
    assert mine.runs.latest("pk").result["messages"] == 1


def test_an_audit_finds_what_is_lost_and_misses_no_draft_and_nothing_that_is_left_out(mine):
    leave_out_recibos(mine)
    start(mine)
    assert (audit(mine.pk).lost, Message.objects.count()) == (0, 1)
    Message.objects.all().delete()
    outcome = audit(mine.pk)
    result = outcome.result
    assert (outcome.lost, result["found"], result["held"], result["missing"]) == (1, 1, 1, 0)
    assert [gap["folder"] for gap in result["gaps"]] == ["[Gmail]/All Mail"]
    assert Location.objects.get().message.subject == "En dos"


@pytest.mark.parametrize(
    ("subject", "folder", "code"),
    [
        ("En dos", "[Gmail]/All Mail", "stored"),
        ("En Recibos", "[Gmail]/All Mail", "left_out_folder"),
        ("Borrador", "[Gmail]/All Mail", "left_out_folder"),
        ("Basura", "[Gmail]/Spam", "left_out_folder"),
        ("Ajena", "[Gmail]/All Mail", "no_contact"),
    ],
)
def test_a_message_is_told_once_and_by_its_labels(mine, subject, folder, code):
    leave_out_recibos(mine)
    start(mine)
    assert [(one.folder, one.code) for one in explain(mine, subject)] == [(folder, code)]


def test_an_id_is_found_by_what_gmail_knows_it(mine):
    start(mine)
    message_id = Message.objects.first().message_id
    assert [one.code for one in explain(mine, f"<{message_id}>")] == ["stored"]
    assert Folder.objects.filter(synced=True).exists()
