"""Senders whose shown name says that they are somebody else: another address, or one of us."""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name

from ..mail.addresses import mailboxes
from ..models import EmailAccount, Participant

#: A name as short as this may well be two people's.
SHORTEST = 6


@dataclass(frozen=True)
class Ours:
    """The addresses of our mailboxes, and what their owners are called, as ``_plain`` writes it."""

    addresses: frozenset[str]
    names: frozenset[str]

    @classmethod
    def of(cls, accounts: Collection[EmailAccount]) -> "Ours":
        """Of all our mailboxes, with their owners."""
        names = {_plain(get_user_display_name(one.owner)) for one in accounts if one.owner is not None}
        return cls(
            frozenset(one.address for one in accounts),
            frozenset(one for one in names if len(one) >= SHORTEST),
        )

    def doubt(self, person: Participant) -> str:
        """What is to be said beside the name of ``person``, as a sentence; "" where nothing is."""
        address, name = person.address.value, person.name.strip()
        if not name or address in self.addresses:
            return ""
        others = {one.address for one in _addresses_in(name)} - {address}
        if others & self.addresses:
            return _("The name shown is one of your company's addresses, but it was sent from another one.")
        if others:
            return _("The name shown is an address, but it was sent from another one.")
        if _plain(name) in self.names:
            return _("Named like somebody of your company, but sent from an address that is not theirs here.")
        return ""


def _addresses_in(name: str) -> Iterable:
    words = unicodedata.normalize("NFKC", name).replace("(", " ").replace(")", " ").split()
    return [one for word in words if "@" in word for one in mailboxes(word.strip("'\"<>[],;:"))]


def _plain(name: str) -> str:
    """Without what is not seen, nor marks and capitals: “LUCÍA  Pérez” and “Lucia Perez” are one."""
    split = unicodedata.normalize("NFKD", name).casefold()
    kept = (" " if one.isspace() else one for one in split if one.isalnum() or one.isspace())
    return " ".join("".join(kept).split())
