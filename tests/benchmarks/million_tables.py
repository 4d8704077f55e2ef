"""Rows into tables, as fast as the database takes them: its indexes are made when all is there."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection

#: Rows that are written at once.
MANY = 20_000

#: What is written, and which of its columns the rows tell; the others have their defaults.
TABLES = {
    "person": ("crm.Person", "id first_name last_name company_id email"),
    "person_email": ("crm.PersonEmail", "person_id address"),
    "company": ("crm.Company", "id name"),
    "address": ("escala_email.Address", "id value"),
    "record": ("escala_email.RecordAddress", "content_type_id object_id address_id"),
    "thread": ("escala_email.Thread", "id created_at"),
    "message": (
        "escala_email.Message",
        "id key message_id thread_id sent_at subject snippet text html size automatic recorded_at",
    ),
    "location": ("escala_email.Location", "id message_id account_id folder_id uid arrived"),
    "participant": ("escala_email.Participant", "message_id address_id role name sent_at location_id"),
    "attachment": (
        "escala_email.Attachment",
        "message_id position name content_type size sha256 inline file",
    ),
    "level": ("escala_email.ThreadLevel", "account_id thread_id level"),
    "grant": ("escala_email.Grant", "account_id user_id thread_id"),
    "visit": ("escala_email.Visit", "user_id content_type_id object_id at"),
    "read": ("escala_email.ThreadRead", "user_id thread_id at"),
}


class Tables:
    """Takes rows by ``add`` and writes them by the thousand; ``flush`` writes the last."""

    def __init__(self, now: datetime):
        self.rows: dict[str, list[tuple]] = defaultdict(list)
        self.columns, self.beside = {}, {}
        for name, (label, told) in TABLES.items():
            names = told.split()
            others = [one for one in _model(label)._meta.concrete_fields if one.column not in names]
            others = [one for one in others if not one.primary_key]
            self.columns[name] = [*names, *(one.column for one in others)]
            self.beside[name] = tuple(self._default(one, now) for one in others)

    def add(self, name: str, row: tuple) -> None:
        rows = self.rows[name]
        rows.append(row + self.beside[name])
        if len(rows) >= MANY:
            self._write(name)

    def flush(self) -> None:
        for name in list(self.rows):
            self._write(name)

    def _default(self, field: Any, now: datetime) -> Any:
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            return moment()(now)
        if (field.name, field.model._meta.model_name) == ("uidvalidity", "location"):
            return 1
        return None if field.null else field.get_db_prep_save(field.get_default(), connection)

    def _write(self, name: str) -> None:
        rows, columns = self.rows.pop(name, []), self.columns[name]
        quoted = ", ".join(connection.ops.quote_name(one) for one in columns)
        table = connection.ops.quote_name(_model(TABLES[name][0])._meta.db_table)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.cursor.copy(f"COPY {table} ({quoted}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                signs = ", ".join("?" * len(columns))
                raw = cursor.connection.cursor()
                raw.executemany(f"INSERT INTO {table} ({quoted}) VALUES ({signs})", rows)


def moment() -> Callable[[datetime], str]:
    """How a moment is written into this database."""
    if connection.vendor == "postgresql":
        return lambda one: f"{one:%Y-%m-%d %H:%M:%S}+00"
    return lambda one: f"{one:%Y-%m-%d %H:%M:%S}"


def _model(label: str) -> Any:
    return apps.get_model(label)


@contextmanager
def without_indexes() -> Iterator[None]:
    """For the time of writing all is given up that keeps a database safe: a run that breaks begins anew."""
    tables = sorted({_model(label)._meta.db_table for label, _ in TABLES.values()})
    if connection.vendor == "postgresql":
        run(["SET session_replication_role = replica"])
        made = _indexes_of_postgresql(tables)
    else:
        run(["PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "PRAGMA foreign_keys=OFF"])
        run(["PRAGMA cache_size=-1000000", "PRAGMA temp_store=MEMORY"])
        made = _indexes_of_sqlite(tables)
    run(drop for drop, _ in made)
    yield
    run(make for _, make in made)
    _count_on(tables)


def _count_on(tables: list[str]) -> None:
    """Let the next ids follow those that were written."""
    if connection.vendor == "postgresql":
        for table in tables:
            last = f"(SELECT COALESCE(MAX(id), 1) FROM {table})"
            run([f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})"])


def run(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _indexes_of_sqlite(tables: list[str]) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'index' AND sql NOT NULL")
        found = [(f'DROP INDEX "{name}"', sql) for table, name, sql in cursor.fetchall() if table in tables]
    return found


def _indexes_of_postgresql(tables: list[str]) -> list[tuple[str, str]]:
    """Unique constraints, then other indexes; those of primary keys stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'u'"
        )
        rules = [row for row in cursor.fetchall() if row[0] in tables]
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype IN ('u', 'p')")
        kept = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
        plain = [row for row in cursor.fetchall() if row[0] in tables and row[1] not in kept]
    # Others may refer to a unique key; of these tables nobody does.
    made = [
        (f"ALTER TABLE {table} DROP CONSTRAINT {name}", f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule}")
        for table, name, rule in rules
    ]
    return [*made, *((f"DROP INDEX {name}", sql) for _, name, sql in plain)]
