"""The kinds of mailbox, as rows of one table: what each is called, and who may do what with it."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..models import EmailAccount
from ..permissions import TO_CONNECT, VIEW_SHARED_MAIL
from ..sync import connection
from .promises import PROMISES, Promises


@dataclass(frozen=True)
class Kind:
    """A kind of mailbox. Who may connect and configure it is ``permissions.TO_CONNECT``'s.

    ``reading``: the permission to read its mail, "" where whoever looks at the page may, None where nobody
    does: nothing of it is brought in, or only what users send there for themselves.
    """

    id: str
    title: Promise
    reading: str | None
    promises: Promises

    @property
    def is_synchronised(self) -> bool:
        """Whether its mail with contacts is brought in."""
        return self.reading is not None

    @property
    def is_read(self) -> bool:
        """Whether anything comes in from it: of a capture mailbox what users send there, for themselves."""
        return self.is_synchronised or self.id == EmailAccount.Kind.CAPTURE

    @property
    def sends(self) -> bool:
        """Whether anything is sent from it."""
        return self.id != EmailAccount.Kind.CAPTURE

    def may_enter(self, user: Any) -> bool:
        """Whether ``user`` may connect and configure it."""
        return user.has_perm(TO_CONNECT[self.id])

    def may_look(self, user: Any) -> bool:
        """Whether ``user`` may look at it, disconnect it and delete it with its mail: also an owner who lost
        the permission, as long as anything of it is here.
        """
        if self.may_enter(user):
            return True
        return self.id == EmailAccount.Kind.PERSONAL and connection.of(self.id, user).exists()

    def may_read(self, user: Any) -> bool:
        """Whether ``user``, who may look at it, may read its mail too."""
        return self.reading is not None and (not self.reading or user.has_perm(self.reading))


KINDS: dict[str, Kind] = {
    kind.id: kind
    for kind in (
        Kind("personal", _("Personal mailbox"), "", PROMISES["personal"]),
        Kind("shared", _("Shared mailbox"), VIEW_SHARED_MAIL, PROMISES["shared"]),
        Kind("marketing", _("Marketing mailbox"), None, PROMISES["marketing"]),
        Kind("capture", _("Capture mailbox (BCC)"), None, PROMISES["capture"]),
    )
}


def kinds_of(user: Any) -> list[Kind]:
    """Those whose tab ``user`` is shown, in the order of the tabs."""
    return [kind for kind in KINDS.values() if kind.may_look(user)]
