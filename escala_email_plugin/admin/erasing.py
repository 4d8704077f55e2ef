"""Delete a mailbox with its stored mail: how much it is, the address typed once more, and the order."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages

from ..models import EmailAccount
from ..sync import connection, erase
from ..sync.holdings import holdings
from . import audit_log
from .orders import order
from .owner import BelowEmailsMixin, IsConnectedMixin
from .taking_back import take_back


class EraseForm(forms.Form):
    """The address, typed by who means it."""

    address = forms.CharField(
        label=gettext_lazy("Type the address of the mailbox"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": gettext_lazy("This is needed.")},
    )

    def __init__(self, *args: Any, account: EmailAccount, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._account = account

    def clean_address(self) -> str:
        """Raises ValidationError for any other address."""
        typed = self.cleaned_data["address"].strip().lower()
        if typed != self._account.address.lower():
            raise ValidationError(_("This is not the address of the mailbox."))
        return typed


# Asking the provider takes its time; no transaction of the host's may be held open meanwhile.
@method_decorator(transaction.non_atomic_requests, name="dispatch")
class EraseView(IsConnectedMixin, BelowEmailsMixin, FormView):
    """Of one's own accounts of the kind, connected or not, the one that is named."""

    form_class = EraseForm
    template_name = "escala_email/settings/erase.html"
    page_title = gettext_lazy("Delete the mailbox with its mail")
    header_icon = "bin"

    @cached_property
    def account(self) -> EmailAccount:
        """Raises Http404 for anybody else's, and for one that is being deleted already."""
        return get_object_or_404(connection.of(self.kind.id, self.request.user), pk=self.kwargs["account_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"account": self.account}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = {"account": self.account, "holdings": holdings(self.account)}
        return super().get_context_data(**found, **kwargs)

    def form_valid(self, form: EraseForm) -> HttpResponse:
        account = self.account
        with transaction.atomic():
            audit_log.write(account, "erase")
            erase.order(account)
        order("erase", account)
        text = _("%(address)s is deleted with its stored mail. Nobody reads it here any more.")
        messages.success(self.request, text % {"address": account.address})
        take_back(self.request, account)
        return self.back()
