"""Whom a mailbox leaves out, on its page: the first of them, and bringing them in after all."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin import messages

from ..models import EmailAccount, Rule
from ..privacy.lists import entries, take_off
from . import audit_log
from .orders import order_by_mode
from .owner import MayConnectMixin

#: Entries that the page of the mailbox shows; all are on the page of its lists.
SHOWN = 10


@dataclass(frozen=True)
class LeftOut:
    """The first entries of whose mail a mailbox does not download, and how many both its lists have."""

    first: list[str]
    never: int
    not_contact: int


def left_out(account: EmailAccount) -> LeftOut:
    """Whom this account leaves out, in short."""
    never = entries(account, Rule.Kind.NEVER_DOWNLOAD)
    return LeftOut(
        first=list(never.values_list("pattern", flat=True)[:SHOWN]),
        never=never.count(),
        not_contact=entries(account, Rule.Kind.NOT_CONTACT).count(),
    )


class BringInView(MayConnectMixin, View):
    """Bring the mail of one of them in after all, also the earlier one."""

    about_mail = True

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        account, pattern, kind = self.own_account(), request.POST.get("address", ""), Rule.Kind.NEVER_DOWNLOAD
        rows = entries(account, kind).filter(pattern=pattern)
        if not take_off(list(rows.values_list("pk", flat=True)), kind, account, bring_in=True):
            raise Http404
        audit_log.write(account, "list_take_off", list=kind.value, number=1, brings_in=True)
        order_by_mode(account, account.mode)
        text = _("Mail with %(address)s is brought in from now on. The earlier one is being looked for.")
        messages.success(request, text % {"address": pattern})
        return self.back()
