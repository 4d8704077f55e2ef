"""What came in since somebody last had a record's conversations before them."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType

from escala_email_plugin.models import Message, Visit
from escala_email_plugin.reading import unread, visits
from escala_email_plugin.reading.visits import unseen, visited
from tests.making import DAY, account, letter, stored

pytestmark = pytest.mark.django_db

US = "lucia@andina.test"


@pytest.fixture(autouse=True)
def _news(monkeypatch):
    """The letters are of long ago."""
    monkeypatch.setattr(unread, "NEWS", timedelta(days=36_500))


@pytest.fixture
def mine(seller):
    return account(seller, US)


@pytest.fixture
def last_visit(ana):
    """last_visit(user, at): when the user was there."""

    def last_visit(user, at=DAY):
        of = ContentType.objects.get_for_model(ana)
        return Visit.objects.create(user=user, content_type=of, object_id=str(ana.pk), at=at)

    return last_visit


def test_a_record_that_was_never_looked_at_has_nothing_new(seller, mine, ana, django_assert_num_queries):
    stored(mine, letter())
    ContentType.objects.get_for_model(ana)
    with django_assert_num_queries(1):
        assert unseen(ana, seller) == 0


def test_what_was_recorded_since_counts_until_the_next_visit(
    seller, mine, ana, last_visit, django_assert_num_queries
):
    last_visit(seller)
    stored(mine, letter(subject="Uno"), letter(subject="Dos"), letter(subject="Otra", sender="otra@x.test"))
    assert unseen(ana, seller) == 2  # once, for what is remembered of the user
    with django_assert_num_queries(7):
        assert unseen(ana, seller) == 2
    visited(ana, seller)
    Message.objects.update(recorded_at=DAY)
    assert unseen(ana, seller) == 0


def test_a_message_that_came_while_the_page_was_on_its_way_is_still_new(seller, mine, ana, monkeypatch):
    # The letters are of long ago; here only what was recorded when counts.
    monkeypatch.setattr(visits, "OLDEST", timedelta(days=36_500))
    stored(mine, letter())
    visited(ana, seller)
    assert unseen(ana, seller) == 1


def test_what_we_wrote_ourselves_is_no_news(seller, mine, ana, last_visit):
    last_visit(seller)
    stored(mine, letter(US, "ana@cliente.test"), letter("marcos@andina.test", "ana@cliente.test", cc=US))
    assert unseen(ana, seller) == 1
    account(None, "marcos@andina.test")
    assert unseen(ana, seller) == 0


def test_old_mail_that_was_brought_in_late_is_no_news(seller, mine, ana, last_visit):
    last_visit(seller, DAY + visits.OLDEST + timedelta(seconds=1))
    stored(mine, letter())
    assert unseen(ana, seller) == 0


def test_what_is_hidden_from_the_reader_is_not_counted(seller, colleague, mine, ana, last_visit):
    last_visit(colleague)
    stored(mine, letter())
    assert unseen(ana, colleague) == 0
    mine.shares, mine.level = True, 1
    mine.save()
    assert unseen(ana, colleague) == 1


def test_each_reader_has_visits_of_their_own(seller, colleague, mine, ana, last_visit):
    last_visit(seller)
    visited(ana, colleague)
    stored(mine, letter())
    assert unseen(ana, seller) == 1


def test_no_more_than_the_most_are_counted(seller, mine, ana, last_visit, monkeypatch):
    monkeypatch.setattr(visits, "MOST", 3)
    last_visit(seller)
    stored(mine, *[letter(subject=f"{number}") for number in range(5)])
    assert unseen(ana, seller) == 3


def test_of_a_busy_record_only_the_newest_are_looked_at(seller, mine, ana, last_visit, monkeypatch):
    monkeypatch.setattr(visits, "LOOKED_AT", 2)
    last_visit(seller)
    stored(mine, *[letter(subject=f"{number}", minutes=-number) for number in range(5)])
    assert unseen(ana, seller) == 2
