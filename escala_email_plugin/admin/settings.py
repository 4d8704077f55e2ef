"""Settings › Emails: one tab a kind of mailbox, each a page of its own."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from ..models import EmailAccount
from ..sync import connection
from . import audit_log, capture, signature
from .access_menu import waiting
from .completeness import completeness_of
from .folders import folder_rows
from .forms import ModeForm
from .kinds import Kind, kinds_of
from .left_out import left_out
from .orders import order_by_mode
from .owner import IsConnectedMixin, MayConnectMixin
from .privacy_pages import privacy_button
from .set_aside import page_of
from .sharing import readers_of, shared_by
from .status import Status, status_of, stored
from .taking_back import take_back
from .trying import recipients


class EmailsView(View):
    """The way in: the first tab that the user is shown."""

    def get(self, request: HttpRequest) -> HttpResponse:
        kinds = kinds_of(request.user)
        if not kinds:
            raise PermissionDenied
        return redirect("escala_email:account", kinds[0].id)


class AccountView(IsConnectedMixin, WagtailAdminTemplateMixin, TemplateView):
    """The page of one kind of mailbox."""

    template_name = "escala_email/settings/emails.html"
    page_title = gettext_lazy("Emails")
    header_icon = "mail"

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return privacy_button(self.request.user)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account, user = self.account_or_none(), self.request.user
        connected = account is not None and account.state != EmailAccount.State.DISCONNECTED
        status = status_of(account) if connected else None
        return super().get_context_data(
            account=account,
            connected=connected,
            status=status,
            former=connection.former(self.kind.id, user),
            kinds=kinds_of(user),
            sharing=shared_by(self.kind, user),
            readers=readers_of(self.kind),
            questions=waiting(self.request),
            **capture.context(user, self.kind.id),
            **(self._sending(account) if connected and self.kind.sends else {}),
            **(self._sections(status) if status and status.has_begun and self.kind.is_synchronised else {}),
            **kwargs,
        )

    def _sending(self, account: EmailAccount) -> dict[str, Any]:
        """What is said of sending."""
        return {"signature": signature.shown(account), "recipients": recipients(self.request.user, account)}

    def _sections(self, status: Status) -> dict[str, Any]:
        """What is below the card once a synchronisation has begun."""
        account = status.account
        return {
            "mode_form": ModeForm(initial={"mode": account.mode}, kind=account.kind),
            "stored": stored(account),
            "rows": folder_rows(account),
            "aside": page_of(account, self.request.GET.get("aside"), with_heads=self.may_read()),
            "check": completeness_of(account),
            "left_out": left_out(account),
        }


class StatusView(IsConnectedMixin, View):
    """The part of the page that moves by itself."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        status = status_of(self.own_account())
        return self.fragment("status.html", status=status)


class StoredView(IsConnectedMixin, View):
    """How much is stored: counted seldom, for it takes longer the more there is."""

    about_mail = True

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.fragment("stored.html", stored=stored(self.own_account()))


class ModeView(MayConnectMixin, View):
    """Switch the synchronisation on or off; of a mailbox it never began for, on means a preview first."""

    about_mail = True

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        account, form = self.own_account(), ModeForm(request.POST, kind=self.kind.id)
        if not form.is_valid():
            messages.error(request, _("Choose one of the kinds of synchronisation."))
            return self.back()
        mode, has_begun = form.cleaned_data["mode"], connection.has_begun(account)
        if mode == EmailAccount.Mode.TOTAL and not has_begun:
            mode = EmailAccount.Mode.PREVIEW
        connection.switch(account, mode)
        order_by_mode(account, mode)
        messages.success(request, _switched(mode, has_begun))
        return self.back()


def _switched(mode: str, has_begun: bool) -> str:
    if mode == EmailAccount.Mode.PREVIEW:
        return _("What would be brought in is being counted. Nothing is stored before you start.")
    if mode == EmailAccount.Mode.TOTAL:
        return _("The synchronisation goes on where it was.")
    if mode == EmailAccount.Mode.PARTIAL:
        return _("The mailbox is not read. What you send to your capture address is brought in.")
    if has_begun:
        return _("The synchronisation is off. What was brought in stays, and it can go on where it was.")
    return _("Nothing is brought in. You can start whenever you like.")


# Asking the provider takes its time; no transaction of the host's may be held open meanwhile.
@method_decorator(transaction.non_atomic_requests, name="dispatch")
class DisconnectView(IsConnectedMixin, View):
    """Disconnect; the history stays."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        account = self.own_account()
        with transaction.atomic():
            audit_log.write(account, "disconnect")
            connection.disconnect(account)
        messages.success(request, _disconnected(self.kind) % {"address": account.address})
        take_back(request, account)
        return self.back()


def _disconnected(kind: Kind) -> str:
    if not kind.is_read:
        return _("%(address)s is disconnected, and what opened it is deleted here.")
    return _("%(address)s is disconnected, and what opened it is deleted here. What was brought in stays.")
