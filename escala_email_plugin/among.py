"""Rows by many values: a third of the time that a queryset takes, which looks at each value several times."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections, models, router

from .batches import batches

#: Values of one statement, where the database does not want fewer.
VALUES = 500


def among(
    model: type[models.Model], names: Sequence[str], name: str, values: Iterable[str | int]
) -> list[tuple[Any, ...]]:
    """The fields ``names`` of the rows whose field ``name`` is one of ``values``, as the database has them.

    For texts and numbers only: others would need to be read by their fields. Asked of the database that is
    written to, within whose transaction this is meant to be.
    """
    connection = connections[router.db_for_write(model)]
    quote, field = connection.ops.quote_name, model._meta.get_field
    columns = ", ".join(quote(field(one).column) for one in names)
    told = f"SELECT {columns} FROM {quote(model._meta.db_table)} WHERE {quote(field(name).column)} IN"  # noqa: S608
    size = min(VALUES, connection.features.max_query_params or VALUES)
    found: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for some in batches(values, size):
            cursor.execute(f"{told} ({', '.join(['%s'] * len(some))})", some)
            found += cursor.fetchall()
    return found
