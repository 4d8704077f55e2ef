"""What becomes of the mail of who leaves, in words: by rule, and with numbers."""

from collections.abc import Iterator

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..models import EmailAccount
from ..privacy.outlook import Forecast, Outlook

Rule = EmailAccount.LeaverRule

#: What each rule does.
RULES = {
    Rule.KEEP: gettext_lazy(
        "Colleagues go on seeing what was shared, as it was shared. The rest is removed after the days below."
    ),
    Rule.SUBJECT: gettext_lazy(
        "Of what was shared, people, dates and subjects stay. Texts and attachments are hidden at once and "
        "removed after the days below, and so is the rest."
    ),
    Rule.PURGE: gettext_lazy(
        "What was shared stays visible for the days below. Then everything is removed, with the mailbox."
    ),
}

#: The same of somebody who has left, short.
DONE = {
    Rule.KEEP: gettext_lazy("What was shared is kept."),
    Rule.SUBJECT: gettext_lazy("People, dates and subjects of what was shared are kept."),
    Rule.PURGE: gettext_lazy("All of it is removed."),
}


def told(found: Forecast) -> Iterator[str]:
    """What would happen if somebody left now, a sentence each."""
    connected = [one for one in found.mailboxes if one.account.state != EmailAccount.State.DISCONNECTED]
    if connected:
        yield _("The mailbox %(address)s is disconnected at once, and what opens it is deleted here.") % {
            "address": connected[0].account.address
        }
    if found.mailboxes:
        yield _messages(found)
        yield from (sentence for one in found.mailboxes for sentence in goes(one))
    questions = sum(one.questions for one in found.mailboxes)
    if questions:
        yield ngettext(
            "%(number)s open question to see mail is closed.",
            "%(number)s open questions to see mail are closed.",
            questions,
        ) % {"number": number_format(questions)}
    if found.captures:
        yield _("The capture address stops working at once.")


def _messages(found: Forecast) -> str:
    messages = sum(one.messages for one in found.mailboxes)
    shared = sum(one.shared for one in found.mailboxes)
    more = any(one.is_more for one in found.mailboxes)
    text = ngettext(
        "%(number)s message of theirs is here, %(shared)s of them shared with the team.",
        "%(number)s messages of theirs are here, %(shared)s of them shared with the team.",
        messages,
    )
    return text % {"number": about(messages, more), "shared": about(shared, more)}


def goes(one: Outlook) -> Iterator[str]:
    """What goes of a mailbox's mail, and when, as far as anything does."""
    when = {"day": date_format(localtime(one.goes_on), "DATE_FORMAT")}
    if one.stripped:
        text = ngettext(
            "Of %(number)s message text and attachments are removed: %(day)s.",
            "Of %(number)s messages texts and attachments are removed: %(day)s.",
            one.stripped,
        )
        yield text % {**when, "number": about(one.stripped, one.is_more)}
    if one.going:
        text = ngettext(
            "%(number)s message that nobody else has is removed: %(day)s.",
            "%(number)s messages that nobody else has are removed: %(day)s.",
            one.going,
        )
        yield text % {**when, "number": about(one.going, one.is_more)}


def about(number: int, is_more: bool) -> str:
    """A number that is at least so large."""
    text = number_format(number)
    return _("more than %(number)s") % {"number": text} if is_more else text
