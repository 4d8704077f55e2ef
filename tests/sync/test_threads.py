import itertools

import pytest

from escala_email_plugin.models import Message, Reference, Thread
from escala_email_plugin.sync.threads import people_of
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

US = "lucia@andina.test"


@pytest.fixture
def mine(seller):
    return account(seller, US)


def partition() -> set[frozenset[str]]:
    """The conversations as sets of Message-IDs."""
    found: dict[int, set[str]] = {}
    for thread, message_id in Message.objects.values_list("thread", "message_id"):
        found.setdefault(thread, set()).add(message_id.partition("@")[0])
    return {frozenset(one) for one in found.values()}


def test_a_reply_joins_its_thread(mine):
    first, second = stored(
        mine,
        letter(message_id="a@x.test"),
        letter(US, "ana@cliente.test", message_id="b@x.test", reply_to="a@x.test", minutes=5),
    )
    assert first.thread == second.thread
    assert Thread.objects.count() == 1


def test_messages_with_the_same_subject_stay_apart(mine):
    first, second = stored(mine, letter(message_id="a@x.test"), letter(message_id="b@x.test", minutes=1))
    assert first.thread != second.thread


def test_a_thread_is_whole_whatever_the_order_of_arrival(mine):
    chain = [
        letter(message_id="a@x.test"),
        letter(US, "ana@cliente.test", message_id="b@x.test", reply_to="a@x.test", minutes=1),
        letter(message_id="c@x.test", reply_to="b@x.test", references=["a@x.test"], minutes=2),
        letter(US, "ana@cliente.test", message_id="d@x.test", reply_to="c@x.test", minutes=3),
    ]
    for order in itertools.permutations(chain):
        Message.objects.all().delete()
        Thread.objects.all().delete()
        for raw in order:
            stored(mine, raw)
        assert partition() == {frozenset("abcd")}
        assert Thread.objects.count() == 1


def test_a_missing_message_in_the_middle_does_not_tear_the_thread(mine):
    stored(mine, letter(message_id="a@x.test"))
    stored(mine, letter(message_id="c@x.test", reply_to="missing@x.test", references=["a@x.test"], minutes=9))
    assert partition() == {frozenset("ac")}


def test_a_colleague_who_answers_from_elsewhere_joins(mine, colleague):
    stored(mine, letter(message_id="a@x.test"))
    other = account(colleague, "marcos@andina.test")
    stored(
        other,
        letter(
            "marcos@andina.test", "ana@cliente.test", message_id="b@x.test", reply_to="a@x.test", minutes=1
        ),
    )
    assert partition() == {frozenset("ab")}


def test_a_stranger_who_names_our_message_id_does_not_get_in(mine):
    stored(mine, letter(message_id="a@x.test"))
    stored(
        mine,
        letter("Eve <eve@otra.test>", US, message_id="evil@otra.test", reply_to="a@x.test", minutes=1),
    )
    assert partition() == {frozenset("a"), frozenset(["evil"])}


def test_a_stranger_cannot_take_an_id_away_before_its_message_arrives(mine):
    stored(mine, letter("Eve <eve@otra.test>", US, message_id="evil@otra.test", reply_to="a@x.test"))
    stored(mine, letter(message_id="a@x.test", minutes=1))
    stored(mine, letter(message_id="b@x.test", reply_to="a@x.test", minutes=2))
    assert partition() == {frozenset(["evil"]), frozenset("ab")}


def test_somebody_new_in_a_thread_brings_two_conversations_together_in_every_order(mine):
    """d and c share an id but nobody; whoever writes to both makes them one."""
    messages = [
        letter(message_id="c@x.test", references=["y@x.test"], reply_to="z@x.test"),
        letter("Berta <berta@otra.test>", US, message_id="d@x.test", reply_to="z@x.test", minutes=1),
        letter(message_id="e@x.test", reply_to="y@x.test", minutes=2, cc="Berta <berta@otra.test>"),
    ]
    for order in itertools.permutations(messages):
        Message.objects.all().delete()
        Thread.objects.all().delete()
        for raw in order:
            stored(mine, raw)
        assert partition() == {frozenset("cde")}


def test_a_batch_and_one_by_one_give_the_same_threads(mine):
    raws = [
        letter(message_id="a@x.test"),
        letter(message_id="c@x.test", reply_to="b@x.test", minutes=2),
        letter(US, "ana@cliente.test", message_id="b@x.test", reply_to="a@x.test", minutes=1),
        letter("Otro <otro@cliente.test>", US, message_id="z@x.test", minutes=1),
    ]
    stored(mine, *raws)
    assert partition() == {frozenset("abc"), frozenset("z")}
    known = Reference.objects.filter(thread__messages__message_id="a@x.test").values_list(
        "message_id", flat=True
    )
    assert {"a@x.test", "b@x.test", "c@x.test"} == set(known)


def test_the_people_of_a_conversation_are_found_without_looking_at_everybody(mine):
    (message,) = stored(mine, letter(bcc="eva@x.test"))
    people = people_of([message.thread_id])
    assert {address for _, address in people} == {"ana@cliente.test", US}
    # The index over locations holds nearly every participant in one place: whoever has none.
    assert "location" not in people.explain()
