"""Connecting, confirming the preview, switching."""

import pytest

from escala_email_plugin.models import EmailAccount, Folder, Rule
from escala_email_plugin.sync import connection
from escala_email_plugin.sync.connection import Wanted
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


def connect(user, address="lucia@andina.test") -> EmailAccount:
    return connection.connect("personal", user, Wanted(address=address, username=address, password="x"))


def test_of_a_mailbox_never_synchronised_a_preview_comes_first(seller):
    assert connect(seller).mode == "preview"


def test_a_mailbox_that_was_only_previewed_is_previewed_again(seller):
    connection.disconnect(connect(seller))
    assert connect(seller).mode == "preview"


def test_a_mailbox_with_a_history_goes_on_where_it_was(seller):
    former = account(seller)
    stored(former, letter())
    EmailAccount.objects.update(mode="off")
    connection.disconnect(former)
    again = connect(seller)
    assert (again.pk, again.mode) == (former.pk, "total")


def test_a_mailbox_that_was_synchronised_and_held_nothing_goes_on_as_well(seller):
    former = account(seller)
    EmailAccount.objects.update(last_success=former.created_at)
    connection.disconnect(former)
    assert connect(seller).mode == "total"


@pytest.mark.parametrize("mode", ["off", "preview", "total"])
def test_a_new_password_changes_no_mode(seller, mode):
    account(seller, mode=mode)
    assert connect(seller).mode == mode


def test_starting_leaves_out_what_was_unticked(seller, colleague):
    mine = account(seller, mode="preview")
    inbox = Folder.objects.create(account=mine, name="INBOX")
    lists = Folder.objects.create(account=mine, name="Listas")
    theirs = Folder.objects.create(account=account(colleague, "marcos@andina.test"), name="INBOX")
    connection.start(mine, leave_out=["boletin@banco.test"], without_folders=[lists.pk, theirs.pk])
    mine.refresh_from_db()
    assert mine.mode == "total"
    assert list(Rule.objects.values_list("account", "kind", "pattern")) == [
        (mine.pk, "never", "boletin@banco.test")
    ]
    rows = Folder.objects.values_list("pk", "synced", "synced_chosen")
    assert set(rows) == {(inbox.pk, True, False), (lists.pk, False, True), (theirs.pk, True, False)}


def test_what_was_begun_is_known_from_the_first_folder_on(seller):
    mine = account(seller)
    inbox = Folder.objects.create(account=mine, name="INBOX")
    assert not connection.has_begun(mine)
    inbox.scanned_to = 7
    inbox.save()
    assert connection.has_begun(mine)


def test_a_new_password_takes_back_nothing_that_a_worker_wrote_meanwhile(seller, monkeypatch):
    mine = account(seller)
    original = EmailAccount.save

    def save(self, *arguments, **options):
        EmailAccount.objects.update(sweep_all=True, lease_token="somebody's")
        original(self, *arguments, **options)

    monkeypatch.setattr(EmailAccount, "save", save)
    connect(seller)
    former, mine = mine, EmailAccount.objects.get()
    assert (mine.sweep_all, mine.lease_token) == (True, "somebody's")
    assert mine.secret != former.secret
