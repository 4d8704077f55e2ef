"""Which records a conversation is about where somebody decided that by hand: tied to one, or untied from it.

It holds for everybody and moves no right: who sees which of its messages stays as it is. It is decided by
who sees the record and reads in full all that they are shown of the conversation. What is hidden from them is
not in the way, for that would tell of it.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet

from ..models import Message, RecordThread, Thread
from ..modules import is_on, may_see
from ..visibility import Level


class MayNot(Exception):
    """Who asks may not decide this, or there is no such conversation any more."""


def may_decide(user: Any, thread_id: int) -> bool:
    """Whether ``user`` reads the conversation: something of it, and nothing only in part. One query."""
    messages = Message.objects.filter(thread=thread_id)
    parts = (
        messages.visible_to(user, Level.PEOPLE).with_level(user).order_by().values_list("level", flat=True)
    )
    return set(parts.distinct()) == {Level.EVERYTHING}


def tie(user: Any, record: Any, thread_id: int) -> str:
    """Show the conversation on the record's page, whoever takes part in it. Raises MayNot.

    Returns, as the others do, which of ``VERBS`` makes it as it was.
    """
    return _decide(user, record, thread_id, True)


def untie(user: Any, record: Any, thread_id: int) -> str:
    """Keep the conversation from the record's page, whoever takes part in it. Raises MayNot."""
    return _decide(user, record, thread_id, False)


def back(user: Any, record: Any, thread_id: int) -> str:
    """Take back what was decided: its people alone say whether it is the record's. Raises MayNot."""
    return _decide(user, record, thread_id, None)


VERBS: dict[str, Callable[[Any, Any, int], str]] = {"tie": tie, "untie": untie, "back": back}

#: By what a row says, None where there is none.
BY_STATE = {True: "tie", False: "untie", None: "back"}


@transaction.atomic
def _decide(user: Any, record: Any, thread_id: int, is_tied: bool | None) -> str:
    if not is_on(type(record)) or not may_see(user, record):
        raise MayNot
    # A sync that joins it to another waits, and joins the decision along.
    if not Thread.objects.select_for_update(no_key=True).filter(pk=thread_id).exists():
        raise MayNot
    if not may_decide(user, thread_id):
        raise MayNot
    rows = RecordThread.objects.filter(**_of(record), thread=thread_id)
    before = rows.values_list("is_tied", flat=True).first()
    if is_tied is None:
        rows.delete()
    else:
        key = {**_of(record), "thread_id": thread_id}
        RecordThread.objects.update_or_create(**key, defaults={"is_tied": is_tied, "made_by": user})
    return BY_STATE[before]


def left_out(user: Any, record: Any) -> QuerySet[RecordThread]:
    """What was kept from the record's page by hand, as far as ``user`` is shown its people; newest first."""
    shown = Message.objects.visible_to(user, Level.PEOPLE).values("thread")
    rows = RecordThread.objects.filter(**_of(record), is_tied=False)
    return rows.filter(thread__in=shown.filter(thread__in=rows.values("thread"))).order_by("-made_at", "-pk")


def tied(thread_id: int) -> QuerySet[RecordThread]:
    """The records that the conversation was tied to by hand, whoever may see them."""
    return RecordThread.objects.filter(thread=thread_id, is_tied=True).order_by("pk")


def _of(record: Any) -> dict[str, Any]:
    return {"content_type": ContentType.objects.get_for_model(record), "object_id": str(record.pk)}
