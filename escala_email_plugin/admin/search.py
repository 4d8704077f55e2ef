"""The search through all mail that somebody may read, beside those of Wagtail's own searches."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.search import SearchArea
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from ..models import EmailAccount
from ..permissions import VIEW_SHARED_MAIL, VIEW_TEAM_MAIL
from ..reading.everywhere import Everywhere
from ..reading.filters import Filters
from ..reading.position import BadCursor, Position
from ..reading.search import wanted
from ..sync import search_index
from .listing_button import record_url

NAME = "escala-emails"


def may_search(user: Any) -> bool:
    """Whether there is mail that ``user`` may read, whatever is in it."""
    shared = user.has_perm(VIEW_SHARED_MAIL) or user.has_perm(VIEW_TEAM_MAIL)
    return shared or EmailAccount.objects.readable_by(user).exists()


class EmailSearchArea(SearchArea):
    """Emails, for who may read some."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the user may."""
        return may_search(request.user)


def area() -> EmailSearchArea:
    """For Wagtail's list of them."""
    return EmailSearchArea(
        _("Emails"), reverse("escala_email:search"), name=NAME, icon_name="mail", order=700
    )


class SearchView(WagtailAdminTemplateMixin, TemplateView):
    """A page of the conversations that were found."""

    template_name = "escala_email/search/search.html"
    page_title = _("Search emails")
    header_icon = "mail"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_search(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = Filters.read(self.request.GET).text
        hits = Everywhere(text, self.request.user).page(self._position()) if wanted(text) else None
        return {
            **super().get_context_data(**kwargs),
            "searched": text,
            "hits": hits,
            "rows": self._rows(hits.items) if hits else [],
            "is_first": "before" not in self.request.GET,
            "next_url": f"?{urlencode({'q': text, 'before': hits.next.text})}" if hits and hits.next else "",
            "is_complete": search_index.is_complete(),
            "area": NAME,
        }

    def _position(self) -> Position | None:
        """Where the page begins. Raises Http404 for a position nobody gave out."""
        text = self.request.GET.get("before")
        try:
            return Position.read(text) if text else None
        except BadCursor:
            raise Http404 from None

    @staticmethod
    def _rows(hits: list) -> list[dict[str, Any]]:
        return [
            {
                "hit": hit,
                "letter": hit.letter,
                "records": [
                    {"name": str(one), "url": _url(one, hit.letter.message.thread_id)} for one in hit.records
                ],
            }
            for hit in hits
        ]


def _url(record: models.Model, thread_id: int) -> str:
    """The record's page of e-mail with the conversation open: no bar of a form covers it there."""
    return f"{record_url(record)}?{urlencode({'email_thread': thread_id})}"
