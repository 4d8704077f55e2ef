"""A column that the database's own full-text index looks into: tsvector in PostgreSQL, FTS5 in SQLite.

It holds words that were made ready (``mail.words``), so no database folds or divides anything, and both find
the same. ``django.contrib.postgres`` is no help here: it needs psycopg to be imported, which a site on SQLite
has not, and it knows nothing of FTS5.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import models


class Term(NamedTuple):
    """A word, or, ``as_beginning``, all that begin like it."""

    word: str
    as_beginning: bool = False


#: All of these, each of which is any of some.
AllOf = Sequence[Sequence[Term]]


class WordsField(models.Field):
    """Words with a space before, between and behind them."""

    description = "Words that are searched for"

    def db_type(self, connection: Any) -> str:
        return "tsvector" if connection.vendor == "postgresql" else "text"


class _Words(models.Lookup):
    """``words__…=[[Term, …], …]``."""

    prepare_rhs = False

    def get_db_prep_lookup(self, value: AllOf, connection: Any) -> tuple[str, list]:
        return "%s", [value]

    def _as_tsquery(self) -> str:
        some = (
            " | ".join(f"'{word}'{':*' if as_beginning else ''}" for word, as_beginning in terms)
            for terms in self.rhs
        )
        return " & ".join(f"({one})" for one in some)


@WordsField.register_lookup
class Indexed(_Words):
    """Found by the index."""

    lookup_name = "indexed"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} @@ %s::tsquery", [*params, self._as_tsquery()]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list]:
        table = compiler.quote_name_unless_alias(self.lhs.alias)
        hidden = connection.ops.quote_name(self.lhs.target.model._meta.db_table)
        some = (
            " OR ".join(f'"{word}"{"*" if as_beginning else ""}' for word, as_beginning in terms)
            for terms in self.rhs
        )
        # The hidden column that is called as the table stands for all of them.
        return f"{table}.{hidden} MATCH %s", [" AND ".join(f"({one})" for one in some)]


@WordsField.register_lookup
class Holding(_Words):
    """Told from the row itself, where few rows are asked about: no index is used."""

    lookup_name = "holding"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list]:
        column, params = self.process_lhs(compiler, connection)
        # What the operator @@ stands for; by this name it uses no index.
        return f"ts_match_vq({column}, %s::tsquery)", [*params, self._as_tsquery()]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list]:
        column, _params = self.process_lhs(compiler, connection)
        told = " AND ".join(
            "(" + " OR ".join([f"instr({column}, %s) > 0"] * len(terms)) + ")" for terms in self.rhs
        )
        words = [
            f" {word}" if as_beginning else f" {word} " for terms in self.rhs for word, as_beginning in terms
        ]
        return f"({told})", words
