"""What a mailbox says that was connected again: since when mail was lacking, and how much came of it."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..models import EmailAccount

#: For so long it is news.
NEWS = timedelta(days=7)


def gap_sentence(account: EmailAccount) -> str:
    """A sentence while it is news; "" where no mail was lacking, or nothing is read."""
    again = account.reconnected_at
    if again is None or account.gap_from is None or again < timezone.now() - NEWS:
        return ""
    if account.gap_filled is None:
        if account.mode != EmailAccount.Mode.TOTAL or account.state != EmailAccount.State.CONNECTED:
            return ""
        return _("Connected again. What came since %(since)s is being brought in.") % {
            "since": _moment(account.gap_from)
        }
    text = ngettext(
        "Connected again on %(again)s: %(number)s message that came since %(since)s was brought in.",
        "Connected again on %(again)s: %(number)s messages that came since %(since)s were brought in.",
        account.gap_filled,
    )
    return text % {
        "again": _moment(again),
        "since": _moment(account.gap_from),
        "number": number_format(account.gap_filled, force_grouping=True),
    }


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
