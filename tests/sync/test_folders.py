import pytest

from escala_email_plugin.models import EmailAccount, Folder, Location, Lookup, Message
from escala_email_plugin.servers.imap import ListedFolder
from escala_email_plugin.sync import windows
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.choose import choose
from escala_email_plugin.sync.folders import refresh_folders
from escala_email_plugin.sync.gather import Gatherer
from escala_email_plugin.sync.lookups import spread
from sandbox.crm.models import Person
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


class Session:
    """Lists what it is told to."""

    is_gmail = False

    def __init__(self, *names: str, flags: tuple[str, ...] = ()):
        self.listed = [ListedFolder(name, "/", frozenset(flags)) for name in names]

    def overview(self):
        return [(folder, None) for folder in self.listed]


@pytest.fixture
def mine(seller):
    return account(seller)


def names(folders) -> list[str]:
    return [seen.folder.name for seen in folders]


def test_the_inbox_and_what_was_sent_come_first(mine):
    found = refresh_folders(mine, Session("Archivo", "Enviados", "INBOX", "Clientes/Ñandú"))
    assert names(found) == ["Enviados", "INBOX", "Archivo", "Clientes/Ñandú"]


def test_junk_trash_and_drafts_are_known_and_left_out(mine):
    found = refresh_folders(mine, Session("INBOX", "Correo no deseado", "Papelera", "Borradores"))
    assert names(found) == ["INBOX"]
    assert Folder.objects.filter(synced=False).count() == 3


def test_a_folder_that_cannot_be_opened_is_left_out(mine):
    assert refresh_folders(mine, Session("Contenedor", flags=("\\noselect",))) == []


def test_a_folder_that_went_away_keeps_its_messages_and_may_come_back(mine):
    refresh_folders(mine, Session("INBOX", "Viejo"))
    stored(mine, letter(), folder="Viejo")
    assert names(refresh_folders(mine, Session("INBOX"))) == ["INBOX"]
    gone = Folder.objects.get(name="Viejo")
    assert gone.gone_at
    assert gone.locations.exclude(gone_at=None).count() == 1
    assert names(refresh_folders(mine, Session("INBOX", "Viejo"))) == ["INBOX", "Viejo"]
    gone.refresh_from_db()
    assert gone.gone_at is None
    assert gone.locations.filter(gone_at=None).count() == 1


def test_a_folder_that_comes_back_does_not_bring_back_what_had_gone_before(mine):
    refresh_folders(mine, Session("INBOX", "Viejo"))
    stored(mine, letter(), folder="Viejo")
    folder = Folder.objects.get(name="Viejo")
    folder.locations.update(gone_at=mine.created_at)
    refresh_folders(mine, Session("INBOX"))
    refresh_folders(mine, Session("INBOX", "Viejo"))
    assert folder.locations.get().gone_at == mine.created_at


def test_an_empty_list_takes_no_folder_away(mine):
    refresh_folders(mine, Session("INBOX"))
    assert refresh_folders(mine, Session()) == []
    assert Folder.objects.get().gone_at is None


def test_the_owners_choice_of_folders_is_kept(mine):
    refresh_folders(mine, Session("INBOX", "Boletines"))
    Folder.objects.filter(name="Boletines").update(synced=False, synced_chosen=True)
    assert names(refresh_folders(mine, Session("INBOX", "Boletines"))) == ["INBOX"]


@pytest.fixture
def looking(world, mine):
    """A mailbox in memory that was read before Eva became a contact: her mail lies in "Otra"."""
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    world.put(letter(subject="Ana"))
    world.put(letter("eva@cliente.test", subject="Eva"), "Otra")
    sync(mine)
    return world


def sync(mine) -> None:
    EmailAccount.objects.update(next_try=None)
    assert sync_account(mine.pk)


def eva_comes(mine) -> None:
    """Her earlier mail is looked for, wherever it can be just now."""
    Person.objects.create(first_name="Eva", last_name="Gómez", email="eva@cliente.test")
    spread()
    sync(mine)
    assert not Lookup.objects.exists()


def subjects() -> list[str]:
    return sorted(Message.objects.values_list("subject", flat=True))


def test_a_folder_that_was_away_is_looked_through_for_who_came_meanwhile(looking, mine):
    box = looking.folders.pop("Otra")
    sync(mine)
    eva_comes(mine)
    assert subjects() == ["Ana"]
    looking.folders["Otra"] = box
    sync(mine)
    assert subjects() == ["Ana", "Eva"]


def test_a_folder_that_was_trash_for_a_while_is_looked_through_for_who_came_meanwhile(looking, mine):
    looking.flags["Otra"] = {"\\trash"}
    sync(mine)
    eva_comes(mine)
    assert subjects() == ["Ana"]
    looking.flags["Otra"] = set()
    sync(mine)
    assert subjects() == ["Ana", "Eva"]


def test_labels_that_were_read_before_all_mail_appeared_keep_nobody_from_being_looked_for(looking, mine):
    looking.is_gmail = True
    sync(mine)
    looking.put(letter(subject="Ana"), "Todos")
    looking.put(letter("eva@cliente.test", subject="Eva"), "Todos")
    looking.flags["Todos"] = {"\\all"}
    sync(mine)
    eva_comes(mine)
    assert subjects() == ["Ana", "Eva"]
    places = Location.objects.filter(gone_at=None)
    assert set(places.values_list("folder__name", flat=True)) == {"Todos"}


def test_all_mail_that_was_hidden_for_a_while_is_looked_through_for_who_came_meanwhile(looking, mine):
    looking.is_gmail = True
    looking.put(letter("eva@cliente.test", subject="Archivada"), "Todos")
    looking.flags["Todos"] = {"\\all"}
    sync(mine)
    box = looking.folders.pop("Todos")
    sync(mine)
    eva_comes(mine)
    assert subjects() == ["Ana", "Eva"]
    looking.folders["Todos"] = box
    sync(mine)
    assert subjects() == ["Ana", "Archivada", "Eva"]


def test_a_folder_that_is_left_out_while_it_is_read_is_read_no_further(world, mine, monkeypatch):
    monkeypatch.setattr(windows, "BATCH", 2)
    monkeypatch.setattr(windows, "LARGE_BATCH", 2)
    monkeypatch.setattr("escala_email_plugin.sync.round.STRIDE", 1)
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    for n in range(12):
        world.put(letter(subject=f"{n:02}", minutes=n))
    original = Gatherer.batch

    def meanwhile(self, folder, batch):
        original(self, folder, batch)
        if 7 in batch.uids:
            choose(Folder.objects.get(), synced=False)

    monkeypatch.setattr(Gatherer, "batch", meanwhile)
    sync(mine)
    assert subjects() == [f"{n:02}" for n in range(6, 12)]
