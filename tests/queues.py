"""The queue of a test run: none that outlives it, or the one that the environment names.

redis://127.0.0.1:6379/0       an SQLite file
"""

from typing import Any


def configured(place: str) -> dict[str, Any]:
    """Django's ``HUEY`` for ``place``, a URL of Redis, an SQLite file or nothing."""
    if not place:
        return {"huey_class": "huey.MemoryHuey", "name": "tests", "immediate": False}
    if place.startswith("redis:"):
        kind, connection = "huey.PriorityRedisHuey", {"url": place}
    else:
        kind, connection = "huey.SqliteHuey", {"filename": place}
    return {"huey_class": kind, "name": "tests", "immediate": False, "connection": connection}
