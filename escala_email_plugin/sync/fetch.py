"""The bodies of what was taken: bounded by bytes, read by ``mail.parse``, one failure a message."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .. import conf
from ..mail.parse import Parsed, Unreadable, parse
from ..mail.transfer import Raw
from ..servers.imap import Detail
from .large import TooLarge
from .mailbox import Mailbox
from .places import Known

logger = logging.getLogger(__name__)

#: Bytes of bodies alive at a time, and asked for in one operation.
BODIES = 4 * 2**20

#: Larger messages are read in parts, so that a slow line has a deadline for each.
LARGE = 2**20

#: Messages in one transaction at most.
MESSAGES = 200

#: People after whom a transaction takes no further message: a stranger may name thousands in each.
PEOPLE = 5_000

#: What is set aside without its bytes: there are none, or more than we hold.
UNKEPT = ("empty", "too_large")


@dataclass(frozen=True)
class Taken:
    """A message to record."""

    uid: int
    parsed: Parsed
    detail: Detail
    #: Of what was captured: the id of the account whose it is, and which message in the one that lies there.
    holder: int | None = None
    part: int = 0

    @property
    def place(self) -> tuple[int, int]:
        """What tells it from the others of its folder: its UID and part."""
        return self.uid, self.part


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
    known: list[Known] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)


#: Reads one message into the catch.
Reader = Callable[[Catch, int, Raw, Detail], None]


def fetch(
    mailbox: Mailbox,
    uids: list[int],
    details: Mapping[int, Detail],
    known: Mapping[int, Known],
    reader: Reader | None = None,
) -> Iterator[Catch]:
    """Fetch and read the messages ``uids``, in their order, a bounded number of bytes at a time.

    One without ``details`` has vanished, and what is ``known`` is not downloaded. ``reader``: who reads them,
    as ``read`` does. Raises ProtocolTrouble; what was yielded until then is good.
    """
    reader = reader or read
    wanted = {uid: one for uid, one in details.items() if uid not in known}
    for group in _groups(uids, {uid: one.size for uid, one in wanted.items()}):
        small = [uid for uid in group if uid in wanted and wanted[uid].size <= LARGE]
        with mailbox.meter.stage("fetch"):
            bodies = mailbox.ask(lambda session, some: session.bodies(some), small)
        catch, people = Catch(), 0
        for uid in group:
            catch.uids.append(uid)
            if uid in known:
                catch.known.append(known[uid])
            elif uid in wanted:
                people += _read(catch, mailbox, uid, wanted[uid], bodies, reader)
            if people >= PEOPLE:
                yield catch
                catch, people = Catch(), 0
        if catch.uids:
            yield catch
        del catch  # else it lives on while the next is fetched


def _read(
    catch: Catch, mailbox: Mailbox, uid: int, detail: Detail, bodies: dict[int, bytes], reader: Reader
) -> int:
    """Read one message into the catch, where there is one to read; how many people it names."""
    before = len(catch.taken)
    if detail.size > conf.get("MAX_MESSAGE_BYTES"):
        catch.set_aside.append(SetAside(uid, "too_large", None, detail.arrived, detail.size))
    elif detail.size > LARGE:
        _read_large(catch, mailbox, uid, detail, reader)
    elif uid in bodies:
        reader(catch, uid, bodies.pop(uid), detail)
    return sum(len(taken.parsed.people) for taken in catch.taken[before:])


def _groups(uids: list[int], sizes: Mapping[int, int]) -> Iterator[list[int]]:
    group, weight = [], 0
    for uid in uids:
        size = sizes.get(uid, 0)
        if group and (weight + size > BODIES or len(group) == MESSAGES):
            yield group
            group, weight = [], 0
        group.append(uid)
        weight += size
    if group:
        yield group


def _read_large(catch: Catch, mailbox: Mailbox, uid: int, detail: Detail, reader: Reader) -> None:
    try:
        reader(catch, uid, mailbox.large(uid, detail.size), detail)
    except TooLarge as error:
        catch.set_aside.append(SetAside(uid, "too_large", None, detail.arrived, error.size))
    except OSError:
        logger.exception("There is no room to read a message of %s bytes.", detail.size)
        catch.set_aside.append(SetAside(uid, "store", None, detail.arrived, detail.size))


def read(catch: Catch, uid: int, raw: Raw, detail: Detail) -> None:
    """Read one message into the catch, as taken or as set aside."""
    if not raw:
        # The message is there, but the server had nothing to show of it (some do, for a moment).
        error = "empty"
    elif len(raw) > conf.get("MAX_MESSAGE_BYTES"):
        error = "too_large"  # the server had said less
    else:
        try:
            catch.taken.append(Taken(uid, parse(raw, detail.arrived), detail))
            return
        except Unreadable as trouble:
            error = trouble.code
        except Exception:  # a hostile message must cost itself only, whatever it found
            error = "internal"
    kept = None if error in UNKEPT else bytes(raw)
    catch.set_aside.append(SetAside(uid, error, kept, detail.arrived, len(raw)))
