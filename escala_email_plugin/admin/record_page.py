"""A page of the plugin's own with a record's conversations: for modules whose pages the host left alone."""

from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.viewsets import viewsets
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permissions import policy_registry

from .panels import bound_panel
from .record import RecordMixin


class RecordView(RecordMixin, WagtailAdminTemplateMixin, TemplateView):
    """The conversations of one record, with the ways to the record and to the others of its kind."""

    template_name = "escala_email/panels/record.html"
    page_title = gettext_lazy("Emails")
    header_icon = "mail"

    def get_page_subtitle(self) -> str:
        return str(self.record)

    def get_breadcrumbs_items(self) -> list[dict[str, str | None]]:
        return [
            *super().get_breadcrumbs_items(),
            {
                "url": _listing_url(type(self.record), self.request.user),
                "label": capfirst(str(self.record._meta.verbose_name_plural)),
            },
            {"url": self._edit_url, "label": str(self.record)},
            {"url": "", "label": self.get_page_title()},
        ]

    @property
    def _edit_url(self) -> str | None:
        """None where there is none, or this user may not change the record."""
        return AdminURLFinder(self.request.user).get_edit_url(self.record)

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if self._edit_url is None:
            return []
        return [HeaderButton(_("Edit"), self._edit_url, icon_name="edit")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        panel = bound_panel(self.record, self.request, "escala-page")
        context = super().get_context_data(**kwargs)
        return {**context, "email_panel": panel, "media": panel.media}


def _listing_url(model: type, user: Any) -> str | None:
    """The listing of a viewset that the host registered; None where there is none, or not for this user."""
    found = [one for one in viewsets.viewsets if isinstance(one, ModelViewSet) and one.model is model]
    policy = policy_registry.get_by_type(model)
    if not found or not policy.user_has_any_permission(user, {"add", "change", "delete", "view"}):
        return None
    return reverse(found[0].get_url_name(_index_name(found[0])))


def _index_name(viewset: ModelViewSet) -> str:
    # Snippets call it otherwise.
    return "list" if hasattr(viewset, "chooser_viewset") else "index"
