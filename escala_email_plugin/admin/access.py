"""Emails › Access: the questions to answer, what one has granted, and what one asked for."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from ..permissions import VIEW_TEAM_MAIL
from ..privacy.access.answering import asked_of, open_for
from ..privacy.access.asking import asked_by
from ..privacy.access.grants import granted_by
from .access_rows import asked_rows, given_rows, question_rows
from .kinds import KINDS

#: Rows of one list that are shown at once.
ROWS = 20


def may_ask_or_answer(user: Any) -> bool:
    """Whether the pages are for ``user``: who has or may have a mailbox, or knows of colleagues' mail."""
    return user.has_perm(VIEW_TEAM_MAIL) or KINDS["personal"].may_look(user)


class AccessMixin(WagtailAdminTemplateMixin):
    """A page about access to personal mail."""

    header_icon = "key"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_ask_or_answer(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    #: The pages between the mailbox and this one, as ``(URL name, title)``.
    above: tuple[tuple[str, Any], ...] = ()

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        mailbox = KINDS["personal"].may_look(self.request.user)
        emails = [("escala_email:settings", _("Emails"))] if mailbox else []
        return [
            *super().get_breadcrumbs_items(),
            *({"url": reverse(name), "label": label} for name, label in (*emails, *self.above)),
            {"url": "", "label": self.get_page_title()},
        ]


class AccessView(AccessMixin, TemplateView):
    """All of it, in three lists."""

    template_name = "escala_email/access/access.html"
    page_title = gettext_lazy("Access to mail")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        refused = asked_of(user).filter(answer="no", asker__is_active=True).order_by("-answered_at", "-pk")
        lists = {
            "questions": self._page("questions", open_for(user), question_rows),
            "refused": self._page("refused", refused, question_rows),
            "granted": self._page("granted", granted_by(user), given_rows),
            "asked": self._page("asked", asked_by(user), asked_rows),
        }
        return super().get_context_data(**lists, **kwargs)

    def _page(self, name: str, rows: Any, shown: Any) -> Page:
        """The page of a list that the URL names, each row as it is shown."""
        page = Paginator(rows, ROWS).get_page(self.request.GET.get(name))
        page.object_list = shown(self.request.user, list(page.object_list))
        return page
