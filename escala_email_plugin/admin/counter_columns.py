"""Columns with counters of e-mail, for the listing of a module.

``*email_columns("last_contacted", "waiting")`` in the ``list_display`` of a ``ModelViewSet`` or
``SnippetViewSet``.
"""

from typing import Any

from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.ui.tables import Column

from ..reading.counters import NOTHING, THEM, US, Counted, counted

__all__ = ["email_columns"]

#: Who is waited for, in words.
WAITING = {US: _("Waiting for us"), THEM: _("Waiting for them")}

#: The same below the heading, which says that somebody is waited for.
SHORT = {
    US: pgettext_lazy("whose answer is waited for", "For us"),
    THEM: pgettext_lazy("whose answer is waited for", "For them"),
}


class CounterColumn(Column):
    """A counter of the records of the page, all of which are counted at once, whatever columns there are.

    Not there while the module is switched off, and empty for a record that the reader may not see. By none
    of them a listing can be sorted: that would count all its records.
    """

    counter = ""

    class Media:
        css = {"all": ["escala_email/css/counters.css"]}

    def render_header_html(self, parent_context: Any) -> SafeString:
        if _counted(parent_context) is None:
            return SafeString("")
        return super().render_header_html(parent_context)

    def render_cell_html(self, instance: Any, parent_context: Any) -> SafeString:
        if _counted(parent_context) is None:
            return SafeString("")
        return super().render_cell_html(instance, parent_context)

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        found = (_counted(parent_context) or {}).get(instance.pk, NOTHING)
        context = super().get_cell_context_data(instance, parent_context)
        return {**context, **self.about(instance, found)}

    def get_value(self, instance: Any) -> Any:
        """Nothing of it is an attribute of the record."""
        return None

    def about(self, instance: Any, found: Counted) -> dict[str, Any]:
        """What the cell's template is told."""
        return {"value": getattr(found, self.counter)}


def _counted(parent_context: Any) -> dict[Any, Counted] | None:
    """The counters of the table's records, counted when the first of its columns asks."""
    table, request = parent_context["table"], parent_context.get("request")
    if not hasattr(table, "_escala_email_counted"):
        table._escala_email_counted = counted(list(table.data), request.user) if request else None
    return table._escala_email_counted


class MomentColumn(CounterColumn):
    """A date as how long ago, the exact one on hover."""

    cell_template_name = "wagtailadmin/tables/date_cell.html"


class LastContactedColumn(MomentColumn):
    counter = "contacted_at"


class LastAnswerColumn(MomentColumn):
    counter = "answered_at"


class RecentColumn(CounterColumn):
    cell_template_name = "escala_email/listing/number.html"
    counter = "recent"


class WaitingColumn(CounterColumn):
    """Who is waited for, in words; it leads to the conversations."""

    cell_template_name = "escala_email/listing/waiting.html"

    def about(self, instance: Any, found: Counted) -> dict[str, Any]:
        return {
            "value": SHORT.get(found.waiting, ""),
            "sentence": WAITING.get(found.waiting, ""),
            "is_for_us": found.waiting == US,
            "url": _conversations(instance) if found.waiting else "",
        }


def _conversations(record: Any) -> str:
    """The page with nothing but the record's conversations."""
    place = [record._meta.app_label, record._meta.model_name, quote(record.pk)]
    return reverse("escala_email:record", args=place)


#: By the name a host says: the column, and its heading.
COLUMNS: dict[str, tuple[type[CounterColumn], Any]] = {
    "last_contacted": (LastContactedColumn, _("Last contacted")),
    "last_answer": (LastAnswerColumn, _("Last answer")),
    "messages": (RecentColumn, _("Messages in 30 days")),
    "waiting": (WaitingColumn, _("Waiting")),
}


def email_columns(*names: str) -> list[CounterColumn]:
    """The columns of these names, of ``COLUMNS``; all of them where none is named. Raises KeyError."""
    return [_column(name) for name in names or COLUMNS]


def _column(name: str) -> CounterColumn:
    column, label = COLUMNS[name]
    return column(f"email_{name}", label=label)
