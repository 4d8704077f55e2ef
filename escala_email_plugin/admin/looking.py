"""Beside a record's conversations: whether earlier mail is still looked for, and how complete they are."""

from typing import Any

from django.db.models import Max, Min, QuerySet, Sum
from django.http import Http404
from django.views.generic import TemplateView

from ..models import EmailAccount, Tally
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


def completeness(of: tuple) -> str:
    """``"Checked 3 March 2026: 214 of 214, 0 missing."`` of a record for a reader; "" where nobody counted.

    In one query. The day is that of the mailbox whose check is the oldest.
    """
    content_type, object_id, user = of
    tallies = Tally.objects.filter(
        account__in=EmailAccount.objects.readable_by(user),
        address__records__content_type=content_type,
        address__records__object_id=str(object_id),
    )
    sums = tallies.aggregate(found=Sum("found"), missing=Sum("missing"), since=Min("checked_at"))
    if sums["since"] is None:
        return ""
    here = sums["found"] - sums["missing"]
    return checked(sums["since"], found=sums["found"], here=here, missing=sums["missing"])
