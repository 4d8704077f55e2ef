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
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, IsNull

from . import visibility
from .models import (
    AccessRequest,
    EmailAccount,
    Grant,
    Participant,
    RecordAddress,
    RecordThread,
    Rule,
    ThreadLevel,
)
from .ties import ties_of
from .visibility import Level


class Reader(visibility.Knowing):
    """``user``, and all that a user has. ``accounts``: all mailboxes by id; ``own``: those read in full;
    ``theirs``: those of colleagues of which the user may see what they share.

    ``has_asked``: whether the user ever asked for a message that was hidden.
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
        self.has_asked = any(one.has_asked for one in rows)
        self.addresses = max((one.number for one in rows), default=0)
        if rows:
            #: As ``copies.differ`` keeps it.
            self._escala_email_no_contacts = any(one.says_no_contact for one in rows)
        # Who is not here was not told whether there are any.
        has_ties = any(one.has_ties for one in rows) or not rows
        self.tied, self.untied = ties_of(*of) if of and has_ties else (frozenset(), frozenset())
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
        if at_least > Level.NOTHING:
            return self._shown(self._theirs(at_least), at_least, self.own)
        left = {pk for pk in self.theirs if self.accounts[pk].left_at}
        # Of what somebody who left did not share, nobody can ask for more.
        return self._shown(left, Level.PEOPLE, self.own | (self.theirs - left))

    def _theirs(self, at_least: int) -> set[int]:
        if at_least <= Level.SUBJECT:
            return self.theirs
        return {pk for pk in self.theirs if self.accounts[pk].left_rule != EmailAccount.LeaverRule.SUBJECT}

    def _shown(self, theirs: set[int], at_least: int, anyway: set[int]) -> Q:
        """By ``theirs`` as far as they show it; ``anyway``: by these whatever was decided."""
        by_mailbox = {pk for pk in theirs if self.accounts[pk].by_mailbox >= at_least}
        shown = Q(account__in=anyway | (by_mailbox - self._deciding))
        for some, otherwise in (
            (by_mailbox & self._deciding, Level.EVERYTHING),
            ((theirs & self._deciding) - by_mailbox, Level.NOTHING),
        ):
            if some:
                level = Coalesce(Decided(), Value(otherwise))
                shown |= Q(account__in=some) & Q(GreaterThanOrEqual(level, Value(at_least)))
        if some := theirs & self._granting:
            shown |= Q(account__in=some) & Q(Granted(self.user))
        return shown

    def asked(self) -> dict[str, Any]:
        """The annotations of a place by which ``told`` knows the rest: what was ``decided`` of its
        conversation (None: nothing), and whether it was ``granted``.
        """
        granted = Value(False)
        if some := self.theirs & self._granting:
            granted = _whether(Q(account__in=some) & Q(Granted(self.user)))
        return {"decided": Decided() if self._deciding else Value(None, IntegerField()), "granted": granted}

    def told(self, account: int, decided: int | None, granted: bool) -> tuple[Level, Level] | None:
        """``(level, team_level)`` of a place in a mailbox (``explained``); None where it is not to be known
        of (``shows``).
        """
        holder = self.accounts[account]
        team = Level(holder.by_mailbox if decided is None else decided)
        if account in self.own:
            return Level.EVERYTHING, team
        level = Level.EVERYTHING if granted else team
        if holder.left_at and level < Level.PEOPLE:
            return None
        is_bounded = holder.left_rule == EmailAccount.LeaverRule.SUBJECT
        return (min(level, Level.SUBJECT) if is_bounded else level), team

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
            decided = _whether(Q(account__in=self._deciding) & Q(IsNull(Decided(), False)))
            team = Coalesce(Decided(), team)
        if self._granting:
            granted = _whether(Q(account__in=self._granting) & Q(Granted(self.user)))
        return {"level": self._level(), "team_level": team, "by_thread": decided, "granted": granted}

    def _level(self) -> Case:
        better = [When(self.shows(level), then=Value(level)) for level in reversed(Level) if level]
        return Case(*better, default=Value(Level.NOTHING))


class _OfPlace(Func):
    """Of a place (``Location``), in words of its own: a subquery of Django's is taken apart and put together
    again at each level of a query in which it stands, and these stand in many.
    """

    #: SQL with the expressions by number, and the names of tables.
    words = ""

    def as_sql(self, compiler: Any, connection: Any, **kwargs: Any) -> tuple[str, list]:
        told, values = [], []
        for one in self.get_source_expressions():
            sql, some = compiler.compile(one)
            told.append(sql)
            values += some
        models = {"level": ThreadLevel, "grant": Grant, "participant": Participant}
        tables = {name: connection.ops.quote_name(one._meta.db_table) for name, one in models.items()}
        return self.words.format(*told, **tables), values


class Decided(_OfPlace):
    """``visibility.decided``: the level, NULL where there is none."""

    words = "(SELECT d.level FROM {level} d WHERE d.account_id = {0} AND d.thread_id = {1})"

    def __init__(self) -> None:
        super().__init__(F("account"), F("message__thread"), output_field=IntegerField())


class Granted(_OfPlace):
    """``visibility.granted``: whether there is one."""

    words = (
        "EXISTS (SELECT 1 FROM {grant} g WHERE g.account_id = {0} AND g.user_id = {1}"
        " AND (g.message_id = {2} OR g.thread_id = {3} OR EXISTS (SELECT 1 FROM {participant} p"
        " WHERE p.message_id = {4} AND p.address_id = g.address_id AND p.location_id IS NULL"
        " AND p.role IN (ROLES))))"
    ).replace("ROLES", ", ".join(f"'{role}'" for role in visibility.CORRESPONDENTS))

    def __init__(self, user: Any) -> None:
        places = F("account"), Value(user.pk), F("message"), F("message__thread"), F("message")
        super().__init__(*places, output_field=BooleanField())


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
            has_asked=Exists(AccessRequest.objects.filter(asker=user.pk)),
            number=number,
            has_ties=has_ties,
        )
    )
