"""What folders are for."""

import pytest

from escala_email_plugin.servers.imap import ListedFolder
from escala_email_plugin.servers.roles import role_of


def role(name, *flags, delimiter="/"):
    return role_of(ListedFolder(name, delimiter, frozenset(flags)))


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        ("\\sent", "sent"),
        ("\\Sent", "sent"),
        ("\\DRAFTS", "drafts"),
        ("\\junk", "junk"),
        ("\\trash", "trash"),
        ("\\archive", "archive"),
        ("\\all", "all"),
        ("\\flagged", ""),
        ("\\hasnochildren", ""),
    ],
)
def test_special_use_counts_in_any_letter_case(flag, expected):
    assert role("Whatever", flag) == expected


def test_the_servers_word_wins_over_the_name():
    assert role("Sent", "\\trash") == "trash"


@pytest.mark.parametrize("name", ["INBOX", "inbox", "Inbox", "iNbOx"])
def test_the_inbox_is_known_in_any_letter_case(name):
    assert role(name) == "inbox"


def test_a_folder_called_inbox_elsewhere_is_an_ordinary_one():
    assert role("Old/INBOX") == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Sent Items", "sent"),
        ("INBOX.Sent", "sent"),
        ("Enviados", "sent"),
        ("ELEMENTOS ENVIADOS", "sent"),
        ("[Gmail]/Enviados", "sent"),
        ("Éléments envoyés", "sent"),
        ("E\u0301le\u0301ments envoye\u0301s", "sent"),
        ("Gesendete Elemente", "sent"),
        ("Posta inviata", "sent"),
        ("Verzonden items", "sent"),
        ("Wysłane", "sent"),
        ("Отправленные", "sent"),
        ("送信済みメール", "sent"),
        ("Sent_Items", "sent"),
        ("Borradores", "drafts"),
        ("Entwürfe", "drafts"),
        ("Correo no deseado", "junk"),
        ("Papelera", "trash"),
        ("Corbeille", "trash"),
        ("Archivo", "archive"),
        ("[Gmail]/Todos", "all"),
        ("Todos", ""),
        ("Clients", ""),
        ("Sentinel", ""),
        ("", ""),
    ],
)
def test_names_in_many_languages_are_known(name, expected):
    assert role(name, delimiter="." if "." in name else "/") == expected


def test_a_server_without_levels_has_names_only():
    assert role("a/Sent", delimiter="") == ""
    assert role("Sent", delimiter="") == "sent"
