"""A person taken out of stored messages that stay: texts, names of others and of files, files that tell."""

from collections.abc import Collection, Iterator

from ..mail.mime import Unreadable
from ..mail.parse import Parsed, parse
from ..mail.redact import Redactor
from ..mail.text import html_to_text, snippet
from ..models import Attachment, Message, Participant
from ..storage import attachment_storage
from ..sync import files, search_index
from .person import Person

#: Bytes of an attachment that are read; a longer one cannot be told to be without the person.
READ = 10 * 2**20

#: What is text whatever it is called, by the beginning of its type.
TEXTS = ("text/", "message/", "application/json", "application/xml", "application/ics")

_TEXTS = ("subject", "text", "html", "snippet", "message_id")


def redact(messages: Collection[int], person: Person, wholly: bool) -> tuple[set[int], int]:
    """Take the person out of ``messages``; returns those in which there was something, and how many
    attachments went. Call it in a transaction, with the messages locked (``sync.removal``).

    ``wholly``: the person took part, or is quoted. Otherwise the names go only from messages in which the
    address stands: elsewhere they may be another's.
    """
    rows = Message.objects.select_for_update(no_key=True).filter(pk__in=messages).order_by("pk")
    changed: set[int] = set()
    redactors: dict[int, Redactor] = {}
    for row in rows.only(*_TEXTS).iterator(chunk_size=20):
        named = wholly or any(now != getattr(row, name) for name, now in _texts_of(row, person.by_address))
        redactors[row.pk] = person.redactor if named else person.by_address
        changed |= {row.pk} if _message(row, redactors[row.pk]) else set()
    for model in (Participant, Attachment):
        for row in model.objects.filter(message__in=redactors).only("name", "message"):
            changed |= {row.message_id} if _name(row, person, redactors[row.message_id]) else set()
    telling = [one for one in _texts(redactors) if _tells(one, redactors[one.message_id])]
    remove(telling)
    changed |= {one.message_id for one in telling}
    search_index.refresh(changed)
    return changed, len(telling)


def remove(attachments: Collection[Attachment]) -> None:
    """Remove attachments of messages that stay; their files go as those of removed messages do."""
    names = {one.file.name for one in attachments}
    Attachment.objects.filter(pk__in=[one.pk for one in attachments]).delete()
    files.note(names)


def _message(row: Message, redactor: Redactor) -> bool:
    """The key stays, so that a copy that is read again is known to be this message, and changes nothing."""
    now = dict(_texts_of(row, redactor))
    if any(now[name] != getattr(row, name) for name in ("text", "html")):
        # Made anew: the old one may end in the middle of the address.
        now["snippet"] = snippet(now["text"]) or snippet(html_to_text(now["html"], limit=2_000))
    else:
        now["snippet"] = redactor.text(row.snippet)[:200]
    if redactor.text(row.message_id) != row.message_id:
        now["message_id"] = ""
    changed = {name: value for name, value in now.items() if value != getattr(row, name)}
    return bool(changed and Message.objects.filter(pk=row.pk).update(**changed))


def _texts_of(row: Message, redactor: Redactor) -> Iterator[tuple[str, str]]:
    yield "subject", redactor.text(row.subject)
    yield "text", redactor.text(row.text)
    yield "html", redactor.html(row.html)


def _name(row: Participant | Attachment, person: Person, redactor: Redactor) -> bool:
    """Who has the very same name keeps it: it is theirs too."""
    if isinstance(row, Participant) and row.name in person.names:
        return False
    name = redactor.text(row.name)[:255]
    return name != row.name and bool(type(row).objects.filter(pk=row.pk).update(name=name))


def _texts(messages: Collection[int]) -> Iterator[Attachment]:
    for one in Attachment.objects.filter(message__in=messages).order_by("pk"):
        if one.content_type.startswith(TEXTS):
            yield one


def _tells(attachment: Attachment, redactor: Redactor) -> bool:
    """Whether a text that was attached tells of the person, or is so long that nobody can say."""
    if attachment.size > READ:
        return True
    try:
        with attachment_storage().open(attachment.file.name) as file:
            raw = file.read(READ)
    except FileNotFoundError:
        return False
    if attachment.content_type.startswith("message/"):
        return _letter_tells(raw, redactor)
    text = raw.decode("utf-8", "replace")
    return redactor.html(text) != text or redactor.text(text) != text


def _letter_tells(raw: bytes, redactor: Redactor) -> bool:
    try:
        letter = parse(raw, None)
    except Unreadable:
        return True
    told = "\n".join([letter.subject, letter.text, *_people(letter)])
    # What is attached to it is not looked into.
    return (
        bool(letter.attachments) or redactor.text(told) != told or redactor.html(letter.html) != letter.html
    )


def _people(letter: Parsed) -> Iterator[str]:
    return (f"{person.name} {person.address}" for person in letter.people)
