"""Leavers: who left and what is still here of their mail, and what would happen to who is here."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages

from ..models import EmailAccount
from ..privacy.leavers import departed, here
from ..privacy.leaving import name_of
from ..privacy.outlook import Outlook, outlook
from ..sync import erase, taking_back
from ..sync.holdings import holdings
from . import audit_log
from .erasing import EraseForm
from .leaver_words import DONE, goes
from .orders import order
from .privacy_pages import PrivacyPageMixin

#: Mailboxes on one page: each is counted anew.
PER_PAGE = 20

POLICY = ("escala_email:policy", gettext_lazy("E-mail privacy"))


@dataclass(frozen=True)
class Line:
    """A mailbox as the table shows it."""

    outlook: Outlook

    @property
    def account(self) -> EmailAccount:
        return self.outlook.account

    @property
    def owner(self) -> str:
        """Whose it is or was; "" where nobody knows any more."""
        owner = self.account.owner
        return name_of(owner) if owner else self.account.former_owner

    @property
    def rule(self) -> str:
        return str(DONE[self.outlook.rule])

    @property
    def goes(self) -> list[str]:
        """What goes, and when."""
        return list(goes(self.outlook))


class LeaversView(PrivacyPageMixin, TemplateView):
    """Who left, or with ``?show=here`` who is here. Numbers only."""

    template_name = "escala_email/privacy/leavers.html"
    page_title = gettext_lazy("Leavers")
    header_icon = "group"
    above = (POLICY,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        still_here = self.request.GET.get("show") == "here"
        accounts = (here() if still_here else departed()).select_related("owner")
        paginator = Paginator(accounts, PER_PAGE)
        page = paginator.get_page(self.request.GET.get("p"))
        page.object_list = [Line(outlook(one)) for one in page.object_list]
        return super().get_context_data(
            still_here=still_here,
            page=page,
            elided_page_range=paginator.get_elided_page_range(page.number),
            **kwargs,
        )


# Asking the provider takes its time; no transaction of the host's may be held open meanwhile.
@method_decorator(transaction.non_atomic_requests, name="dispatch")
class RemoveLeaverView(PrivacyPageMixin, FormView):
    """Delete the mailbox of who left with its mail now; the address is typed once more."""

    form_class = EraseForm
    template_name = "escala_email/privacy/remove_leaver.html"
    page_title = gettext_lazy("Delete the mailbox of who left")
    header_icon = "bin"
    above = (POLICY, ("escala_email:leavers", gettext_lazy("Leavers")))

    @cached_property
    def account(self) -> EmailAccount:
        """Raises Http404 for that of somebody who is here, and for one that is being deleted already."""
        return get_object_or_404(departed().select_related("owner"), pk=self.kwargs["account_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"account": self.account}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = {"line": Line(outlook(self.account)), "holdings": holdings(self.account)}
        return super().get_context_data(account=self.account, **found, **kwargs)

    def form_valid(self, form: EraseForm) -> HttpResponse:
        account = self.account
        taking_back.let_go(account.pk)
        with transaction.atomic():
            audit_log.write(account, "leaver_erase", title=account.former_owner)
            erase.order(account)
        order("erase", account)
        text = _("%(address)s is deleted with its stored mail. Nobody reads it here any more.")
        messages.success(self.request, text % {"address": account.address})
        return redirect("escala_email:leavers")
