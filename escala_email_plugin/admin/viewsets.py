"""What a host mixes into its own viewsets and views: the tab, the button and the side panel.

The public names of this module are kept stable: ``docs/reference/api.md`` lists them.
"""

from typing import Any

from django.apps import apps
from django.forms.models import ALL_FIELDS, fields_for_model
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, ObjectList, Panel, TabbedInterface

from .listing_button import email_buttons
from .panels import EmailInspectMixin, EmailPanel
from .side_panel import EmailSidePanel, EmailSidePanelMixin

__all__ = [
    "EmailInspectMixin",
    "EmailListingMixin",
    "EmailSidePanel",
    "EmailSidePanelMixin",
    "EmailViewSetMixin",
]


class EmailListingMixin:
    """Adds the button to every row of a listing: first among the bases of an index view.

    Listings of snippets have it anyway, by Wagtail's hook.
    """

    def get_list_more_buttons(self, instance: Any) -> list:
        buttons = super().get_list_more_buttons(instance)
        if _is_of_snippets(type(self)):
            return buttons
        return sorted([*buttons, *email_buttons(instance, self.request.user)])


class EmailViewSetMixin:
    """Adds the tab to the edit form and the button to the listing: first among the bases of a viewset.

    For ``ModelViewSet`` and ``SnippetViewSet``, whatever the form is made of: an edit handler with tabs or
    without, panels, or ``form_fields``. A handler that holds an ``EmailPanel`` already stays as it is.
    """

    def get_edit_handler(self) -> Panel | None:
        handler = super().get_edit_handler() or self._handler_of_fields()
        if handler is None or _holds(handler):
            return handler
        return _with_tab(handler).bind_to_model(self.model)

    def construct_view(self, view_class: type, **kwargs: Any) -> Any:
        if view_class is self.index_view_class and not issubclass(view_class, EmailListingMixin):
            view_class = type(view_class.__name__, (EmailListingMixin, view_class), {})
        return super().construct_view(view_class, **kwargs)

    def _handler_of_fields(self) -> ObjectList | None:
        """A panel for each field of the form; None where the viewset names neither fields nor exceptions."""
        fields, exclude = self.get_form_fields(), self.get_exclude_form_fields()
        if fields is None and exclude is None:
            return None
        fields = None if fields == ALL_FIELDS else fields
        return ObjectList([FieldPanel(name) for name in fields_for_model(self.model, fields, exclude)])


def _with_tab(handler: Panel) -> TabbedInterface:
    """``handler`` with one tab more; what had no tabs becomes the first."""
    tab = ObjectList([EmailPanel()], heading=_("Emails"))
    if isinstance(handler, TabbedInterface):
        kwargs = handler.clone_kwargs()
        return type(handler)(**{**kwargs, "children": [*handler.children, tab]})
    if isinstance(handler, ObjectList):
        details, form = handler.clone(), handler.base_form_class
    else:
        details, form = ObjectList([handler]), getattr(handler, "base_form_class", None)
    details.heading = details.heading or _("Details")
    return TabbedInterface([details, tab], base_form_class=form)


def _holds(panel: Panel) -> bool:
    """Whether an ``EmailPanel`` is among the panels."""
    return isinstance(panel, EmailPanel) or any(map(_holds, getattr(panel, "children", ())))


def _is_of_snippets(view_class: type) -> bool:
    if not apps.is_installed("wagtail.snippets"):
        return False
    from wagtail.snippets.views.snippets import IndexView

    return issubclass(view_class, IndexView)
