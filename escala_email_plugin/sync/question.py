"""What somebody asks about: an address, a Message-ID or a subject, as pasted from wherever.

The text is a stranger's as often as not. It becomes one line without controls, and is only ever searched for.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from ..mail.addresses import mailboxes
from ..mail.headers import address_headers, decoded, message_ids
from ..models import Address, EmailAccount, Message
from . import people

#: Characters of a question; servers are asked for no more.
LONGEST = 500

_LABEL = re.compile(r"(?i)(?:message-id|subject|from|to|cc|bcc)\s*:\s*(?=\S)")


@dataclass(frozen=True)
class Question:
    """One reading of a text; exactly one of the three is given, in the form ``mail`` gives it."""

    message_id: str = ""
    address: str = ""
    subject: str = ""

    def wanted(self) -> dict[str, str]:
        """For ``ImapSession.find``."""
        return {name: text for name, text in vars(self).items() if text}

    def fits(self, raw: bytes) -> bool:
        """Whether a message is meant, by its header fields: servers find more than what was asked for."""
        fields = address_headers(raw)
        if self.message_id:
            return message_ids(fields.get("message-id", b""))[:1] == (self.message_id,)
        if self.address:
            return self.address in people.named(raw)
        return _plain(self.subject) in _plain(decoded(fields.get("subject", b"")))

    def stored(self, account: EmailAccount) -> QuerySet[Message]:
        """The messages meant that this account holds or held, the newest first."""
        if self.message_id:
            wanted = Q(message_id=self.message_id)
        elif self.address:
            # A Bcc belongs to the copy that shows it.
            shown = Q(participants__location=None) | Q(participants__location__account=account)
            wanted = shown & Q(
                participants__address__value=self.address, participants__role__in=people.FIELDS
            )
        else:
            wanted = Q(subject__icontains=self.subject)
        found = Message.objects.filter(wanted, locations__account=account)
        return found.distinct().order_by("-sent_at", "-pk").defer("text", "html")


def readings(text: str) -> list[Question]:
    """What ``text`` may mean, the likeliest first; none where there is nothing in it.

    What looks like an id is one, unless it is an address we know; then it may still be an address.
    """
    text = _LABEL.sub("", _line(text), count=1)[:LONGEST].strip()
    found = mailboxes(text) if " " not in text or "<" in text else []
    address = found[0].address if len(found) == 1 else ""
    ids = message_ids(text) if "@" in text and " " not in text else ()
    questions = []
    if len(ids) == 1 and ("<" in text or not Address.objects.filter(value=address).exists()):
        questions.append(Question(message_id=ids[0]))
    if address:
        questions.append(Question(address=address))
    return questions or ([Question(subject=text)] if text else [])


def _line(text: str) -> str:
    """In one line, without controls, lone surrogates and what turns the direction of writing."""
    shown = (" " if unicodedata.category(char) in ("Cc", "Cs", "Cf", "Zl", "Zp") else char for char in text)
    return " ".join("".join(shown).split())


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
