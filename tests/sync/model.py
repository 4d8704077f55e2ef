"""What mailboxes and contacts are, as far as a synchronisation is concerned, and what follows from it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from escala_email_plugin.models import EmailAccount

#: Folders every mailbox has for ever, and others its owner may make.
FIXED = ["INBOX", "Sent", "Trash"]
OTHERS = ["Clientes", "Clientes/Perú", "Ñandú & Cía."]
#: Never synchronised.
LEFT_OUT = "Trash"


@dataclass(frozen=True)
class Mail:
    """A message or, where copies differ in Bcc, one kind of its copies. They all share ``subject``.

    ``ids``: those it knows of its conversation; ``shown`` and ``hidden``: the people in and but for Bcc.
    """

    subject: str
    raw: bytes = field(repr=False)
    message_id: str
    ids: frozenset[str]
    shown: frozenset[str]
    hidden: frozenset[str]


@dataclass
class Box:
    """A mailbox: its account, its owner at another mail client, its folders in the order of UIDs, and the
    addresses its owner wants nothing of.
    """

    account: EmailAccount
    owner: Any
    folders: dict[str, list[Mail]] = field(default_factory=lambda: {name: [] for name in FIXED})
    never: set[str] = field(default_factory=set)

    @property
    def address(self) -> str:
        return self.account.address

    def name(self, number: int, but: str = "") -> str:
        """One of its folders."""
        names = [name for name in self.folders if name != but]
        return names[number % len(names)]

    def picked(self, which: int) -> tuple[str, int] | None:
        """(folder, place in it) of one of its messages, if it has any."""
        everything = [(name, at) for name, mails in self.folders.items() for at in range(len(mails))]
        return everything[which % len(everything)] if everything else None

    def synced(self) -> list[tuple[str, Mail]]:
        """(folder, mail) of everything in the folders that are synchronised."""
        some = ((name, mail) for name, mails in self.folders.items() for mail in mails)
        return [(name, mail) for name, mail in some if name != LEFT_OUT]


@dataclass
class Model:
    """Two mailboxes, all mails there ever were, and each contact's addresses."""

    boxes: list[Box] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    contacts: dict[int, list[str]] = field(default_factory=dict)

    def mail(self, subject: str, hidden: frozenset[str] = frozenset()) -> Mail:
        return next(mail for mail in self.mails if (mail.subject, mail.hidden) == (subject, hidden))

    def has_to_do_with_a_contact(self, box: Box, mail: Mail) -> bool:
        """An account's own address makes nobody a contact of that account."""
        contacts = {address for addresses in self.contacts.values() for address in addresses}
        return bool((mail.shown | mail.hidden) & contacts - {box.address})

    def is_wanted(self, box: Box, mail: Mail) -> bool:
        """Whether a synchronisation of today would take it."""
        return self.has_to_do_with_a_contact(box, mail) and not (mail.shown | mail.hidden) & box.never

    def conversations(self, subjects: Collection[str]) -> list[set[str]]:
        """By the rule: what knows an id in common and an outsider in common, over and over."""
        own = {box.address for box in self.boxes}
        groups: list[tuple[set, set, set]] = []
        for subject in subjects:
            mail = self.mail(subject)
            mine = ({subject}, set(mail.ids), set(mail.shown - own))
            while other := next((one for one in groups if one[1] & mine[1] and one[2] & mine[2]), None):
                groups.remove(other)
                mine = tuple(some | more for some, more in zip(mine, other, strict=True))
            groups.append(mine)
        return [group for group, _, _ in groups]
