"""What a message is besides its text: an invitation, a report about a mail, another message.

Whether it may be is known by its subject and the names of its attachments, so that a conversation stays cheap
to open; what it is, is read from the files when somebody looks at the message.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from ..mail import reports
from ..mail.attached import HEADS, Attached
from ..mail.attached import LONGEST as LONGEST_ATTACHED
from ..mail.calendar import LONGEST as LONGEST_CALENDAR
from ..mail.calendar import Invitation
from ..mail.forward_words import prefix
from ..mail.inner import Inner
from ..mail.reports import Report
from ..models import Attachment, Message

#: Attachments that are read for one message; the others are listed as any other.
MOST = 5

#: Characters of a text or HTML in which a forwarded message is looked for.
LOOKED_AT = 500_000

REPORTS = reports.DELIVERY | reports.RECEIPT
MESSAGES = {
    "message/rfc822",
    "message/global",
    "message/eml",
    "application/eml",
    "application/x-eml",
} | HEADS
CALENDARS = {"text/calendar", "application/ics", "text/x-vcalendar"}
#: What programs call a file of which they know no type.
_UNKNOWN = {"application/octet-stream", "text/plain", ""}

Kind = Literal["invitation", "report", "message", ""]


@dataclass(frozen=True, slots=True)
class Card:
    """What one attachment is. ``of`` is None where it cannot be read: its file is lost or broken."""

    kind: Kind
    attachment: Attachment
    of: Invitation | Report | Attached | None


@dataclass(frozen=True, slots=True)
class Around:
    """Cards by where they stand: what somebody attached is ``below`` the own words, all else ``above``.

    With a report comes the mail that it is about, which nobody attached.
    """

    above: list[Card]
    below: list[Card]
    is_report: bool


def around(some: list[Card]) -> Around:
    """``some``, the cards of one message, in their places."""
    is_report = any(one.kind == "report" for one in some)
    above = [one for one in some if is_report or one.kind != "message"]
    return Around(above, some[len(above) :], is_report)


def kind_of(attachment: Attachment) -> Kind:
    """What an attachment may be shown as, by its type and name alone."""
    told, name = attachment.content_type.lower(), attachment.name.lower()
    if told in REPORTS:
        return "report"
    if told in CALENDARS or (told in _UNKNOWN and name.endswith(".ics")):
        return "invitation"
    if told in MESSAGES or (told in _UNKNOWN and name.endswith(".eml")):
        return "message"
    return ""


def may_have_cards(subject: str, attachments: list[Attachment]) -> bool:
    """Whether it is worth asking for the cards of a message with these attachments. No query."""
    return prefix(subject) == "forward" or any(kind_of(one) for one in attachments)


def cards(attachments: Iterable[Attachment]) -> list[Card]:
    """The cards of a message with these attachments, in the order in which they say most."""
    found: list[Card] = []
    told = read_for_cards(attachments)
    for kind in ("invitation", "report", "message"):
        found += _without_copies(_card(kind, one) for one in told if kind_of(one) == kind)
    return found


def read_for_cards(attachments: Iterable[Attachment]) -> list[Attachment]:
    """Those of a message's attachments that are read for its cards."""
    return [one for one in attachments if kind_of(one)][:MOST]


def forwarded(message: Message) -> Inner | None:
    """The message that is quoted in one, if that is certain."""
    if prefix(message.subject) != "forward":
        return None
    from ..mail.forwarded import quoted_in

    return quoted_in(message.subject, message.text[:LOOKED_AT], message.html[:LOOKED_AT])


def _without_copies(some: Iterator[Card | None]) -> Iterator[Card]:
    """An invitation comes as a part of the text and as a file, and is one all the same."""
    seen = set()
    for one in filter(None, some):
        if one.of is None or one.of not in seen:
            seen.add(one.of)
            yield one


def _card(kind: Kind, attachment: Attachment) -> Card | None:
    """None where the file tells nothing that its name does not."""
    try:
        with attachment.file.open("rb") as file:
            content = file.read(max(LONGEST_CALENDAR, LONGEST_ATTACHED, reports.LONGEST) + 1)
    except OSError:
        return Card(kind, attachment, None)
    of = _read(kind, attachment.content_type.lower(), content)
    return Card(kind, attachment, of) if of or kind == "invitation" else None


def _read(kind: Kind, content_type: str, content: bytes) -> Invitation | Report | Attached | None:
    # What reads a calendar takes half a second to load; most workers never show one.
    if kind == "invitation":
        from ..mail.calendar import read

        return read(content)
    if kind == "report":
        return reports.read_report(content_type, content)
    from ..mail.attached import attached

    return attached(content, content_type)
