"""What is said of the two lists: what each does, with an example, and why a line was not understood."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..models import Rule


@dataclass(frozen=True)
class ListWords:
    """Of one list: its name, what it does, an example, and what becomes of what is stored already."""

    id: str
    title: Promise
    effect: Promise
    example: Promise
    keep: Promise
    remove: Promise


_NEVER = {
    "id": Rule.Kind.NEVER_DOWNLOAD.value,
    "title": _("Never download"),
    "keep": _("Keep it: only mail that comes from now on is left out."),
    "example": _(
        "Ana writes to you, with Bruno in copy, and both are contacts. With Bruno on this list the message "
        "is not brought in at all: neither Ana's page nor Bruno's shows it."
    ),
}
_NOT_CONTACT = {
    "id": Rule.Kind.NOT_CONTACT.value,
    "title": _("Not a contact"),
    "example": _(
        "Ana writes to you, with Bruno in copy, and both are contacts. With Bruno on this list the message "
        "is brought in and appears on Ana's page, and not on Bruno's. One between Bruno and you alone is not "
        "brought in."
    ),
}

OWN = (
    ListWords(
        **_NEVER,
        effect=_(
            "A message in which one of them takes part is not brought in from this mailbox, whoever else "
            "takes part in it. Its text is never downloaded."
        ),
        remove=_("Remove it from this mailbox; what another mailbox holds stays there."),
    ),
    ListWords(
        **_NOT_CONTACT,
        effect=_(
            "To this mailbox they are strangers: its messages do not appear on their pages, for nobody, and "
            "those in which no other contact takes part are not brought in. What the mailboxes of colleagues "
            "bring stays on their pages."
        ),
        keep=_("Keep it: it does not appear on their pages, and is back if you take the entry off again."),
        remove=_("Remove this mailbox's copies of those in which no other contact takes part."),
    ),
)

COMMON = (
    ListWords(
        **_NEVER,
        effect=_(
            "A message in which one of them takes part is not brought in from any mailbox, whoever else "
            "takes part in it. Its text is never downloaded."
        ),
        remove=_("Remove it from all mailboxes."),
    ),
    ListWords(
        **_NOT_CONTACT,
        effect=_(
            "To every mailbox they are strangers, though a contact has the address: no message appears on "
            "their pages, and those in which no other contact takes part are not brought in."
        ),
        keep=_(
            "Keep it for now: it leaves their pages at once, and those in which no other contact takes part "
            "are removed after the time of grace, as when a contact's address is deleted."
        ),
        remove=_("Remove those in which no other contact takes part now."),
    ),
)

#: By the codes of ``mail.patterns.BadPattern`` and ``mail.pasted_list``, and "own".
NOT_UNDERSTOOD = {
    "long": _("It is too long to be an address."),
    "control": _("There is a character in it that cannot be seen."),
    "everything": _("It would mean everybody."),
    "top_level": _("It would mean everybody in a country or the like. Name the domain of a company."),
    "wildcard": _("A * can only stand in front of a whole domain, as in *.example.com."),
    "no_address": _("It is neither an address nor a domain."),
    "beside": _("A domain beside an address may be a website. Put it on a line of its own if you mean it."),
    "own": _("A mailbox that is connected here would bring in nothing any more."),
}
