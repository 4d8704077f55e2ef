"""A list that is narrowed: what fits is found wherever it is, and nothing is told of what is hidden."""

import pytest
from django.contrib.contenttypes.models import ContentType

from escala_email_plugin.models import Grant, RecordThread
from escala_email_plugin.reading import narrowing, walk
from escala_email_plugin.visibility import Level
from tests.admin.timelines import lines
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, params=["the newest", "the index"])
def asked(request, monkeypatch):
    """Where what is searched is found: among the newest that a first page walks over, or by the index."""
    if request.param == "the index":
        monkeypatch.setattr(narrowing, "NEWEST", 1)
        monkeypatch.setattr(walk, "STRIDE", 2)
        monkeypatch.setattr(walk, "EACH", 1)


@pytest.fixture
def mine(seller):
    return account(seller)


def test_a_rare_word_is_found_behind_more_mail_than_a_page_looks_at(mine, seller, look, monkeypatch):
    monkeypatch.setattr(narrowing, "LOOKED_AT", 3)
    many = [letter(subject=f"Otra {n}", minutes=n, text="nada\n") for n in range(120)]
    stored(mine, letter(subject="Vieja", text="zafiro\n", minutes=-9), *many)
    page = look(seller, q="zafiro")
    assert lines(page) == ["Vieja"]
    assert page.context["page"].next is None


def test_where_too_many_messages_hold_a_word_the_record_is_walked(mine, seller, look, monkeypatch):
    monkeypatch.setattr("escala_email_plugin.reading.search.MOST", 2)
    stored(mine, *[letter(subject=f"Zafiro {n}", minutes=n) for n in range(4)])
    assert lines(look(seller, q="zafiro")) == [f"Zafiro {n}" for n in (3, 2, 1, 0)]


def test_a_search_keeps_to_days_and_pages_follow_without_gap(mine, seller, look, settings, monkeypatch):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "TIMELINE_PAGE": 2}
    monkeypatch.setattr(narrowing, "STRIDE", 1)
    # Two of each day, in the same minute.
    stored(mine, *[letter(subject=f"Zafiro {n}", minutes=n // 2 * -1440) for n in range(10)])
    found, before = [], {}
    while True:
        page = look(seller, q="zafiro", since="2026-02-28", until="2026-03-02", **before)
        found += lines(page)
        if page.context["page"].next is None:
            break
        before = {"before": page.context["page"].next.text}
    assert sorted(found) == [f"Zafiro {n}" for n in range(2, 8)]
    assert [int(one[-1]) // 2 for one in found] == [1, 1, 2, 2, 3, 3]


def test_only_the_records_mail_is_found(mine, seller, look):
    stored(mine, letter(subject="Zafiro"), letter(sender="otra@x.test", subject="Zafiro de otra"))
    assert lines(look(seller, q="zafiro")) == ["Zafiro"]


def test_what_was_tied_by_hand_is_found_and_what_was_untied_is_not(mine, seller, look, ana):
    ours, other = stored(
        mine, letter(subject="Zafiro"), letter(sender="otra@x.test", subject="Zafiro de otra", minutes=5)
    )
    of = {"content_type": ContentType.objects.get_for_model(ana), "object_id": str(ana.pk)}
    RecordThread.objects.create(**of, thread=other.thread, is_tied=True)
    assert lines(look(seller, q="zafiro")) == ["Zafiro de otra", "Zafiro"]
    RecordThread.objects.create(**of, thread=ours.thread, is_tied=False)
    assert lines(look(seller, q="zafiro")) == ["Zafiro de otra"]


def test_a_conversation_that_waits_is_also_found_by_what_another_of_its_messages_has(mine, seller, look):
    offer = letter(
        subject="Oferta", message_id="a@x.test", attachments=[("o.pdf", "application/pdf", b"%PDF")]
    )
    thanks = letter(subject="Re: Oferta", message_id="b@x.test", reply_to="a@x.test", minutes=5)
    stored(mine, offer, thanks, letter(subject="Sin adjunto", message_id="c@x.test", minutes=9))
    for query in ({"files": "1"}, {"q": "o.pdf"}, {"files": "1", "direction": "in"}):
        assert lines(look(seller, waiting="us", **query)) == ["Re: Oferta"]
        assert lines(look(seller, waiting="them", **query)) == []


def test_a_search_matches_only_what_the_level_shows(mine, colleague, look):
    (message,) = stored(mine, letter(subject="Zafiro", text="topacio\n"))
    mine.shares, mine.level = True, Level.SUBJECT
    mine.save()
    assert [lines(look(colleague, q=word)) for word in ("zafiro", "topacio")] == [["Zafiro"], []]
    Grant.objects.create(account=mine, user=colleague, message=message)
    assert lines(look(colleague, q="topacio")) == ["Zafiro"]
