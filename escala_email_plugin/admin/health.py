"""How all mailboxes are: a page for administrators, and JSON for monitoring. Nobody's mail is on either."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from ..models import EmailAccount
from ..permissions import VIEW_HEALTH
from ..sync.beat import WATCHER, WORKER
from ..sync.health import Report, Row, health, report
from ..sync.sentences import detail_of
from .kinds import KINDS
from .pace import pace, pace_in_words
from .privacy_pages import privacy_button

#: Mailboxes on one page.
PER_PAGE = 50

NEEDS = {
    "reconnect": _("Its owner must connect it again."),
    "late": _("Nothing has been read for more than an hour."),
    "grant_ending": _("The provider's consent ends soon. Its owner must give it again."),
    "missing": _("The last check found messages that could not be brought in."),
    "unread": _("The server counts messages that it does not show."),
    "not_compared": _("Some of its folders could not be checked."),
}

#: The filters, beside all that are connected: what they are called, and whether a row is among them.
FILTERS = {
    "needs": (_("Needs attention"), lambda row: row.is_connected and bool(row.needs)),
    **{
        state.value: (state.label, lambda row, state=state: row.account.state == state)
        for state in (
            EmailAccount.State.RECONNECT,
            EmailAccount.State.WAITING,
            EmailAccount.State.CONNECTED,
            EmailAccount.State.DISCONNECTED,
        )
    },
}

#: Whose row comes first.
RANKS = (EmailAccount.State.RECONNECT, EmailAccount.State.WAITING, EmailAccount.State.CONNECTED)


class MaySeeHealthMixin:
    """Only for who may see how the synchronisation of all mailboxes is."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(VIEW_HEALTH):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class HealthJsonView(MaySeeHealthMixin, View):
    """What ``manage.py escala_email health`` prints."""

    def get(self, request: HttpRequest) -> JsonResponse:
        return JsonResponse(health(), json_dumps_params={"indent": 2, "ensure_ascii": False})


class HealthView(MaySeeHealthMixin, WagtailAdminTemplateMixin, TemplateView):
    """Every mailbox in a table, what needs a person first."""

    template_name = "escala_email/health/health.html"
    page_title = _("Health of the mailboxes")
    header_icon = "mail"

    @property
    def header_buttons(self) -> list[HeaderButton]:
        as_json = HeaderButton("JSON", reverse("escala_email:health_json"), icon_name="code")
        return [*privacy_button(self.request.user), as_json]

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = report()
        chosen = self.request.GET.get("show", "")
        _label, wanted = FILTERS.get(chosen, ("", lambda row: row.is_connected))
        rows = sorted(filter(wanted, found.rows), key=_place)
        paginator = Paginator([Line(row, found) for row in rows], PER_PAGE)
        page = paginator.get_page(self.request.GET.get("p"))
        return super().get_context_data(
            report=found,
            worker=found.beats.get(WORKER),
            watcher=found.beats.get(WATCHER),
            filters=_filters(found.rows, chosen),
            page=page,
            elided_page_range=paginator.get_elided_page_range(page.number),
            **kwargs,
        )


@dataclass(frozen=True)
class Line:
    """A mailbox as the table shows it."""

    row: Row
    report: Report

    @property
    def account(self) -> EmailAccount:
        return self.row.account

    @property
    def owner(self) -> str:
        """Whose it is, or was; of who is nobody's own, the kind says it."""
        owner = self.account.owner
        return (owner.get_full_name() or owner.get_username()) if owner else self.account.former_owner

    @property
    def kind(self) -> str:
        return str(KINDS[self.account.kind].title)

    @property
    def sentence(self) -> str:
        """What the matter is."""
        return detail_of(self.account, self.account.trouble)

    @property
    def needs(self) -> list[str]:
        """What needs a person."""
        return [str(NEEDS[code]) for code in self.row.needs]

    @cached_property
    def pace(self) -> str:
        """How fast the last run is or was; "" where it was too short to tell."""
        run = self.row.run
        speed = pace(run, min(run.finished_at or self.report.at, self.report.at)) if run else None
        return pace_in_words(speed) if speed else ""


def _place(row: Row) -> tuple[Any, ...]:
    """Before others who must connect again, then what else needs a person, then who waits."""
    state = row.account.state
    rank = RANKS.index(state) if state in RANKS else len(RANKS)
    return (state != EmailAccount.State.RECONNECT, not row.needs, rank, row.account.address, row.account.pk)


def _filters(rows: list[Row], chosen: str) -> list[dict[str, Any]]:
    """All that are connected, and each filter that finds some, with how many those are."""
    found = [{"id": "", "label": _("All"), "number": sum(row.is_connected for row in rows)}]
    numbers = Counter(name for name, (_label, wanted) in FILTERS.items() for row in rows if wanted(row))
    found += [
        {"id": name, "label": label, "number": numbers[name]}
        for name, (label, _wanted) in FILTERS.items()
        if numbers[name] or name == chosen
    ]
    for one in found:
        one["is_chosen"] = one["id"] == (chosen if chosen in FILTERS else "")
    return found
