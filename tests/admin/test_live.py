"""A response that tells what happens while it happens."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpRequest
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from escala_email_plugin.admin.live import live


def read(response) -> list:
    return [json.loads(line) for line in response.streaming_content]


def test_each_event_is_a_line_and_comes_before_the_next_one_is_made():
    made = []

    def events():
        for number in range(3):
            made.append(number)
            yield {"number": number}

    lines = iter(live(events()).streaming_content)
    assert made == []
    assert next(lines) == b'{"number": 0}\n'
    assert made == [0]
    assert [json.loads(line) for line in lines] == [{"number": 1}, {"number": 2}]


def test_what_comes_after_the_view_is_said_in_the_views_language_and_time():
    def events():
        yield {"said": _("Connect a mailbox"), "zone": timezone.get_current_timezone_name()}

    with translation.override("es"), timezone.override("America/Lima"):
        response = live(events())
    assert read(response) == [{"said": "Conectar un buzón", "zone": "America/Lima"}]


def test_the_thread_keeps_its_own_language_between_two_lines():
    with translation.override("es"):
        response = live(iter_of({"n": 1}, {"n": 2}))
    with translation.override("en"):
        for _line in response.streaming_content:
            assert translation.get_language() == "en"


def test_no_line_is_kept_back_by_who_compresses():
    response = live(iter_of({"n": 1}, {"n": 2}))
    request = HttpRequest()
    request.META["HTTP_ACCEPT_ENCODING"] = "gzip"
    response = GZipMiddleware(lambda _request: response)(request)
    assert read(response) == [{"n": 1}, {"n": 2}]


@pytest.mark.django_db  # who closes a response also looks after its connections
def test_who_leaves_closes_what_was_being_done():
    closed = []

    def events():
        try:
            yield {"n": 1}
            yield {"n": 2}
        finally:
            closed.append(True)

    response = live(events())
    assert next(iter(response.streaming_content)) == b'{"n": 1}\n'
    assert closed == []
    response.close()
    assert closed == [True]


def iter_of(*events):
    yield from events


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")
def test_an_asynchronous_server_gets_every_line_at_once():
    async def everything(response):
        return [json.loads(line) async for line in response]

    with translation.override("es"):
        response = live(iter_of({"n": 1}, {"n": 2}))
    # In a thread of its own: this one may have a loop already, of a test with a browser before it.
    with ThreadPoolExecutor() as elsewhere:
        lines = elsewhere.submit(async_to_sync(everything), response).result()
    assert lines == [{"n": 1}, {"n": 2}]
