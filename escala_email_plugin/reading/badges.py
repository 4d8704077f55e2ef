"""Who else sees a message, in two words: private, shared with the team, of the shared mailbox, or in part."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..sync.shown_by import Place, Why
from ..visibility import Level
from .who import names_of

#: Of what is shown in part: what that is.
PARTS = {
    Level.PEOPLE: gettext_lazy("Only people and date"),
    Level.SUBJECT: gettext_lazy("Only subject and people"),
}

#: What colleagues see where that is not everything, as the owner is told.
TEAM = {
    Level.PEOPLE: gettext_lazy("Your team sees people and date of it, not its subject and text."),
    Level.SUBJECT: gettext_lazy("Your team sees subject and people of it, not its text and attachments."),
}


@dataclass(frozen=True)
class Badge:
    """``kind``: private, team, shared, limited or granted; ``detail``: the same as a sentence."""

    kind: str
    label: Any
    detail: Any
    icon: str


def badge(level: Level, places: Iterable[Place]) -> Badge:
    """What is said of a message of which the reader sees ``level`` by ``places``."""
    by = {why: [place for place in places if place.why is why] for why in Why}
    if level < Level.EVERYTHING:
        return _in_part(level, [*by[Why.TEAM], *by[Why.THREAD]])
    if by[Why.MAILBOX]:
        detail = _("Everybody who may read the shared mailbox sees it.")
        return Badge("shared", _("Shared mailbox"), detail, "group")
    theirs = [place for place in (*by[Why.TEAM], *by[Why.THREAD]) if place.level == Level.EVERYTHING]
    if by[Why.OWN]:
        return _of_mine([*by[Why.OWN], *theirs])
    if theirs:
        detail = _("%(who)s shares it with the team.") % {"who": _names(theirs)}
        return Badge("team", _("Shared with the team"), detail, "group")
    detail = _("%(who)s lets you read it.") % {"who": _names(by[Why.GRANTED])}
    return Badge("granted", _("Granted to you"), detail, "key")


def _in_part(level: Level, places: list[Place]) -> Badge:
    detail = _("%(who)s shares no more of it.") % {"who": _names(places)}
    return Badge("limited", PARTS.get(level, _("Hidden")), detail, "no-view")


def _of_mine(places: list[Place]) -> Badge:
    """Of what the reader holds: what the team sees of it."""
    level = max(place.team_level for place in places)
    if level == Level.NOTHING:
        return Badge("private", _("Private"), _("You do not share it with your team."), "lock")
    if level == Level.EVERYTHING:
        return Badge("team", _("Shared with the team"), _("Your team sees all of it."), "group")
    return Badge("limited", _("Shared in part"), TEAM[level], "no-view")


def _names(places: list[Place]) -> str:
    return names_of(place.account for place in places)
