"""A set of primary keys in a query, however many they are: as one parameter."""

import json
from collections.abc import Collection
from typing import Any

from django.db import connections
from django.db.models.expressions import RawSQL


def listed(model: Any, keys: Collection[Any], using: str) -> RawSQL:
    """The ``keys`` of ``model``, to be asked for by ``pk__in``.

    A database takes only so many parameters in a statement, and a list of a hundred thousand is more.
    """
    field, connection = model._meta.pk, connections[using]
    values = [field.get_db_prep_value(key, connection) for key in keys]
    if connection.vendor == "postgresql":
        # The type is Django's own word for the column.
        return RawSQL(f"SELECT unnest(%s::{field.rel_db_type(connection)}[])", [values])  # noqa: S611
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(values)])
