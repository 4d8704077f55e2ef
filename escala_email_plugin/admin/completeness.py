"""Is everything here? The last check of a mailbox against its server, in words; and checking now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import View
from wagtail.admin import messages

from ..models import EmailAccount, Run
from ..sync import errand
from ..sync.sentences import AWAY, sentence_of
from .orders import order
from .owner import IsConnectedMixin, MayConnectMixin
from .status import is_held, percent_of

#: Why a message was not here, by the codes of ``sync.compare``.
WHYS = {
    "was_marked_gone": gettext_lazy("It had been taken for deleted."),
    "new_contact": gettext_lazy("Its address became a contact's only lately."),
    "unreadable": gettext_lazy("The server answers nonsense about it."),
    "never_recorded": gettext_lazy("It had been passed over."),
}

OUTCOMES = {
    "refilled": gettext_lazy("It was brought in now."),
    "set_aside": gettext_lazy("It was set aside."),
    "missing": gettext_lazy("It could not be brought in."),
}


@dataclass(frozen=True)
class Gap:
    """A message that was missing, in words."""

    folder: str
    uid: int
    why: str
    outcome: str


@dataclass(frozen=True)
class Check:
    """The checks of an account. ``newest``: whatever became of it; ``last``: the last one with an outcome."""

    account: EmailAccount
    newest: Run | None
    last: Run | None

    @property
    def is_moving(self) -> bool:
        return self.newest is not None and self.newest.state == "running" and is_held(self.account)

    @property
    def percent(self) -> int:
        return percent_of(self.newest)

    @property
    def is_unfinished(self) -> bool:
        """Whether the newest check did not come to its end."""
        return self.newest is not None and self.newest.state == "failed"

    @property
    def trouble(self) -> str:
        """Why it did not; "" where that is over, or it did."""
        if not self.is_unfinished or (self.account.state == "connected" and self.newest.trouble in AWAY):
            return ""
        return sentence_of(self.account, self.newest.trouble)

    @property
    def may_begin(self) -> bool:
        """Whether a check could begin now."""
        account = self.account
        return account.mode == "total" and account.state != "reconnect" and not is_held(account)

    @property
    def is_complete(self) -> bool:
        return self.last is not None and not self.last.result.get("missing")

    @property
    def sentence(self) -> str:
        """``"Checked 3 March 2026, 9 a.m.: 214 of 214, 0 missing."``: the hour, as one may press twice."""
        result = self.last.result
        return checked(
            self.last.finished_at or self.last.moved_at,
            found=result.get("found", 0),
            here=result.get("held", 0),
            missing=result.get("missing", 0),
            exactly=True,
        )

    @property
    def notes(self) -> list[str]:
        """What else there is to say of the last check."""
        result = self.last.result
        texts = (
            ("refilled", _refilled),
            ("set_aside", _set_aside),
            ("gone", _gone),
            ("unread", _unread),
        )
        found = [text(result[name]) for name, text in texts if result.get(name)]
        untold = [one["name"] for one in result.get("folders", []) if one.get("note")]
        if untold:
            found.append(_("Could not be checked: %(folders)s.") % {"folders": ", ".join(untold)})
        return found

    @property
    def gaps(self) -> list[Gap]:
        """What was missing, and why."""
        return [_gap(one) for one in self.last.result.get("gaps", [])]


def _refilled(number: int) -> str:
    text = ngettext(
        "%(number)s message had been missing and was brought in.",
        "%(number)s messages had been missing and were brought in.",
        number,
    )
    return text % {"number": _number(number)}


def _set_aside(number: int) -> str:
    text = ngettext("%(number)s is set aside.", "%(number)s are set aside.", number)
    return text % {"number": _number(number)}


def _gone(number: int) -> str:
    text = ngettext(
        "%(number)s message is no longer in the mailbox. It stays here.",
        "%(number)s messages are no longer in the mailbox. They stay here.",
        number,
    )
    return text % {"number": _number(number)}


def _unread(number: int) -> str:
    text = ngettext(
        "%(number)s message has not been looked at yet.",
        "%(number)s messages have not been looked at yet.",
        number,
    )
    return text % {"number": _number(number)}


def _gap(one: dict[str, Any]) -> Gap:
    return Gap(
        one.get("folder", ""),
        one.get("uid", 0),
        WHYS.get(one.get("why"), _("Nobody knows why.")),
        OUTCOMES.get(one.get("outcome"), ""),
    )


def checked(moment: datetime, *, found: int, here: int, missing: int, exactly: bool = False) -> str:
    """The sentence that a mailbox and a record's page have in common. ``exactly``: with the time of day."""
    text = _("Checked %(date)s: %(here)s of %(found)s, %(missing)s missing.")
    return text % {
        "date": date_format(timezone.localtime(moment), "DATETIME_FORMAT" if exactly else "DATE_FORMAT"),
        "here": _number(here),
        "found": _number(found),
        "missing": _number(missing),
    }


def _number(number: int) -> str:
    return number_format(number, force_grouping=True)


def completeness_of(account: EmailAccount) -> Check:
    """What is known of the account's completeness, in two queries."""
    audits = account.runs.filter(kind=Run.Kind.AUDIT).order_by("-started_at", "-pk")
    return Check(account, audits.first(), audits.filter(state=Run.State.DONE).first())


class CompletenessView(IsConnectedMixin, View):
    """The part of the page that moves by itself."""

    about_mail = True

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        check = completeness_of(self.own_account())
        return self.fragment("completeness.html", check=check)


class CheckView(MayConnectMixin, View):
    """Check now."""

    about_mail = True

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        account = self.own_account()
        if Check(account, None, None).may_begin:
            order("audit", account)
            messages.success(request, _("The mailbox is checked now. What is missing is brought in."))
        elif is_held(account):
            messages.info(request, _("The mailbox is being read just now. Check it when that is done."))
        else:
            messages.info(request, _("The mailbox can be checked once its synchronisation is on."))
        return self.back()


class StopCheckView(MayConnectMixin, View):
    """Stop the check that is at work; the next one begins anew."""

    about_mail = True

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if errand.cancel(self.own_account(), Run.Kind.AUDIT):
            messages.success(request, _("The check was stopped."))
        return self.back()
