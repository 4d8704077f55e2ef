"""Beside a record's conversations: whether earlier mail is still looked for, and how complete they are."""

from typing import Any

from django.db.models import Count, Exists, FilteredRelation, Max, Min, OuterRef, Q, QuerySet, Sum
from django.http import Http404
from django.views.generic import TemplateView

from ..models import Address, Folder, Lookup
from ..sync.lookups import looking_for
from ..visibility import Level
from .completeness import checked
from .record import RecordMixin


class LookingView(RecordMixin, TemplateView):
    """The line that moves while earlier mail is looked for; ``after``: the newest message shown till then."""

    template_name = "escala_email/timeline/looking.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            looking=looking_for(self.record, self.request.user),
            found=self.visible(Level.PEOPLE).filter(pk__gt=self._after()).count(),
            **kwargs,
        )

    def _after(self) -> int:
        text = self.request.GET.get("after", "")
        if not text.isdecimal() or len(text) > 18:
            raise Http404
        return int(text)


def newest_message(shown: QuerySet) -> int:
    """The id after which messages are new among ``shown``, those of a record that the reader sees; 0 of none.

    Never that of the newest of all: it would tell how much comes in for others.
    """
    return shown.order_by().aggregate(newest=Max("pk"))["newest"] or 0


def beside(of: tuple) -> tuple[str, bool]:
    """``("Checked 3 March 2026: 214 of 214, 0 missing.", True)``: of the record ``of`` (content type, id,
    ``Reader``) what was counted, "" where nobody did, and whether earlier mail may still be looked for.

    In one query. The day is that of the mailbox whose check is the oldest. ``looking_for`` knows the rest.
    """
    content_type, object_id, reader = of
    if not reader.own:
        return "", False
    lookups = Lookup.objects.filter(account__in=reader.own, address=OuterRef("pk"))
    begun = Folder.objects.filter(account__in=reader.own, gone_at=None, sweep_to__isnull=False)
    sums = (
        Address.objects.filter(records__content_type=content_type, records__object_id=str(object_id))
        .annotate(mine=FilteredRelation("tallies", condition=Q(tallies__account__in=reader.own)))
        .aggregate(
            found=Sum("mine__found"),
            missing=Sum("mine__missing"),
            since=Min("mine__checked_at"),
            sought=Count("pk", filter=Q(sought=True) | Q(Exists(lookups)) | Q(Exists(begun))),
        )
    )
    may_look = bool(sums["sought"]) or any(reader.accounts[pk].sweep_all for pk in reader.own)
    return _counted(sums), may_look


def _counted(sums: dict[str, Any]) -> str:
    if sums["since"] is None:
        return ""
    here = sums["found"] - sums["missing"]
    return checked(sums["since"], found=sums["found"], here=here, missing=sums["missing"])
