"""Which messages of a mailbox came to a capture address: told by their delivery headers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...among import among
from ...models import CaptureAddress, EmailAccount
from ...servers.imap import ImapSession
from . import tags
from .address import KINDS


@dataclass(frozen=True)
class Sorted:
    """Header blocks by UID: the ``ordinary`` ones, and the tags of those that were ``captured``.

    One may be both. A tag is somebody's; of those that show only others nothing is to be fetched.
    """

    ordinary: Mapping[int, bytes]
    captured: Mapping[int, frozenset[str]] = field(default_factory=dict)


def serves(account: EmailAccount) -> bool:
    """Whether capture mail may be in it. Asked for each batch: the first address may be made at any time."""
    return account.kind in KINDS and CaptureAddress.objects.exists()


def headers(account: EmailAccount, session: ImapSession, uids: list[int]) -> dict[int, bytes]:
    """The address headers, with those of delivery only where capture mail may be."""
    return session.delivery_headers(uids) if serves(account) else session.address_headers(uids)


def sort(account: EmailAccount, raw: Mapping[int, bytes]) -> Sorted:
    """Tell the one from the other.

    What shows a tag is nobody's but its user's, even where it is refused: a blind copy to an address of
    before must not become the whole team's mail. Only what names the shared mailbox itself, for all to see,
    is ordinary mail, and its user's too. And a capture mailbox has nothing but what came to a tag.
    """
    if account.kind not in KINDS:
        return Sorted(raw)
    shown = {uid: tags.in_headers(block, account.address) for uid, block in raw.items()}
    captured = _of_somebody(shown)
    if account.kind == EmailAccount.Kind.CAPTURE:
        return Sorted({}, captured)
    ordinary = {
        uid: block
        for uid, block in raw.items()
        if not shown[uid] or tags.is_addressed(block, account.address)
    }
    return Sorted(ordinary, captured)


def _of_somebody(shown: Mapping[int, frozenset[str]]) -> dict[int, frozenset[str]]:
    """Without the tags that nobody has: a stranger may name as many as a header holds."""
    everyones = set().union(*shown.values())
    known = {tag for (tag,) in among(CaptureAddress, ("token",), "token", everyones)}
    return {uid: some & known for uid, some in shown.items() if not known.isdisjoint(some)}


def sought(account: EmailAccount, addresses: list[str]) -> list[str]:
    """What to search a mailbox for, to find the mail of ``addresses``; none where only reading finds it.

    A forwarded mail names the contact in its text only; in its header it names a capture address.
    """
    if account.kind == EmailAccount.Kind.CAPTURE:
        return []
    if not addresses or not serves(account):
        return addresses
    return [*addresses, account.address.rpartition("@")[0] + "+"]
