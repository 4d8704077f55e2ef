import pytest

from escala_email_plugin.models import Folder
from escala_email_plugin.servers.imap import ListedFolder
from escala_email_plugin.sync.folders import refresh_folders
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
