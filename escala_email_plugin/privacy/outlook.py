"""What becomes of a mailbox's mail when its owner leaves, in numbers: seen before, and until it happens.

Counted up to a bound. Nothing of any message is in it, nor who took part.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from ..models import AccessRequest, CaptureAddress, EmailAccount, Location, Message
from ..sync.policy import decided
from .leavers import leavers
from .shared import shared

#: Places that are looked at; who has more reads "more than".
MOST = 20_000

Rule = EmailAccount.LeaverRule


@dataclass(frozen=True)
class Outlook:
    """What is here of a mailbox's mail, and what becomes of it by ``rule``.

    ``messages`` altogether, ``shared`` of which colleagues see something; ``going`` that are removed, for
    nobody else holds them; ``stripped`` of which only people, dates and subjects stay. ``goes_on``: when, as
    of now where nobody has left or nobody has noticed it yet. ``is_more``: there are more places than were
    looked at, so all are at least that. ``questions``: open ones to see something of it.
    """

    account: EmailAccount
    rule: str
    goes_on: datetime
    messages: int
    shared: int
    going: int
    stripped: int
    is_more: bool
    questions: int


@dataclass(frozen=True)
class Forecast:
    """What would happen if ``user`` left now. ``captures``: a capture address would end."""

    rule: str
    days: int
    mailboxes: list[Outlook]
    captures: bool

    def __bool__(self) -> bool:
        return bool(self.mailboxes or self.captures)


def forecast(user: Any) -> Forecast:
    """What would happen to the mailboxes of ``user``, by the decision of now. Three queries a mailbox."""
    now = decided()
    on = timezone.now() + timedelta(days=now.leaver_days)
    mine = EmailAccount.objects.filter(owner=user, kind=EmailAccount.Kind.PERSONAL, erase_at=None)
    return Forecast(
        rule=now.leaver_rule,
        days=now.leaver_days,
        mailboxes=[_outlook(one, now.leaver_rule, on) for one in mine.filter(left_at=None).order_by("pk")],
        captures=CaptureAddress.objects.filter(user=user, ended_at=None).exists(),
    )


def outlook(account: EmailAccount) -> Outlook:
    """What becomes of the mail of ``account``: by the rule it was left under, else by that of now."""
    now = decided()
    on = (account.left_at or timezone.now()) + timedelta(days=now.leaver_days)
    return _outlook(account, account.left_rule or now.leaver_rule, on)


def _outlook(account: EmailAccount, rule: str, on: datetime) -> Outlook:
    places = Location.objects.filter(account=account).order_by("pk")
    of_it = Location.objects.filter(message=OuterRef("pk"))
    others = of_it.exclude(account=account)
    bare = leavers().order_by().filter(left_rule=Rule.SUBJECT).values("pk")
    found = (
        Message.objects.filter(pk__in=places.values("message")[:MOST])
        .annotate(
            is_shared=Exists(of_it.filter(account=account).filter(shared())),
            is_alone=~Exists(others),
            is_bare=~Exists(others.exclude(account__in=bare)),
        )
        .aggregate(
            messages=Count("pk"),
            shared=Count("pk", filter=Q(is_shared=True)),
            going=Count("pk", filter=_going(rule)),
            stripped=Count("pk", filter=Q(is_shared=True, is_bare=True)),
        )
    )
    if rule != Rule.SUBJECT:
        found["stripped"] = 0
    return Outlook(
        account=account,
        rule=rule,
        goes_on=on,
        is_more=places[MOST : MOST + 1].exists(),
        questions=AccessRequest.objects.filter(account=account, answer="").count(),
        **found,
    )


def _going(rule: str) -> Q:
    return Q(is_alone=True) if rule == Rule.PURGE else Q(is_alone=True, is_shared=False)
