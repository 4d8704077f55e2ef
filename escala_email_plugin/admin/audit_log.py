"""Who connected, disconnected and removed which mailbox, in Wagtail's log: never whose mail was in it.

Wagtail's site history shows it to everybody with any permission about mailboxes, so to every seller.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from ..models import CaptureAddress, EmailAccount, Erasure, ModuleSwitch, Policy
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
    "tie": (_("Tie a conversation to a record"), _("A conversation was tied to it")),
    "untie": (_("Keep a conversation from a record"), _("A conversation was kept from it")),
    "tie_back": (_("Leave a conversation to its people"), _("A conversation was left to its people again")),
    "list_add": (_("Add to a list of who is left out"), _("Entries added to a list of who is left out")),
    "list_take_off": (
        _("Take off a list of who is left out"),
        _("Entries taken off a list of who is left out"),
    ),
    "owner_left": (_("Owner of a mailbox left"), _("Mailbox disconnected, because its owner left")),
    "owner_back": (_("Owner of a mailbox came back"), _("Mailbox given back to its owner, who came back")),
    "leaver_erase": (
        _("Delete the mailbox of who left with its mail"),
        _("Mailbox of somebody who left ordered to be deleted with its mail"),
    ),
    "policy": (_("Decide what is kept"), _("Decision about what is kept changed")),
    "leaver_removed": (_("Remove mail of who left"), _("Mail of somebody who left removed by the rule")),
    "module_on": (_("Show e-mail on records"), _("E-mail is shown on these records again")),
    "module_off": (_("Hide e-mail on records"), _("E-mail is hidden on these records")),
    "make_capture": (_("Make a capture address"), _("Capture address made")),
    "erase_person": (_("Erase a person's mail"), _("A person was ordered to be erased")),
    "allow_again": (_("Allow an erased person again"), _("An erased person was allowed again")),
}


def register(actions: Any) -> None:
    """Tell Wagtail of them."""
    for name, (label, message) in ACTIONS.items():
        actions.register_action(f"escala_email.{name}", label, message)


def write(account: EmailAccount, action: str, *, title: str = "", **more: Any) -> None:
    """Note that the user whose request this is did it; nobody, where there is no request.

    ``title``: instead of what a mailbox is called here. ``more``: ids and words of ours, no one else's.
    """
    data = {"kind": account.kind, **more}
    log(account, f"escala_email.{action}", title=title or _title(account), data=data)


def write_tie(record: Any, how: str) -> None:
    """Note on the host's record what was decided about a conversation. Which one it was, nobody is told."""
    log(record, "escala_email.tie_back" if how == "back" else f"escala_email.{how}")


def write_policy(policy: Policy, **decided: Any) -> None:
    """Note that the user whose request this is decided what is kept."""
    log(policy, "escala_email.policy", title=str(_("E-mail privacy")), data=decided)


def write_for_all(action: str, **data: Any) -> None:
    """Note what was decided for all mailboxes."""
    policy, _made = Policy.objects.get_or_create(pk=1)
    log(policy, f"escala_email.{action}", title=str(_("All mailboxes")), data=data)


def write_module(switch: ModuleSwitch, title: str) -> None:
    """Note that a module, which the host calls ``title``, was switched."""
    log(switch, f"escala_email.module_{'on' if switch.is_on else 'off'}", title=title)


def write_capture(address: CaptureAddress) -> None:
    """Note that a user made a new capture address. What it is, is told to nobody."""
    log(address, "escala_email.make_capture", title=str(_("Capture address")))


def write_erasure(erasure: Erasure, action: str) -> None:
    """The same of a person who is erased or allowed again; who that is nobody is told."""
    title = _("Erasure %(number)s") % {"number": erasure.pk}
    log(erasure, f"escala_email.{action}", title=str(title))


def _title(account: EmailAccount) -> str:
    """A mailbox of all by its address; a personal one is that of who did it, and told to nobody else."""
    if account.kind == EmailAccount.Kind.PERSONAL:
        return str(KINDS[account.kind].title)
    return account.address
