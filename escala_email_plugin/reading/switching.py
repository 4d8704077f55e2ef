"""Switch a module's mail off and on, and how much a module is about."""

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from ..models import ModuleSwitch, Participant, RecordAddress
from ..modules import Module

#: What a module is about is counted so far. Millions would take seconds, and who decides by them what to hide
#: need not know them to the last.
COUNTED = 10_000

#: Messages are told by tens at least: who looks twice is not to learn of each that comes.
FEWEST = 10


def switch(module: Module, is_on: bool) -> ModuleSwitch | None:
    """Show the mail of a module, or hide it everywhere. Returns None where that is so already."""
    of = ContentType.objects.get_for_model(module.model)
    was_on = not ModuleSwitch.objects.filter(content_type=of, is_on=False).exists()
    if was_on == is_on:
        return None
    row, _made = ModuleSwitch.objects.update_or_create(content_type=of, defaults={"is_on": is_on})
    return row


@dataclass(frozen=True)
class Size:
    """How many records of a module have an address, and about how many messages have one of those in them.

    ``…_or_more``: there are more, which were not counted; then the number is a round one, as that of
    messages is where it ``is_rough``. A Bcc makes no message the module's here.
    """

    records: int
    records_or_more: bool
    messages: int
    messages_or_more: bool

    @property
    def is_rough(self) -> bool:
        """Whether there are only about so many messages, more or fewer."""
        return self.messages > 0 and not self.messages_or_more


def size(module: Module) -> Size:
    """How much ``module`` is about, in two queries that stop at ``COUNTED`` rows."""
    rows = RecordAddress.objects.filter(content_type=ContentType.objects.get_for_model(module.model))
    people = Participant.objects.filter(address__in=rows.values("address"), location=None)
    number, or_more = _counted(people, "message")
    return Size(*_counted(rows, "object_id"), _nearly(number), or_more)


def _counted(rows: QuerySet, what: str) -> tuple[int, bool]:
    """How many different values are among the first rows, and whether there are more rows."""
    # Not DISTINCT: to tell values apart a database may read all the rows before it gives the first.
    values = list(rows.order_by().values_list(what, flat=True)[: COUNTED + 1])
    number = len(set(values[:COUNTED]))
    return (number, False) if len(values) <= COUNTED else (_rounded(number), True)


def _nearly(number: int) -> int:
    """8,651 → 9,000 and 44 → 40; of fewer than ``FEWEST`` these, where there are any."""
    step = 10 ** max(1, len(str(number)) - 1)
    return max((number + step // 2) // step * step, FEWEST if number else 0)


def _rounded(number: int) -> int:
    """8,332 → 8,000: more was not counted, so nobody need be told the rest."""
    step = 10 ** (len(str(number)) - 1)
    return number // step * step
