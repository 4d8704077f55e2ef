"""Conversations that turn out to be one: nobody sees more of them by that, in whatever order they join."""

import itertools
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escala_email_plugin.models import Grant, Message, RecordThread, Thread, ThreadLevel, ThreadRead
from escala_email_plugin.visibility import Level
from tests.making import DAY, account, letter, stored

pytestmark = pytest.mark.django_db

US = "lucia@andina.test"


@pytest.fixture
def mine(seller):
    return account(seller, US)


def single(n: int) -> bytes:
    """A conversation of one message."""
    return letter(message_id=f"m{n}@x.test", subject=f"m{n}", minutes=n)


def joining(*numbers: int) -> bytes:
    """A message that knows the others: with it, their conversations are one."""
    first, *others = [f"m{n}@x.test" for n in numbers]
    name = "".join(map(str, numbers))
    return letter(
        message_id=f"j{name}@x.test", subject=f"j{name}", reply_to=first, references=others, minutes=100
    )


def readable(user) -> set[str]:
    return set(Message.objects.visible_to(user).values_list("subject", flat=True))


def levels(user) -> dict[str, int]:
    return dict(Message.objects.with_level(user).values_list("subject", "level"))


@pytest.mark.parametrize(
    ("shares", "otherwise", "decided", "outcome"),
    [
        (False, Level.EVERYTHING, [Level.EVERYTHING, None], Level.NOTHING),
        (True, Level.EVERYTHING, [Level.NOTHING, None], Level.NOTHING),
        (True, Level.PEOPLE, [Level.EVERYTHING, None], Level.PEOPLE),
        (True, Level.EVERYTHING, [None, Level.SUBJECT], Level.SUBJECT),
        (False, Level.EVERYTHING, [Level.SUBJECT, Level.PEOPLE], Level.PEOPLE),
        (True, Level.SUBJECT, [None, None], Level.SUBJECT),
    ],
)
def test_the_lower_level_of_both_counts(mine, colleague, shares, otherwise, decided, outcome):
    mine.shares, mine.level = shares, otherwise
    mine.save()
    for message, level in zip(stored(mine, single(0), single(1)), decided, strict=True):
        if level is not None:
            ThreadLevel.objects.create(account=mine, thread=message.thread, level=level)
    stored(mine, joining(0, 1))
    assert Thread.objects.count() == 1
    assert set(levels(colleague).values()) == {outcome}
    assert ThreadLevel.objects.count() == (0 if decided == [None, None] else 1)


def test_each_mailbox_has_its_own_level(mine, colleague, administrator):
    theirs = account(colleague, "marcos@andina.test", shares=True, level=Level.SUBJECT)
    (first,) = stored(mine, single(0))
    (second,) = stored(theirs, single(1))
    ThreadLevel.objects.create(account=mine, thread=first.thread, level=Level.EVERYTHING)
    ThreadLevel.objects.create(account=theirs, thread=second.thread, level=Level.EVERYTHING)
    stored(mine, joining(0, 1))
    assert dict(ThreadLevel.objects.values_list("account", "level")) == {
        mine.pk: Level.NOTHING,
        theirs.pk: Level.SUBJECT,
    }
    assert levels(administrator) == {"m0": Level.NOTHING, "j01": Level.NOTHING, "m1": Level.SUBJECT}


def test_what_was_granted_of_each_is_granted_of_the_whole(mine, colleague):
    for message in stored(mine, single(0), single(1)):
        Grant.objects.create(account=mine, user=colleague, thread=message.thread)
    stored(mine, joining(0, 1))
    assert readable(colleague) == {"m0", "m1", "j01"}
    assert Grant.objects.get().thread == Thread.objects.get()


def test_what_was_granted_of_one_is_narrowed_to_what_was_granted_so_far(mine, colleague, administrator):
    first, second = stored(mine, single(0), single(1))
    old = Grant.objects.create(account=mine, user=colleague, thread=first.thread)
    Grant.objects.create(account=mine, user=administrator, thread=second.thread)
    stored(mine, joining(0, 1))
    assert readable(colleague) == {"m0"}
    assert readable(administrator) == {"m1"}
    narrowed = Grant.objects.get(user=colleague)
    assert (narrowed.message, narrowed.granted_at) == (first, old.granted_at)


def test_a_grant_of_one_mailbox_says_nothing_of_another(mine, colleague, administrator):
    theirs = account(colleague, "marcos@andina.test")
    (first,) = stored(mine, single(0))
    (second,) = stored(theirs, single(1))
    Grant.objects.create(account=mine, user=administrator, thread=first.thread)
    Grant.objects.create(account=theirs, user=administrator, thread=second.thread)
    stored(mine, joining(0, 1))
    assert readable(administrator) == {"m0", "m1"}
    assert set(Grant.objects.values_list("account", "message")) == {
        (mine.pk, first.pk),
        (theirs.pk, second.pk),
    }


def test_a_message_that_was_granted_too_stays_granted(mine, colleague):
    first, _second = stored(mine, single(0), single(1))
    Grant.objects.create(account=mine, user=colleague, message=first)
    Grant.objects.create(account=mine, user=colleague, thread=first.thread)
    stored(mine, joining(0, 1))
    assert readable(colleague) == {"m0"}
    assert Grant.objects.count() == 1


def test_a_reply_in_a_granted_conversation_is_granted_with_it(mine, colleague):
    (first,) = stored(mine, single(0))
    Grant.objects.create(account=mine, user=colleague, thread=first.thread)
    stored(mine, letter(message_id="r@x.test", subject="r", reply_to="m0@x.test", minutes=9))
    assert readable(colleague) == {"m0", "r"}


class Undone(Exception):
    """To take back what an example stored."""


#: For each of four conversations, whether it was granted, and what was decided of it.
DECISIONS = st.lists(st.tuples(st.booleans(), st.sampled_from([None, *Level])), min_size=4, max_size=4)
JOINS = st.lists(st.sampled_from(list(itertools.combinations(range(4), 2))), unique=True, max_size=4)


def outcome(mine, colleague, administrator, decisions, joins, *, at_once: bool):
    """What each sees in the end. Nobody may see more of anything on the way."""
    try:
        with transaction.atomic():
            stored(mine, *[single(n) for n in range(4)])
            for n, (is_granted, level) in enumerate(decisions):
                thread = Thread.objects.get(messages__subject=f"m{n}")
                if is_granted:
                    Grant.objects.create(account=mine, user=colleague, thread=thread)
                if level is not None:
                    ThreadLevel.objects.create(account=mine, thread=thread, level=level)
            for some in [joins] if at_once else [[one] for one in joins]:
                before = levels(administrator), readable(colleague)
                stored(mine, *[joining(*one) for one in some])
                after = levels(administrator), readable(colleague)
                assert all(after[0][name] <= level for name, level in before[0].items())
                shown = {name for name in before[1] if after[0][name] == Level.EVERYTHING}
                granted = {f"m{n}" for n, (is_granted, _level) in enumerate(decisions) if is_granted}
                old = {name for name in after[1] if name in before[0]}
                assert old <= before[1]
                assert granted | shown <= after[1]
            raise Undone(levels(administrator), readable(colleague))
    except Undone as found:
        return found.args


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(decisions=DECISIONS, joins=JOINS, shuffled=st.randoms(use_true_random=False), shares=st.booleans())
def test_the_order_of_arrival_changes_nothing_and_nobody_sees_more(
    mine, colleague, administrator, decisions, joins, shuffled, shares
):
    mine.shares, mine.level = shares, Level.SUBJECT
    mine.save()
    people = (mine, colleague, administrator)
    whole = outcome(*people, decisions, joins, at_once=True)
    one_by_one = outcome(*people, decisions, shuffled.sample(joins, len(joins)), at_once=False)
    assert of_before(*whole) == of_before(*one_by_one)


def of_before(found: dict[str, int], granted: set[str]) -> tuple[dict[str, int], set[str]]:
    """What was there before anything joined: what came last depends on what came."""
    return {name: found[name] for name in found if name[0] == "m"}, {n for n in granted if n[0] == "m"}


def queries_of_a_join(holder, first: int) -> int:
    stored(holder, single(first), single(first + 1))
    with CaptureQueriesContext(connection) as context:
        stored(holder, joining(first, first + 1))
    return len([one for one in context if "threadlevel" in one["sql"] and "SELECT" in one["sql"]])


def test_where_nothing_was_decided_a_join_asks_one_question_more(mine):
    assert queries_of_a_join(mine, 0) == 1


def test_where_nothing_joins_nothing_is_asked(mine):
    with CaptureQueriesContext(connection) as context:
        stored(mine, single(0), single(1))
    assert not [one for one in context if "threadlevel" in one["sql"]]


def test_many_joins_at_once_ask_as_often_as_one(mine):
    stored(mine, *[single(n) for n in range(8)])
    with CaptureQueriesContext(connection) as context:
        stored(mine, *[joining(n, n + 1) for n in range(0, 8, 2)])
    assert Thread.objects.count() == 4
    assert len([one for one in context if "UNION" in one["sql"]]) == 1


def ties(thread):
    rows = RecordThread.objects.order_by("object_id").values_list("object_id", "thread", "is_tied")
    assert all(one[1] == thread for one in rows)
    return {object_id: is_tied for object_id, _, is_tied in rows}


@pytest.mark.parametrize(
    ("of_each", "outcome"),
    [
        ([True, None], True),
        ([None, True], True),
        ([True, False], True),
        ([False, True], True),
        ([False, False], False),
        # A part that nobody took from the record's page stays there, and what it belongs to with it.
        ([False, None], None),
        ([None, False], None),
    ],
)
def test_tied_by_hand_stays_tied_and_untied_stays_where_all_of_it_was(mine, ana, of_each, outcome):
    messages = stored(mine, single(0), single(1))
    people = ContentType.objects.get_for_model(ana)
    for message, is_tied in zip(messages, of_each, strict=True):
        if is_tied is not None:
            RecordThread.objects.create(
                content_type=people, object_id=ana.pk, thread=message.thread, is_tied=is_tied
            )
    (joint,) = stored(mine, joining(0, 1))
    assert ties(joint.thread_id) == ({} if outcome is None else {str(ana.pk): outcome})


def test_it_is_read_as_far_as_the_one_that_was_read_less(mine, seller, colleague):
    messages = stored(mine, single(0), single(1))
    later = DAY + timedelta(hours=1)
    for user, moments in ((seller, (later, DAY)), (colleague, (None, later))):
        for message, at in zip(messages, moments, strict=True):
            if at is not None:
                ThreadRead.objects.create(user=user, thread=message.thread, at=at)
    (joint,) = stored(mine, joining(0, 1))
    found = set(ThreadRead.objects.values_list("user", "thread", "at"))
    assert found == {(seller.pk, joint.thread_id, DAY), (colleague.pk, joint.thread_id, later)}
