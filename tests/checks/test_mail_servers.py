"""What the site says about mail servers is checked before anything runs."""

import pytest
from django.core.checks.registry import registry

from escala_email_plugin.checks.mail_servers import (
    check_authserv_ids,
    check_discovery,
    check_mail_ports,
    check_mail_servers,
    check_private_servers,
)

AT = ("mail.empresa.lan", 993, "tls")

CHECKS = {
    "PRIVATE_SERVERS": (check_private_servers, "escala_email.E005"),
    "MAIL_PORTS": (check_mail_ports, "escala_email.E006"),
    "DISCOVERY": (check_discovery, "escala_email.E008"),
    "AUTHSERV_IDS": (check_authserv_ids, "escala_email.E011"),
    "MAIL_SERVERS": (check_mail_servers, "escala_email.E009"),
}


@pytest.fixture
def email_settings(settings):
    def change(**values):
        settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, **values}

    return change


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("PRIVATE_SERVERS", "10.0.0.0/8", "a list"),
        ("PRIVATE_SERVERS", ["10.0.0.1/8"], "10.0.0.1/8"),
        ("PRIVATE_SERVERS", ["10.0.0.*"], "10.0.0.*"),
        ("PRIVATE_SERVERS", ["*"], "“*”"),
        ("PRIVATE_SERVERS", ["2130706433"], "2130706433"),
        ("PRIVATE_SERVERS", ["https://mail.empresa.lan"], "https"),
        ("PRIVATE_SERVERS", ["mail.empresa.lan:993"], ":993"),
        ("PRIVATE_SERVERS", [None], "None"),
        ("MAIL_PORTS", 993, "a list"),
        ("MAIL_PORTS", [0], "“0”"),
        ("MAIL_PORTS", [65536], "65536"),
        ("MAIL_PORTS", [True], "True"),
        ("MAIL_PORTS", ["imap"], "imap"),
        ("MAIL_PORTS", ["2000-1000"], "2000-1000"),
        ("DISCOVERY", "table", "a list"),
        ("DISCOVERY", ["table", "guess"], "guess"),
        ("AUTHSERV_IDS", "mx.empresa.com", "a list"),
        ("AUTHSERV_IDS", ["mx.empresa.com", "a b"], "a b"),
        ("AUTHSERV_IDS", [7], "7"),
        ("MAIL_SERVERS", [], "a dictionary"),
        ("MAIL_SERVERS", {"empresa.com": None}, "empresa.com"),
        ("MAIL_SERVERS", {"empresa.com": {"imap": AT}}, "empresa.com"),
        ("MAIL_SERVERS", {"empresa.com": {"imap": AT, "smtp": (*AT[:2], "none")}}, "empresa.com"),
        ("MAIL_SERVERS", {"empresa.com": {"imap": AT, "smtp": (AT[0], "465", "tls")}}, "empresa.com"),
        ("MAIL_SERVERS", {"empresa.com": {"imap": AT, "smtp": ("a b", 465, "tls")}}, "empresa.com"),
        ("MAIL_SERVERS", {"empresa.com": {"imap": AT, "smtp": AT, "username": "me"}}, "empresa.com"),
        ("MAIL_SERVERS", {"ana@empresa.com": {"imap": AT, "smtp": AT}}, "ana@empresa.com"),
    ],
)
def test_what_makes_no_sense_is_named(email_settings, name, value, word):
    check, number = CHECKS[name]
    email_settings(**{name: value})
    (found,) = check()
    assert found.id == number
    assert name in found.msg
    assert word in found.msg


def test_what_makes_sense_passes(email_settings):
    email_settings(
        PRIVATE_SERVERS=["10.0.0.0/8", "::1", "192.168.1.7", "mail.empresa.lan", "*.lan", "Intranet"],
        AUTHSERV_IDS=["mx.empresa.com", "mx"],
        MAIL_PORTS=[1993, "2000-2002"],
        DISCOVERY=["autoconfig", "ispdb", "mx", "srv", "table"],
        MAIL_SERVERS={"peña.com": {"imap": AT, "smtp": ("10.0.0.1", 587, "starttls"), "username": "local"}},
    )
    assert [error for check, _ in CHECKS.values() for error in check()] == []


def test_every_check_is_asked_for():
    assert {check for check, _ in CHECKS.values()} <= set(registry.get_checks())


def test_the_sandbox_passes():
    assert [error for check, _ in CHECKS.values() for error in check()] == []
