"""What a team has of a mailbox's mail: the places of which colleagues see something, whoever they are.

What was granted to one person is not shared with the team.
"""

from django.db.models import Exists, OuterRef, Q

from ..models import ThreadLevel
from ..visibility import Level


def shared() -> Q:
    """The places (``Location``) that colleagues see by the mailbox, or by what was decided for the thread.

    As ``visibility`` says it: the conversation's level is instead of the mailbox's, and both begin at PEOPLE.
    """
    decided = ThreadLevel.objects.filter(account=OuterRef("account"), thread=OuterRef("message__thread"))
    by_mailbox = Q(account__shares=True, account__level__gte=Level.PEOPLE) & ~Exists(decided)
    return by_mailbox | Exists(decided.filter(level__gte=Level.PEOPLE))
