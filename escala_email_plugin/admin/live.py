"""A response that tells what happens while it happens: one event, a JSON object, in each line."""

import json
from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone, translation

Event = dict[str, Any]


def live(events: Iterator[Event], status: int = 200) -> StreamingHttpResponse:
    """``events`` as they come. Where they are buffered on the way, they come all at once.

    Whoever leaves the page closes the generator, at the latest when its next event is written.
    """
    response = StreamingHttpResponse(_lines(events), content_type="application/x-ndjson", status=status)
    response["Cache-Control"] = "no-store, no-transform"
    # Neither nginx nor anybody who compresses may keep a line back until there are more.
    response["X-Accel-Buffering"] = "no"
    response["Content-Encoding"] = "identity"
    return response


def _lines(events: Iterator[Event]) -> Iterator[bytes]:
    # When this runs the view is over, and its language and time zone with it. They are left again
    # before each line is handed out: the thread belongs to the web server.
    language, zone = translation.get_language(), timezone.get_current_timezone()
    return _spoken(events, language, zone)


def _spoken(events: Iterator[Event], language: str | None, zone: Any) -> Iterator[bytes]:
    try:
        while True:
            with translation.override(language), timezone.override(zone):
                event = next(events, None)
                line = None if event is None else json.dumps(event, default=str) + "\n"
            if line is None:
                return
            yield line.encode()
    finally:
        events.close()
