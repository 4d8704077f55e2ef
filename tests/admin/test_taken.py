"""A mailbox that somebody has already: told kindly, and the colleague named only to who may know."""

import threading

import pytest
from django.db import connection as database
from django.test import Client

from escala_email_plugin.admin import attempts, connecting
from escala_email_plugin.models import EmailAccount
from escala_email_plugin.sync import connection
from escala_email_plugin.sync.account import sync_account
from sandbox.crm.models import Person
from tests.admin.streams import events, told
from tests.making import account, account_at, at, letter

pytestmark = pytest.mark.django_db

FRAGMENT = {"x-requested-with": "XMLHttpRequest"}


def form(address="lucia@andina.test", **values) -> dict:
    hosts = {"imap_host": "localhost", "smtp_host": "localhost"}
    ports = {"imap_port": 993, "imap_tls": "tls", "smtp_port": 465, "smtp_tls": "tls"}
    return {"address": address, "password": "correct horse", **hosts, **ports, **values}


def of(mailbox) -> dict:
    return form(mailbox.user, imap_port=mailbox.imap.port, smtp_port=mailbox.smtp.port)


def refused(client, kind="personal") -> str:
    return told(events(client.post(at("connect", kind=kind), form(), headers=FRAGMENT)))


def test_a_colleagues_mailbox_is_refused_without_a_name(client, seller, colleague):
    account(colleague)
    colleague.first_name = "Marcos"
    colleague.save()
    client.force_login(seller)
    html = refused(client)
    assert "A colleague has already connected lucia@andina.test. Choose a mailbox of your own" in html
    for part in ("Marcos", "marcos", colleague.email):
        assert part not in html


def test_nobody_tries_out_by_the_hundred_which_mailboxes_are_connected(
    client, seller, colleague, monkeypatch
):
    monkeypatch.setattr(attempts, "_minute", lambda: 1)
    account(colleague)
    client.force_login(seller)
    answers = [refused(client) for _ in range(attempts.A_MINUTE["try"] + 1)]
    assert all("A colleague has already connected" in html for html in answers[:-1])
    assert "Wait a minute" in answers[-1]
    assert "colleague" not in answers[-1]


def test_who_sees_every_mailbox_is_told_whose_it_is(client, administrator, colleague):
    account(colleague)
    colleague.first_name, colleague.last_name = "Marcos", "Ibáñez"
    colleague.save()
    client.force_login(administrator)
    assert "Marcos Ibáñez has already connected this mailbox" in refused(client)


@pytest.mark.parametrize("kind", ["personal", "shared", "marketing"])
def test_there_is_one_of_each_kind(client, administrator, kind):
    account(administrator if kind == "personal" else None, "otra@andina.test", kind=kind)
    client.force_login(administrator)
    # The form of a mailbox that is connected keeps its address, so this comes from a tab of before.
    html = connecting.already_connected(administrator, connecting_kind(kind), "lucia@andina.test")
    assert html == "otra@andina.test is already connected here. Disconnect it first."


def connecting_kind(name):
    from escala_email_plugin.admin.kinds import KINDS

    return KINDS[name]


@pytest.mark.dovecot
@pytest.mark.parametrize("kind", ["personal", "shared", "marketing"])
@pytest.mark.django_db(transaction=True)
def test_of_two_windows_that_connect_at_once_one_connects(administrator, mailbox, monkeypatch, kind):
    both = threading.Barrier(2, timeout=30)
    original = connection.connect

    def together(*arguments):
        both.wait()
        return original(*arguments)

    monkeypatch.setattr(connection, "connect", together)
    answers = []

    def press():
        try:
            client = Client()
            client.force_login(administrator)
            answer = client.post(at("connect", kind=kind), of(mailbox), headers=FRAGMENT)
            # A test's client ends the request before what it streams is read; a server does after.
            answers.append(events(answer))
        finally:
            database.close()

    windows = [threading.Thread(target=press) for _ in range(2)]
    for one in windows:
        one.start()
    for one in windows:
        one.join()
    assert len(answers) == 2
    assert EmailAccount.objects.exclude(state="disconnected").count() == 1
    moved = [one[-1]["end"] == "moved" for one in answers]
    assert any(moved)
    for arrived, one in zip(moved, answers, strict=True):
        assert arrived or "perhaps in another window" in told(one)


@pytest.mark.dovecot
def test_the_same_mailbox_may_be_personal_and_shared_and_is_one_message_in_two_places(
    client, administrator, mailbox, seller, colleague
):
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    mailbox.append(letter())
    client.force_login(administrator)
    account_at(mailbox, seller)
    response = client.post(at("connect", kind="shared"), of(mailbox), headers=FRAGMENT)
    assert events(response)[-1]["end"] == "moved"
    EmailAccount.objects.update(mode="total")
    for holder in EmailAccount.objects.all():
        assert sync_account(holder.pk)
    from escala_email_plugin.models import Message

    message = Message.objects.get()
    assert set(message.locations.values_list("account__kind", flat=True)) == {"personal", "shared"}
    assert Message.objects.visible_to(seller).get() == Message.objects.visible_to(colleague).get() == message
