"""The database of a test run: an SQLite file, or the PostgreSQL that a URL names.

postgresql://user@%2Ffolder%2Fof%2Fthe%2Fsocket/name
"""

from typing import Any
from urllib.parse import quote, unquote, urlsplit

SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
    },
}


def configured(place: str, test_file: str) -> dict[str, Any]:
    """Django's settings for ``place``, an SQLite file or a URL; ``test_file``: of the tests' own copy."""
    if not place.startswith("postgresql:"):
        # The copy is a file too: browser and worker tests look at it from other threads and processes.
        return {**SQLITE, "NAME": place, "TEST": {"NAME": test_file}}
    url = urlsplit(place)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.strip("/"),
        "USER": url.username or "",
        "HOST": unquote(url.netloc.rpartition("@")[2]),
    }


def told(settings: dict[str, Any]) -> str:
    """``configured`` the other way round: what a test hands on to a worker it starts."""
    if "sqlite" in settings["ENGINE"]:
        return str(settings["NAME"])
    return f"postgresql://{settings['USER']}@{quote(settings['HOST'], safe='')}/{settings['NAME']}"
