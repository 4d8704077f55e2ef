"""Pages about a mailbox of one kind: who may enter, and which account it is, which no id ever chooses."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from ..models import EmailAccount
from ..sync import connection
from .kinds import KINDS, Kind


class MayConnectMixin:
    """Only for who may set up mailboxes of this kind: of personal ones only ever one's own."""

    #: Whether it is about mail that is brought in, of which a mailbox that only sends knows nothing.
    about_mail = False
    #: Whether it is about sending, which a capture mailbox knows nothing of.
    about_sending = False
    #: Whether it shows of messages what only their readers may see.
    shows_mail = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_enter(request.user):
            raise PermissionDenied
        if (self.about_mail or self.shows_mail) and not self.kind.is_synchronised:
            raise Http404
        if self.about_sending and not self.kind.sends:
            raise Http404
        if self.shows_mail and not self.may_read():
            return self._may_not_read()
        return super().dispatch(request, *args, **kwargs)

    def _may_not_read(self) -> HttpResponse:
        title = _("Emails")
        head = {"breadcrumbs_items": [{"url": self.page(), "label": title}], "header_icon": "mail"}
        context = {"kind": self.kind, "header_title": title, **head}
        return render(self.request, "escala_email/settings/may_not_read.html", context, status=403)

    @property
    def kind(self) -> Kind:
        """The kind the URL names."""
        return KINDS[self.kwargs["kind"]]

    def may_enter(self, user: Any) -> bool:
        """Whether the page is for ``user``."""
        return self.kind.may_enter(user)

    def may_read(self) -> bool:
        """Whether the user may read the mail, too."""
        return self.kind.may_read(self.request.user)

    def account_or_none(self) -> EmailAccount | None:
        """The account of this kind that is connected, else the last one that was, else None."""
        return connection.latest(self.kind.id, self.request.user)

    def own_account(self) -> EmailAccount:
        """The connected account of this kind. Raises Http404."""
        account = connection.connected(self.kind.id, self.request.user)
        if account is None:
            raise Http404
        return account

    def page(self) -> str:
        """Where the page of this kind is."""
        return reverse("escala_email:account", args=[self.kind.id])

    def back(self) -> HttpResponse:
        """Back to the page of this kind; who has let go of the mailbox may not see it any more."""
        return redirect(self.page() if self.kind.may_look(self.request.user) else "wagtailadmin_home")

    def fragment(self, template: str, **context: Any) -> HttpResponse:
        """A part of the page."""
        return render(self.request, f"escala_email/settings/{template}", self._about() | context)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs | self._about())

    def _about(self) -> dict[str, Any]:
        may_configure = self.kind.may_enter(self.request.user)
        return {"kind": self.kind, "may_configure": may_configure, "may_read": self.may_read()}


class IsConnectedMixin(MayConnectMixin):
    """Also for who has a mailbox and may not connect any more: to look, to disconnect, and to delete."""

    def may_enter(self, user: Any) -> bool:
        return self.kind.may_look(user)


class BelowEmailsMixin(WagtailAdminTemplateMixin):
    """A page of its own, one step below that of its kind."""

    header_icon = "mail"

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": self.page(), "label": _("Emails")},
            {"url": "", "label": self.get_page_title()},
        ]


def is_fragment(request: HttpRequest) -> bool:
    """Whether the page's own script asks. A matter of tone, never of access."""
    return request.headers.get("x-requested-with") == "XMLHttpRequest"
