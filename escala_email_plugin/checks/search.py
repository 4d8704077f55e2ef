"""A system check of what mail is searched by."""

import sqlite3
from typing import Any

from django.core.checks import Error, register
from django.db import connections, router


@register("escala_email")
def check_full_text(**kwargs: Any) -> list:
    """E012: mail is kept in an SQLite without its full-text index. No database is asked."""
    from ..models import SearchEntry

    if connections[router.db_for_write(SearchEntry)].vendor != "sqlite" or has_fts5():
        return []
    return [
        Error(
            "This SQLite was built without FTS5, by which mail is searched.",
            hint="Use a Python whose SQLite has it, as that of Debian or python.org, or PostgreSQL.",
            id="escala_email.E012",
        )
    ]


def has_fts5() -> bool:
    """Whether Python's SQLite has it: it is tried, in memory."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE tried USING fts5(words, detail=none)")
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return True
