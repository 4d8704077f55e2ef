"""Why a mailbox cannot be connected: whose it is already, told to who may know."""

from typing import Any

from django.utils.translation import gettext as _

from ..permissions import VIEW_HEALTH
from ..sync import connection
from .kinds import Kind


def already_connected(user: Any, kind: Kind, address: str) -> str:
    """A sentence for ``user``, whose mailbox of ``kind`` at ``address`` cannot be connected.

    The colleague who has connected it is named only to who sees every mailbox anyway.
    """
    mine = connection.connected(kind.id, user)
    if mine is not None and mine.address == address:
        return _("%(address)s was connected just now, perhaps in another window. Load the page again.") % {
            "address": address
        }
    if mine is not None:
        return _("%(address)s is already connected here. Disconnect it first.") % {"address": mine.address}
    if user.has_perm(VIEW_HEALTH):
        owner = connection.owner_of(address)
        if owner is not None:
            name = owner.get_full_name() or owner.get_username()
            return _("%(name)s has already connected this mailbox, and must disconnect it first.") % {
                "name": name
            }
    return _(
        "A colleague has already connected %(address)s. Choose a mailbox of your own, "
        "or ask your administrator."
    ) % {"address": address}
