"""What was pasted for a list: sorted, asked about, added, and told."""

from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..mail.pasted_list import MOST, NotUnderstood, pasted
from ..models import EmailAccount
from ..privacy import lists
from ..privacy.proposals import propose
from ..privacy.touched import Touched, touched
from .list_forms import REMOVE, EntriesForm
from .list_words import NOT_UNDERSTOOD
from .orders import order_for_all

#: Lines that were not understood and are shown; the others are counted, and are in the box.
SHOWN = 30


class Adding:
    """A valid ``form`` for the list ``kind``, of ``account`` or (None) of the organisation."""

    def __init__(self, form: EntriesForm, kind: str, account: EmailAccount | None):
        self.kind, self.account = kind, account
        self.is_confirmed = form.cleaned_data["confirmed"]
        self.removes = self.is_confirmed and form.cleaned_data["stored"] == REMOVE
        self._found = pasted(form.text)
        self._kept = form.cleaned_data["leftover"].strip("\r\n")
        self._proposal = propose(self._found.entries, kind, account)

    @property
    def new(self) -> list[str]:
        return self._proposal.new

    @property
    def new_text(self) -> str:
        return "\n".join(self.new)

    @property
    def must_ask(self) -> bool:
        """Whether stored messages are touched, and nobody has said what becomes of them."""
        return bool(self.new) and not self.is_confirmed and self.touched.messages > 0

    @cached_property
    def touched(self) -> Touched:
        return touched(self.new, self.account)

    @property
    def is_cut(self) -> bool:
        return self._found.is_cut

    @property
    def most(self) -> int:
        return MOST

    @property
    def not_understood(self) -> list[NotUnderstood]:
        return [*self._found.not_understood, *pasted(self._kept).not_understood, *self._own]

    @property
    def _own(self) -> list[NotUnderstood]:
        return [NotUnderstood(0, one, "own") for one in self._proposal.own]

    @property
    def complaints(self) -> list[tuple[NotUnderstood, str]]:
        """The first of them, each with the reason in words."""
        otherwise = NOT_UNDERSTOOD["no_address"]
        return [(one, NOT_UNDERSTOOD.get(one.code, otherwise)) for one in self.not_understood[:SHOWN]]

    @property
    def further_complaints(self) -> int:
        return max(0, len(self.not_understood) - SHOWN)

    @property
    def leftover(self) -> str:
        """What was not understood, for the box; what was kept from before stays as it was."""
        pieces = [one.text.replace("\0", "") for one in [*self._found.not_understood, *self._own]]
        return "\n".join([*pieces, self._kept] if self._kept else pieces)

    @property
    def is_told_in_full(self) -> bool:
        """Whether a sentence says it all, so that the box may be empty again."""
        return not self.leftover and not self.is_cut

    def add(self) -> None:
        lists.add(self.new, self.kind, self.account, remove=self.removes)
        if self.removes:
            order_for_all("remove_left_out")

    @property
    def sentence(self) -> str:
        """How many were added, and how many were there."""
        number, there = len(self.new), len(self._proposal.there) + len(self._proposal.covered)
        told = []
        if number or not there:
            text = ngettext("%(number)s entry was added.", "%(number)s entries were added.", number)
            told.append(text % {"number": number})
        if there:
            text = ngettext("%(number)s was on it already.", "%(number)s were on it already.", there)
            told.append(text % {"number": there})
        if self.removes:
            told.append(_("What is stored is being removed."))
        return " ".join(told)
