"""Messages that could not be fetched, read or stored: why, trying again, and the bytes as they came."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.paginator import Page, Paginator
from django.db.models import BinaryField, BooleanField, Case, Value, When
from django.db.models.functions import Substr
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin import messages

from .. import conf
from ..mail.headers import address_headers, decoded
from ..mail.parse import MAX_PEOPLE
from ..models import EmailAccount, Quarantined
from ..sync import quarantine
from .downloads import download
from .orders import order_by_mode
from .owner import IsConnectedMixin, MayConnectMixin

#: Messages on one page.
PAGE = 10

#: So long a page looks often at what is to be tried again.
SOON = timedelta(seconds=30)


#: Bytes of a message in which its sender and subject are looked for.
HEAD = 16_000


@dataclass(frozen=True)
class Head:
    """What a message that cannot be read says of itself, for who may read it."""

    subject: str
    sender: str


def of(account: EmailAccount) -> Any:
    """The rows of an account, without their bytes; ``has_raw``: whether there are some."""
    has_raw = Case(When(raw=None, then=Value(False)), default=Value(True), output_field=BooleanField())
    rows = Quarantined.objects.filter(folder__account=account).annotate(has_raw=has_raw)
    return rows.select_related("folder").defer("raw").order_by("-first_seen", "-pk")


def page_of(account: EmailAccount, number: Any, *, with_heads: bool) -> Page:
    """A page of them, the nearest one where there is none of that number.

    Each row has a ``reason``, and with ``with_heads`` its ``head``, where its bytes were kept.
    ``is_moving``: one of them is tried about now.
    """
    rows = of(account)
    if with_heads:
        rows = rows.annotate(beginning=Substr("raw", 1, HEAD, output_field=BinaryField()))
    page, now = Paginator(rows, PAGE).get_page(number), timezone.now()
    for row in page.object_list:
        row.reason = reason(row)
        row.head = head(getattr(row, "beginning", None))
        row.is_given_up = row.attempts >= quarantine.ATTEMPTS
        row.is_due = row.next_try <= now
        row.is_lost = row.uidvalidity != row.folder.uidvalidity
        row.may_be_tried = row.folder.synced and row.folder.gone_at is None and not row.is_lost
    page.is_moving = any(row.may_be_tried and now - SOON < row.next_try <= now for row in page.object_list)
    return page


def reason(row: Quarantined) -> str:
    """Why a message was set aside, for its owner."""
    if row.error == "too_large":
        limit = filesizeformat(conf.get("MAX_MESSAGE_BYTES"))
        return _("It is larger than %(limit)s.") % {"limit": limit}
    if row.error in ("fetch", "empty"):
        return _("The server did not hand it over.")
    if row.error == "too_many_people":
        return _("It names more than %(number)s people.") % {"number": intcomma(MAX_PEOPLE)}
    if row.error == "store":
        return _("It could not be stored.")
    return _("It is built in a way that cannot be read.")


def head(raw: Any) -> Head | None:
    """From the beginning of a message's bytes, however badly it is built; None where there are none."""
    if not raw:
        return None
    fields = address_headers(bytes(raw))
    return Head(decoded(fields.get("subject")), decoded(fields.get("from")))


class SetAsideView(IsConnectedMixin, View):
    """The list, for the part of the page that is fetched again when something has moved."""

    about_mail = True

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        page = page_of(self.own_account(), request.GET.get("aside"), with_heads=self.may_read())
        return self.fragment("set_aside_list.html", aside=page)


class RetryView(MayConnectMixin, View):
    """Try one of them again, or all."""

    about_mail = True

    def post(self, request: HttpRequest, row_id: int | None = None, **kwargs: Any) -> HttpResponse:
        account = self.own_account()
        if row_id is None:
            quarantine.retry_all(account)
        else:
            quarantine.retry(get_object_or_404(of(account), pk=row_id))
        order_by_mode(account, account.mode)
        if account.mode == EmailAccount.Mode.TOTAL:
            messages.success(request, _("It is tried again now."))
        else:
            messages.info(request, _("It is tried again once the synchronisation goes on."))
        return self.back()


class DownloadView(IsConnectedMixin, View):
    """A message as it came, for its owner: a download that no browser opens."""

    shows_mail = True

    def get(self, request: HttpRequest, row_id: int, **kwargs: Any) -> FileResponse:
        rows = Quarantined.objects.filter(folder__account=self.own_account(), raw__isnull=False)
        row = get_object_or_404(rows, pk=row_id)
        return download(bytes(row.raw), f"message-{row.folder_id}-{row.uid}.eml")
