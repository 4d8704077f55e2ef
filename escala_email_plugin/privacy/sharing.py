"""Whether colleagues see an owner's mail, and how much: one decision for all the mailboxes of that owner.

It counts for the mail of every mailbox the owner ever connected, of the past too, for who sees what is
computed when it is read. What was decided for single conversations, or granted to single people, stays.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from ..holders import holders
from ..models import EmailAccount, Grant, Location, Participant, ThreadLevel
from ..permissions import VIEW_TEAM_MAIL
from ..sync import connection
from ..visibility import CORRESPONDENTS, Level

#: Places that are looked at, whichever; who has more reads "more than".
MOST = 5_000


@dataclass(frozen=True)
class Choice:
    """What colleagues see: nothing but grey lines, or with ``shares`` as much as ``level``."""

    shares: bool = False
    level: int = Level.EVERYTHING

    @property
    def shown(self) -> int:
        """How much colleagues see by it; with NOTHING grey lines."""
        return self.level if self.shares else Level.NOTHING


@dataclass(frozen=True)
class Reach:
    """Whom a choice is about: ``conversations`` on record pages, or more (``is_more``), and people."""

    conversations: int
    is_more: bool
    colleagues: int


def mailboxes(owner: Any) -> QuerySet[EmailAccount]:
    """All that ``owner`` ever connected and whose mail is here, the last one first."""
    return connection.of(EmailAccount.Kind.PERSONAL, owner).order_by("-created_at", "-pk")


def choice_of(owner: Any) -> Choice:
    """What ``owner`` decided last; at first nothing is shared."""
    newest = mailboxes(owner).first()
    return Choice(newest.shares, newest.level) if newest else Choice()


def choose(owner: Any, wanted: Choice) -> bool:
    """Let colleagues see so much of all that is ``owner``'s. Returns whether they see more or less now.

    To share nothing is not to share.
    """
    with transaction.atomic():
        connection.hold_sharing_still(owner)
        mine = mailboxes(owner).order_by()
        before = [Choice(*row) for row in mine.values_list("shares", "level")]
        mine.update(shares=bool(wanted.shown), level=wanted.level)
    return any(one.shown != wanted.shown for one in before)


def decides_apart(owner: Any) -> bool:
    """Whether colleagues see something, whatever the choice: of single conversations, or by a grant."""
    mine = mailboxes(owner).order_by().values("pk")
    levels = ThreadLevel.objects.filter(account__in=mine, level__gte=Level.PEOPLE)
    return levels.exists() or Grant.objects.filter(account__in=mine).exists()


def reach(owner: Any) -> Reach:
    """Which conversations the switch is about, and who sees them when it is on; at a bounded cost."""
    # Not the newest: to find them the database sorts all there are, or walks over everybody's.
    places = Location.objects.filter(account__in=mailboxes(owner).order_by().values("pk"))
    threads = _on_records(places.values("pk")[:MOST]).values("message__thread").distinct()
    return Reach(
        conversations=threads.count(),
        is_more=places[MOST : MOST + 1].exists(),
        colleagues=holders(VIEW_TEAM_MAIL).exclude(pk=owner.pk).count(),
    )


def _on_records(places: Any) -> QuerySet[Location]:
    """Those whose message is on a record's page, but those of conversations that were decided apart."""
    decided = ThreadLevel.objects.filter(account=OuterRef("account"), thread=OuterRef("message__thread"))
    brings_it = Participant.objects.filter(
        Q(location=None) | Q(location=OuterRef("pk")),
        message=OuterRef("message"),
        role__in=CORRESPONDENTS,
        address__records__isnull=False,
    )
    return Location.objects.filter(~Exists(decided), Exists(brings_it), pk__in=places)
