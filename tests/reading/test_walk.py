"""Strides along a record's addresses and the conversations that were tied to it."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from escala_email_plugin.models import Message, RecordThread
from escala_email_plugin.readers import Reader
from escala_email_plugin.reading import walk
from escala_email_plugin.reading.timeline import Timeline
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(seller):
    return account(seller)


@pytest.fixture
def tied(mine, ana):
    """tied(n): so many conversations with others, of three messages each and tied to Ana by hand."""

    def tied(number):
        of = {"content_type": ContentType.objects.get_for_model(ana), "object_id": str(ana.pk)}
        for n in range(number):
            to = f"Otro <otro{n}@nadie.test>"
            messages = stored(
                mine,
                letter(to, subject=f"{n}", message_id=f"{n}@x.test", minutes=n),
                letter(to, subject=f"{n}", message_id=f"{n}b@x.test", reply_to=f"{n}@x.test", minutes=n + 50),
                letter(to, subject=f"{n}", message_id=f"{n}c@x.test", reply_to=f"{n}@x.test", minutes=n + 90),
            )
            assert len({message.thread_id for message in messages}) == 1
            RecordThread.objects.update_or_create(**of, thread=messages[0].thread, defaults={"is_tied": True})

    return tied


def rows(seller, ana):
    of = ContentType.objects.get_for_model(ana), ana.pk
    strides = walk.walk(Reader(seller, of), *of, None)
    return [row for stride in strides for row in stride]


@pytest.mark.parametrize(("stride", "each"), [(100, 8), (2, 1), (4, 2)])
def test_every_message_that_was_tied_stands_in_its_place_once(
    seller, ana, mine, tied, monkeypatch, stride, each
):
    monkeypatch.setattr(walk, "STRIDE", stride)
    monkeypatch.setattr(walk, "EACH", each)
    stored(mine, *[letter(subject=f"Suyo {n}", minutes=7 * n) for n in range(5)])
    tied(6)
    wanted = Message.objects.order_by("-sent_at", "-pk").values_list("sent_at", "pk")
    assert [row.rank for row in rows(seller, ana)] == list(wanted)
    assert len(wanted) == 23


def test_tied_conversations_cost_the_same_however_many_there_are(
    seller, ana, tied, django_assert_max_num_queries
):
    tied(1)
    assert len(Timeline(ana, seller).conversations().items) == 1
    with django_assert_max_num_queries(40) as few:
        assert len(rows(seller, ana)) == 3
    tied(12)
    with django_assert_max_num_queries(len(few)):
        assert len(rows(seller, ana)) == 36


def test_of_a_tied_conversation_only_what_somebody_knows_of_is_walked(seller, colleague, ana, tied):
    tied(2)
    account(colleague, "marcos@andina.test")
    colleague.user_permissions.remove(*Permission.objects.filter(codename="view_team_mail"))
    assert rows(colleague, ana) == []
