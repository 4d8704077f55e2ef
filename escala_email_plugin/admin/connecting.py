"""Connect a mailbox by hand, or change how it is connected. Both servers are tried first."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from ..models import EmailAccount
from ..servers.credentials import Credentials
from ..servers.probe import probe
from ..servers.secrets import SecretUnreadable
from ..sync import connection
from . import audit_log
from .forms import ConnectForm
from .kinds import Kind
from .orders import order_by_mode
from .owner import MayConnectMixin, is_fragment
from .taken import already_connected


# Asking servers takes its time; no transaction of the host's may be held open meanwhile.
@method_decorator([transaction.non_atomic_requests, sensitive_post_parameters("password")], name="dispatch")
class ConnectView(MayConnectMixin, WagtailAdminTemplateMixin, TemplateView):
    """Connect by hand. Both servers are tried before anything is saved."""

    template_name = "escala_email/settings/connect.html"
    header_icon = "mail"

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": self.page(), "label": _("Emails")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_page_title(self) -> str:
        return _("Configure the mailbox") if self.form().is_configuring else _("Connect a mailbox")

    def form(self, data: Any = None) -> ConnectForm:
        """The form for the user's mailbox, as it was typed the last time, without the password."""
        return ConnectForm(data, account=self.account_or_none())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.form())
        return super().get_context_data(**kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        steps = try_servers(request, self.kind, form)
        if form.is_valid() and all(step.ok is not False for step in steps):
            try:
                account = connection.connect(self.kind.id, request.user, form.wanted())
            except connection.AlreadyConnected:
                address = form.cleaned_data["address"]
                form.add_error("address", already_connected(request.user, self.kind, address))
            else:
                return self._connected(account)
        if is_fragment(request):
            return render_results(request, form, steps)
        return self.render_to_response(self.get_context_data(form=form, steps=steps))

    def _connected(self, account: EmailAccount) -> HttpResponse:
        audit_log.write(account, "connect")
        order_by_mode(account, account.mode)
        messages.success(self.request, _connected_sentence(account))
        url = self.page()
        if is_fragment(self.request):
            return HttpResponse(headers={"X-Escala-Location": url})
        return redirect(url)


# Asking servers takes its time; no transaction of the host's may be held open meanwhile.
@method_decorator([transaction.non_atomic_requests, sensitive_post_parameters("password")], name="dispatch")
class ProbeView(MayConnectMixin, View):
    """Test the connection; nothing is saved."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ConnectForm(request.POST, account=self.account_or_none())
        return render_results(request, form, try_servers(request, self.kind, form))


@sensitive_variables()
def try_servers(request: HttpRequest, kind: Kind, form: ConnectForm) -> list:
    """The steps of a test with what the form holds; none where the form already says no."""
    if not form.is_valid():
        return []
    address = form.cleaned_data["address"]
    if connection.is_taken(kind.id, request.user, address):
        form.add_error("address", already_connected(request.user, kind, address))
        return []
    try:
        wanted = form.wanted()
    except SecretUnreadable as error:
        form.add_error("password", str(error))
        return []
    credentials = Credentials(wanted.username, wanted.password)
    return list(probe(*form.servers(), credentials, wanted.address))


def render_results(request: HttpRequest, form: ConnectForm, steps: list) -> HttpResponse:
    """What is wrong with the form, or how each step went; the typed password stays in the browser."""
    context = {"form": form, "steps": steps, "passed": all(step.ok is not False for step in steps)}
    return render(request, "escala_email/settings/results.html", context)


def _connected_sentence(account: EmailAccount) -> str:
    texts = {
        EmailAccount.Mode.PREVIEW: _(
            "%(address)s is connected. What would be brought in is being counted; nothing is stored "
            "before you start."
        ),
        EmailAccount.Mode.TOTAL: _("%(address)s is connected. Its synchronisation goes on where it was."),
        EmailAccount.Mode.OFF: _("%(address)s is connected. Its synchronisation is off."),
    }
    return texts[EmailAccount.Mode(account.mode)] % {"address": account.address}
