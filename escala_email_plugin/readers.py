"""A user who reads, with what each mailbox shows them by itself: asked once, and good for one page.

``visibility`` has the rule. Asked of a user, it joins the mailboxes to each place; asked of a ``Reader`` it
names them, and asks for decisions and grants only of those that have any. A page does so several times.
"""

from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from . import visibility
from .models import EmailAccount, Grant, RecordAddress, RecordThread, Rule, ThreadLevel
from .ties import ties_of
from .visibility import Level


class Reader(visibility.Knowing):
    """``user``, and all that a user has. ``accounts``: all mailboxes by id; ``own``: those read in full;
    ``theirs``: those of colleagues of which the user may see what they share.

    Of the record ``of`` (content type, id): how many ``addresses`` it has, ``tied`` and ``untied`` threads.
    """

    def __init__(self, user: Any, of: tuple[Any, Any] | None = None):
        self.user = user
        rows = list(_mailboxes(user, of)) if visibility.is_here(user) else []
        self.accounts = {one.pk: one for one in rows}
        self.own = {one.pk for one in rows if one.is_own}
        self.theirs = {one.pk for one in rows if one.is_theirs}
        self._deciding = {one.pk for one in rows if one.decides}
        self._granting = {one.pk for one in rows if one.has_grants}
        self.addresses = max((one.number for one in rows), default=0)
        #: As ``copies.differ`` keeps it.
        self._escala_email_no_contacts = any(one.says_no_contact for one in rows)
        has_ties = any(one.has_ties for one in rows)
        self.tied, self.untied = ties_of(*of) if has_ties else (frozenset(), frozenset())
        self.of = (of[0], str(of[1])) if of else None

    def __getattr__(self, name: str) -> Any:
        # While a copy is made it has nothing yet, not even a user.
        if name == "user" or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.user, name)

    @property
    def known(self) -> set[int]:
        """The mailboxes of whose mail the user may learn at least that it is there."""
        return self.own | self.theirs

    @property
    def has_exceptions(self) -> bool:
        """Whether in a colleague's mailbox anything was decided for a conversation, or granted."""
        return bool(self.theirs & (self._deciding | self._granting))

    def usually_showing(self, at_least: int) -> set[int]:
        """The mailboxes that show so much, more than NOTHING, of all mail but such exceptions."""
        return self.own | {pk for pk in self._theirs(at_least) if self.accounts[pk].by_mailbox >= at_least}

    def shows(self, at_least: int) -> Q:
        """Whether a place shows so much of its message."""
        shown = Q(account__in=self.own)
        if at_least > Level.NOTHING:
            return shown | self._shown(self._theirs(at_least), at_least)
        left = {pk for pk in self.theirs if self.accounts[pk].left_at}
        shown |= Q(account__in=self.theirs - left)
        # Of what somebody who left did not share, nobody can ask for more.
        return shown | self._shown(left, Level.PEOPLE) if left else shown

    def _theirs(self, at_least: int) -> set[int]:
        if at_least <= Level.SUBJECT:
            return self.theirs
        return {pk for pk in self.theirs if self.accounts[pk].left_rule != EmailAccount.LeaverRule.SUBJECT}

    def _shown(self, theirs: set[int], at_least: int) -> Q:
        by_mailbox = {pk for pk in theirs if self.accounts[pk].by_mailbox >= at_least}
        decided = visibility.decided()
        shown = Q(account__in=by_mailbox - self._deciding)
        if some := by_mailbox & self._deciding:
            shown |= Q(account__in=some) & ~Exists(decided.filter(level__lt=at_least))
        if others := (theirs & self._deciding) - by_mailbox:
            shown |= Q(account__in=others) & Exists(decided.filter(level__gte=at_least))
        if some := theirs & self._granting:
            shown |= Q(account__in=some) & Exists(visibility.granted(self.user))
        return shown

    def explained(self) -> dict[str, Any]:
        """The annotations of ``LocationQuerySet.explained_to``."""
        by_mailbox = [
            When(account__in=some, then=Value(level))
            for level in reversed(Level)
            if level and (some := {pk for pk, one in self.accounts.items() if one.by_mailbox == level})
        ]
        team = Case(*by_mailbox, default=Value(Level.NOTHING))
        decided, granted = Value(False), Value(False)
        if self._deciding:
            team = Coalesce(Subquery(visibility.decided().values("level")[:1]), team)
            decided = Exists(visibility.decided())
        if some := self.theirs & self._granting:
            granted = _whether(Q(account__in=some) & Exists(visibility.granted(self.user)))
        return {"level": self._level(), "team_level": team, "by_thread": decided, "granted": granted}

    def _level(self) -> Case:
        better = [When(self.shows(level), then=Value(level)) for level in reversed(Level) if level]
        return Case(*better, default=Value(Level.NOTHING))


def reader_of(user: Any) -> Reader:
    """``user`` as a reader, where it is not one already."""
    return user if isinstance(user, Reader) else Reader(user)


def _whether(condition: Q) -> Any:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _mailboxes(user: Any, of: tuple[Any, Any] | None) -> Any:
    """All mailboxes, with what is to be known of each, and of the record."""
    theirs = visibility.of_colleagues(user) if visibility.has_colleagues(user) else Q(pk=None)
    mine = {"account": OuterRef("pk")}
    said = Rule.objects.filter(account__isnull=False, kind=Rule.Kind.NOT_CONTACT)
    number, has_ties = Value(0), Value(False)
    if of is not None:
        place = {"content_type": of[0], "object_id": str(of[1])}
        rows = RecordAddress.objects.filter(**place).order_by().values("object_id")
        number = Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number")), 0)
        has_ties = Exists(RecordThread.objects.filter(**place))
    return (
        EmailAccount.objects.select_related("owner")
        .defer("secret", "access", "signature")
        .annotate(
            is_own=_whether(visibility.readable(user)),
            is_theirs=_whether(theirs),
            by_mailbox=visibility.by_mailbox(),
            decides=Exists(ThreadLevel.objects.filter(**mine)),
            has_grants=Exists(Grant.objects.filter(**mine, user=user.pk)),
            says_no_contact=Exists(said),
            number=number,
            has_ties=has_ties,
        )
    )
