"""Large messages: never in memory whole, never beyond the limit, never anybody else's trouble."""

import base64
import os
import random
import tracemalloc
import weakref

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from escala_email_plugin.models import Attachment, EmailAccount, Message, Quarantined
from escala_email_plugin.sync import fetch as fetching
from escala_email_plugin.sync import large
from escala_email_plugin.sync import record as recording
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.large import Download, TooLarge
from sandbox.crm.models import Person
from tests.making import account, account_at, letter

from .scripted import Session

pytestmark = pytest.mark.django_db

MEGABYTE = 2**20


@pytest.fixture(autouse=True)
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def mine(seller):
    return account(seller)


@pytest.fixture
def limit(settings):
    """limit(bytes): no larger message is taken."""

    def set_limit(size: int) -> None:
        settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "MAX_MESSAGE_BYTES": size}

    return set_limit


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def multipart(subject: str, minutes: int, body: bytes) -> bytes:
    head = letter(subject=subject, minutes=minutes).partition(b"\r\n\r\n")[0]
    head = head.replace(b"text/plain", b"multipart/mixed; boundary=b").replace(b"7bit", b"8bit")
    return head + b"\r\n\r\n" + body + b"--b--\r\n"


def base64_part(content: bytes) -> bytes:
    head = b"--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head + base64.encodebytes(content).replace(b"\n", b"\r\n")


def with_attachment(size: float, subject: str = "Grande", minutes: int = 0) -> bytes:
    return multipart(subject, minutes, base64_part(noise(int(size))))


def unreadable(size: int, subject: str = "Roto") -> bytes:
    """One with too many parts."""
    return multipart(subject, 0, b"--b\r\n\r\nx\r\n" * 1100 + b"y" * size)


def subjects() -> list[str]:
    return sorted(Message.objects.values_list("subject", flat=True))


def errors() -> list[tuple[str, int]]:
    return sorted(Quarantined.objects.values_list("error", "size"))


def peak_of(mine) -> int:
    """The most memory a synchronisation takes, in bytes."""
    tracemalloc.start()
    try:
        assert sync_account(mine.pk)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.dovecot
def test_a_large_message_is_stored_without_ever_being_in_memory_whole(mailbox, seller):
    size = 12 * MEGABYTE
    mailbox.append(with_attachment(size))
    assert peak_of(account_at(mailbox, seller)) < size / 2
    stored = Attachment.objects.get()
    assert stored.size == size
    assert stored.file.read() == noise(size)


def test_a_large_message_of_many_small_parts_is_never_in_memory_whole_either(world, mine):
    size, count = 600_000, 20
    world.put(multipart("Fotos", 0, b"".join(base64_part(noise(size + n)) for n in range(count))))
    assert peak_of(mine) < size * count / 2
    assert Attachment.objects.count() == count


def test_a_message_in_parts_waits_in_a_file_that_nobody_else_can_open(tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    with Download(lambda: None) as download:
        download.write(b"secreto")
        assert os.listdir(tmp_path) == []
        raw = download.mapped()
    assert raw[:] == b"secreto"


def test_an_empty_message_in_parts_is_empty():
    with Download(lambda: None) as download:
        assert download.mapped() == b""


def test_a_message_in_parts_stops_at_the_limit_and_keeps_the_lease_until_then(limit):
    limit(25)
    beats = []
    with Download(lambda: beats.append(1)) as download:
        assert [download.write(b"x" * 10) for _ in range(2)] == [10, 10]
        with pytest.raises(TooLarge) as caught:
            download.write(b"x" * 10)
    assert caught.value.size == 30
    assert len(beats) == 3


@pytest.mark.parametrize("told", [500, 2 * MEGABYTE])
def test_a_server_may_be_wrong_about_a_size(world, mine, limit, told):
    limit(3 * MEGABYTE)
    for minutes, name in enumerate(["Uno", "Dos", "Tres"]):
        uid = world.put(with_attachment(4 * MEGABYTE if name == "Dos" else 10, name, minutes))
        if name == "Dos":
            world.told_sizes[uid] = told
    assert sync_account(mine.pk)
    assert subjects() == ["Tres", "Uno"]
    ((error, size),) = errors()
    assert error == "too_large"
    assert size > 3 * MEGABYTE
    assert Quarantined.objects.get().raw is None


def test_a_message_past_the_limit_is_not_fetched(world, mine, limit):
    limit(3 * MEGABYTE)
    world.put(with_attachment(4 * MEGABYTE))
    assert sync_account(mine.pk)
    assert [error for error, _ in errors()] == ["too_large"]
    assert not {"bodies", "body_in_parts"} & set(world.commands)


def test_a_host_without_room_sets_the_large_message_aside_and_goes_on(world, mine, monkeypatch):
    world.put(with_attachment(2 * MEGABYTE))
    world.put(letter(subject="Chico"))

    def full(**options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(large, "TemporaryFile", full)
    assert sync_account(mine.pk)
    assert subjects() == ["Chico"]
    assert [error for error, _ in errors()] == ["store"]
    monkeypatch.undo()
    monkeypatch.setattr("escala_email_plugin.servers.pool.session", world.session)
    retry(mine)
    assert subjects() == ["Chico", "Grande"]


def retry(mine) -> None:
    EmailAccount.objects.update(next_try=None)
    Quarantined.objects.update(next_try=timezone.now())
    assert sync_account(mine.pk)


def test_the_bytes_of_a_large_unreadable_message_are_kept(world, mine):
    raw = unreadable(3 * MEGABYTE)
    world.put(raw)
    assert sync_account(mine.pk)
    assert errors() == [("too_many_parts", len(raw))]
    assert bytes(Quarantined.objects.get().raw) == raw


def test_kept_bytes_are_neither_fetched_nor_written_again(world, mine):
    raw = unreadable(3 * MEGABYTE)
    world.put(raw)
    sync_account(mine.pk)
    world.commands.clear()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        retry(mine)
    assert not {"bodies", "body_in_parts"} & set(world.commands)
    writing = [
        one["sql"] for one in queries if one["sql"].startswith("UPDATE") and "quarantined" in one["sql"]
    ]
    assert writing
    assert not [sql for sql in writing if '"raw"' in sql]
    assert bytes(Quarantined.objects.get().raw) == raw
    assert Quarantined.objects.get().attempts == 2


def test_forgetting_what_was_set_aside_does_not_read_its_bytes(world, mine, monkeypatch):
    world.put(unreadable(3 * MEGABYTE))
    sync_account(mine.pk)
    monkeypatch.setattr("escala_email_plugin.mail.mime.MAX_PARTS", 2000)
    with CaptureQueriesContext(connection) as queries:
        retry(mine)
    assert subjects() == ["Roto"]
    assert not Quarantined.objects.exists()
    reading = [one["sql"] for one in queries if "SELECT" in one["sql"] and '."raw"' in one["sql"]]
    assert len(reading) == 1, "to be read again, and never else"


def test_what_was_recorded_is_let_go_before_the_next_is_fetched(world, mine, monkeypatch):
    monkeypatch.setattr(fetching, "BODIES", 3 * MEGABYTE)
    for n in range(8):
        world.put(with_attachment((5 if n % 2 else 0.7) * MEGABYTE, f"{n}", n))
    catches, asked = weakref.WeakSet(), []

    class Watched(fetching.Catch):
        def __init__(self, *arguments, **values):
            super().__init__(*arguments, **values)
            catches.add(self)

        __hash__ = object.__hash__

    def watch(name):
        original = getattr(Session, name)

        def watching(*arguments):
            asked.append(sum(bool(one.taken) for one in catches))
            return original(*arguments)

        monkeypatch.setattr(Session, name, watching)

    monkeypatch.setattr(fetching, "Catch", Watched)
    watch("body_into")
    watch("bodies")
    assert sync_account(mine.pk)
    assert subjects() == [f"{n}" for n in range(8)]
    assert asked == [0] * 8


def test_messages_that_name_thousands_are_recorded_a_few_at_a_time(world, mine, monkeypatch):
    monkeypatch.setattr(fetching, "PEOPLE", 25)
    for n in range(6):
        crowd = ", ".join(f"{n}.{one}@otra.test" for one in range(10))
        world.put(letter(cc=crowd, subject=f"{n}", minutes=n))
    sizes = []
    original = recording.insert

    def counted(model, names, rows, **options):
        rows = list(rows)
        sizes.extend([len(rows)] if model is Message else [])
        original(model, names, rows, **options)

    monkeypatch.setattr(recording, "insert", counted)
    assert sync_account(mine.pk)
    assert sizes == [3, 3]
    assert subjects() == [f"{n}" for n in range(6)]
