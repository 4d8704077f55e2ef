"""The modules that the host declared: what they are about, what is wrong with them, and their switches."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from .. import conf
from ..modules import Module, declared, misfit, on, wrong
from ..permissions import SWITCH_MODULES
from ..reading.switching import Size, size, switch
from . import audit_log
from .path_words import path_words


@dataclass(frozen=True)
class Line:
    """A module of the table. ``problem``: why nobody sees its mail although it is switched on."""

    module: Module
    is_on: bool
    size: Size
    problem: str

    @property
    def label(self) -> str:
        """By which the host declared it, and the form names it."""
        return self.module.model._meta.label

    @property
    def title(self) -> str:
        """What the host calls its records."""
        return capfirst(str(self.module.model._meta.verbose_name_plural))

    @property
    def addresses(self) -> dict[str, str]:
        """The paths to its addresses, each in words."""
        return {path: path_words(self.module.model, path) for path in self.module.paths}


class ModulesView(WagtailAdminTemplateMixin, TemplateView):
    """All of them; a POST switches one."""

    template_name = "escala_email/settings/modules.html"
    page_title = gettext_lazy("E-mail on records")
    header_icon = "table"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(SWITCH_MODULES):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(lines=list(_lines()), wrong=wrong(), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Raises Http404 for what was not declared, or is neither on nor off."""
        wanted = {"on": True, "off": False}.get(request.POST.get("switch", ""))
        module = next(
            (one for one in declared() if one.model._meta.label == request.POST.get("module")), None
        )
        if module is None or wanted is None:
            raise Http404
        with transaction.atomic():
            row = switch(module, wanted)
            title = capfirst(str(module.model._meta.verbose_name_plural))
            if row is not None:
                audit_log.write_module(row, title)
        messages.success(request, _said(title, wanted))
        return redirect("escala_email:modules")


def _said(title: str, is_on: bool) -> str:
    if is_on:
        return _("“%(module)s” shows its e-mail again.") % {"module": title}
    return _("“%(module)s” shows no e-mail any more. It goes on being brought in.") % {"module": title}


def _lines() -> Iterator[Line]:
    shown = on()
    for module in declared():
        yield Line(module, module in shown, size(module), misfit(_options(module)))


def _options(module: Module) -> dict[str, Any]:
    """What the host wrote of it: labels may be written in small letters."""
    wanted = module.model._meta.label_lower
    return next(options for label, options in conf.modules().items() if label.lower() == wanted)
