"""How invitations, reports and attached messages are written on their cards."""

from datetime import date, datetime

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from ..admin import meeting_words, report_words
from ..mail.calendar import Attendee, Invitation
from ..mail.links import led
from ..mail.reports import Outcome, Report
from ..mail.text_as_html import with_links
from ..reading.body import own_tracking
from .escala_email_thread import exact_date

register = template.Library()
register.filter("meeting_when", meeting_words.when)
register.filter("meeting_says", meeting_words.says)
register.filter("meeting_day", meeting_words.first_day)
register.filter("meeting_repeats", meeting_words.repeats)
register.filter("answers", meeting_words.answers)
register.filter("is_to_be_kept", meeting_words.is_to_be_kept)
register.filter("report_says", report_words.headline)
register.filter("reason", report_words.reason)

#: Characters of a name or an address.
LONGEST = 120


@register.filter
def mood(of: Invitation | Report) -> str:
    """How it is to be taken: "bad", "good", "new", or ""."""
    return report_words.mood(of) if isinstance(of, Report) else meeting_words.mood(of)


@register.filter
def answered(attendee: Attendee) -> str:
    """What somebody answered."""
    return str(meeting_words.ANSWERS[attendee.answer])


@register.filter
def outcome(one: Outcome) -> str:
    """What became of it for one."""
    return str(report_words.OUTCOMES[one.action])


@register.filter
def called(one: Attendee) -> SafeString:
    """Somebody with name and address. A name that looks like an address is not shown as a name."""
    name = one.name if "@" not in one.name else ""
    if name and one.address:
        return format_html(
            '<bdi>{}</bdi> <bdi class="escala-card__address">{}</bdi>', _cut(name), _cut(one.address)
        )
    return format_html("<bdi>{}</bdi>", _cut(name or one.address or one.name or "?"))


@register.filter
def told_date(moment: date) -> str:
    """When a message says that it was sent; without a zone, where it tells none."""
    if isinstance(moment, datetime) and moment.tzinfo:
        try:
            return exact_date(moment)
        except OverflowError:
            return ""
    return date_format(moment, "DATETIME_FORMAT")


@register.filter
def linked(text: str) -> SafeString:
    """A text of a stranger's with its web addresses as links that show where they lead.

    What is not as it seems, or would be counted as a click on our own mail, stays text.
    """
    own = own_tracking("")
    return format_html_join(
        "",
        "{}{}",
        ((before, "" if not url else _link(url, own.is_ours(url))) for before, url in with_links(text)),
    )


def _link(url: str, is_ours: bool) -> SafeString | str:
    found = led(url, "")
    if is_ours or found.concerns or not found.host:
        return _cut(url)
    more = "/…" if len(url.partition("//")[2].rstrip("/")) > len(found.host) else ""
    return format_html(
        '<a href="{}" title="{}" target="_blank" rel="noopener noreferrer nofollow"><bdi>{}</bdi></a>',
        url,
        Truncator(url).chars(300),
        f"{found.shown[:LONGEST]}{more}",
    )


def _cut(text: str) -> str:
    return Truncator(text).chars(LONGEST)
