"""Gmail: every message once, whatever its labels."""

import pytest

from escala_email_plugin.models import EmailAccount, Folder, Location, Message, Thread
from escala_email_plugin.servers.secrets import encrypt
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.choose import choose
from sandbox.crm.models import Person
from tests.making import account, letter
from tests.servers.gmail import Gmail

pytestmark = pytest.mark.django_db

ANA = "ana@cliente.test"


@pytest.fixture(autouse=True)
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email=ANA)


def connected(server: Gmail, seller) -> EmailAccount:
    return account(seller, server.user, imap_port=server.port, secret=encrypt(server.password))


@pytest.fixture
def mine(gmail, seller):
    return connected(gmail, seller)


def subjects() -> list[str]:
    return sorted(Message.objects.values_list("subject", flat=True))


def test_a_message_under_many_labels_is_downloaded_once_and_knows_them(gmail, mine):
    msgid = gmail.box.add(letter(subject="Una"), "\\Inbox", "Clientes", "Añadidos", "\\Starred")
    assert sync_account(mine.pk)
    place = Location.objects.get()
    assert place.folder.role == "all"
    assert place.provider_id == str(msgid)
    assert sorted(place.labels.split("\n")) == ["Añadidos", "Clientes", "\\Inbox", "\\Starred"]
    assert gmail.downloads == {msgid: 1}
    assert gmail.refused == []


def test_what_is_sent_and_archived_comes_in_and_spam_trash_and_drafts_do_not(gmail, mine):
    gmail.box.add(letter(gmail.user, ANA, subject="Enviada"), "\\Sent")
    gmail.box.add(letter(subject="Archivada", minutes=1))
    gmail.box.add(letter(gmail.user, ANA, subject="Borrador", minutes=2), "\\Draft")
    gmail.box.add(letter(subject="Basura", minutes=3), "\\Spam")
    gmail.box.add(letter(subject="Papelera", minutes=4), "\\Trash")
    sync_account(mine.pk)
    assert subjects() == ["Archivada", "Enviada"]


def test_gmails_threads_join_what_has_somebody_in_common_and_nobody_elses(gmail, mine):
    us = {"to": gmail.user, "subject": "Tema"}
    first = gmail.box.add(letter(message_id="uno@x.test", **us), "\\Inbox")
    second = gmail.box.add(letter(message_id="dos@x.test", minutes=1, **us), "\\Inbox")
    third = gmail.box.add(
        letter("x@otra.test", cc="eva@otra.test", message_id="tres@x.test", minutes=2, **us)
    )
    Person.objects.create(first_name="Eva", last_name="O", email="eva@otra.test")
    for msgid in (second, third):
        gmail.box.mails[msgid].thrid = gmail.box.mails[first].thrid
    sync_account(mine.pk)
    threads = dict(Message.objects.values_list("message_id", "thread"))
    assert threads["uno@x.test"] == threads["dos@x.test"] != threads["tres@x.test"]
    assert Thread.objects.count() == 2


def test_a_label_that_its_owner_leaves_out_leaves_out_what_lies_nowhere_else(gmail, mine):
    gmail.box.create("Boletines")
    sync_account(mine.pk)
    choose(Folder.objects.get(name="Boletines"), synced=False)
    gmail.box.add(letter(subject="Solo boletín"), "Boletines", "\\Important")
    gmail.box.add(letter(subject="También en la entrada", minutes=1), "Boletines", "\\Inbox")
    sync_account(mine.pk)
    assert subjects() == ["También en la entrada"]


def test_where_all_mail_is_hidden_each_message_is_still_downloaded_once(
    good_context, authority, trusting, seller
):
    trusting(authority.ca)
    with Gmail(good_context, hidden=("\\All",)) as gmail:
        mine = connected(gmail, seller)
        msgid = gmail.box.add(letter(subject="En tres"), "\\Inbox", "Clientes", "Proyecto")
        sync_account(mine.pk)
        assert subjects() == ["En tres"]
        assert sorted(Location.objects.values_list("folder__name", flat=True)) == [
            "Clientes",
            "INBOX",
            "Proyecto",
        ]
        assert gmail.downloads == {msgid: 1}


def test_new_numbers_cost_no_download(gmail, mine):
    msgids = [gmail.box.add(letter(subject=f"{n}", minutes=n), "\\Inbox") for n in range(3)]
    sync_account(mine.pk)
    gmail.box.renumber("[Gmail]/All Mail")
    EmailAccount.objects.update(next_try=None)
    sync_account(mine.pk)
    assert gmail.downloads == dict.fromkeys(msgids, 1)
    assert Location.objects.filter(gone_at=None).count() == Message.objects.count() == 3


def test_what_was_thrown_away_loses_its_place_and_comes_back_with_it(gmail, mine):
    msgid = gmail.box.add(letter(subject="Va y viene"), "\\Inbox")
    sync_account(mine.pk)
    gmail.box.label(msgid, "\\Trash")
    sync_account(mine.pk)
    assert not Location.objects.filter(gone_at=None).exists()
    gmail.box.unlabel(msgid, "\\Trash")
    sync_account(mine.pk)
    assert Location.objects.filter(gone_at=None).count() == 1
    assert Message.objects.count() == 1
    assert gmail.downloads == {msgid: 1}


def test_the_sent_mail_that_its_owner_leaves_out_stays_out(gmail, mine):
    sync_account(mine.pk)
    choose(Folder.objects.get(role="sent"), synced=False)
    gmail.box.add(letter(gmail.user, ANA, subject="Enviada"), "\\Sent")
    gmail.box.add(letter(gmail.user, ANA, subject="Enviada a mí también", minutes=1), "\\Sent", "\\Inbox")
    sync_account(mine.pk)
    assert subjects() == ["Enviada a mí también"]
