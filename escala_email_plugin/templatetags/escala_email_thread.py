"""How a message's people and dates are written in an opened conversation."""

from datetime import datetime, timedelta

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..models import Participant
from ..reading.letters import Letter
from ..sync.shown_by import Why

register = template.Library()

#: Receivers that are named in a message's one line.
NAMED = 2

#: Characters of a name there: it may be as long as it likes.
LONGEST = 60

#: Clocks that differ by less are not told of.
APART = timedelta(hours=12)


@register.filter
def exact_date(moment: datetime) -> str:
    """The date in full, with its zone: “24 November 2026 17:05 CET (UTC+01:00)”."""
    local = timezone.localtime(moment)
    name, offset = local.tzname() or "", local.strftime("%z")
    zone = f"UTC{offset[:3]}:{offset[3:5]}"
    shown = f"{name} ({zone})" if name[:1].isalpha() and name != "UTC" else zone
    return f"{date_format(local, 'DATETIME_FORMAT')} {shown}"


@register.filter
def to_whom(letter: Letter) -> str:
    """“to me, Luis and 3 more”; "" where nobody is named. Each name is isolated in its direction."""
    own = {place.account.address for place in letter.places if place.why is Why.OWN}
    people = sorted(
        {person.address_id: person for person in reversed(letter.receivers)}.values(),
        key=lambda person: (person.address.value not in own, person.pk),
    )
    if not people:
        return ""
    names = [_("me") if one.address.value in own else _isolated(_name(one)) for one in people[:NAMED]]
    more = len(people) - len(names) + letter.unnamed
    if not more:
        return _("to %(names)s") % {"names": get_text_list(names, _("and"))}
    values = {"names": ", ".join(names), "number": intcomma(more)}
    return ngettext("to %(names)s and %(number)s more", "to %(names)s and %(number)s more", more) % values


def _name(person: Participant) -> str:
    name = person.name.strip()
    shown = name if name and "@" not in name else person.address.value
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def _isolated(name: str) -> str:
    """Between the marks that do for a text what ``<bdi>`` does for an element."""
    return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"


@register.filter
def other_clock(letter: Letter) -> datetime | None:
    """When the mailbox took a message of which the sender's clock says something quite different."""
    arrived = letter.arrived
    if arrived is None or abs(arrived - letter.message.sent_at) < APART:
        return None
    return arrived
