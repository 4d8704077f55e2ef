"""The generated mailbox is what its plan says, every time."""

from email import message_from_bytes
from email.utils import getaddresses

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


def test_the_planned_share_of_messages_concerns_a_contact():
    writer, messages = written()
    contacts = {contact.address for contact in writer.contacts}
    concerned = 0
    for raw in messages:
        message = message_from_bytes(raw)
        fields = [value for name in ("From", "To", "Cc") for value in message.get_all(name, [])]
        concerned += any(address in contacts for _, address in getaddresses(fields))
    assert concerned == writer.matching == len(messages) * PLAN.share


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
