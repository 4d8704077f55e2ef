"""A message as it lies in its mailbox, asked of the mail server while somebody waits.

Nothing is written there, and the raw message is not kept here. Whoever reads it by a mailbox may see what
that holds.
"""

import time
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.conf import settings
from django.db.models import Case, F, QuerySet, When
from django.utils.translation import gettext_lazy as _

from .. import conf
from ..mail.bodies import sort_parts
from ..mail.headers import decoded
from ..mail.mime import Raw, Unreadable, read
from ..mail.without import NotCertain, without_private
from ..models import EmailAccount, Location, Message
from ..servers.imap import FolderGone, ImapError, ImapSession
from ..servers.secrets import SecretUnreadable
from . import erased
from .credentials import credentials_of
from .large import Download, TooLarge
from .mailbox import server_of

#: Seconds altogether: somebody waits before a page, and web servers give up after thirty.
ALTOGETHER = 20.0

#: Places asked one after the other.
PLACES = 3

#: Bytes copied at once.
PIECE = 1 << 20

#: Why the message is not to be had as it lies in its mailbox, where no server said so.
SENTENCES = {
    "gone": _("It is no longer in the mailbox."),
    "disconnected": _("Its mailbox is not connected any more."),
    "captured": _("It came by way of a capture address, and no other mailbox holds it."),
    "too_large": _("It is too large to be fetched while you wait."),
    "changed": _("What is stored of it was changed, because somebody was erased."),
    "unreadable": _("What its mailbox holds cannot be read."),
    "unanswered": _("Its mail server does not give it just now."),
}


class NoOriginal(Exception):
    """It cannot be had. ``sentence``: why, for people.

    ``error``: what the server of the reader's own mailbox, ``account``, said.
    """

    def __init__(self, code: str, error: ImapError | None = None, account: EmailAccount | None = None):
        super().__init__(code)
        self.code, self.error, self.account = code, error, account

    @property
    def sentence(self) -> str:
        return str(self.error if self.error is not None else SENTENCES[self.code])


def original(message: Message, user: Any) -> BinaryIO:
    """The message as it lies in a mailbox by which ``user`` reads all of it, in a file without a name.

    From a colleague's mailbox it comes without blind copies and without what tells of its delivery. That the
    user may see the message is the caller's to ask. Raises NoOriginal.
    """
    until = time.monotonic() + ALTOGETHER
    trouble = NoOriginal(_why_no_place(message, user))
    for place in _places(message, user):
        try:
            return _file(*_told(_fetched(place, user, until), place, message, user))
        except NoOriginal as error:
            trouble = error
    raise trouble


def _readable(message: Message, user: Any) -> QuerySet:
    return Location.objects.seen_by(user).filter(message=message, gone_at=None)


def _places(message: Message, user: Any) -> list[Location]:
    """Where it lies by itself in a mailbox that is connected: the reader's own first, then the shared one."""
    there = _readable(message, user).filter(
        part=0, folder__gone_at=None, folder__account=F("account"), uidvalidity=F("folder__uidvalidity")
    )
    connected = there.exclude(account__state=EmailAccount.State.DISCONNECTED)
    nearness = Case(When(account__owner=user.pk, then=0), When(account__kind="shared", then=1), default=2)
    return list(connected.select_related("account", "folder").order_by(nearness, "pk")[:PLACES])


def _why_no_place(message: Message, user: Any) -> str:
    places = _readable(message, user)
    if not places.exists():
        return "gone"
    if places.filter(part=0, folder__account=F("account")).exists():
        return "disconnected"
    return "captured"


def _fetched(place: Location, user: Any, until: float) -> Raw:
    """What lies there. Raises NoOriginal."""
    account = place.account
    if place.size > conf.get("MAX_MESSAGE_BYTES"):
        raise NoOriginal("too_large")
    try:
        return _asked(place, until)
    except FolderGone:
        raise NoOriginal("gone") from None
    except TooLarge:
        raise NoOriginal("too_large") from None
    except ImapError as error:
        is_own = account.owner_id == user.pk
        raise NoOriginal("unanswered", error if is_own else None, account) from None
    except (SecretUnreadable, OSError):
        raise NoOriginal("unanswered") from None


def _asked(place: Location, until: float) -> Raw:
    account = place.account
    deadline = min(max(until - time.monotonic(), 0.1), conf.get("OPERATION_DEADLINE"))
    with ImapSession(server_of(account), credentials_of(account), deadline=deadline) as session:

        def lend() -> None:
            left = until - time.monotonic()
            if left <= 0:
                raise TooLarge(0)
            session.lend(left)

        lend()
        if session.examine(place.folder.name).uidvalidity != place.uidvalidity:
            raise FolderGone("folder_gone", host=account.imap_host)
        lend()
        if not session.present([place.uid]):
            raise FolderGone("folder_gone", host=account.imap_host)
        with Download(lend) as download:
            session.body_into(place.uid, place.size, download)
            return download.mapped()


def _told(raw: Raw, place: Location, message: Message, user: Any) -> tuple[bytes, Raw, int]:
    """A header block, and from where on what is left of ``raw`` follows it. Raises NoOriginal."""
    try:
        if erased.standing().exists() and not _says_the_same(raw, message):
            raise NoOriginal("changed")
        if EmailAccount.objects.readable_by(user).filter(pk=place.account_id).exists():
            return b"", raw, 0
        header, start = without_private(raw)
    except (Unreadable, NotCertain):
        raise NoOriginal("unreadable") from None
    return header, raw, start


def _says_the_same(raw: Raw, message: Message) -> bool:
    """Whether nothing was taken out of what is stored of it (``privacy.redaction``). Raises Unreadable."""
    root = read(raw)
    bodies = sort_parts(root)
    return (
        (decoded(root.first("subject")), bodies.text, bodies.html)
        == (message.subject, message.text, message.html)
    ) and len(bodies.others) == message.attachments.count()


def _file(header: bytes, raw: Raw, start: int) -> BinaryIO:
    """Both in one file, from its beginning."""
    file = TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 (whoever answers with it closes it)
    file.write(header)
    for at in range(start, len(raw), PIECE):
        file.write(raw[at : at + PIECE])
    file.seek(0)
    return file
