"""The generated mailbox is what its plan says, every time."""

from email import message_from_bytes
from email.utils import getaddresses

import pytest

from .languages import LANGUAGES
from .mailbox import Plan, Writer, fill

PLAN = Plan(messages=400)


def written():
    writer = Writer(PLAN)
    return writer, list(writer.messages())


def test_the_same_plan_writes_the_same_bytes():
    assert written()[1] == written()[1]


def test_another_seed_writes_another_mailbox():
    other = Writer(Plan(messages=400, seed=PLAN.seed + 1))
    assert list(other.messages()) != written()[1]


def people(raw):
    message = message_from_bytes(raw)
    fields = [value for name in ("From", "To", "Cc") for value in message.get_all(name, [])]
    return {address for _, address in getaddresses(fields)}


@pytest.mark.parametrize("share", [0.05, 0.5, 1])
def test_the_planned_share_of_messages_concerns_a_contact(share):
    writer = Writer(Plan(messages=400, share=share))
    messages = list(writer.messages())
    contacts = {contact.address for contact in writer.contacts}
    concerned = sum(not contacts.isdisjoint(people(raw)) for raw in messages)
    assert concerned == writer.matching == len(messages) * share


@pytest.mark.parametrize("share", [0.05, 0.5, 1])
def test_a_third_of_a_mailbox_is_newsletters_whoever_is_a_contact(share):
    messages = list(Writer(Plan(messages=1000, share=share)).messages())
    newsletters = sum(message_from_bytes(raw)["List-Id"] is not None for raw in messages)
    assert newsletters == pytest.approx(len(messages) / 3, rel=0.15)


def test_the_newest_message_of_a_contact_is_the_last_that_concerns_one():
    writer, messages = written()
    contacts = {contact.address for contact in writer.contacts}
    last = next(raw for raw in reversed(messages) if not contacts.isdisjoint(people(raw)))
    assert message_from_bytes(last)["Message-ID"] == f"<{writer.newest.message_id}>"
    assert writer.newest.contact in people(last)


def test_every_text_is_readable_in_the_character_set_it_names():
    seen = set()
    for raw in written()[1]:
        for part in message_from_bytes(raw).walk():
            if part.get_content_maintype() == "text":
                part.get_payload(decode=True).decode(part.get_content_charset())
                seen.add(part.get_content_charset())
    assert seen == {language.charset for language in LANGUAGES} | {"utf-8"}


def test_replies_name_a_message_that_was_there_before():
    before, replies = set(), 0
    for raw in written()[1]:
        message = message_from_bytes(raw)
        if message["In-Reply-To"]:
            replies += 1
            assert message["In-Reply-To"] in before
        before.add(message["Message-ID"])
    assert replies > 20


def test_a_filled_maildir_holds_a_file_for_each_message(tmp_path):
    filled = fill(tmp_path, PLAN)
    files = list((tmp_path / "cur").iterdir())
    assert len(files) == PLAN.messages
    assert sum(file.stat().st_size for file in files) == filled.size
