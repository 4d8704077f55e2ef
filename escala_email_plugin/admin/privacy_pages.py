"""Pages about what is kept and what goes, for who decides it for everybody."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from ..permissions import MANAGE_PRIVACY


class MayDecideMixin:
    """Only for who decides for everybody what is left out, kept and removed."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(MANAGE_PRIVACY):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class PrivacyPageMixin(MayDecideMixin, WagtailAdminTemplateMixin):
    """A page of its own. ``above``: the names and titles of the pages that it is below."""

    header_icon = "lock"
    above: tuple[tuple[str, Any], ...] = ()

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *super().get_breadcrumbs_items(),
            *({"url": reverse(name), "label": str(title)} for name, title in self.above),
            {"url": "", "label": self.get_page_title()},
        ]


def privacy_button(user: Any) -> list[HeaderButton]:
    """The way to those pages, for whom they are for."""
    if not user.has_perm(MANAGE_PRIVACY):
        return []
    return [HeaderButton(_("E-mail privacy"), reverse("escala_email:policy"), icon_name="lock")]
