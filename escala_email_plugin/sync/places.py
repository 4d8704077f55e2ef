"""Where messages are: which places we hold, which of them vanished, and which are the same as before.

Nothing at the server is ever taken as an order to delete: a message that vanished loses its place, and the
place's row says when.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from ..batches import batches
from ..models import EmailAccount, Folder, Location
from ..servers.imap import Detail, FolderState
from .mailbox import Mailbox

#: UIDs asked about in one query.
AT_ONCE = 900


@dataclass(frozen=True)
class Known:
    """A message that need not be downloaded, because this account's ``source`` place shows it already.

    ``moves``: that place is the same one under its former number.
    """

    uid: int
    message_id: int
    source: int
    moves: bool
    detail: Detail


def held(folder: Folder, uids: Collection[int]) -> set[int]:
    """Those of ``uids`` that are stored, or set aside to be tried again."""
    found: set[int] = set()
    for some in batches(uids, AT_ONCE):
        here = {"uidvalidity": folder.uidvalidity, "uid__in": some}
        found.update(folder.locations.filter(gone_at=None, **here).values_list("uid", flat=True))
        found.update(folder.quarantined.filter(**here).values_list("uid", flat=True))
    return found


def going_with(account: EmailAccount) -> Q:
    """The places that go with an account: its own, and those that lie in it and were captured by others."""
    if account.kind == EmailAccount.Kind.PERSONAL:
        return Q(account=account)
    # Their ids, so that the database goes by the two indexes.
    return Q(account=account) | Q(folder__in=list(account.folders.values_list("pk", flat=True)))


def compare(mailbox: Mailbox, folder: Folder, state: FolderState, arrived: int | None) -> int:
    """Mark the places whose messages have left the open folder; returns how many.

    ``arrived``: how many messages were found above the cursor. Where the count of before and they make up
    the count of now, nothing can have left, and the server is not asked. None: it is asked in any case.
    """
    gone = 0
    if folder.exists is None or arrived is None or folder.exists + arrived != state.exists:
        gone = _mark_gone(mailbox, folder)
    folder.exists, folder.highestmodseq = state.exists, state.highestmodseq
    folder.save(update_fields=["exists", "highestmodseq"])
    return gone


def _mark_gone(mailbox: Mailbox, folder: Folder) -> int:
    """By QRESYNC (RFC 7162) where the server has it and we know since when, else by asking who is there."""
    live = folder.locations.filter(uidvalidity=folder.uidvalidity, gone_at=None)
    uids = list(live.order_by("uid").values_list("uid", flat=True))
    vanished = mailbox.vanished(uids, folder.highestmodseq) if uids else set()
    for some in batches(sorted(vanished), AT_ONCE):
        live.filter(uid__in=some).update(gone_at=timezone.now())
    return len(vanished)


def settle(folder: Folder) -> None:
    """A renumbered folder was read to the end: what was not found again under its new number has gone.

    What was set aside was found again too, or has gone; only where its bytes were kept it stays, for its
    owner to look at, and once: a folder may be renumbered every quarter of an hour.
    """
    former = folder.locations.exclude(uidvalidity=folder.uidvalidity)
    former.filter(gone_at=None).update(gone_at=timezone.now())
    aside = folder.quarantined.exclude(uidvalidity=folder.uidvalidity)
    aside.filter(raw=None).delete()
    if aside.exists():
        now = folder.quarantined.filter(uidvalidity=folder.uidvalidity, size=OuterRef("size"))
        aside.filter(Exists(now.filter(raw=OuterRef("raw")))).defer("raw").delete()


def known(account: EmailAccount, folder: Folder, details: Mapping[int, Detail]) -> dict[int, Known]:
    """Those messages of the open folder that this account holds already, by UID.

    By the provider's own id (X-GM-MSGID, EMAILID of RFC 8474), or by a former place: a number of before, or
    one that has gone, whose message has the same Message-ID, size and moment of arrival. Where two fit, none
    does.
    """
    return _by_former_place(account, folder, details) | _by_provider_id(account, folder, details)


def _by_provider_id(account: EmailAccount, folder: Folder, details: Mapping[int, Detail]) -> dict[int, Known]:
    ids = {detail.provider_id for detail in details.values() if detail.provider_id}
    if not ids:
        return {}
    sources: dict[str, Location] = {}
    mine = account.locations.filter(folder__account=account)
    for place in mine.filter(provider_id__in=ids).order_by(F("gone_at").asc(nulls_first=True)):
        sources.setdefault(place.provider_id, place)
    return {
        uid: _known(uid, detail, folder, sources[detail.provider_id])
        for uid, detail in details.items()
        if detail.provider_id in sources
    }


def _by_former_place(
    account: EmailAccount, folder: Folder, details: Mapping[int, Detail]
) -> dict[int, Known]:
    wanted: dict[tuple, list[int]] = defaultdict(list)
    for uid, detail in details.items():
        if detail.message_id and detail.arrived is not None and not detail.provider_id:
            wanted[detail.message_id, detail.size, detail.arrived].append(uid)
    if not wanted:
        return {}
    former = account.locations.filter(
        # Not what was captured for it, which lies in another mailbox.
        Q(folder__account=account),
        ~Q(gone_at=None) | (Q(folder=folder) & ~Q(uidvalidity=folder.uidvalidity)),
        message__message_id__in={message_id for message_id, _, _ in wanted},
        arrived__isnull=False,
    )
    places: dict[tuple, dict[int, Location]] = defaultdict(dict)
    for place in former.select_related("message").only(
        "folder", "uidvalidity", "size", "arrived", "gone_at", "message__message_id"
    ):
        places[place.message.message_id, place.size, place.arrived][place.message_id] = place
    return {
        uids[0]: _known(uids[0], details[uids[0]], folder, next(iter(places[fact].values())))
        for fact, uids in wanted.items()
        if len(uids) == 1 and len(places.get(fact, ())) == 1
    }


def _known(uid: int, detail: Detail, folder: Folder, place: Location) -> Known:
    moves = place.folder_id == folder.pk and place.uidvalidity != folder.uidvalidity and not place.gone_at
    return Known(uid, place.message_id, place.pk, moves, detail)
