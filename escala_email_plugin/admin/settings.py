"""Settings › Emails: one tab a kind of mailbox; here the personal one."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from ..models import EmailAccount
from ..permissions import CONNECT_PERSONAL_ACCOUNT
from ..servers.probe import probe
from ..servers.secrets import SecretUnreadable
from ..sync import connection
from .forms import ConnectForm, ModeForm
from .status import status_of


class MayConnectMixin:
    """Only for who may connect a personal mailbox, and only ever about one's own."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_enter(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def may_enter(self, user: Any) -> bool:
        """Whether the page is for ``user``."""
        return user.has_perm(CONNECT_PERSONAL_ACCOUNT)

    def own_account(self) -> EmailAccount:
        """The user's connected account. Raises Http404."""
        account = connection.connected(self.request.user)
        if account is None:
            raise Http404
        return account


class IsConnectedMixin(MayConnectMixin):
    """Also for who is connected and may not connect any more: to look, and to disconnect."""

    def may_enter(self, user: Any) -> bool:
        return super().may_enter(user) or connection.connected(user) is not None


class EmailSettingsView(IsConnectedMixin, WagtailAdminTemplateMixin, TemplateView):
    """The page with the tabs."""

    template_name = "escala_email/settings/emails.html"
    page_title = gettext_lazy("Emails")
    header_icon = "mail"

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account = connection.connected(self.request.user)
        return super().get_context_data(
            account=account or connection.personal(self.request.user),
            connected=account is not None,
            status=status_of(account) if account else None,
            mode_form=ModeForm(initial={"mode": account.mode}) if account else None,
            tabs=[{"id": "personal", "title": _("Personal mailbox")}],
            **kwargs,
        )


class StatusView(IsConnectedMixin, View):
    """The part of the page that moves by itself."""

    def get(self, request: HttpRequest) -> HttpResponse:
        status = status_of(self.own_account())
        return render(request, "escala_email/settings/status.html", {"status": status})


# Asking servers takes its time; no transaction of the host's may be held open meanwhile.
@method_decorator([transaction.non_atomic_requests, sensitive_post_parameters("password")], name="dispatch")
class ConnectView(MayConnectMixin, WagtailAdminTemplateMixin, TemplateView):
    """Connect by hand. Both servers are tried before anything is saved."""

    template_name = "escala_email/settings/connect.html"
    header_icon = "mail"

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("escala_email:settings"), "label": _("Emails")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_page_title(self) -> str:
        return _("Configure the mailbox") if self.form().is_configuring else _("Connect a mailbox")

    def form(self, data: Any = None) -> ConnectForm:
        """The form for the user's mailbox, as it was typed the last time, without the password."""
        return ConnectForm(data, account=connection.personal(self.request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.form())
        return super().get_context_data(**kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        steps = try_servers(request, form)
        if form.is_valid() and all(step.ok is not False for step in steps):
            try:
                account = connection.connect(request.user, form.wanted())
            except connection.AlreadyConnected:
                form.add_error("address", _already_connected(request))
            else:
                return self._connected(account)
        if is_fragment(request):
            return render_results(request, form, steps)
        return self.render_to_response(self.get_context_data(form=form, steps=steps))

    def _connected(self, account: EmailAccount) -> HttpResponse:
        from ..tasks import sync_account  # reads settings.HUEY when it is imported

        transaction.on_commit(lambda: sync_account(account.pk))
        if account.last_success:
            text = _("%(address)s is connected. Its synchronisation goes on where it was.")
        else:
            text = _("%(address)s is connected. The first synchronisation has begun.")
        messages.success(self.request, text % {"address": account.address})
        url = reverse("escala_email:settings")
        if is_fragment(self.request):
            return HttpResponse(headers={"X-Escala-Location": url})
        return redirect(url)


# Asking servers takes its time; no transaction of the host's may be held open meanwhile.
@method_decorator([transaction.non_atomic_requests, sensitive_post_parameters("password")], name="dispatch")
class ProbeView(MayConnectMixin, View):
    """Test the connection; nothing is saved."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ConnectForm(request.POST, account=connection.personal(request.user))
        return render_results(request, form, try_servers(request, form))


class ModeView(MayConnectMixin, View):
    """Switch the synchronisation on or off."""

    def post(self, request: HttpRequest) -> HttpResponse:
        from ..tasks import sync_account  # reads settings.HUEY when it is imported

        account, form = self.own_account(), ModeForm(request.POST)
        if form.is_valid():
            connection.switch(account, form.cleaned_data["mode"])
            if form.cleaned_data["mode"] == EmailAccount.Mode.TOTAL:
                transaction.on_commit(lambda: sync_account(account.pk))
            messages.success(request, _("The synchronisation was changed."))
        else:
            messages.error(request, _("Choose one of the two kinds of synchronisation."))
        return redirect("escala_email:settings")


class DisconnectView(IsConnectedMixin, View):
    """Disconnect; the history stays."""

    def post(self, request: HttpRequest) -> HttpResponse:
        account = self.own_account()
        connection.disconnect(account)
        text = _(
            "%(address)s is disconnected and its password deleted. Its conversations stay where they are."
        )
        messages.success(request, text % {"address": account.address})
        return redirect("escala_email:settings")


def is_fragment(request: HttpRequest) -> bool:
    """Whether the page's own script asks. A matter of tone, never of access."""
    return request.headers.get("x-requested-with") == "XMLHttpRequest"


@sensitive_variables()
def try_servers(request: HttpRequest, form: ConnectForm) -> list:
    """The steps of a test with what the form holds; none where the form already says no."""
    if not form.is_valid():
        return []
    if connection.is_taken(request.user, form.cleaned_data["address"]):
        form.add_error("address", _already_connected(request))
        return []
    try:
        wanted = form.wanted()
    except SecretUnreadable as error:
        form.add_error("password", str(error))
        return []
    return list(probe(*form.servers(), wanted.username, wanted.password, wanted.address))


def render_results(request: HttpRequest, form: ConnectForm, steps: list) -> HttpResponse:
    """What is wrong with the form, or how each step went; the typed password stays in the browser."""
    context = {"form": form, "steps": steps, "passed": all(step.ok is not False for step in steps)}
    return render(request, "escala_email/settings/results.html", context)


def _already_connected(request: HttpRequest) -> str:
    mine = connection.connected(request.user)
    if mine is not None:
        return _("You have already connected %(address)s. Disconnect it first.") % {"address": mine.address}
    return _("A colleague has already connected this mailbox. Ask your administrator.")
