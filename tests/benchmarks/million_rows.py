"""What the large database holds, as rows in the order of their tables: people, mailboxes, their mail.

All is drawn from one seed, so two databases of a size hold the same. Weights are uneven as in life: one
contact has 8 % of all messages, a company of 300 people 37 %, most people a handful.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from .million_words import Words

ACCOUNTS = 50
#: The company with so many people.
COMPANY = 300
#: Parts of all messages: of the heaviest contact, of the others of the company, of one all of whose mail is
#: in a mailbox that shares nothing.
HEAVIEST, OF_COMPANY, UNSHARED = 0.0788, 0.294, 0.02
#: Messages of the long conversation.
LONG = 200
NOW = datetime(2026, 6, 1, tzinfo=UTC)
YEARS = 8

#: The account that does not share, and is ``owner``'s; the one that shares with the team.
PRIVATE, SHARING = 1, 20

#: How long conversations are, and how many of a hundred are.
LENGTHS = ((1, 40), (2, 18), (3, 12), (4, 9), (5, 6), (7, 6), (10, 5), (16, 3), (30, 1))


def sharing_of(number: int) -> dict[str, Any]:
    """What a mailbox lets the team see: two in five nothing, others a part or all; the last is all's."""
    if number == ACCOUNTS - 1:
        return {"kind": "shared", "owner_id": None, "shares": False, "level": 3}
    levels = {0: (False, 3), 1: (False, 3), 2: (True, 3), 3: (True, 3), 4: (True, 3)}
    shares, level = levels[number // 10] if number < 40 else (True, 1 + number % 2)
    return {"kind": "personal", "owner_id": number + 1, "shares": shares, "level": level}


@dataclass
class Plan:
    """A database of ``messages``; ``people``: contacts, each with an address, every fifth with two."""

    messages: int
    people: int = 0
    seed: int = 6
    draw: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.people = self.people or max(self.messages // 10, COMPANY * 2)
        self.draw = random.Random(self.seed)

    @property
    def unshared(self) -> int:
        """The contact all of whose mail is in the mailbox that shares nothing."""
        return COMPANY + 1

    def addresses_of(self, person: int) -> list[int]:
        """The ids of a contact's addresses. People are counted from 1, the company's first."""
        second = self.people + ACCOUNTS + person
        return [person, second] if person % 5 == 0 else [person]

    def owner_address(self, account: int) -> int:
        return self.people + account + 1

    def weights(self) -> list[float]:
        """How often each contact writes, from the first on."""
        weights = [0.0] * (self.people + 1)
        weights[1] = HEAVIEST
        self._spread(weights, range(2, COMPANY + 1), OF_COMPANY)
        weights[self.unshared] = UNSHARED
        rest = range(self.unshared + 1, self.people + 1)
        self._spread(weights, rest, 1 - HEAVIEST - OF_COMPANY - UNSHARED)
        return weights

    def _spread(self, weights: list[float], people: range, part: float) -> None:
        drawn = [self.draw.paretovariate(1.2) for _ in people]
        total = sum(drawn)
        for person, one in zip(people, drawn, strict=True):
            weights[person] = min(one / total * part, 0.02)

    def accounts_of(self, person: int) -> list[int]:
        """Who of us writes to a contact: most often one or two, to the heaviest many."""
        if person == 1:
            return [SHARING] * 10 + [PRIVATE] * 4 + list(range(2, ACCOUNTS))
        if person == self.unshared:
            return [PRIVATE]
        first = person % ACCOUNTS
        return [first] * 4 + [(person * 7 + 3) % ACCOUNTS] * (person % 3 == 0)

    def conversations(self) -> Iterator["Conversation"]:
        """Who writes with whom, how often and when; some more than ``messages`` at most."""
        cumulated, people = list(accumulate(self.weights())), range(self.people + 1)
        lengths, often = zip(*LENGTHS, strict=True)
        left = self.messages - LONG
        yield Conversation(1, SHARING, LONG, NOW - timedelta(days=300))
        while left > 0:
            some = self.draw.choices(people, cum_weights=cumulated, k=1000)
            for person, length in zip(some, self.draw.choices(lengths, often, k=1000), strict=True):
                if left <= 0:
                    return
                left -= length
                begins = NOW - timedelta(minutes=self.draw.randrange(60, YEARS * 365 * 1440))
                account = self.draw.choice(self.accounts_of(person))
                yield Conversation(person, account, min(length, left + length), begins)


@dataclass(slots=True)
class Conversation:
    person: int
    account: int
    length: int
    begins: datetime


class Rows:
    """``add(table, row)`` for each row of the mail; ``moment`` writes a datetime as the database reads it."""

    def __init__(self, plan: Plan, add: Any, moment: Any):
        self.plan, self.add, self.moment = plan, add, moment
        self.random = random.Random(plan.seed + 1)
        self.words = Words(self.random)
        self.message = self.thread = self.place = 0

    def write(self) -> None:
        """Everything."""
        for conversation in self.plan.conversations():
            self.thread += 1
            self.add("thread", (self.thread, self.moment(conversation.begins)))
            self._decide(conversation)
            self._messages(conversation)

    def _decide(self, conversation: Conversation) -> None:
        """Now and then an owner decides for one conversation, or grants it to a colleague."""
        if self.random.random() < 0.01 and conversation.account < ACCOUNTS - 1:
            self.add("level", (conversation.account + 1, self.thread, self.random.randrange(4)))
        if self.random.random() < 0.005 and conversation.account < 10:
            self.add("grant", (conversation.account + 1, 1 + self.random.randrange(ACCOUNTS), self.thread))

    def _messages(self, conversation: Conversation) -> None:
        subject, sent = self.words.subject(self.thread), conversation.begins
        for number in range(conversation.length):
            # No message is of tomorrow.
            sent = min(sent + timedelta(minutes=self.random.randrange(5, 4000)), NOW)
            self._message(conversation, subject if number == 0 else f"Re: {subject}", sent)

    def _message(self, conversation: Conversation, subject: str, sent: datetime) -> None:
        chance, moment = self.random.random, self.moment(sent)
        self.message += 1
        pk, text = self.message, self.words.text(self.message)
        html = f"<div><p>{text}</p></div>" if chance() < 0.3 else ""
        automatic = chance() < 0.02
        row = (pk, f"{pk:064x}", f"{pk}@client.example", self.thread, moment, subject, text[:200], text, html)
        self.add("message", (*row, len(text) * 2, automatic, moment))
        self._places(conversation.account, pk, moment)
        self._people(conversation, pk, moment)
        if chance() < 0.14:
            for position in range(1 + (chance() < 0.3)):
                name, inline = self.words.file(pk, position), chance() < 0.2
                kind = "image/png" if inline else "application/pdf"
                self.add("attachment", (pk, position, name, kind, 40_000, f"{pk:064x}", inline, f"{pk:064x}"))

    def _places(self, account: int, pk: int, moment: str) -> None:
        """Most messages are in one mailbox, some in a colleague's, too."""
        holders = [account]
        if self.random.random() < 0.2:
            holders.append((account + 10) % ACCOUNTS if account != PRIVATE else PRIVATE)
        for holder in dict.fromkeys(holders):
            self.place += 1
            self.add("location", (self.place, pk, holder + 1, holder + 1, pk, moment))

    def _people(self, conversation: Conversation, pk: int, moment: str) -> None:
        plan, chance = self.plan, self.random.random
        theirs = self.random.choice(plan.addresses_of(conversation.person))
        ours = plan.owner_address(conversation.account)
        sender, receiver = (theirs, ours) if chance() < 0.55 else (ours, theirs)
        people = {(sender, "from"): None, (receiver, "to"): None}
        while chance() < 0.45:
            # Of the company the others are of it, too.
            many = COMPANY if conversation.person <= COMPANY else plan.people
            least = 2 if conversation.person <= COMPANY else plan.unshared + 1
            people[self.random.randrange(least, many + 1), "cc"] = None
        for address, role in people:
            self.add("participant", (pk, address, role, self.words.name(address), moment, None))
        if sender == ours and chance() < 0.02:
            hidden = self.random.randrange(plan.unshared + 1, plan.people + 1)
            self.add("participant", (pk, hidden, "bcc", "", moment, self.place))
