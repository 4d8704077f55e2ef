"""Connect a mailbox by a provider's consent: the way there, and the way back."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.generic import View
from wagtail.admin import messages

from ..models import EmailAccount
from ..servers.consent import Consent, ConsentError, redeem
from ..servers.errors import ServerError
from ..servers.providers import Provider, is_ready, provider
from ..sync import connection, taking_back
from . import asking, audit_log
from .connecting import connected_sentence
from .consent_sentences import sentence
from .kinds import KINDS, Kind, kinds_of
from .orders import order_by_mode
from .owner import MayConnectMixin
from .taken import already_connected


class ConsentView(MayConnectMixin, View):
    """To the provider's page, to allow access to the mailbox of this kind."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        name = kwargs["provider"]
        if not is_ready(name):
            messages.error(request, sentence("not_set_up", provider(name)))
            return self.back()
        connected = connection.connected(self.kind.id, request.user)
        begun = {
            "kind": self.kind.id,
            "user": str(request.user.pk),
            # Which account it is to be; any, where none is connected.
            "account": connected.address if connected else "",
        }
        return asking.ask(request, name, begun, _known_as(connected or self.account_or_none(), name))


# Asking the provider takes its time; no transaction of the host's may be held open meanwhile.
@method_decorator(transaction.non_atomic_requests, name="dispatch")
class CallbackView(View):
    """Back from the provider, with a code or an error. It ends at the page of the kind, with a sentence."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.provider: Provider = provider(kwargs["provider"])
        came = asking.came_back(request, self.provider.id) if is_ready(self.provider.id) else None
        if came is None:
            return self._end(None, "unknown")
        begun, verifier = came
        kind = KINDS[begun["kind"]]
        if begun["user"] != str(request.user.pk) or not kind.may_enter(request.user):
            return self._end(None, "not_permitted")
        if trouble := _no_code(request):
            return self._end(kind, trouble)
        return self._finish(kind, begun["account"], verifier)

    @sensitive_variables()
    def _finish(self, kind: Kind, expected: str, verifier: str) -> HttpResponse:
        callback = asking.callback_url(self.request, self.provider.id)
        try:
            consent = redeem(self.provider.id, self.request.GET["code"], verifier, callback)
        except (ConsentError, ServerError) as error:
            return self._end(kind, error.code)
        chosen = consent.identity.address
        if expected and chosen != expected:
            taking_back.decline(consent)
            return self._end(kind, "wrong_account", chosen=chosen, expected=expected)
        return self._connect(kind, consent)

    @sensitive_variables()
    def _connect(self, kind: Kind, consent: Consent) -> HttpResponse:
        user = self.request.user
        if connection.is_taken(kind.id, user, consent.identity.address):
            return self._refuse(kind, consent)
        try:
            account = connection.connect_by_consent(kind.id, user, consent)
        except connection.AlreadyConnected:
            return self._refuse(kind, consent)
        audit_log.write(account, "connect")
        order_by_mode(account, account.mode)
        messages.success(self.request, connected_sentence(account))
        if account.grant_ends:
            messages.warning(self.request, _ends_sentence(account, self.provider))
        return redirect("escala_email:account", kind.id)

    def _refuse(self, kind: Kind, consent: Consent) -> HttpResponse:
        """Somebody was there before."""
        taking_back.decline(consent)
        messages.error(self.request, already_connected(self.request.user, kind, consent.identity.address))
        return redirect("escala_email:account", kind.id)

    def _end(self, kind: Kind | None, code: str, **values: Any) -> HttpResponse:
        """The sentence, on the page of the kind; of none, on the first there is for this user."""
        tell = messages.warning if code == "cancelled" else messages.error
        tell(self.request, sentence(code, self.provider, **values))
        if kind is not None:
            return redirect("escala_email:account", kind.id)
        return redirect("escala_email:settings" if kinds_of(self.request.user) else "wagtailadmin_home")


def _known_as(account: EmailAccount | None, name: str) -> str:
    """What the provider called ``name`` knows the account by; "" where there is none."""
    if account is None:
        return ""
    return account.username if account.provider == name else account.address


def _no_code(request: HttpRequest) -> str:
    """Why the provider sent no code (RFC 6749 4.1.2.1); "" where it sent one."""
    error = request.GET.get("error")
    if error == "access_denied":
        return "cancelled"
    return "" if error is None and request.GET.get("code") else "failed"


def _ends_sentence(account: EmailAccount, at: Provider) -> str:
    return _(
        "%(name)s ends this access by itself on %(date)s; then you will be asked to sign in again. If that "
        "is in a week, this site's app is in the testing mode of %(name)s: tell your administrator."
    ) % {"name": at.name, "date": date_format(localtime(account.grant_ends), "SHORT_DATETIME_FORMAT")}
