"""Which messages of a mailbox came to a capture address: told by their delivery headers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...models import CaptureAddress, EmailAccount
from ...servers.imap import ImapSession
from . import tags


@dataclass(frozen=True)
class Sorted:
    """Header blocks by UID: the ``ordinary`` ones, and the tags of those that were ``captured``."""

    ordinary: Mapping[int, bytes]
    captured: Mapping[int, frozenset[str]] = field(default_factory=dict)


def serves(account: EmailAccount) -> bool:
    """Whether capture mail may be in it. Asked for each batch: the first address may be made at any time."""
    kinds = (EmailAccount.Kind.CAPTURE, EmailAccount.Kind.SHARED)
    return account.kind in kinds and CaptureAddress.objects.exists()


def headers(account: EmailAccount, session: ImapSession, uids: list[int]) -> dict[int, bytes]:
    """The address headers, with those of delivery only where capture mail may be."""
    return session.delivery_headers(uids) if serves(account) else session.address_headers(uids)


def sort(account: EmailAccount, raw: Mapping[int, bytes]) -> Sorted:
    """Tell the one from the other.

    What shows a tag is nobody's but its user's, even where it is refused: a blind copy to an address of
    before must not become the whole team's mail. Only what names the shared mailbox itself, for all to see,
    is ordinary mail. And a capture mailbox has nothing but what came to a tag.
    """
    if account.kind not in (EmailAccount.Kind.CAPTURE, EmailAccount.Kind.SHARED):
        return Sorted(raw)
    captured = {uid: tags.in_headers(block, account.address) for uid, block in raw.items()}
    if account.kind == EmailAccount.Kind.CAPTURE:
        return Sorted({}, {uid: some for uid, some in captured.items() if some})
    captured = {
        uid: some
        for uid, some in captured.items()
        if some and not tags.is_addressed(raw[uid], account.address)
    }
    return Sorted({uid: block for uid, block in raw.items() if uid not in captured}, captured)


def sought(account: EmailAccount, addresses: list[str]) -> list[str]:
    """What to search a mailbox for, to find the mail of ``addresses``; none where only reading finds it.

    A forwarded mail names the contact in its text only; in its header it names a capture address.
    """
    if account.kind == EmailAccount.Kind.CAPTURE:
        return []
    if not addresses or not serves(account):
        return addresses
    return [*addresses, account.address.rpartition("@")[0] + "+"]
