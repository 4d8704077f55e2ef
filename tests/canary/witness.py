"""Everything that a run leaves behind, as text."""

import gc
import logging
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.signals import got_request_exception
from django.db import connection
from django.utils.log import AdminEmailHandler
from django.views.debug import ExceptionReporter
from huey.contrib.djhuey import HUEY

from .canaries import sightings


class Witness(logging.Handler):
    """Hears every logger at DEBUG, and every error that a request or a worker reports to the site's owners.

    ``secrets``: name → what is looked for. ``seen``: where each was met, and how. ``met``: how many texts
    were looked at there.
    """

    def __init__(self, secrets: dict[str, str], queue: Path) -> None:
        super().__init__(logging.DEBUG)
        self.seen: dict[str, list[str]] = {}
        self.met: Counter[str] = Counter()
        self._secrets = secrets
        self._known: set[int] = set()
        self._queue = queue
        self._reporting = False
        self._mailing = AdminEmailHandler(include_html=True)
        self._levels: dict[logging.Logger, tuple[int, bool]] = {}

    def keep(self, where: str, text: Any) -> None:
        """Look at what was met at ``where``; what was there before is not looked at again."""
        text = text if isinstance(text, str) else repr(text)
        self.met[where] += 1
        if hash(text) in self._known:
            return
        self._known.add(hash(text))
        if found := sightings(text, self._secrets):
            self.seen.setdefault(where, []).extend(found)

    def __enter__(self) -> "Witness":
        named = [one for one in logging.root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
        for one in [logging.root, *named, *map(logging.getLogger, MORE)]:
            self._levels[one] = one.level, one.propagate
            one.setLevel(logging.DEBUG)
            one.propagate = True
        # Alone: pytest's own would keep and show all of it.
        self._others, logging.root.handlers = logging.root.handlers, [self]
        connection.force_debug_cursor = True
        got_request_exception.connect(self._report)
        return self

    def __exit__(self, *exc: Any) -> None:
        logging.root.handlers = self._others
        connection.force_debug_cursor = False
        got_request_exception.disconnect(self._report)
        for one, (level, propagate) in self._levels.items():
            one.setLevel(level)
            one.propagate = propagate

    def emit(self, record: logging.LogRecord) -> None:
        if self._reporting:
            return  # Django's own template of the report, which is looked at when it is done
        formatter = logging.Formatter("%(name)s %(levelname)s %(message)s")
        self.keep("log", formatter.format(record))
        # What a handler of another kind would send: the arguments as they are.
        self.keep("log record", {name: repr(value) for name, value in vars(record).items()})
        if record.levelno >= logging.ERROR and record.exc_info and record.exc_info[0]:
            self._reporting = True
            self._mailing.emit(record)
            self._reporting = False

    def _report(self, sender: Any, request: Any = None, **kwargs: Any) -> None:
        for is_email in (True, False):
            report = ExceptionReporter(request, *sys.exc_info(), is_email=is_email)
            self._reporting = True
            pages = {"error page": report.get_traceback_html(), "error text": report.get_traceback_text()}
            self._reporting = False
            for where, text in pages.items():
                self.keep(where, text)

    def look_round(self) -> None:
        """Keep what lies about: the tables, the sessions, the queue, the mails, the objects, the files."""
        for where, text in self._lying_about():
            self.keep(where, text)

    def _lying_about(self) -> Iterator[tuple[str, str]]:
        for model in apps.get_models(include_auto_created=True):
            for row in model._default_manager.all().values():
                plain = {name: _plain(one) for name, one in row.items()}
                yield f"table {model._meta.db_table}", repr(plain)
        for session in Session.objects.all():
            yield "session", repr(session.get_decoded())
        for file in self._queue.parent.glob(f"{self._queue.name}*"):
            yield "queue", file.read_bytes().decode("latin-1")
        for task in [*HUEY.pending(), *HUEY.scheduled()]:
            yield "task", f"{task!r} {task.args!r} {task.kwargs!r}"
        yield "results", repr(HUEY.all_results())
        for message in mail.outbox:
            words = [message.subject, message.body, *(str(one) for one in message.alternatives)]
            yield "mail", "".join(words)
        for one in gc.get_objects():
            if str(type(one).__module__).startswith("escala_email_plugin"):
                yield "object", f"{one!r} {one!s}"
        for file in Path(settings.STORAGES["escala_email"]["OPTIONS"]["location"]).rglob("*"):
            if file.is_file():
                yield "attachment", file.read_bytes().decode("latin-1")


#: Loggers that may not be there yet when it begins.
MORE = (
    "allauth",
    "django.db.backends",
    "django.request",
    "escala_email_plugin",
    "huey",
    "imapclient",
    "imapclient.imaplib",
    "imapclient.imapclient",
    "requests",
    "urllib3",
)


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
