"""The addresses that were unticked in the preview, and bringing them in after all."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin import messages

from ..models import EmailAccount, Rule
from ..sync import rules
from .orders import order_by_mode
from .owner import MayConnectMixin


def left_out(account: EmailAccount) -> list[str]:
    """The addresses whose mail this account does not download."""
    mine = account.rules.filter(kind=Rule.Kind.NEVER_DOWNLOAD).order_by("pattern")
    return list(mine.values_list("pattern", flat=True))


class BringInView(MayConnectMixin, View):
    """Bring the mail of one of them in after all, also the earlier one."""

    about_mail = True

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        account, address = self.own_account(), request.POST.get("address", "")
        if not rules.bring_in(account, address):
            raise Http404
        order_by_mode(account, account.mode)
        text = _("Mail with %(address)s is brought in from now on. The earlier one is being looked for.")
        messages.success(request, text % {"address": address})
        return self.back()
