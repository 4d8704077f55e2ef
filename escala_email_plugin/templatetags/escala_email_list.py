"""How a conversation is shown in the list: faces, people, our mailboxes."""

from dataclasses import dataclass
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from wagtail.admin.templatetags.wagtailadmin_tags import icon

from ..models import Participant
from ..reading.avatars import avatar
from ..reading.highlight import marked
from ..reading.letters import Letter
from ..reading.who import name_of
from ..sync.shown_by import Place

register = template.Library()

#: Characters of a name in a row.
LONGEST_NAME = 60


@dataclass(frozen=True)
class Ours:
    """One of our mailboxes, as a row names it; ``address``: in full."""

    label: str
    address: str


@register.simple_tag
def face(person: Participant | None) -> SafeString:
    """Somebody's initials on a colour. Nobody hears of it: the name is beside it."""
    one = avatar(person.name, person.address.value) if person else avatar("", "")
    return format_html(
        '<span class="escala-face escala-face--{}" aria-hidden="true">{}</span>', one.colour, one.initials
    )


@register.simple_tag
@lru_cache(maxsize=64)
def row_icon(name: str) -> SafeString:
    """Wagtail's icon, drawn once: a list has the same few in each of its rows."""
    return render_to_string("wagtailadmin/shared/icon.html", icon(name))


@register.filter
def highlight(text: str, searched: str) -> str:
    """``text`` with the words that are searched for marked."""
    return marked(text, searched) if searched else text


@register.simple_tag
def row_person(person: Participant, searched: str = "") -> SafeString:
    """A person in a row: the name, the address on hover and for who hears it.

    A name that looks like an address is not shown as a name.
    """
    address, name = person.address.value, person.name.strip()
    if not name or "@" in name:
        shown = highlight(address, searched)
        return format_html('<span class="escala-person" title="{}"><bdi>{}</bdi></span>', address, shown)
    return format_html(
        '<span class="escala-person" title="{}"><bdi>{}</bdi><span class="w-sr-only"> ({})</span></span>',
        address,
        highlight(Truncator(name).chars(LONGEST_NAME), searched),
        address,
    )


@register.filter
def our_mailboxes(letter: Letter) -> list[Ours]:
    """By which of our mailboxes a message is shown, each once, those that hide it left out."""
    places = {place.account.pk: place for place in letter.places if place.level}
    return [Ours(_label(place), place.account.address) for place in places.values()]


def _label(place: Place) -> str:
    return place.account.address if place.is_the_readers else name_of(place.account)
