"""Which messages hold the words that somebody searches, each as far as its reader sees it.

Of what is shown whole all words count; where the subject is shown those of subject and people, and where only
people are, theirs. Nobody learns from a search what a page would not show.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from ..mail.words import words
from ..models import Location, SearchEntry
from ..permissions import VIEW_TEAM_MAIL
from ..sync.search_index import ADDRESS, WITH_PEOPLE, WITH_SUBJECT
from ..tables.words_field import Term
from ..visibility import Level

#: Of what somebody types, so many characters and words are looked for.
LONGEST, MOST_WORDS = 200, 10

#: A word of so many characters also finds longer ones that begin like it.
BEGINNING = 3

#: With more messages than that, whoever asks walks along the newest instead.
MOST = 5_000

#: The index is asked for the mail of so many addresses; that of more is not worth it.
MOST_ADDRESSES = 50

#: With which mark the words stand that a level shows, beside all of them.
MARKS = {Level.SUBJECT: WITH_SUBJECT, Level.PEOPLE: WITH_PEOPLE}


def wanted(text: str) -> tuple[str, ...]:
    """The words that ``text`` looks for, each once, whatever it is; none of nothing but punctuation."""
    return tuple(dict.fromkeys(words(text[:LONGEST])))[:MOST_WORDS]


def matching(text: str, user: Any) -> Q:
    """The messages that hold all words of ``text`` where ``user`` may see them, each of them looked at.

    For few messages; ``candidates`` finds them among all. Nothing where there is no word.
    """
    some = wanted(text)
    if not some:
        return Q(pk__in=())
    levels = Q(_seen(user, Level.EVERYTHING))
    # Only of colleagues' mail a part is shown.
    for level, mark in MARKS.items() if user.has_perm(VIEW_TEAM_MAIL) else ():
        levels |= Q(_seen(user, level)) & Q(_holding(some, mark))
    # All that is marked stands there without a mark too, and this is asked first.
    return Q(_holding(some)) & levels


def candidates(text: str, addresses: Collection[int] = ()) -> list[int] | None:
    """The messages that hold all words of ``text`` anywhere, and one of ``addresses`` (ids) where there are
    some: for ``matching`` to choose from. None where there are too many (``MOST``) to look at each.
    """
    some = wanted(text)
    if not some:
        return []
    terms = _terms(some)
    if 0 < len(addresses) <= MOST_ADDRESSES:
        terms.append([Term(f"{ADDRESS}{number}") for number in addresses])
    found = SearchEntry.objects.filter(words__indexed=terms).values_list("pk", flat=True)[: MOST + 1]
    pks = list(found)
    return None if len(pks) > MOST else pks


def indexed(text: str) -> QuerySet:
    """All that ``candidates`` are taken from, however many: for a statement that asks more of them."""
    return SearchEntry.objects.filter(words__indexed=_terms(wanted(text))).values("pk")


def _terms(some: tuple[str, ...], mark: str = "") -> list[list[Term]]:
    return [[Term(mark + word, len(word) >= BEGINNING)] for word in some]


def _holding(some: tuple[str, ...], mark: str = "") -> Exists:
    entries = SearchEntry.objects.filter(message=OuterRef("pk"))
    return Exists(entries.filter(words__holding=_terms(some, mark)))


def _seen(user: Any, level: Level) -> Exists:
    return Exists(Location.objects.seen_by(user, level).filter(message=OuterRef("pk")))
