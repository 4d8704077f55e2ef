"""A person's choice for a folder, and that it is kept."""

import pytest
from django.utils import timezone

from escala_email_plugin.models import Folder
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.choose import choose
from escala_email_plugin.sync.folders import refresh_folders
from sandbox.crm.models import Person
from tests.making import account, account_at, letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(seller):
    return Folder.objects.create(account=account(seller), name="Clientes", scanned_from=1, scanned_to=90)


def now(folder) -> Folder:
    return Folder.objects.get(pk=folder.pk)


def test_a_folder_that_is_left_out_stays_what_it_is_otherwise(folder):
    choose(folder, synced=False)
    left = now(folder)
    assert (left.synced, left.synced_chosen, left.role_chosen) == (False, True, False)
    assert (left.scanned_from, left.scanned_to) == (1, 90)
    assert left.account.wanted_at is None


def test_a_folder_that_comes_back_is_looked_through_from_its_top_and_soon(folder):
    choose(folder, synced=False)
    choose(folder, synced=True)
    back = now(folder)
    assert back.synced
    assert (back.scanned_from, back.scanned_to) == (0, 0)
    assert back.account.wanted_at <= timezone.now()


def test_a_label_that_comes_back_has_all_mail_looked_through_again(folder):
    choose(folder, synced=False)
    choose(folder, synced=True)
    assert not now(folder).account.sweep_all
    Folder.objects.create(account=folder.account, name="Todos", role="all", scanned_from=1, scanned_to=90)
    choose(folder, synced=False)
    choose(folder, synced=True)
    assert now(folder).account.sweep_all


def test_what_was_synchronised_all_along_is_not_looked_through_again(folder):
    choose(folder, synced=True)
    assert (now(folder).scanned_from, now(folder).scanned_to) == (1, 90)


@pytest.mark.parametrize("role", ["junk", "trash", "drafts"])
def test_a_folder_that_is_called_no_conversation_is_left_out(folder, role):
    choose(folder, role=role)
    assert (now(folder).role, now(folder).role_chosen) == (role, True)
    assert (now(folder).synced, now(folder).synced_chosen) == (False, False)


def test_a_folder_that_is_no_junk_after_all_is_synchronised(folder):
    choose(folder, role="junk")
    choose(folder, role="archive")
    assert now(folder).synced


def test_who_wants_the_junk_gets_it(folder):
    choose(folder, role="junk", synced=True)
    assert now(folder).synced
    choose(folder, role="trash")
    assert now(folder).synced


def test_a_role_there_is_none_of_is_refused(folder):
    with pytest.raises(ValueError, match="boss"):
        choose(folder, role="boss")


@pytest.mark.dovecot
class TestAtAServer:
    def test_the_choice_is_kept_whatever_the_server_says(self, mailbox, seller):
        mine = account_at(mailbox, seller)
        with mailbox.session() as session:
            refresh_folders(mine, session)
            choose(mine.folders.get(name="Sent"), role="archive")
            choose(mine.folders.get(name="INBOX"), synced=False)
            listed = refresh_folders(mine, session)
        assert mine.folders.get(name="Sent").role == "archive"
        assert "INBOX" not in [one.folder.name for one in listed]

    def test_mail_of_who_became_a_contact_meanwhile_is_found_when_the_folder_comes_back(
        self, mailbox, seller
    ):
        mailbox.append(letter("Ana <ana@cliente.test>", mailbox.user))
        mine = account_at(mailbox, seller)
        assert sync_account(mine.pk)
        inbox = mine.folders.get(name="INBOX")
        choose(inbox, synced=False)
        Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
        assert sync_account(mine.pk)
        assert not mine.locations.exists()
        choose(inbox, synced=True)
        assert sync_account(mine.pk)
        assert mine.locations.count() == 1


def test_only_one_folder_is_that_of_sent_mail(seller):
    mine = account(seller)
    former = Folder.objects.create(account=mine, name="Sent", role="sent")
    chosen = Folder.objects.create(account=mine, name="Enviados")
    other = Folder.objects.create(account=account(None, "ventas@andina.test"), name="Sent", role="sent")
    assert choose(chosen, role="sent") == [former]
    for one, role in ((former, ""), (chosen, "sent"), (other, "sent")):
        one.refresh_from_db()
        assert one.role == role
    former.refresh_from_db()
    assert (former.synced, former.role_chosen) == (True, True)
