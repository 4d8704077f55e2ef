"""``manage.py escala_email doctor``: what it prints, and its exit status."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError

from escala_email_plugin.management.doctor import Finding, Level, examine
from escala_email_plugin.servers.imap import ImapSession
from tests.making import account

pytestmark = pytest.mark.django_db


def run(*arguments: str, **options) -> tuple[int, str]:
    """The exit status, and what was printed."""
    output, status = StringIO(), 0
    try:
        call_command("escala_email", "doctor", *arguments, stdout=output, **options)
    except CommandError as error:
        status = error.returncode
    return status, output.getvalue()


def test_where_all_is_well_it_exits_with_0_and_a_line_for_each_check(well):
    status, text = run()
    assert status == 0
    assert len(text.splitlines()) == len(list(examine()))
    assert {line.split()[0] for line in text.splitlines()} == {"ok"}


def test_where_something_needs_a_person_it_exits_with_1(well, seller):
    account(seller, state="reconnect", trouble="secret")
    status, text = run()
    assert status == 1
    assert "wrong   account: lucia@andina.test (personal): reconnect needed" in text


def test_where_it_could_not_look_it_exits_with_2_and_goes_on(well, seller, monkeypatch):
    from escala_email_plugin.management.doctor import accounts

    account(seller, state="reconnect", trouble="secret")
    monkeypatch.setattr(accounts, "health", lambda: 1 / 0)
    status, text = run("--network")
    assert status == 2
    assert "unknown account: could not be looked at: ZeroDivisionError." in text
    assert "servers:" in text


def test_for_machines_it_is_json(well, seller):
    mine = account(seller, state="reconnect", trouble="secret")
    status, text = run("--json")
    found = json.loads(text)
    assert (status, found["status"], found["ok"]) == (1, 1, False)
    (row,) = [one for one in found["findings"] if one["level"] == "wrong" and one["check"] == "account"]
    assert row["account"] == mine.pk
    assert row["remedy"]


def test_no_mail_server_is_asked_unless_the_network_may_be_used(well, seller, monkeypatch):
    account(seller)
    monkeypatch.setattr(ImapSession, "stages", lambda self: pytest.fail("it asked"))
    assert "servers" not in run()[1]


def test_settings_that_keep_every_other_verb_from_running_are_told(well):
    well.ESCALA_EMAIL = {**well.ESCALA_EMAIL, "SECRET_KEYS": []}
    status, text = run(skip_checks=False)
    assert status == 1
    assert "wrong   settings: escala_email.E002" in text
    with pytest.raises(SystemCheckError):
        call_command("escala_email", "health", skip_checks=False, stdout=StringIO())


def test_nothing_in_a_line_is_obeyed_by_a_terminal():
    line = Finding("account", Level.WRONG, "a\x1b[2J\nb", "c").line
    assert line == "wrong   account: a\\x1b[2J\\nb c"
