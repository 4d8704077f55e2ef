"""``manage.py escala_email audit``: what it prints, and its exit status."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from escala_email_plugin.management.verbs import audit as verb
from escala_email_plugin.models import EmailAccount, Folder, Message, Run
from escala_email_plugin.servers.imap import FolderGone, ImapSession
from escala_email_plugin.servers.secrets import encrypt
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.gather import Gatherer
from escala_email_plugin.sync.lease import claim
from sandbox.crm.models import Person
from tests.making import account, account_at, letter

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db]


@pytest.fixture
def mine(mailbox, seller):
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    for n in range(3):
        mailbox.append(letter(subject=f"{n}", minutes=n))
    account = account_at(mailbox, seller)
    assert sync_account(account.pk)
    return account


def run(*arguments: str) -> tuple[int, list[str]]:
    """The exit status and the lines printed."""
    output, status = StringIO(), 0
    try:
        call_command("escala_email", "audit", *arguments, stdout=output)
    except CommandError as error:
        status = error.returncode
    return status, output.getvalue().splitlines()


def checked(mine) -> str:
    when = timezone.localtime(Run.objects.filter(kind="audit").latest("pk").finished_at)
    return f"{mine.address}: checked {when:%Y-%m-%d %H:%M}: "


def test_nothing_missing_is_said_in_one_line_and_exits_with_0(mine):
    assert run() == (0, [checked(mine) + "3 of 3, 0 missing."])
    assert run(mine.address)[0] == 0


def test_what_had_been_missing_is_named_and_exits_with_1_though_it_was_fetched(mine):
    Message.objects.filter(subject="1").delete()
    assert run() == (
        1,
        [
            checked(mine) + "3 of 3, 0 missing.",
            "  1 had been missing and were fetched now.",
            "  1 never recorded:",
            "    INBOX, UID 2: refilled",
        ],
    )
    assert run()[0] == 0


def test_what_is_still_missing_is_counted(mine, monkeypatch):
    Message.objects.filter(subject="1").delete()
    monkeypatch.setattr(Gatherer, "batch", lambda self, folder, batch: None)
    status, lines = run()
    assert (status, lines[0], lines[-1]) == (
        1,
        checked(mine) + "2 of 3, 1 missing.",
        "    INBOX, UID 2: missing",
    )


def test_folders_that_could_not_be_compared_are_named_without_what_a_terminal_obeys(mine, mailbox):
    mailbox.append(letter(), "Raro \u202e")
    sync_account(mine.pk)
    Folder.objects.filter(name__startswith="Raro").update(uidvalidity=1)
    status, lines = run()
    assert status == 0
    assert lines[1:] == ["  'Raro \\u202e': not compared (renumbered)"]
    assert lines[0].endswith("3 of 3, 0 missing, 1 not read yet.")


def test_an_account_that_cannot_be_checked_exits_with_2_and_keeps_no_other_waiting(mine, colleague):
    account(colleague, "marcos@andina.test", imap_port=1, last_success=timezone.now())
    status, lines = run()
    assert status == 2
    assert lines == [
        checked(mine) + "3 of 3, 0 missing.",
        "marcos@andina.test: could not be checked: port_closed.",
    ]


def test_a_refused_login_exits_with_2_again_and_again(mine):
    mine.secret = encrypt("wrong")
    mine.save()
    reconnect = [f"{mine.address}: could not be checked: its state is reconnect (login_refused)."]
    assert [run(), run()] == [(2, reconnect), (2, reconnect)]


def test_an_account_somebody_is_at_work_on_is_waited_for(mine, monkeypatch):
    lease = claim(mine.pk)
    monkeypatch.setattr(verb, "PATIENCE", 0)
    assert run() == (2, [f"{mine.address}: could not be checked: somebody else is at work on it."])
    monkeypatch.undo()
    monkeypatch.setattr(verb.time, "sleep", lambda seconds: lease.release())
    assert run()[0] == 0


def test_only_what_is_synchronised_is_checked_unless_it_is_named(mine):
    EmailAccount.objects.update(mode="off")
    assert run() == (0, [])
    assert run(mine.address) == (2, [f"{mine.address}: could not be checked: its synchronisation is off."])
    with pytest.raises(CommandError, match="No account"):
        call_command("escala_email", "audit", "nobody@andina.test")


def test_a_folder_the_server_refuses_exits_with_2(mine, mailbox, monkeypatch):
    mailbox.append(letter(subject="Cerrada"), "Archive")
    sync_account(mine.pk)
    original = ImapSession.examine

    def examine(self, name):
        if name == "Archive":
            raise FolderGone("folder_refused")
        return original(self, name)

    monkeypatch.setattr(ImapSession, "examine", examine)
    assert run() == (2, [checked(mine) + "3 of 3, 0 missing.", "  Archive: not compared (folder refused)"])
