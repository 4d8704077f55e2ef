"""``erase_person`` in the shell: it looks, erases without a worker, and its report has no address in it."""

import json

import pytest
from django.core.management import CommandError, call_command

from escala_email_plugin.models import Erasure, Message
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

CANARY = "canario@cliente.test"


@pytest.fixture
def mine(seller):
    mine = account(seller)
    stored(mine, letter(CANARY), letter(CANARY, subject="Otra"))
    return mine


def told(capsys, *arguments) -> dict:
    call_command("escala_email", "erase_person", *arguments)
    return json.loads(capsys.readouterr().out)


def test_it_looks_and_changes_nothing(mine, capsys):
    found = told(capsys, CANARY, "--dry-run")
    assert (found["removed"], found["redacted"], found["is_more"]) == (2, 0, False)
    assert Message.objects.count() == 2
    assert not Erasure.objects.exists()


def test_it_erases_at_once_and_prints_the_report(mine, capsys):
    report = told(capsys, "Canario@Cliente.test")
    assert report["counts"]["removed"] == 2
    assert report["finished_at"]
    assert CANARY not in json.dumps(report)
    assert not Message.objects.exists()


@pytest.mark.parametrize("address", ["canario", "lucia@andina.test"])
def test_what_cannot_be_erased_is_an_exit_status(mine, address):
    with pytest.raises(CommandError):
        call_command("escala_email", "erase_person", CANARY, address)
    assert Message.objects.count() == 2
