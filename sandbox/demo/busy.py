"""One client who writes all the time: more conversations than a page shows, and one longer than a page."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from sandbox.accounts import LUCIA
from sandbox.demo.cast import BUSY, SEED, contacts
from sandbox.demo.claim_es import CLAIM
from sandbox.demo.correspondence import DAYS, Scene, play, slots
from sandbox.demo.fleet_es import FLEET
from sandbox.demo.hours import last_worked
from sandbox.demo.letter import Letter

#: Conversations besides the claim.
CONVERSATIONS = 30

#: Days since the claim began, and the hours between two of its messages: it ended by now.
CLAIM_DAYS = 56
CLAIM_PAUSE = (1, 26)


def busy(now: datetime) -> Iterator[Letter]:
    """The letters between Lucía and the client of ``cast.BUSY``. Only dates depend on ``now``."""
    (client,) = (one for one in contacts() if one.name == BUSY)
    for number in range(CONVERSATIONS):
        chance = random.Random(f"{SEED} {BUSY} {number}")
        # One after the other over all the time, the newest a few days old.
        days = 3 + number * (DAYS - 3) // CONVERSATIONS
        begin = last_worked(now - timedelta(days=days, minutes=chance.randrange(600)))
        script = FLEET[number % len(FLEET)]
        yield from play(Scene(LUCIA, client, script, begin, chance, slots(client, begin, chance)), now)
    chance = random.Random(f"{SEED} {BUSY} claim")
    begin = last_worked(now - timedelta(days=CLAIM_DAYS))
    scene = Scene(LUCIA, client, CLAIM, begin, chance, slots(client, begin, chance), CLAIM_PAUSE)
    yield from play(scene, now)
