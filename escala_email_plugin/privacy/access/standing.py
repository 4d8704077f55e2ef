"""How asking for messages stands, for who looks at them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ...models import AccessRequest, EmailAccount
from .answering import answerable


@dataclass(frozen=True)
class Standing:
    """``asked_at``: when it was asked and not answered yet; ``refused``: all who could answer said no;
    ``can_ask``: there is somebody to ask.
    """

    asked_at: datetime | None = None
    refused: bool = False
    can_ask: bool = False

    @property
    def was_asked(self) -> bool:
        """Whether there is something to tell of asking."""
        return self.asked_at is not None or self.refused


NOT_ASKED = Standing()


def standings(user: Any, holders: dict[int, Collection[EmailAccount]]) -> dict[int, Standing]:
    """By message id, of what ``user`` would ask the owners of ``holders`` for; one query, none of none, nor
    for a ``Reader`` who never asked for anything.
    """
    made: dict[int, list[AccessRequest]] = defaultdict(list)
    if holders and getattr(user, "has_asked", True):
        asked = AccessRequest.objects.filter(asker=user.pk, message__in=holders)
        for one in asked.select_related("account"):
            made[one.message_id].append(one)
    return {message: _standing(accounts, made[message]) for message, accounts in holders.items()}


def _standing(accounts: Iterable[EmailAccount], made: Iterable[AccessRequest]) -> Standing:
    """By owner, for each answers for all of their mailboxes."""
    owners = {one.owner_id for one in accounts if answerable(one)}
    theirs = [one for one in made if one.account.owner_id in owners]
    waiting = [one.asked_at for one in theirs if not one.answer]
    refused = {one.account.owner_id for one in theirs if one.answer == AccessRequest.Answer.NO}
    return Standing(max(waiting, default=None), bool(owners) and owners <= refused, bool(owners))
