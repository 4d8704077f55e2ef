"""The bodies of what was taken: bounded by bytes, read by ``mail.parse``, one failure a message."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from .. import conf
from ..mail.parse import Parsed, Unreadable, parse
from ..servers.imap import Detail
from .mailbox import Mailbox

#: Bytes of bodies alive at a time, and asked for in one operation.
BODIES = 4 * 2**20

#: Larger messages are read in parts, so that a slow line has a deadline for each.
LARGE = 2**20

#: Messages in one transaction at most.
MESSAGES = 200


@dataclass(frozen=True)
class Taken:
    """A message to record."""

    uid: int
    parsed: Parsed
    size: int


@dataclass(frozen=True)
class SetAside:
    """A message that could not be fetched or read, with what is known of it."""

    uid: int
    error: str
    raw: bytes | None = field(default=None, repr=False)
    arrived: datetime | None = None
    size: int = 0


@dataclass
class Catch:
    """What one round of fetching brought; ``uids`` are those it dealt with, vanished ones among them."""

    uids: list[int] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)


def fetch(mailbox: Mailbox, uids: list[int]) -> Iterator[Catch]:
    """Fetch and read the messages ``uids``, in their order, a bounded number of bytes at a time.

    Raises ProtocolTrouble; what was yielded until then is good.
    """
    details = mailbox.ask(lambda session, some: session.details(some), uids)
    for group in _groups(uids, details):
        catch = Catch(uids=group)
        there = [uid for uid in group if uid in details]
        small = [uid for uid in there if details[uid].size <= LARGE]
        bodies = mailbox.ask(lambda session, some: session.bodies(some), small)
        for uid in there:
            size, arrived = details[uid].size, details[uid].arrived
            if size > conf.get("MAX_MESSAGE_BYTES"):
                catch.set_aside.append(SetAside(uid, "too_large", None, arrived, size))
            elif size > LARGE:
                read(catch, uid, mailbox.large(uid, size), arrived)
            elif uid in bodies:
                read(catch, uid, bodies.pop(uid), arrived)
        yield catch


def _groups(uids: list[int], details: dict[int, Detail]) -> Iterator[list[int]]:
    group, weight = [], 0
    for uid in uids:
        size = details[uid].size if uid in details else 0
        if group and (weight + size > BODIES or len(group) == MESSAGES):
            yield group
            group, weight = [], 0
        group.append(uid)
        weight += size
    if group:
        yield group


def read(catch: Catch, uid: int, raw: bytes, arrived: datetime | None) -> None:
    """Read one message into the catch, as taken or as set aside."""
    if not raw:
        # The message is there, but the server had nothing to show of it (some do, for a moment).
        catch.set_aside.append(SetAside(uid, "empty", None, arrived))
        return
    try:
        catch.taken.append(Taken(uid, parse(raw, arrived), len(raw)))
    except Unreadable as error:
        catch.set_aside.append(SetAside(uid, error.code, raw, arrived, len(raw)))
    except Exception:  # a hostile message must cost itself only, whatever it found
        catch.set_aside.append(SetAside(uid, "internal", raw, arrived, len(raw)))
