"""What stands around a record's conversations: what they can be narrowed to, and where things come from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from ..models import EmailAccount
from ..reading.who import name_of


@dataclass(frozen=True)
class Mailbox:
    """One of ours, as a choice."""

    pk: int
    label: str


def around(place: list[str], user: Any) -> dict[str, Any]:
    """For the panel of the record at ``place`` (app, model, key): the mailboxes, and addresses by name."""
    return {
        "src": reverse("escala_email:timeline", args=place),
        "newer_url": reverse("escala_email:newer", args=place),
        # 0 is no conversation's: the script puts the number in its place.
        "linked_url": reverse("escala_email:linked", args=[*place, 0]),
        "ping_url": reverse("escala_email:banner"),
        "mailboxes": list(mailboxes(user)),
    }


def mailboxes(user: Any) -> Iterator[Mailbox]:
    """Those through which ``user`` may see mail, one's own first, then the shared ones. One query.

    Whether they hold anything of the record is not told.
    """
    accounts = EmailAccount.objects.readable_by(user) | EmailAccount.objects.of_colleagues(user)
    for one in sorted(accounts.select_related("owner"), key=lambda one: _rank(one, user)):
        yield Mailbox(one.pk, _label(one, user))


def _rank(account: EmailAccount, user: Any) -> tuple:
    is_theirs = account.kind == EmailAccount.Kind.PERSONAL and account.owner_id != user.pk
    return is_theirs, account.kind != EmailAccount.Kind.PERSONAL, account.address


def _label(account: EmailAccount, user: Any) -> str:
    if account.kind != EmailAccount.Kind.PERSONAL or account.owner_id == user.pk:
        return account.address
    return _("%(who)s (%(mailbox)s)") % {"who": name_of(account), "mailbox": account.address}
