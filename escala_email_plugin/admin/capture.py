"""The capture address of the user: shown to be copied, and replaced by another one."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View
from wagtail.admin import messages

from ..models import CaptureAddress, EmailAccount
from ..permissions import CONNECT_PERSONAL_ACCOUNT
from ..sync.capture import address, refused
from ..sync.capture.judge import Refusal
from . import audit_log
from .owner import BelowEmailsMixin

#: Why mail to a capture address was refused, for its user.
REFUSED: dict[str, Promise] = {
    Refusal.NOT_YOURS: gettext_lazy("from an address that is not yours"),
    Refusal.ENDED: gettext_lazy("to an address of before, which no longer works"),
    Refusal.FORGED: gettext_lazy("with a sender that the receiving server found to be forged"),
    Refusal.LEFT: gettext_lazy("while your login was switched off"),
}


def context(user: Any, kind: str = EmailAccount.Kind.PERSONAL) -> dict[str, Any]:
    """What the templates say of ``user``'s capture address; nothing on the pages of other kinds."""
    if kind != EmailAccount.Kind.PERSONAL or not user.has_perm(CONNECT_PERSONAL_ACCOUNT):
        return {}
    one = CaptureAddress.objects.filter(user=user, ended_at=None).first()
    return {
        "capture": {
            "has_mailbox": address.mailbox() is not None,
            "has_address": one is not None,
            "address": address.shown(one) if one else "",
            "senders": sorted(address.own_addresses(user)),
            "refused": refused_sentence(user),
        }
    }


def refused_sentence(user: Any) -> str:
    """How many mails were refused lately, and why; "" where none was."""
    counts = refused.lately(user)
    if not counts:
        return ""
    total = sum(counts.values())
    head = ngettext(
        "%(number)s mail to your capture address was refused in the last 30 days",
        "%(number)s mails to your capture addresses were refused in the last 30 days",
        total,
    )
    why = "; ".join(
        f"{REFUSED[reason]}: {count}" for reason, count in counts.most_common() if reason in REFUSED
    )
    return f"{head % {'number': total}} ({why})."


class MayCaptureMixin:
    """Only for who may have a mailbox of their own here. Each has only their own capture address."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(CONNECT_PERSONAL_ACCOUNT):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def page(self) -> str:
        """The page it is a step below of."""
        return reverse("escala_email:account", args=["personal"])


class CaptureView(MayCaptureMixin, BelowEmailsMixin, TemplateView):
    """What it is, how it is used, and what was refused."""

    template_name = "escala_email/settings/capture.html"
    page_title = gettext_lazy("Your capture address")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**context(self.request.user), **kwargs)


class MakeCaptureView(MayCaptureMixin, View):
    """Make one; the one of before stops at once."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if address.mailbox() is None:
            messages.error(request, _("No mailbox is connected for capture addresses yet."))
            return redirect("escala_email:capture")
        had = CaptureAddress.objects.filter(user=request.user, ended_at=None).exists()
        with transaction.atomic():
            audit_log.write_capture(address.make_new(request.user))
        if had:
            messages.success(
                request, _("This is your new capture address. The one of before no longer works.")
            )
        else:
            messages.success(request, _("This is your capture address."))
        return redirect("escala_email:capture")
