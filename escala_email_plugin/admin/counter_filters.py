"""Filters by e-mail, for the listing of a module: ``EmailFilterSetMixin`` before ``WagtailFilterSet`` in the
``filterset_class`` of a ``ModelViewSet`` or ``SnippetViewSet``.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter

from ..modules import is_on
from ..reading.counter_sets import in_contact, seen_of, waiting
from ..reading.counters import RECENT, THEM, US
from ..reading.listed import listed
from .counter_columns import WAITING

__all__ = ["EmailFilterSetMixin"]

#: How long ago: the days, or "-" and the days for "not within them", or that it never was.
NEVER = "never"
SINCE = [
    ("7", _("In the last 7 days")),
    ("30", _("In the last 30 days")),
    ("-7", _("Not in the last 7 days")),
    ("-30", _("Not in the last 30 days")),
    ("-90", _("Not in the last 90 days")),
    (NEVER, _("Never")),
]


class CounterFilter(ChoiceFilter):
    """Leaves the records that ``found`` finds, ``(model, user, value) -> (ids, whether they stay or go)``.

    It is asked about what the reader sees, so it tells no more than the columns do.
    """

    def __init__(self, found: Callable[..., tuple[set[str], bool]], **kwargs: Any):
        self.found = found
        super().__init__(widget=forms.RadioSelect, empty_label=_("All"), **kwargs)

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        if not value:
            return qs
        user = self.parent.request.user
        ids, stay = self.found(qs.model, user, value)
        keys = seen_of(qs.model, user, ids)
        some = listed(qs.model, keys, qs.db)
        return qs.filter(pk__in=some) if stay else qs.exclude(pk__in=some)


def _waiting(model: Any, user: Any, value: str) -> tuple[set[str], bool]:
    return waiting(model, user, value), True


def _contact(**which: bool) -> Callable[..., tuple[set[str], bool]]:
    def found(model: Any, user: Any, value: str) -> tuple[set[str], bool]:
        if value == NEVER:
            return in_contact(model, user, **which), False
        since = timezone.now() - timedelta(days=abs(int(value)))
        return in_contact(model, user, since, **which), not value.startswith("-")

    return found


#: By the name a host says: a new filter.
FILTERS: dict[str, Callable[[], CounterFilter]] = {
    "waiting": lambda: CounterFilter(
        _waiting, label=_("Waiting"), choices=[(one, WAITING[one]) for one in (US, THEM)]
    ),
    "last_contacted": lambda: CounterFilter(_contact(ours=True), label=_("Last contacted"), choices=SINCE),
    "last_answer": lambda: CounterFilter(_contact(ours=False), label=_("Last answer"), choices=SINCE),
    "messages": lambda: CounterFilter(
        _contact(),
        label=_("Messages in 30 days"),
        choices=[(f"{RECENT}", _("With messages")), (f"-{RECENT}", _("Without messages"))],
    ),
}


class EmailFilterSetMixin:
    """Adds the filters named in ``email_filters``, of ``FILTERS``, while the module is switched on."""

    email_filters: tuple[str, ...] | list[str] = tuple(FILTERS)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        model = self._meta.model
        if self.request is None or model is None or not is_on(model):
            return
        for name in self.email_filters:
            one = FILTERS[name]()
            one.field_name, one.parent, one.model = f"email_{name}", self, model
            self.filters[f"email_{name}"] = one
