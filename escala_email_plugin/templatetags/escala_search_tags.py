"""How what was searched is marked where it is shown."""

from collections.abc import Collection

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..models import Participant
from ..reading.highlight import holds, marked

register = template.Library()

#: People of a message that are named in a list.
NAMED = 3


@register.filter
def found(text: str, searched: str) -> SafeString:
    """``text``, escaped, with the words that ``searched`` finds marked."""
    return marked(text, searched)


@register.simple_tag
def found_person(person: Participant, searched: str) -> SafeString:
    """A person's name, the address on hover; both where the address is what was found."""
    address, name = person.address.value, person.name.strip()
    if not name or "@" in name:
        return format_html('<span class="escala-person">{}</span>', marked(address, searched))
    told = marked(name, searched)
    if holds(address, searched):
        told = format_html("{} &lt;{}&gt;", told, marked(address, searched))
    return format_html('<span class="escala-person" title="{}">{}</span>', address, told)


@register.filter
def found_first(people: Collection[Participant], searched: str) -> list[Participant]:
    """A few of ``people``, those who were found before the others."""
    told = sorted(people, key=lambda one: not holds(f"{one.name} {one.address.value}", searched))
    return told[:NAMED]
