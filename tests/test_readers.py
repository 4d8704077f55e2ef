"""A user who reads, with what each mailbox shows them: by the rule for a user without (``visibility``)."""

import copy
import random
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escala_email_plugin.models import (
    Address,
    EmailAccount,
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
from escala_email_plugin.readers import Reader
from escala_email_plugin.visibility import Level
from tests.making import DAY, account

pytestmark = pytest.mark.django_db

OWNERS = ["reader", "other", "superuser", None]


class Undone(Exception):
    """To take back what an example made."""


class World:
    """Mailboxes, what lies in them, and what was decided about it, all of it by chance."""

    def __init__(self, chance: random.Random, owners: dict, ana):
        self.chance, self.owners = chance, owners
        self.reader = owners["reader"]
        self.of = ContentType.objects.get_for_model(ana), ana.pk
        self.addresses = [Address.objects.get(value="ana@cliente.test"), self._address("otra@x.test")]
        threads = [Thread.objects.create() for _ in range(2)]
        self.messages = [self._message(number, threads[number % 2]) for number in range(4)]
        self.taken: set = set()
        self.accounts = [self._account(number) for number in range(chance.randint(1, 5))]
        for holder in self.accounts:
            self._fill(holder)
        self._tie(threads)

    def maybe(self, likelihood: float = 0.5) -> bool:
        return self.chance.random() < likelihood

    def _address(self, value: str) -> Address:
        return Address.objects.create(value=value)

    def _message(self, number: int, thread: Thread) -> Message:
        sent_at = DAY + timedelta(minutes=number)
        message = Message.objects.create(key=number, message_id=number, thread=thread, sent_at=sent_at)
        for role in ("from", "sender", "to"):
            self._person(message, role)
        return message

    def _person(self, message: Message, role: str, place: Location | None = None) -> None:
        if self.maybe(0.7):
            who = self.chance.choice(self.addresses)
            rows = message.participants
            rows.create(address=who, role=role, sent_at=message.sent_at, location=place)

    def _account(self, number: int) -> EmailAccount:
        kind = self.chance.choice(["personal"] * 5 + ["shared", "shared", "marketing", "capture"])
        owner = self.owners[self.chance.choice(OWNERS)] if kind == "personal" else None
        left = kind == "personal" and self.maybe(0.3)
        # One of each is connected at most; any number of them was.
        connected = (kind, owner) not in self.taken and self.maybe(0.8)
        self.taken |= {(kind, owner)} if connected and (owner or kind != "personal") else set()
        return account(
            owner,
            f"m{number}@andina.test",
            kind=kind,
            state="connected" if connected else "disconnected",
            shares=self.maybe(),
            level=self.chance.choice(Level.values),
            left_at=DAY if left else None,
            left_rule=self.chance.choice(EmailAccount.LeaverRule.values) if left and self.maybe(0.7) else "",
            erase_at=DAY if self.maybe(0.15) else None,
        )

    def _fill(self, holder: EmailAccount) -> None:
        folder = Folder.objects.create(account=holder, name="INBOX")
        for uid, message in enumerate(self.messages):
            if self.maybe(0.7):
                place = folder.locations.create(message=message, account=holder, uidvalidity=1, uid=uid)
                self._person(message, "bcc", place)
            if self.maybe(0.15):
                self._grant(holder, message=message)
        for thread in {message.thread for message in self.messages}:
            if self.maybe(0.35):
                level = self.chance.choice(Level.values)
                ThreadLevel.objects.create(account=holder, thread=thread, level=level)
            if self.maybe(0.15):
                self._grant(holder, thread=thread)
        if self.maybe(0.2):
            self._grant(holder, address=self.chance.choice(self.addresses))
        if self.maybe(0.2):
            Rule.objects.create(account=holder, kind=Rule.Kind.NOT_CONTACT, pattern="ana@cliente.test")

    def _grant(self, holder: EmailAccount, **what) -> None:
        who = self.reader if self.maybe(0.8) else self.owners["other"]
        Grant.objects.create(account=holder, user=who, **what)

    def _tie(self, threads: list[Thread]) -> None:
        for thread in threads:
            if self.maybe(0.2):
                place = {"content_type": self.of[0], "object_id": str(self.of[1])}
                RecordThread.objects.create(**place, thread=thread, is_tied=self.maybe())


def pks(rows) -> set[int]:
    return set(rows.values_list("pk", flat=True))


def told(user, of: tuple) -> dict:
    """All that the rule says to somebody, by what was asked."""
    explained = Location.objects.explained_to(user)
    found = {
        "explained": set(explained.values_list("pk", "level", "team_level", "by_thread", "granted")),
        "own": pks(EmailAccount.objects.readable_by(user)),
        "hidden": pks(Message.objects.hidden_from(user)),
        "in part": pks(Message.objects.shown_in_part_to(user)),
        "levels": set(Message.objects.with_level(user).values_list("pk", "level")),
        "people": pks(Participant.objects.known_to(user)),
    }
    for level in Level:
        found |= {
            f"places {level}": pks(Location.objects.seen_by(user, level)),
            f"messages {level}": pks(Message.objects.visible_to(user, level)),
            f"of record {level}": pks(Message.objects.of_record(*of, user, level)),
            f"looked at {level}": pks(Message.objects.looked_at_for(*of, user, level)),
        }
    return found


def told_by_rows(reader: Reader) -> set[tuple]:
    """What a reader says of places without asking for more than their own rows."""
    rows = Location.objects.filter(account__in=reader.known).annotate(**reader.asked())
    rows = rows.values_list("pk", "account", "decided", "granted")
    some = {pk: reader.told(holder, decided, granted) for pk, holder, decided, granted in rows}
    return {(pk, *levels) for pk, levels in some.items() if levels is not None}


PERMISSIONS = st.sets(st.sampled_from(["view_shared_mail", "view_team_mail"]))
STANDINGS = st.sampled_from(["user"] * 5 + ["superuser", "inactive"])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), permissions=PERMISSIONS | st.just({"view_team_mail"}), standing=STANDINGS)
def test_a_reader_is_told_what_the_user_is(
    seller, colleague, administrator, ana, seed, permissions, standing
):
    try:
        with transaction.atomic():
            users = get_user_model().objects
            seller.user_permissions.set(Permission.objects.filter(codename__in=permissions))
            users.filter(pk=seller.pk).update(
                is_superuser=standing == "superuser", is_active=standing != "inactive"
            )
            user = users.get(pk=seller.pk)  # without remembered permissions
            owners = {"reader": user, "other": colleague, "superuser": administrator, None: None}
            world = World(random.Random(seed), owners, ana)
            expected = told(users.get(pk=seller.pk), world.of)
            reader = Reader(user, world.of if seed % 2 else None)
            assert told(reader, world.of) == expected
            assert reader.own == expected["own"]
            assert told_by_rows(reader) == {row[:3] for row in expected["explained"]}
            for level in list(Level)[1:] if not reader.has_exceptions else ():
                usual = Location.objects.filter(account__in=reader.usually_showing(level))
                assert pks(usual) == expected[f"places {level}"]
            raise Undone
    except Undone:
        pass


def test_a_reader_can_be_copied(seller):
    """As Django does with much that stands in a query."""
    mine = account(seller)
    reader = copy.copy(Reader(seller))
    assert reader.own == {mine.pk}
    assert reader.pk == seller.pk
