"""The original of a message: as it lies in the mailbox, for who reads all of it; else put together again."""

from email import message_from_bytes, policy

import pytest

from escala_email_plugin.models import Location, Message
from escala_email_plugin.servers.secrets import encrypt
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.visibility import Level
from tests.admin.surfaces import body
from tests.making import account, account_at, letter, stored
from tests.sync.test_account import files

pytestmark = pytest.mark.django_db

RAW = letter(
    subject="Póliza 7/8",
    text="Hola <b>Lucía</b>.\n",
    bcc="oculto@otra.test",
    X_Extra="<script>alert(1)</script>",
    attachments=[("poliza.pdf", "application/pdf", b"%PDF-1")],
)
#: What is said above what was put together.
TOGETHER = "put together from what is stored"


@pytest.fixture
def there(mailbox, seller, ana):
    """An account in whose mailbox the message lies, and the message."""
    mailbox.append(RAW)
    mine = account_at(mailbox, seller)
    sync_account(mine.pk)
    return mine, Message.objects.get()


def share(mine, level) -> None:
    mine.shares, mine.level = True, level
    mine.save()


@pytest.mark.dovecot
def test_its_owner_gets_every_byte_and_the_mailbox_is_as_it_was(there, mailbox, seller, look):
    _mine, message = there
    before = files(mailbox)
    source, eml = (look(seller, name, message.pk) for name in ("message_source", "message_eml"))
    assert source.content.decode() == RAW.decode()
    assert b"".join(eml.streaming_content) == RAW
    assert files(mailbox) == before  # no flag was set
    assert source.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert source.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in source.headers["Content-Security-Policy"]
    assert eml.headers["Content-Disposition"].startswith("attachment;")
    assert "P%C3%B3liza%207-8.eml" in eml.headers["Content-Disposition"]


@pytest.mark.dovecot
def test_a_colleague_who_reads_all_of_it_learns_of_no_blind_copy(there, colleague, look):
    mine, message = there
    share(mine, Level.EVERYTHING)
    for name in ("message_source", "message_eml"):
        content = body(look(colleague, name, message.pk)).decode()
        assert "X-Extra: <script>" in content  # it is the one of the mailbox
        assert "oculto" not in content
        assert "Bcc" not in content


@pytest.mark.dovecot
@pytest.mark.parametrize("level", [Level.NOTHING, Level.PEOPLE, Level.SUBJECT])
def test_who_sees_a_part_of_it_gets_nothing_of_it(there, colleague, look, level):
    mine, message = there
    share(mine, level)
    for name in ("message_source", "message_eml"):
        assert look(colleague, name, message.pk).status_code == 404


@pytest.mark.dovecot
def test_what_left_the_mailbox_is_put_together_again(there, mailbox, seller, look):
    _mine, message = there
    uid = Location.objects.get().uid
    with mailbox.dovecot.client(mailbox.user) as client:
        client.select("INBOX")
        client.uid("STORE", str(uid), "+FLAGS", "\\Deleted")
        client.expunge()
    said = look(seller, "message_source", message.pk).content.decode()
    assert TOGETHER in said
    assert "oculto" not in said


@pytest.mark.dovecot
def test_a_refused_login_is_told_to_its_owner_alone_and_no_password_to_anybody(
    there, seller, colleague, look, caplog
):
    mine, message = there
    mine.secret = encrypt("another secret 4711")
    share(mine, Level.EVERYTHING)
    own, theirs = (look(one, "message_source", message.pk).content.decode() for one in (seller, colleague))
    assert TOGETHER in own
    assert TOGETHER in theirs
    assert own.splitlines()[0] != theirs.splitlines()[0] == "Its mail server does not give it just now."
    assert "4711" not in own + theirs + caplog.text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"state": "disconnected"}, "Its mailbox is not connected any more."),
        ({"imap_port": 9}, ""),
    ],
)
def test_without_its_mailbox_it_is_whole_all_the_same(seller, ana, look, change, sentence):
    mine = account(seller)
    (message,) = stored(mine, RAW)
    type(mine).objects.filter(pk=mine.pk).update(**change)
    said = look(seller, "message_source", message.pk).content.decode()
    assert said.startswith(sentence)
    assert TOGETHER in said
    eml = look(seller, "message_eml", message.pk)
    assert "put%20together" in eml.headers["Content-Disposition"]
    read = message_from_bytes(b"".join(eml.streaming_content), policy=policy.default)
    assert (read["Subject"], read["From"], read["To"]) == (
        "Póliza 7/8",
        "Ana Gómez <ana@cliente.test>",
        "lucia@andina.test",
    )
    assert read["Message-ID"] == f"<{message.message_id}>"
    assert read.get_body().get_content() == "Hola <b>Lucía</b>.\n"
    (attached,) = read.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("poliza.pdf", b"%PDF-1")
    assert read["Bcc"] is None


def test_a_file_that_the_storage_has_lost_does_not_cost_the_message(seller, ana, look):
    (message,) = stored(account(seller, state="disconnected"), RAW)
    file = message.attachments.get().file
    file.storage.delete(file.name)
    eml = look(seller, "message_eml", message.pk)
    assert (
        message_from_bytes(b"".join(eml.streaming_content), policy=policy.default)["Subject"] == "Póliza 7/8"
    )


def test_what_was_captured_is_put_together(seller, ana, look):
    mine = account(seller)
    (message,) = stored(mine, RAW)
    mine.locations.update(part=Location.ALSO)
    assert "capture address" in look(seller, "message_source", message.pk).content.decode()


def test_what_is_too_large_is_not_waited_for(seller, ana, look, settings):
    (message,) = stored(account(seller), RAW)
    Location.objects.update(size=10**9)
    assert "too large" in look(seller, "message_source", message.pk).content.decode()


def test_who_asks_very_often_is_told_to_wait_and_gets_what_is_stored(seller, ana, look):
    (message,) = stored(account(seller, state="disconnected"), RAW)
    said = [look(seller, "message_source", message.pk).content.decode() for _ in range(21)]
    assert "very often" not in said[0]
    assert "very often" in said[-1]
    assert TOGETHER in said[-1]
