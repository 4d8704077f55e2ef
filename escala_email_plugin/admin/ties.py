"""In an opened conversation: which records it is about, where somebody says so by hand."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib.admin.utils import quote
from django.contrib.contenttypes.models import ContentType
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.admin_url_finder import AdminURLFinder

from ..models import Message, Thread
from ..modules import may_see, on
from ..privacy.ties import VERBS, MayNot, left_out, may_decide, tied
from ..reading.find_records import find_records
from ..reading.letters import letters
from ..visibility import Level
from . import audit_log
from .record import RecordMixin

#: What was decided, as a sentence.
SENTENCES = {
    "tie": _("From now on this conversation is on the page of %(record)s."),
    "untie": _("This conversation is not on the page of %(record)s any more."),
    "back": _("Its people alone decide again whether this conversation is on the page of %(record)s."),
}

#: Records that are named of those that a conversation was tied to, and conversations that were left out.
NAMED, LISTED = 50, 50


@dataclass(frozen=True)
class Choice:
    """A record that a conversation can be tied to, or is. ``post``: where that is decided; ``whose``: of one
    that was searched, the record that its addresses are of, "" where they are its own.
    """

    name: str
    kind: str
    url: str
    post: str
    is_tied: bool = False
    whose: str = ""


class _OfThreadMixin(RecordMixin):
    """For who may decide what a conversation is about; for others it is not there."""

    def thread_id(self) -> int:
        """The conversation. Raises Http404."""
        thread_id = self.kwargs["thread_id"]
        try:
            if not may_decide(self.request.user, thread_id):
                raise Http404
        except OverflowError:  # SQLite, of a number no database has
            raise Http404 from None
        return thread_id

    def tied_to(self) -> list[Any]:
        """The records it was tied to by hand, as far as the user may see them."""
        # Of a model that the host took away there may be ties still, and no records.
        types = ContentType.objects.get_for_models(*[one.model for one in on()]).values()
        rows = tied(self.kwargs["thread_id"]).filter(content_type__in=types)[:NAMED]
        records = [row.record for row in rows.prefetch_related("record")]
        return [one for one in records if one is not None and may_see(self.request.user, one)]

    def choices(self, records: list[Any], chosen: list[Any]) -> list[Choice]:
        finder = AdminURLFinder(self.request.user)
        return [
            Choice(
                str(record),
                capfirst(record._meta.verbose_name),
                finder.get_edit_url(record) or "",
                _post_url(record, self.kwargs["thread_id"]),
                record in chosen,
            )
            for record in records
        ]


class TiesView(_OfThreadMixin, TemplateView):
    """What was decided by hand; and a decision, which is about the record of the address."""

    template_name = "escala_email/timeline/ties_menu.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.thread_id()
        return super().get_context_data(
            here=self.choices([self.record], [])[0],
            tied=[one for one in self.choices(self.tied_to(), []) if one.name],
            place=self.place(),
            **kwargs,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        thread_id, how = self.thread_id(), request.POST.get("how", "")
        if how not in VERBS:
            return HttpResponseBadRequest()
        try:
            undo = VERBS[how](request.user, self.record, thread_id)
        except MayNot:
            raise Http404 from None
        audit_log.write_tie(self.record, how)
        context = {
            "sentence": SENTENCES[how] % {"record": self.record},
            "undo": undo if undo != how else "",
            "how": how,
            "post": _post_url(self.record, thread_id),
        }
        return render(request, "escala_email/timeline/ties_done.html", context)


class TiesSearchView(_OfThreadMixin, TemplateView):
    """Records whose names hold the words that were typed."""

    template_name = "escala_email/timeline/ties_found.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.thread_id()
        text = self.request.GET.get("q", "").replace("\0", "").strip()
        found = [one for one in find_records(text, self.request.user) if one.record != self.record]
        choices = self.choices([one.record for one in found], self.tied_to()) if found else []
        named = [replace(one, whose=of.whose) for one, of in zip(choices, found, strict=True)]
        return super().get_context_data(text=text, found=named, **kwargs)


class LeftOutView(RecordMixin, TemplateView):
    """The conversations that were kept from a record's page by hand, and the way back."""

    template_name = "escala_email/timeline/left_out_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = left_out(self.request.user, self.record)[:LISTED]
        items = [
            {"letter": one, "post": _post_url(self.record, one.message.thread_id)}
            for one in letters(_newest([row.thread_id for row in rows], self.request.user), self.request.user)
        ]
        return super().get_context_data(items=items, **kwargs)


def _newest(threads: list[int], user: Any) -> list[Any]:
    """The newest message of each thread that the user is shown."""
    shown = Message.objects.filter(thread=OuterRef("pk")).visible_to(user, Level.PEOPLE)
    newest = Subquery(shown.order_by("-sent_at", "-pk").values("pk")[:1])
    rows = dict(Thread.objects.filter(pk__in=threads).values_list("pk", newest))
    found = Message.objects.defer("text", "html").in_bulk([pk for pk in rows.values() if pk])
    return [found[rows[thread]] for thread in threads if rows.get(thread) in found]


def _post_url(record: Any, thread_id: int) -> str:
    meta = record._meta
    return reverse("escala_email:ties", args=[meta.app_label, meta.model_name, quote(record.pk), thread_id])
