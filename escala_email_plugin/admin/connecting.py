"""Connect a mailbox by hand, or change how it is connected. Both servers are tried first."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.log_actions import LogContext

from .. import conf
from ..models import EmailAccount
from ..servers.providers import PROVIDERS, Provider
from ..sync import connection
from . import audit_log
from .advice import advice
from .forms import ConnectForm
from .kinds import KINDS
from .live import Event, live
from .orders import order_by_mode
from .owner import BelowEmailsMixin, MayConnectMixin, is_fragment
from .probing import Probing
from .taken import already_connected

# Asking servers takes its time; no transaction of the host's may be held open meanwhile.
asks_servers = method_decorator(
    [transaction.non_atomic_requests, sensitive_post_parameters("password")], name="dispatch"
)


class ConnectPage(MayConnectMixin, BelowEmailsMixin, TemplateView):
    """The page with the form, for whatever is done with it."""

    template_name = "escala_email/settings/connect.html"

    def get_page_title(self) -> str:
        return _("Configure the mailbox") if self.form().is_configuring else _("Connect a mailbox")

    @cached_property
    def account(self) -> EmailAccount | None:
        """What the page is about, asked once: its title and its form are made several times."""
        return self.account_or_none()

    def form(self, data: Any = None, **kwargs: Any) -> ConnectForm:
        """The form for the mailbox, as it was typed the last time, without the password."""
        return ConnectForm(data, account=self.account, **kwargs)

    def provider(self) -> Provider | None:
        """Whose consent opens the connected mailbox; None where a password does, or none is connected."""
        return PROVIDERS.get(self.account.provider) if self.form().is_configuring else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.setdefault("form", self.form())
        # What was not found, or did not pass, is to be looked at.
        kwargs.setdefault("unfolded", form.is_configuring or form.is_bound)
        seconds = conf.get("OPERATION_DEADLINE")
        return super().get_context_data(seconds=seconds, provider=self.provider(), **kwargs)


@asks_servers
class ConnectView(ConnectPage):
    """Connect by hand. Both servers are tried before anything is saved."""

    saves = True

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.provider():
            return self.back()
        probing = Probing(request, self.kind, self.form(request.POST))
        if is_fragment(request):
            return live(self._events(probing), status=429 if probing.is_too_often else 200)
        for _step in probing.run():
            pass
        if self.saves and probing.passed and (account := self._saved(probing)):
            messages.success(request, connected_sentence(account))
            return redirect(self.page())
        context = self.get_context_data(form=probing.form, probing=probing, advice=self._advice(probing))
        return self.render_to_response(context)

    def _events(self, probing: Probing) -> Iterator[Event]:
        """What the page's script shows: ``doing``, ``step`` …, and as the last one how it ended."""
        yield {"doing": probing.doing}
        for _step in probing.run():
            html = rendered("step.html", step=probing.news) if probing.news else ""
            yield {"step": html, "doing": probing.doing}
        if not (self.saves and probing.passed):
            yield self._ending(probing)
            return
        # Whoever has given up and gone is noticed at the latest when this is written, and nothing is saved.
        yield {"doing": _("Saving…")}
        if self._saved(probing):
            yield {"end": "moved", "location": reverse("escala_email:connected", args=[self.kind.id])}
        else:
            yield self._ending(probing)

    def _ending(self, probing: Probing) -> Event:
        if probing.form.errors:
            return {"end": "errors", "html": rendered("form_errors.html", form=probing.form)}
        return {"end": "advice", "html": rendered("advice.html", advice=self._advice(probing))}

    def _advice(self, probing: Probing) -> Any:
        return advice(probing) if probing.steps and not probing.form.errors else None

    def _saved(self, probing: Probing) -> EmailAccount | None:
        """The connected account; None, and an error in the form, where somebody was faster."""
        user, address = self.request.user, probing.wanted.address
        try:
            account = connection.connect(self.kind.id, user, probing.wanted)
        except connection.AlreadyConnected:
            probing.form.add_error("address", already_connected(user, self.kind, address))
            return None
        # The view may be over by now, and with it what Wagtail knows of whose request this is.
        with LogContext(user=user):
            audit_log.write(account, "connect")
        order_by_mode(account, account.mode)
        return account


class ProbeView(ConnectView):
    """Test the connection; nothing is saved."""

    saves = False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return redirect("escala_email:connect", self.kind.id)


class ConnectedView(MayConnectMixin, View):
    """Where a page goes that has seen its mailbox being connected: on to the mailbox, which says so."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        messages.success(request, connected_sentence(self.own_account()))
        return self.back()


def rendered(template: str, **context: Any) -> str:
    """A part of the page."""
    return render_to_string(f"escala_email/settings/{template}", context)


def connected_sentence(account: EmailAccount) -> str:
    """That it is connected, and what happens now."""
    if not KINDS[account.kind].is_read:
        return _("%(address)s is connected. Campaigns can be sent from it.") % {"address": account.address}
    if account.kind == EmailAccount.Kind.CAPTURE:
        return _("%(address)s is connected. What is sent to a capture address is brought in by itself.") % {
            "address": account.address
        }
    texts = {
        EmailAccount.Mode.PREVIEW: _(
            "%(address)s is connected. What would be brought in is being counted; nothing is stored "
            "before you start."
        ),
        EmailAccount.Mode.TOTAL: _("%(address)s is connected. Its synchronisation goes on where it was."),
        EmailAccount.Mode.PARTIAL: _(
            "%(address)s is connected. Only what you send to your capture address is brought in."
        ),
        EmailAccount.Mode.OFF: _("%(address)s is connected. Its synchronisation is off."),
    }
    return texts[EmailAccount.Mode(account.mode)] % {"address": account.address}
