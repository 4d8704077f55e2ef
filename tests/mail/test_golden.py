"""Every message of ``tests/messages`` is read as the file beside it says."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from escala_email_plugin.mail.parse import parse
from tests.making import content

MESSAGES = Path(__file__).resolve().parent.parent / "messages"
ARRIVED = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)


def seen(raw: bytes) -> dict:
    """What ``parse`` makes of a message, in JSON's terms. An attachment's text stands for its content."""
    parsed = parse(raw, ARRIVED)
    return {
        "message_id": parsed.message_id,
        "own_id": parsed.own_id,
        "in_reply_to": list(parsed.in_reply_to),
        "references": list(parsed.references),
        "sent_at": parsed.sent_at.isoformat(),
        "subject": parsed.subject,
        "people": [f"{one.role}: {one.name} <{one.address}>" for one in parsed.people],
        "text": parsed.text,
        "html": parsed.html,
        "snippet": parsed.snippet,
        "attachments": [
            {
                "name": part.name,
                "content_type": part.content_type,
                "content": content(part).decode("ascii", "backslashreplace"),
                "content_id": part.content_id,
                "inline": part.inline,
            }
            for part in parsed.attachments
        ],
        "automatic": parsed.automatic,
    }


def names() -> list[str]:
    return sorted(path.stem for path in MESSAGES.glob("*.eml"))


@pytest.mark.parametrize("name", names())
def test_a_message_is_read_as_expected(name):
    expected = json.loads((MESSAGES / f"{name}.json").read_text(encoding="utf-8"))
    assert seen((MESSAGES / f"{name}.eml").read_bytes()) == expected


def test_every_message_has_its_expectations():
    assert len(names()) >= 40
    assert {path.stem for path in MESSAGES.glob("*.json")} == set(names())


def test_a_message_is_known_again_by_the_key_it_was_stored_with():
    """A key that changes makes every stored message a second one."""
    keys = json.loads((MESSAGES.parent / "mail" / "keys.json").read_text(encoding="utf-8"))
    assert {name: parse((MESSAGES / f"{name}.eml").read_bytes(), ARRIVED).key for name in names()} == keys


@pytest.mark.parametrize("name", names())
def test_line_ends_do_not_change_a_message(name):
    raw = (MESSAGES / f"{name}.eml").read_bytes()
    unix = raw.replace(b"\r\n", b"\n")
    windows = unix.replace(b"\n", b"\r\n")
    assert parse(unix, ARRIVED).key == parse(windows, ARRIVED).key
    assert parse(unix, ARRIVED).text == parse(windows, ARRIVED).text


def test_no_two_messages_share_a_key():
    keys = [parse((MESSAGES / f"{name}.eml").read_bytes(), ARRIVED).key for name in names()]
    assert len(set(keys)) == len(keys)
