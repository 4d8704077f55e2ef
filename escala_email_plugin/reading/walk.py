"""Where a record's addresses are in messages, the newest first, a stride at a time.

Of each address the newest rows are taken as its index has them, and put in order here. A database that is
asked for the newest of all addresses sorts all they have: of a company with 300 addresses a second's worth.
What is newer than the oldest row of every address that has more is complete; the next stride begins there.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connections, router

from ..models import Location, Message, Participant, RecordAddress, Thread
from ..readers import Reader
from ..visibility import CORRESPONDENTS

#: Rows of all addresses together in the first stride, and of each at least; each further stride is so many
#: times as long, up to the longest.
STRIDE, EACH, LONGER, LONGEST_STRIDE = 160, 8, 4, 6_400

#: Of so many addresses more is taken at once.
TOGETHER = 20


@dataclass(frozen=True, slots=True)
class Row:
    """An address in a message. ``address``: None where the conversation was tied to the record by hand;
    ``location``: of a Bcc, the copy that shows it.
    """

    sent_at: datetime
    message: int
    thread: int
    address: int | None
    location: int | None

    @property
    def rank(self) -> tuple[datetime, int]:
        return self.sent_at, self.message


#: A moment and a message, from which on a stride goes.
Rank = tuple[datetime, int]


def walk(reader: Reader, content_type: Any, object_id: Any, below: Rank | None) -> Iterator[list[Row]]:
    """Strides of rows from a rank on, all of each message in one; without untied conversations."""
    if not reader.known:
        return
    each, wanted = max(EACH, STRIDE // max(reader.addresses, 1)), STRIDE // 2
    place, held = (content_type.pk, str(object_id)), _Held()
    held.take(_of_addresses(reader, place, below, each) + _of_ties(reader, reader.tied, below, each), each)
    complete: list[Row] = []
    while True:
        low = held.low
        complete += held.give(low)
        if low is None or len(complete) >= wanted:
            yield [row for row in complete if row.thread not in reader.untied]
            complete, wanted = [], min(wanted * LONGER, LONGEST_STRIDE // 2)
        if low is None:
            return
        each = min(each * LONGER, LONGEST_STRIDE) if each < LONGEST_STRIDE or held.moved else each * LONGER
        # Only of those that have come to their end so early more is taken.
        sources = sorted(held.ends, key=held.ends.__getitem__, reverse=True)[:TOGETHER]
        addresses, threads = [one for one in sources if one > 0], [-one for one in sources if one < 0]
        more = _of_addresses(reader, place, low, each, addresses) if addresses else []
        held.take(more + _of_ties(reader, threads, low, each), each, sources)


class _Held:
    """Rows that were taken and not given yet, by their source: an address, or below 0 a tied conversation.

    ``ends``: the oldest rank of each that may have more.
    """

    def __init__(self) -> None:
        self.rows: dict[int, list[Row]] = {}
        self.ends: dict[int, Rank] = {}
        self.moved = True

    @property
    def low(self) -> Rank | None:
        """What is newer is complete. Of the message at the end itself an address may have more rows."""
        return max(self.ends.values(), default=None)

    def take(self, rows: list[Row], each: int, sources: Iterable[int] = ()) -> None:
        """In place of what was held of ``sources``; where ``each`` came of one, it may have more."""
        before = self.low
        for source in sources:
            self.rows.pop(source, None)
            self.ends.pop(source, None)
        found: dict[int, list[Row]] = defaultdict(list)
        for row in rows:
            found[row.address or -row.thread].append(row)
        self.rows |= found
        self.ends |= {one: min(row.rank for row in some) for one, some in found.items() if len(some) >= each}
        self.moved = self.low != before

    def give(self, low: Rank | None) -> list[Row]:
        """The rows above ``low``, the newest first."""
        given = [row for some in self.rows.values() for row in some if low is None or row.rank > low]
        self.rows = {
            source: [row for row in some if low is not None and row.rank <= low]
            for source, some in self.rows.items()
        }
        return sorted(given, key=lambda row: row.rank, reverse=True)


def _of_addresses(
    reader: Reader, place: tuple[int, str], below: Rank | None, each: int, some: Sequence[int] = ()
) -> list[Row]:
    """So many of each of the record's addresses, or of ``some`` of them."""
    held = "{participant} q WHERE q.address_id = a.address_id AND q.role IN ({roles})"
    rows, where = _newest_of_each("p", held, "q.message_id", reader, below)
    columns = "p.sent_at, p.message_id, m.thread_id, p.address_id, p.location_id"
    of_record = "m.id = p.message_id AND a.content_type_id = %(content_type)s AND a.object_id = %(record)s"
    if some:
        of_record += f" AND a.address_id IN ({', '.join(map(str, some))})"
    return _asked(
        " ".join(
            ["SELECT", columns, "FROM {record} a", rows, "CROSS JOIN {message} m WHERE", of_record, where]
        ),
        {"content_type": place[0], "record": place[1], **_bounds(below, each)},
    )


def _of_ties(reader: Reader, threads: Iterable[int], below: Rank | None, each: int) -> list[Row]:
    """So many of each of ``threads``, which were tied to the record."""
    some = ", ".join(map(str, threads))
    if not some:
        return []
    rows, where = _newest_of_each("m", "{message} q WHERE q.thread_id = t.id", "q.id", reader, below)
    told = "SELECT m.sent_at, m.id, m.thread_id, NULL, NULL FROM {thread} t"
    return _asked(f"{told} {rows} WHERE t.id IN ({some}){where}", _bounds(below, each))


def _newest_of_each(
    name: str, held: str, message: str, reader: Reader, below: Rank | None
) -> tuple[str, str]:
    """How the newest rows ``q`` of what is ``held`` are joined as ``name``, so many of each: the join, and
    what follows in its WHERE. ``message``: where such a row has the message's id.
    """
    newest = (
        f"FROM {held}"
        + (f" AND (q.sent_at, {message}) <= (%(sent_at)s, %(message)s)" if below else "")
        + _where_known(reader, message)
        + f" ORDER BY q.sent_at DESC, {message} DESC LIMIT %(each)s"
    )
    if connections[router.db_for_read(Message)].vendor == "postgresql":
        return f"CROSS JOIN LATERAL (SELECT q.* {newest}) {name}", ""
    # SQLite looks at the tables of a CROSS JOIN in their order.
    return f"CROSS JOIN {held.partition(' ')[0]} {name}", f" AND {name}.id IN (SELECT q.id {newest})"


# In the SQL of this file stand names of tables, roles, and ids of our own rows; all else is a value.


def _where_known(reader: Reader, message: str) -> str:
    """Of whom some mailboxes are no business, what these hold is passed over by the database."""
    if reader.known == reader.accounts.keys():
        return ""
    known = ", ".join(map(str, sorted(reader.known)))
    held = f"l.message_id = {message} AND l.account_id IN ({known})"
    return f" AND EXISTS (SELECT 1 FROM {{location}} l WHERE {held})"  # noqa: S608


def _bounds(below: Rank | None, each: int) -> dict[str, Any]:
    if below is None:
        return {"each": each}
    adapt = connections[router.db_for_read(Message)].ops.adapt_datetimefield_value
    return {"each": each, "sent_at": adapt(below[0]), "message": below[1]}


def _asked(sql: str, values: dict[str, Any]) -> list[Row]:
    """The rows that ``sql`` finds, in which ``{model}`` stands for a model's table."""
    connection = connections[router.db_for_read(Message)]
    models = {
        "participant": Participant,
        "record": RecordAddress,
        "thread": Thread,
        "message": Message,
        "location": Location,
    }
    tables = {name: connection.ops.quote_name(one._meta.db_table) for name, one in models.items()}
    roles = ", ".join(f"'{role}'" for role in CORRESPONDENTS)
    read = _reader_of_moments(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql.format(**tables, roles=roles), values)
        return [Row(read(row[0]), *row[1:]) for row in cursor.fetchall()]


def _reader_of_moments(connection: Any) -> Callable[[Any], datetime]:
    """How the database tells a moment: SQLite in UTC without saying so."""
    if connection.vendor != "sqlite":
        return lambda one: one
    return lambda one: one.replace(tzinfo=UTC)
