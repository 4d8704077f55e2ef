"""What a host puts into its own pages so that a record shows its conversations there.

The public names of this module are kept stable: ``docs/reference/api.md`` lists them.
"""

from typing import Any

from django import forms
from django.contrib.admin.utils import quote
from django.http import HttpRequest
from django.template.loader import select_template
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import Panel

from ..modules import is_on
from . import media
from .around_conversations import around
from .erasing_links import link_for


class EmailPanel(Panel):
    """The conversations with a record, fetched once they are seen.

    The host's one line: ``EmailPanel()`` among a model's panels, best in a tab of its
    own. It shows nothing while a record is being made, nor while its module is switched off.
    """

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("heading", gettext_lazy("Emails"))
        kwargs.setdefault("icon", "mail")
        super().__init__(**kwargs)

    class BoundPanel(Panel.BoundPanel):
        template_name = "escala_email/panels/email_panel.html"

        class Media:
            js = media.JS
            css = media.CSS

        def is_shown(self) -> bool:
            """Whether there is a record, of a module that is switched on."""
            return self.instance.pk is not None and self._is_on and super().is_shown()

        @cached_property
        def _is_on(self) -> bool:
            # A page asks several times.
            return is_on(type(self.instance))

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            meta = self.instance._meta
            place = [meta.app_label, meta.model_name, quote(self.instance.pk)]
            return {
                **super().get_context_data(parent_context),
                **around(place, self.request.user),
                "visit_url": reverse("escala_email:visit", args=place),
                "erase_url": link_for(self.instance, self.request.user),
                "target_id": f"{self.prefix or 'escala'}-emails",
            }


def bound_panel(record: Any, request: HttpRequest, prefix: str) -> EmailPanel.BoundPanel:
    """The panel of ``record`` for a page that is no edit view. ``prefix``: of its ids, one for each panel."""
    panel = EmailPanel().bind_to_model(type(record))
    return panel.get_bound_panel(instance=record, request=request, form=None, prefix=prefix)


class EmailInspectMixin:
    """Adds the conversations below a model's inspect view, whatever template that view has."""

    def get_template_names(self) -> list[str]:
        return ["escala_email/panels/inspect.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        bound = bound_panel(self.object, self.request, "emails")
        return {
            **context,
            "email_panel": bound if bound.is_shown() else None,
            "email_inspect_template": select_template(super().get_template_names()),
            "media": context.get("media", forms.Media()) + bound.media,
        }
