"""What a report says became of a mail, in words for people who know nothing about mail servers."""

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..mail.reports import Outcome, Report

LONGEST = 80

#: Of one recipient.
_ONE = {
    "failed": gettext_lazy("The mail to %(who)s could not be delivered."),
    "delayed": gettext_lazy("The mail to %(who)s is delayed. Its server keeps trying."),
    "delivered": gettext_lazy("The mail to %(who)s was delivered."),
    "relayed": gettext_lazy("The mail to %(who)s was handed on. Whether it arrives will not be told."),
    "expanded": gettext_lazy("The mail to %(who)s was passed on to several people."),
    "shown": gettext_lazy("Read receipt: the mail was opened at %(who)s."),
    "deleted": gettext_lazy("The mail was deleted at %(who)s."),
}
#: What became of it for each of several.
OUTCOMES = {
    "failed": gettext_lazy("not delivered"),
    "delayed": gettext_lazy("delayed"),
    "delivered": gettext_lazy("delivered"),
    "relayed": gettext_lazy("handed on"),
    "expanded": gettext_lazy("passed on to several people"),
    "shown": gettext_lazy("opened"),
    "deleted": gettext_lazy("deleted"),
}
#: By the beginning of a status (RFC 3463), the longer ones first.
_REASONS = {
    "5.1.1": gettext_lazy("There is no such address."),
    "5.1.2": gettext_lazy("What stands behind the @ does not exist."),
    "5.1.10": gettext_lazy("There is no such address."),
    "5.2.1": gettext_lazy("The mailbox is switched off."),
    "5.2.2": gettext_lazy("The mailbox is full."),
    "4.2.2": gettext_lazy("The mailbox is full."),
    "5.2.3": gettext_lazy("The mail is too large."),
    "5.3.4": gettext_lazy("The mail is too large."),
    "5.4.1": gettext_lazy("Its server does not answer, or refuses this address."),
    "4.4.1": gettext_lazy("Its server does not answer."),
    "5.4.4": gettext_lazy("What stands behind the @ does not exist."),
    "5.4.7": gettext_lazy("It was tried for too long."),
    "4.7": gettext_lazy("Its server does not take it yet."),
    "5.7": gettext_lazy("Its server refused it, perhaps as unwanted mail."),
}
_MOODS = {"failed": "bad", "delayed": "new", "delivered": "good", "shown": "good"}


def headline(report: Report) -> str:
    """What it says, in a sentence."""
    count = len(report.outcomes) + report.unnamed
    if count == 1:
        return str(_ONE[report.action]) % {"who": _who(report.outcomes[0])}
    failed = sum(one.action == "failed" for one in report.outcomes)
    values = {"failed": failed, "number": count}
    if not failed:
        return _("This is what became of the mail to %(number)s recipients.") % values
    return (
        ngettext(
            "The mail could not be delivered to %(failed)s of %(number)s recipients.",
            "The mail could not be delivered to %(failed)s of %(number)s recipients.",
            failed,
        )
        % values
    )


def mood(report: Report) -> str:
    """How that is to be taken: "bad", "good", "new", or ""."""
    return _MOODS.get(report.action, "")


def reason(outcome: Outcome) -> str:
    """Why it has not arrived, as far as its status tells."""
    if outcome.action not in ("failed", "delayed"):
        return ""
    parts = outcome.status.split(".")
    for length in (3, 2):
        if found := _REASONS.get(".".join(parts[:length])):
            return str(found)
    return ""


def _who(outcome: Outcome) -> str:
    if not outcome.address:
        return _("somebody")
    return f"\N{FIRST STRONG ISOLATE}{Truncator(outcome.address).chars(LONGEST)}\N{POP DIRECTIONAL ISOLATE}"
