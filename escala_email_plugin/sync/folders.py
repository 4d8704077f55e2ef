"""The folders of an account, as the server lists them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from ..models import EmailAccount, Folder, Location
from ..servers.imap import FolderState, ImapSession, ListedFolder
from ..servers.roles import role_of
from .batch import Cursor
from .former import beyond

#: Never synchronised unless a person wants it: what is not a conversation.
LEFT_OUT = (Folder.Role.JUNK, Folder.Role.TRASH, Folder.Role.DRAFTS)

#: The seller looks for these first.
FIRST = (Folder.Role.INBOX, Folder.Role.SENT, Folder.Role.ALL)

#: A folder renumbered so often, each time within a day, gets new numbers in every session.
UNSTABLE = 3
#: Such a folder is read anew only after so long.
UNSTABLE_PAUSE = timedelta(minutes=15)

_CANNOT_BE_OPENED = {"\\noselect", "\\nonexistent"}


@dataclass
class Seen:
    """A folder as the server listed it, with its numbers where it told them on the way."""

    folder: Folder
    state: FolderState | None


def refresh_folders(account: EmailAccount, session: ImapSession) -> list[Seen]:
    """Bring the Folder rows up to date and return those to synchronise, the most wanted first.

    A folder the server no longer lists is marked as gone, one that was renamed keeps its row. An empty
    list means nothing: servers in trouble send one, and it must not take every folder away.
    """
    listed = [(one, state) for one, state in session.overview() if _CANNOT_BE_OPENED.isdisjoint(one.flags)]
    held = {folder.name: folder for folder in account.folders.all()}
    names = {one.name for one, _ in listed}
    missing = [folder for name, folder in held.items() if name not in names]
    for one, state in listed:
        if one.name not in held and (renamed := _former(state, missing)):
            missing.remove(renamed)
            del held[renamed.name]
            held[one.name] = renamed
        held[one.name] = _fitted(account, held.get(one.name), one, state)
    if names:
        _gone([folder for folder in missing if folder.gone_at is None])
    wanted = _wanted([(held[one.name], state) for one, state in listed], session.is_gmail)
    return sorted(wanted, key=lambda seen: (seen.folder.role not in FIRST, seen.folder.name))


def _former(state: FolderState | None, missing: Iterable[Folder]) -> Folder | None:
    """The row of a folder that was renamed.

    Only its MAILBOXID (RFC 8474) tells for sure: folders made in one second may share a UIDVALIDITY, and a
    cursor of another folder's would pass over mail.
    """
    identity = state.mailbox_id if state else ""
    return next((folder for folder in missing if identity and folder.mailbox_id == identity), None)


def _fitted(
    account: EmailAccount, folder: Folder | None, listed: ListedFolder, state: FolderState | None
) -> Folder:
    """The row for what the server lists, made or mended. A person's choices stay."""
    role = role_of(listed)
    if folder is None:
        folder = Folder(account=account)
    before = _facts(folder)
    was_read = folder.synced and folder.gone_at is None
    if folder.gone_at is not None:
        _bring_back(folder)
    folder.name, folder.gone_at = listed.name, None
    folder.mailbox_id = (state.mailbox_id if state else "") or folder.mailbox_id
    if not folder.role_chosen:
        folder.role = role
    if not folder.synced_chosen:
        folder.synced = folder.role not in LEFT_OUT
    if folder.pk is None:
        folder.save()
    elif _facts(folder) != before:
        anew = look_again(folder) if folder.synced and not was_read else ()
        folder.save(update_fields=[*_FACTS, *anew])
    return folder


_FACTS = ("name", "role", "synced", "gone_at", "mailbox_id")


def _facts(folder: Folder) -> tuple:
    return tuple(getattr(folder, name) for name in _FACTS)


def look_again(folder: Folder) -> list[str]:
    """Let the folder (in memory) be looked through once more from its top; returns the fields to be saved.

    Wanted where it was not read for a while: of what became a contact's address meanwhile nobody has looked
    for the earlier mail in it, and what came and what went meanwhile may add up.
    """
    folder.scanned_from = folder.scanned_to = 0
    folder.sweep_to = folder.exists = None
    return ["scanned_from", "scanned_to", "sweep_to", "exists"]


def _wanted(listed: list[tuple[Folder, FolderState | None]], is_gmail: bool) -> list[Seen]:
    """Those to synchronise. Gmail's other folders are labels: All Mail holds each of their messages once."""
    synced = [Seen(folder, state) for folder, state in listed if folder.synced]
    whole = [seen for seen in synced if is_gmail and seen.folder.role == Folder.Role.ALL]
    if whole:
        _lay_down([seen.folder for seen in synced if seen not in whole and seen.folder.scanned_to])
    return whole or synced


def _lay_down(folders: list[Folder]) -> None:
    """Labels that were read as folders before All Mail could be: nobody follows what they hold any more."""
    Location.objects.filter(folder__in=folders, gone_at=None).update(gone_at=timezone.now())
    for folder in folders:
        folder.save(update_fields=look_again(folder))


def _gone(folders: list[Folder]) -> None:
    now = timezone.now()
    Location.objects.filter(folder__in=folders, gone_at=None).update(gone_at=now)
    Folder.objects.filter(pk__in=[folder.pk for folder in folders]).update(gone_at=now, sweep_to=None)


def _bring_back(folder: Folder) -> None:
    """The places that went with the folder are there again; those that had gone before it are not."""
    folder.locations.filter(gone_at=folder.gone_at).update(gone_at=None)


@dataclass(frozen=True)
class Renumbered:
    """The mark of a folder that has other numbers now than those of UIDVALIDITY ``former``: it is read anew.

    Its places stay where they were until it was read to the end: what is still there is known again
    by then, and what is not has gone.
    """

    former: int
    uidnext: int

    def at(self, uid: int, downwards: bool) -> "Renumbered":
        """Itself: nothing was looked at yet."""
        return self

    def move(self, folder: Folder) -> None:
        """Store it, and what follows from it."""
        if folder.uidvalidity == self.former:
            _disown(folder)
        folder.refresh_from_db(fields=["renumberings", "renumbered_at"])
        now = timezone.now()
        again = folder.renumbered_at is not None and now - folder.renumbered_at < timedelta(days=1)
        folder.renumberings = folder.renumberings + 1 if again else 1
        folder.renumbered_at, folder.exists, folder.highestmodseq, folder.sweep_to = now, None, None, None
        folder.save(update_fields=["renumberings", "renumbered_at", "exists", "highestmodseq", "sweep_to"])
        Cursor(self.uidnext, self.uidnext).move(folder)


def _disown(folder: Folder) -> None:
    """UIDNEXT fell under the same UIDVALIDITY: the very same numbers mean other messages now."""
    folder.locations.filter(uidvalidity=folder.uidvalidity, gone_at=None).update(gone_at=timezone.now())
    aside = folder.quarantined.filter(uidvalidity=folder.uidvalidity)
    aside.filter(raw=None).delete()
    # Bytes that were kept stay for their owner.
    aside.update(uidvalidity=beyond(folder.quarantined, folder.uidvalidity))


def is_resting(folder: Folder, now: datetime) -> bool:
    """Whether a folder that is renumbered in every session was read a short while ago."""
    return folder.renumberings >= UNSTABLE and now - folder.renumbered_at < UNSTABLE_PAUSE
