"""The bodies of what was taken: bounded by bytes, read by ``mail.parse``, one failure a message."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from .. import conf
from ..mail.parse import Parsed, Unreadable, parse
from .mailbox import Mailbox

#: Bytes of bodies alive at a time.
BODIES = 8 * 2**20

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
    """Fetch and read the messages ``uids``, in their order, a bounded number of bytes at a time."""
    sizes, unknown = mailbox.carefully(lambda session, some: session.sizes(some), uids)
    for group in _groups(uids, sizes):
        catch = Catch(uids=group)
        catch.set_aside += [SetAside(uid, "fetch") for uid in group if uid in unknown]
        wanted = [uid for uid in group if uid in sizes]
        small = [uid for uid in wanted if sizes[uid][0] <= BODIES]
        bodies, failed = mailbox.carefully(lambda session, some: session.bodies(some), small)
        for uid in failed:
            catch.set_aside.append(SetAside(uid, "fetch", None, sizes[uid][1], sizes[uid][0]))
        for uid in wanted:
            size, arrived = sizes[uid]
            if size > conf.get("MAX_MESSAGE_BYTES"):
                catch.set_aside.append(SetAside(uid, "too_large", None, arrived, size))
            elif size > BODIES:
                _read_large(mailbox, catch, uid, size, arrived)
            elif uid in bodies:
                read(catch, uid, bodies.pop(uid), arrived)
        yield catch


def _groups(uids: list[int], sizes: dict) -> Iterator[list[int]]:
    group, weight = [], 0
    for uid in uids:
        size = sizes[uid][0] if uid in sizes else 0
        if group and (weight + size > BODIES or len(group) == MESSAGES):
            yield group
            group, weight = [], 0
        group.append(uid)
        weight += size
    if group:
        yield group


def _read_large(mailbox: Mailbox, catch: Catch, uid: int, size: int, arrived: datetime | None) -> None:
    def whole(session, uids):
        return {uids[0]: b"".join(session.body_in_parts(uids[0], size))}

    bodies, failed = mailbox.carefully(whole, [uid])
    if failed:
        catch.set_aside.append(SetAside(uid, "fetch", None, arrived, size))
    elif uid in bodies:
        read(catch, uid, bodies.pop(uid), arrived)


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
