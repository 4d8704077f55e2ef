"""What to do next after a test: one sentence by the first step that failed."""

import re
from types import SimpleNamespace

import pytest

from escala_email_plugin.admin.advice import NEXT, advice
from escala_email_plugin.admin.forms import ConnectForm
from escala_email_plugin.servers.probe import Step
from escala_email_plugin.servers.sentences import SENTENCES
from escala_email_plugin.servers.server import Server


def trial(*steps: Step, imap="imap.andina.test", smtp="smtp.andina.test"):
    servers = (Server(imap, 993, "tls"), Server(smtp, 465, "tls"))
    form = SimpleNamespace(is_configuring=False, servers=lambda: servers)
    return SimpleNamespace(form=form, failed=next((one for one in steps if one.ok is False), None))


def failed(code, name="login", server="imap") -> Step:
    return Step(name, server, False, code, "")


def test_the_first_step_that_failed_decides():
    told = advice(trial(failed("port_closed", "tcp"), failed("not_tls", "smtp", "smtp")))
    assert told.field == "imap_port"
    assert "IMAP" in told.sentence


def test_a_failing_smtp_server_leads_to_its_own_fields():
    told = advice(trial(failed("not_tls", "smtp", "smtp")))
    assert told.field == "smtp_tls"
    assert "SMTP" in told.sentence


def test_a_known_hosters_page_is_named_by_its_server():
    told = advice(trial(failed("app_password_google"), imap="imap.gmail.com"))
    assert told.field == "password"
    assert told.hoster.help_url.startswith("https://support.google.com/")
    assert advice(trial(failed("login_refused"))).hoster is None


def test_a_passed_test_says_to_go_on():
    told = advice(trial(Step("smtp", "smtp", True, "ok", "")))
    assert told.passed
    assert told.sentence.endswith(".")


@pytest.mark.parametrize("code", SENTENCES)
def test_every_trouble_ends_in_one_whole_sentence_about_a_field_of_the_form(code):
    told = advice(trial(failed(code)))
    assert re.fullmatch(r"[^%{]+\.", told.sentence)
    assert told.field in ("", *ConnectForm.base_fields)


def test_there_is_no_advice_for_a_trouble_that_does_not_exist():
    assert NEXT.keys() - SENTENCES.keys() == set()
