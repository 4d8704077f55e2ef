"""One story of a mailbox, on every kind of server a Dovecot can be."""

import imaplib
from collections import Counter

import pytest

from escala_email_plugin.models import Folder, Location, Message, Run
from escala_email_plugin.servers.imap import ImapSession
from escala_email_plugin.sync.account import sync_account
from sandbox.crm.models import Person
from tests.making import account_at, letter
from tests.servers.owner import Owner
from tests.servers.variants import SMALL_QUOTA, VARIANTS, VariantMailbox

pytestmark = [pytest.mark.dovecot, pytest.mark.slow, pytest.mark.django_db]

PERU = "Clientes/Perú y Ñandú"


@pytest.fixture(autouse=True)
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def at(seller, trusting):
    """at(variant): a mailbox at such a server and the story that is to happen in it."""
    servers = []

    def start(variant) -> "Story":
        server = variant.dovecot().__enter__()
        servers.append(server)
        trusting(server.ca)
        server.add_user("ana.lucia@andina.test", "correct horse")
        return Story(VariantMailbox(server, "ana.lucia@andina.test", "correct horse", variant), seller)

    yield start
    for server in servers:
        server.__exit__(None, None, None)


class Story:
    """A mailbox, its owner at another mail client, and the account that reads it."""

    def __init__(self, mailbox: VariantMailbox, seller):
        self.mailbox, self.folder = mailbox, mailbox.variant.folder
        self.account = account_at(mailbox, seller)
        self.owner = Owner(mailbox.dovecot, mailbox.user)
        self._minutes = 0

    def put(self, subject: str, path: str = "INBOX", sender: str = "ana@cliente.test", **headers) -> int:
        """A message about ``subject`` in a folder; returns its UID."""
        self._minutes += 1
        raw = letter(sender, self.mailbox.user, subject, minutes=self._minutes, **headers)
        return self.mailbox.append(raw, self.folder(path))

    def sync(self) -> None:
        """Synchronise, and see that nobody can tell."""
        before = self.owner.sees()
        assert sync_account(self.account.pk)
        assert self.owner.sees() == before

    def holds(self, folders: dict[str, str]) -> None:
        """The live places are these, subjects by folder: ``{"INBOX": "uno dos"}``."""
        expected = Counter(
            (self.folder(path), subject) for path, subjects in folders.items() for subject in subjects.split()
        )
        places = Location.objects.filter(gone_at=None, folder__gone_at=None)
        assert Counter(places.values_list("folder__name", "message__subject")) == expected


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_every_server_is_followed_through_whatever_happens_in_a_mailbox(at, variant):
    story = at(variant)
    first = story.put("uno")
    story.put("ajeno", sender="x@otra.test")
    second = story.put("dos")
    story.put("enviado", "Sent", sender=story.mailbox.user, cc="ana@cliente.test")
    story.put("tres", PERU)
    for left_out in ("Drafts", "Junk", "Trash"):
        story.put("no", left_out)
    story.sync()
    story.holds({"INBOX": "uno dos", "Sent": "enviado", PERU: "tres"})

    runs = Run.objects.count()
    story.sync()
    assert Run.objects.count() == runs

    story.put("nuevo")
    story.owner.move("INBOX", first, story.folder(PERU))
    story.owner.copy("INBOX", second, story.folder("Sent"))
    story.sync()
    story.holds({"INBOX": "dos nuevo", "Sent": "enviado dos", PERU: "tres uno"})

    story.owner.expunge("INBOX", second)
    story.owner.rename(story.folder(PERU), story.folder("Clientes/Éxito"))
    story.sync()
    story.holds({"INBOX": "nuevo", "Sent": "enviado dos", "Clientes/Éxito": "tres uno"})

    story.owner.delete(story.folder("Clientes/Éxito"))
    story.sync()
    story.holds({"INBOX": "nuevo", "Sent": "enviado dos"})
    story.put("otro", "Clientes/Éxito")
    story.sync()
    story.holds({"INBOX": "nuevo", "Sent": "enviado dos", "Clientes/Éxito": "otro"})

    story.owner.expunge(story.folder("Sent"), *story.owner.uids(story.folder("Sent")))
    story.owner.renumber("INBOX", 77)
    story.sync()
    story.holds({"INBOX": "nuevo", "Clientes/Éxito": "otro"})

    subjects = Message.objects.values_list("subject", flat=True)
    assert sorted(subjects) == ["dos", "enviado", "nuevo", "otro", "tres", "uno"]
    assert not Run.objects.exclude(state="done").exists()


@pytest.mark.parametrize("variant", [one for one in VARIANTS if one.nests], ids=str)
def test_a_folder_that_is_renamed_takes_those_within_along(at, variant):
    story = at(variant)
    story.put("arriba", "Clientes")
    story.put("abajo", PERU)
    story.sync()
    story.owner.rename(story.folder("Clientes"), story.folder("Antes"))
    story.sync()
    story.holds({"Antes": "arriba", "Antes/Perú y Ñandú": "abajo"})
    assert Message.objects.count() == 2


def test_the_bare_server_offers_nothing_that_is_not_needed(at):
    story = at(next(one for one in VARIANTS if one.name == "bare"))
    with story.mailbox.session() as session:
        assert session.capabilities == {"IMAP4REV1", "LITERAL+", "UIDPLUS"}
    story.sync()
    roles = dict(Folder.objects.values_list("name", "role"))
    assert roles == {"INBOX": "inbox", "Sent": "sent", "Drafts": "drafts", "Junk": "junk", "Trash": "trash"}


def test_a_server_that_refuses_plain_logins_is_given_the_password_inside_tls_only(at, monkeypatch):
    story = at(next(one for one in VARIANTS if one.tls == "starttls"))
    server = story.mailbox.imap
    with imaplib.IMAP4(server.host, server.port) as stranger:
        assert "LOGINDISABLED" in stranger.capabilities
    offered = []
    log_in = ImapSession._log_in

    def watched(self):
        offered.append(type(self._wire.sock).__name__)
        log_in(self)

    monkeypatch.setattr(ImapSession, "_log_in", watched)
    story.put("uno")
    story.sync()
    assert offered == ["SSLSocket"]


def test_a_full_mailbox_is_read_to_the_end(at):
    story = at(SMALL_QUOTA)
    for n in range(5):
        story.put(f"{n}", text="lleno\n" * 1600)
    with pytest.raises(RuntimeError, match="OVERQUOTA"):
        story.put("lo que ya no cabe", text="lleno\n" * 1600)
    story.sync()
    story.holds({"INBOX": "0 1 2 3 4"})
