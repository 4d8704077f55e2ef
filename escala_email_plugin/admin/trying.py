"""Try a mailbox that is connected: both its servers, and sending a message. Nothing is typed again."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin import messages

from ..models import EmailAccount
from ..servers.errors import ServerError
from ..servers.secrets import SecretUnreadable
from ..sync.credentials import TokenStale
from ..sync.sending import TooSoon, send_test
from ..sync.trial import tried
from .attempts import TRIED_TOO_OFTEN, is_too_often
from .orders import order_access
from .owner import MayConnectMixin, is_fragment
from .probing import shown


def recipients(user: Any, account: EmailAccount) -> dict[str, str]:
    """Where a test may go: to whoever asks, and to the mailbox itself. By the value of the form."""
    found = {"mailbox": account.address}
    try:
        validate_email(user.email)
    except ValidationError:
        return found
    if user.email.lower() == account.address:
        return found
    return {"me": user.email, **found}


# Asking servers takes its time; no transaction of the host's may be held open meanwhile.
@method_decorator(transaction.non_atomic_requests, name="dispatch")
class TryView(MayConnectMixin, View):
    """An answer on the page to one thing that is tried."""

    def answer(self, *, ok: bool, sentence: str, steps: Any = ()) -> HttpResponse:
        """As a part of the page, or above the page where the browser runs no script."""
        if is_fragment(self.request):
            return self.fragment("tried.html", ok=ok, sentence=sentence, steps=steps)
        (messages.success if ok else messages.error)(self.request, sentence)
        return self.back()


class TestStoredView(TryView):
    """Try both servers with what is stored."""

    __test__ = False

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        account = self.own_account()
        # Every refused login brings the mailbox nearer to being locked.
        if is_too_often("try", request.user):
            return self.answer(ok=False, sentence=str(TRIED_TOO_OFTEN))
        try:
            steps = tried(account)
        except TokenStale as error:
            return self.answer(ok=False, sentence=order_access(account, error))
        except (ServerError, SecretUnreadable) as error:
            return self.answer(ok=False, sentence=str(error))
        failed = next((step for step in steps if step.ok is False), None)
        sentence = str(failed.sentence) if failed else _("Both servers answer as they should.")
        return self.answer(ok=failed is None, sentence=sentence, steps=shown(steps))


class SendTestView(TryView):
    """Send a real message."""

    about_sending = True

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        account = self.own_account()
        to = recipients(request.user, account).get(request.POST.get("to", ""), account.address)
        text = _("This message was sent from %(address)s by the CRM, to show that sending works.")
        try:
            send_test(account, to, _("A test from the CRM"), text % {"address": account.address})
        except TooSoon:
            sentence = _("A test was sent less than a minute ago. Wait a little before the next one.")
            return self.answer(ok=False, sentence=sentence)
        except TokenStale as error:
            return self.answer(ok=False, sentence=order_access(account, error))
        except (ServerError, SecretUnreadable) as error:
            return self.answer(ok=False, sentence=str(error))
        sentence = _("The message was handed over. Look for it in the mailbox of %(address)s.")
        return self.answer(ok=True, sentence=sentence % {"address": to})
