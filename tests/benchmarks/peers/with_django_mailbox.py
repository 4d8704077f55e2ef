"""Read every message of an inbox with django-mailbox into SQLite.

    python with_django_mailbox.py FOLDER HOST PORT USER < password

Needs ``pip install django-mailbox django``. Deletes what it reads: give it a mailbox of its own. ``FOLDER``
is where database and attachments go. The database is tuned as the plugin's. Prints a line of JSON.
"""

import json
import sys
import time
from pathlib import Path
from urllib.parse import quote

import django
from django.conf import settings
from django.core.management import call_command


def main(folder: Path, host: str, port: str, user: str) -> None:
    settings.configure(
        INSTALLED_APPS=["django_mailbox"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        MEDIA_ROOT=folder / "attachments",
        USE_TZ=True,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": folder / "db.sqlite3",
                "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"},
            }
        },
    )
    django.setup()
    call_command("migrate", verbosity=0)
    from django_mailbox.models import Mailbox

    password = sys.stdin.readline().strip()
    uri = f"imap+ssl://{quote(user, '')}:{quote(password, '')}@{host}:{port}"
    mailbox = Mailbox.objects.create(name="bench", uri=uri)
    start = time.perf_counter()
    messages = sum(1 for _ in mailbox.get_new_mail())
    print(json.dumps({"seconds": time.perf_counter() - start, "messages": messages}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
