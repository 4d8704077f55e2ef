"""Who connected, disconnected and removed which mailbox, in Wagtail's log: never whose mail was in it.

Wagtail's site history shows it to everybody with any permission about mailboxes, so to every seller.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from ..models import CaptureAddress, EmailAccount
from .kinds import KINDS

#: Each action with what it is called, and with what is told of it.
ACTIONS = {
    "connect": (_("Connect a mailbox"), _("Mailbox connected")),
    "disconnect": (_("Disconnect a mailbox"), _("Mailbox disconnected")),
    "erase": (_("Delete a mailbox with its mail"), _("Mailbox ordered to be deleted with its mail")),
    "share": (_("Share with the team"), _("Shared with the team")),
    "unshare": (_("Stop sharing with the team"), _("No longer shared with the team")),
    "grant_access": (_("Let a colleague read mail"), _("A colleague was let in to read mail")),
    "refuse_access": (
        _("Refuse a colleague's question"),
        _("A colleague's question to read mail was refused"),
    ),
    "take_back_access": (
        _("Take back what a colleague may read"),
        _("What a colleague may read was taken back"),
    ),
    "thread_level": (
        _("Decide what colleagues see of a conversation"),
        _("Decided what colleagues see of a conversation"),
    ),
    "make_capture": (_("Make a capture address"), _("Capture address made")),
}


def register(actions: Any) -> None:
    """Tell Wagtail of them."""
    for name, (label, message) in ACTIONS.items():
        actions.register_action(f"escala_email.{name}", label, message)


def write(account: EmailAccount, action: str, **more: Any) -> None:
    """Note that the user whose request this is did it. ``more``: ids and words of ours, no one else's."""
    data = {"kind": account.kind, **more}
    log(account, f"escala_email.{action}", title=_title(account), data=data)


def write_capture(address: CaptureAddress) -> None:
    """Note that a user made a new capture address. What it is, is told to nobody."""
    log(address, "escala_email.make_capture", title=str(_("Capture address")))


def _title(account: EmailAccount) -> str:
    """A mailbox of all by its address; a personal one is that of who did it, and told to nobody else."""
    if account.kind == EmailAccount.Kind.PERSONAL:
        return str(KINDS[account.kind].title)
    return account.address
