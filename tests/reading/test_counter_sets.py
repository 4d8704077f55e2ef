"""What a filter of a listing finds is what its columns say of each record, whoever reads."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escala_email_plugin.models import (
    Address,
    Folder,
    Grant,
    Location,
    Message,
    Participant,
    RecordThread,
    Rule,
    Thread,
    ThreadLevel,
)
from escala_email_plugin.reading.counter_sets import in_contact, waiting
from escala_email_plugin.reading.counters import RECENT, THEM, US, counted
from sandbox.crm.models import Person
from tests.making import account

pytestmark = pytest.mark.django_db

PEOPLE, MAILBOXES, THREADS = range(3), range(2), range(3)

MESSAGES = st.lists(
    st.fixed_dictionaries(
        {
            "thread": st.sampled_from(THREADS),
            "days": st.sampled_from([1, 1, 2, RECENT + 10]),
            "automatic": st.sampled_from([False, False, False, True]),
            # Of us and of others: one of two mailboxes, the people, and somebody else.
            "senders": st.lists(st.sampled_from(["u0", "u1", "p0", "p1", "x"]), min_size=1, max_size=2),
            "to": st.lists(st.sampled_from(["p0", "p1", "p2"]), max_size=2),
            "bcc": st.lists(st.sampled_from(["p0", "p2"]), max_size=1),
            "held_by": st.sets(st.sampled_from(MAILBOXES), min_size=1),
        }
    ),
    max_size=6,
)
WORLDS = st.fixed_dictionaries(
    {
        "messages": MESSAGES,
        "shares": st.tuples(st.booleans(), st.sampled_from([0, 1, 2, 3])),
        "levels": st.dictionaries(st.sampled_from(THREADS), st.sampled_from([0, 1, 3]), max_size=2),
        "granted": st.sampled_from(["", "", "message", "thread", "address"]),
        "ties": st.dictionaries(
            st.tuples(st.sampled_from(PEOPLE), st.sampled_from(THREADS)), st.booleans(), max_size=2
        ),
        "no_contact": st.sampled_from([None, None, 0, 1]),
    }
)


def make(world, seller, colleague):
    """The mail of ``world`` in the mailboxes of two colleagues; returns the people."""
    shares, level = world["shares"]
    holders = [
        account(seller, "u0@andina.test", shares=shares, level=level),
        account(colleague, "u1@andina.test", shares=True, level=1),
    ]
    folders = [Folder.objects.create(account=one, name="INBOX", uidvalidity=1) for one in holders]
    people = [Person.objects.create(first_name=str(n), last_name="X", email=f"p{n}@x.test") for n in PEOPLE]
    address = {
        name: Address.objects.get_or_create(value=value)[0]
        for name, value in (
            *((f"p{n}", f"p{n}@x.test") for n in PEOPLE),
            *((f"u{n}", f"u{n}@andina.test") for n in MAILBOXES),
            ("x", "x@other.test"),
        )
    }
    threads = [Thread.objects.create() for _ in THREADS]
    stored = [store(number, one, threads, folders, address) for number, one in enumerate(world["messages"])]
    for number, decided in world["levels"].items():
        ThreadLevel.objects.create(account=holders[0], thread=threads[number], level=decided)
    if world["granted"] and stored:
        to = {"message": stored[0], "thread": threads[0], "address": address["p0"]}[world["granted"]]
        Grant.objects.create(account=holders[0], user=colleague, **{world["granted"]: to})
    content_type = ContentType.objects.get_for_model(Person)
    for (person, thread), is_tied in world["ties"].items():
        RecordThread.objects.create(
            content_type=content_type,
            object_id=people[person].pk,
            thread=threads[thread],
            is_tied=is_tied,
        )
    if world["no_contact"] is not None:
        Rule.objects.create(
            account=holders[world["no_contact"]], kind=Rule.Kind.NOT_CONTACT, pattern="p0@x.test"
        )
    return people


def store(number, one, threads, folders, address):
    moment = NOW - timedelta(days=one["days"])
    message = Message.objects.create(
        key=str(number),
        message_id=str(number),
        thread=threads[one["thread"]],
        sent_at=moment,
        automatic=one["automatic"],
    )
    places = [
        Location.objects.create(
            message=message, account=folders[n].account, folder=folders[n], uidvalidity=1, uid=number + 1
        )
        for n in sorted(one["held_by"])
    ]
    for role, names in (("from", one["senders"]), ("to", one["to"]), ("bcc", one["bcc"])):
        for name in dict.fromkeys(names):
            Participant.objects.create(
                message=message,
                address=address[name],
                role=role,
                sent_at=moment,
                location=places[0] if role == "bcc" else None,
            )
    return message


NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def readers(seller, colleague, administrator):
    return [seller, colleague, administrator]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=WORLDS)
def test_filters_find_what_the_columns_say(readers, world):
    from django.db import transaction

    class Back(Exception):
        """All that was made goes again."""

    try:
        with transaction.atomic():
            people = make(world, *readers[:2])
            for reader in readers:
                check(people, get_user_model().objects.get(pk=reader.pk))
            raise Back
    except Back:
        pass


def check(people, reader):
    found = counted(people, reader)
    since = NOW - timedelta(days=RECENT)

    def those(holds):
        return {str(pk) for pk, one in found.items() if holds(one)}

    for whom in (US, THEM):
        assert waiting(Person, reader, whom) == those(lambda one, whom=whom: one.waiting == whom)
    assert in_contact(Person, reader, ours=True) == those(lambda one: one.contacted_at)
    assert in_contact(Person, reader, ours=False) == those(lambda one: one.answered_at)
    assert in_contact(Person, reader, since) == those(lambda one: one.recent)
    late = those(lambda one: one.contacted_at and one.contacted_at >= since)
    assert in_contact(Person, reader, since, ours=True) == late
