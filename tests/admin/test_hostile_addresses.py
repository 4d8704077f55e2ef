"""Whatever stands in an address, the answer is a page or that there is none: never an error."""

import pytest
from django.urls import reverse
from django.utils import timezone

from escala_email_plugin.privacy.ties import tie
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

HUGE = 10**30

PLACES = [
    f"1772528400000000-{HUGE}",
    f"{10**17}-1",
    "1772528400000000--5",
    "d00010101-1",
    f"d20260303-{HUGE}",
    "d99991230-1",
    "9" * 5000 + "-1",
    "1\0-1",
    "１２-３",
]

DAYS = ["0001-01-01", "0001-01-02", "9999-12-31", "9999-12-30", "2026-W01-1", "\0"]

NUMBERS = [str(2**63 - 1), str(2**63), str(HUGE), "0", "-1"]

WORDS = [
    "\0",
    "'\"*:",
    "NEAR(a b)",
    "a:* & !b",
    "\ud7ff\U0010ffff",
    "%%%s{participant}",
    "a" * 5000,
    "_1f600_",
]

#: Names of fragments, and which parameters they look at.
ASKED = [
    *(("timeline", (), {"before": one}) for one in PLACES),
    *(("timeline", (), {"before": one, "direction": "in"}) for one in PLACES),
    *(("timeline", (), {"before": one, "q": "hola", "until": "2026-03-04"}) for one in PLACES),
    *(("timeline", (), {"since": one}) for one in DAYS),
    *(("timeline", (), {"until": one}) for one in DAYS),
    *(("timeline", (), {"since": one, "until": one, "waiting": "us"}) for one in DAYS),
    *(("timeline", (), {"mailbox": one, "files": "1"}) for one in NUMBERS),
    *(("timeline", (), {"q": one}) for one in WORDS),
    *(("newer", (), {"shown": one}) for one in PLACES),
    *(("newer", (), {"shown": PLACES[3], "after": one}) for one in NUMBERS),
    *(("newer", (), {"shown": "1772528400000000-1", "after": one}) for one in NUMBERS),
    *(("thread", ("thread",), {"before": one}) for one in PLACES),
    *(("ties_search", ("thread",), {"q": one}) for one in WORDS),
    *(("body", ("message",), {"images": one}) for one in WORDS),
    *((name, (HUGE,), {}) for name in (
        "linked", "thread", "print_thread", "ties", "ties_search", "body", "print_message", "message_source",
        "message_eml", "why_here", "attachment", "attachment_view",
    )),
]  # fmt: skip


@pytest.mark.parametrize("zone", ["America/Bogota", "Asia/Tokyo"])
def test_no_address_of_a_record_breaks_its_page(zone, look, seller, ana, settings):
    settings.TIME_ZONE = zone
    timezone.get_default_timezone.cache_clear()
    message = stored(account(seller), letter())[0]
    tie(seller, ana, message.thread_id)
    own = {"thread": message.thread_id, "message": message.pk}
    broken = []
    for name, args, query in ASKED:
        try:
            answer = look(seller, name, *(own.get(one, one) for one in args), **query)
            assert answer.status_code in (200, 404)
        except Exception as error:
            broken.append((name, args, query, repr(error)))
    timezone.get_default_timezone.cache_clear()
    assert broken == []


@pytest.mark.parametrize("before", PLACES)
def test_no_address_breaks_the_search(before, client, seller):
    stored(account(seller), letter())
    client.force_login(seller)
    answer = client.get(reverse("escala_email:search"), {"q": "hola", "before": before})
    assert answer.status_code in (200, 404)
