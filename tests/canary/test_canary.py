"""A mailbox is connected, read, watched, asked and refused, and things go wrong on the way: its secret is
nowhere to be seen.
"""

import base64
import threading
import time
from contextlib import suppress
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.urls import NoReverseMatch, get_resolver
from huey.contrib.djhuey import HUEY
from huey.storage import SqliteStorage

from escala_email_plugin import tasks
from escala_email_plugin.models import EmailAccount, Message
from escala_email_plugin.servers import pool
from escala_email_plugin.sync import round as rounds
from escala_email_plugin.sync.watch import Watcher
from sandbox.crm.models import Person
from tests.making import letter

from .by_consent import ByConsent
from .canaries import forms, sightings
from .ways import ByPassword, fail, page
from .witness import Witness

#: Seconds until the test gives up. Nothing is waited for so long.
PATIENCE = 20


@pytest.fixture
def witness(way, tmp_path, monkeypatch, settings, client):
    """Who sees all that happens, on a site whose owners get its errors by mail and whose queue is a file."""
    settings.ADMINS = [("Dueña", "duena@andina.test")]
    settings.DEBUG = False
    queue = tmp_path / "queue.sqlite3"
    monkeypatch.setattr(HUEY, "storage", SqliteStorage("canary", filename=str(queue)))
    client.raise_request_exception = False
    witness = Witness(way.secrets, queue)
    original = client.request

    def request(**values):
        response = original(**values)
        witness.keep("page", f"{response.headers} " + response.getvalue().decode("latin-1"))
        return response

    monkeypatch.setattr(client, "request", request)
    return witness


@pytest.fixture(params=[ByPassword, ByConsent])
def way(request):
    """A way to connect; its secrets are known to the server."""
    return request.param(request)


def work(witness: Witness) -> None:
    """Be the worker until nothing is left to do; look at the queue before and after."""
    witness.look_round()
    while (task := HUEY.dequeue()) is not None:
        HUEY.execute(task)
    witness.look_round()


def command(witness: Witness, *arguments: str) -> None:
    output = StringIO()
    try:
        call_command("escala_email", *arguments, stdout=output, stderr=output)
    except CommandError as error:
        witness.keep("command", f"{error!r} {error}")
    witness.keep("command", output.getvalue())


def every_page(client) -> None:
    """Every page of the plugin's that needs to know no more than which mailbox, by a GET."""
    _prefix, pages = get_resolver().namespace_dict["escala_email"]
    for name in filter(lambda key: isinstance(key, str), list(pages.reverse_dict)):
        with suppress(NoReverseMatch):
            client.get(page(name))


def watch(witness: Witness) -> None:
    """Watch until the mailbox is held."""
    said: list[str] = []
    watcher = Watcher(lambda account_id: None, said.append)
    thread = threading.Thread(target=watcher.run, daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE
    while "Watching 1 of 1 mailboxes." not in said:
        assert time.monotonic() < until, said
        time.sleep(0.01)
    witness.look_round()
    watcher.stop()
    thread.join(PATIENCE)


@pytest.mark.dovecot
@pytest.mark.django_db(transaction=True)
def test_a_secret_is_nowhere_to_be_seen_after_a_full_run(
    way, witness, client, seller, administrator, settings, monkeypatch
):
    with witness:
        full_run(way, witness, client, seller, administrator, settings, monkeypatch)

    assert witness.seen == {}
    expected = {
        "command",
        "error page",
        "log",
        "mail",
        "object",
        "page",
        "queue",
        "results",
        "session",
        "task",
    }
    assert expected <= set(witness.met)


def full_run(way, witness, client, seller, administrator, settings, monkeypatch) -> None:
    """All that may be done with a mailbox, and all that may go wrong with it."""
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    way.mailbox.append(letter(subject="Póliza", attachments=[("a.pdf", "application/pdf", b"%PDF")]))
    client.force_login(seller)

    # It goes wrong while it connects, then it connects.
    way.fail_to_connect(client, monkeypatch)
    mine = way.connect(client)
    assert way.is_kept(mine)
    every_page(client)

    # The preview, the first synchronisation; something of ours goes wrong in the middle.
    work(witness)
    client.get(page("settings"))
    made = mine.runs.latest("pk")
    ticked = {"folders": [one["id"] for one in made.result["folders"]], "senders": ["ana@cliente.test"]}
    client.post(page("start"), {"run": made.pk, **ticked})
    assert EmailAccount.objects.get().mode == "total"
    for broken_place in ((rounds.Round, "run"), (pool.ImapSession, "lend"), (pool.ImapSession, "_greet")):
        with monkeypatch.context() as broken:
            broken.setattr(*broken_place, fail)
            work(witness)
        EmailAccount.objects.update(next_try=None)
        tasks.sync_account(mine.pk)
    with monkeypatch.context() as broken:
        broken.setattr(tasks, "_sync_account", fail)
        work(witness)  # Huey keeps the traceback
    tasks.sync_account(mine.pk)
    work(witness)
    assert Message.objects.count() == 1
    every_page(client)

    # It is watched, audited, asked, configured without its password.
    watch(witness)
    client.post(page("check"))
    work(witness)
    client.post(page("why"), {"asked": "ana@cliente.test"})
    with monkeypatch.context() as broken:
        broken.setattr(pool.ImapSession, "stages", fail)
        assert client.post(page("why"), {"asked": "ana@cliente.test"}).status_code == 500
    way.configure(client)
    command(witness, "audit")
    command(witness, "health")
    command(witness, "doctor", "--json", "--network")

    # A new key, then a lost one.
    first = settings.ESCALA_EMAIL["SECRET_KEYS"]
    settings.ESCALA_EMAIL |= {"SECRET_KEYS": [Fernet.generate_key().decode(), *first]}
    command(witness, "rotate_keys")
    assert way.is_kept(EmailAccount.objects.get())
    settings.ESCALA_EMAIL |= {"SECRET_KEYS": first}
    way.configure(client)
    client.post(page("why"), {"asked": "ana@cliente.test"})
    command(witness, "doctor")
    command(witness, "sync", mine.address)
    command(witness, "rotate_keys")

    # The provider refuses what is stored.
    way.connect_again(client)
    assert EmailAccount.objects.get().state == "connected"
    way.spoil(mine)
    command(witness, "sync", mine.address)
    assert EmailAccount.objects.get().state == "reconnect"
    every_page(client)
    command(witness, "doctor", "--json", "--network")

    # An administrator looks; the owner disconnects.
    client.force_login(administrator)
    every_page(client)
    client.force_login(seller)
    client.post(page("disconnect"))
    witness.look_round()


# What would be noticed


@pytest.mark.parametrize("before", ["", "\0", "\0user\0", "xx"])
@pytest.mark.parametrize("after", ["", "y", "yy"])
def test_a_secret_is_found_in_base64_whatever_stands_around_it(before, after):
    secret = "Kanarien vogel-ñ-7f3a9c1e"
    coded = base64.b64encode(f"{before}{secret}{after}".encode()).decode()
    assert sightings(f"AUTHENTICATE PLAIN {coded}", {"password": secret})


def test_a_secret_is_found_however_it_is_written():
    secret = "Kanarien vogel-ñ-7f3a9c1e"
    for form in forms(secret):
        assert sightings(f"before {form} after", {"password": secret})
    assert sightings("Kanarienvogel", {"password": secret}) == []


SHOWN = {"first": "Kanarienvogel-1", "second": "Kanarienvogel-2", "third": "Kanarienvogel-3"}


def test_a_witness_sees_a_secret_in_a_log_in_an_error_and_in_an_object(tmp_path, db, settings):
    import logging

    settings.ADMINS = [("Dueña", "duena@andina.test")]
    settings.DEBUG = False
    with Witness(SHOWN, tmp_path / "queue") as witness:
        logging.getLogger("huey").debug("executing %s", "Kanarienvogel-1")
        try:
            password = "Kanarienvogel-2"
            fail(password)
        except RuntimeError:
            logging.getLogger("escala_email_plugin.sync").exception("It failed.")
        witness.look_round()
    assert {where: {one.split(":")[0] for one in found} for where, found in witness.seen.items()} == {
        "log": {"first"},
        "log record": {"first"},
        "mail": {"second"},
    }
