"""A record's conversations beside the host's edit form, and how many messages came since the last look."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.side_panels import BaseSidePanel

from ..modules import may_see
from ..reading.visits import unseen
from .panels import bound_panel


class EmailSidePanel(BaseSidePanel):
    """The same conversations as in ``EmailPanel``, opened by a button at the top of the page."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = _("Toggle emails")
        icon_name = "mail"

        def get_context_data(self, parent_context: Any) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            return {**context, "count": unseen(self.panel.object, self.panel.request.user)}

    name = "escala-emails"
    title = _("Emails")
    template_name = "escala_email/panels/side_panel.html"
    order = 500

    def __init__(self, object: Any, request: HttpRequest):
        super().__init__(object, request)
        self.bound = bound_panel(object, request, "escala-side")

    def is_shown(self) -> bool:
        """Whether there is a record of a module that is switched on, which the user may see."""
        return self.bound.is_shown() and may_see(self.request.user, self.object)

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {**super().get_context_data(parent_context), "email_panel": self.bound}

    @property
    def media(self) -> forms.Media:
        return self.bound.media


class EmailSidePanelMixin:
    """Adds the side panel to an edit view, of a ``ModelViewSet`` or of a snippet."""

    def get_side_panels(self) -> Any:
        panels = super().get_side_panels()
        panel = EmailSidePanel(self.object, self.request)
        if panel.is_shown():
            panels.append(panel)
        return panels
