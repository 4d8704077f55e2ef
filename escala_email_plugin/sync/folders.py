"""The folders of an account, as the server lists them."""

from django.utils import timezone

from ..models import EmailAccount, Folder, Location
from ..servers.imap import ImapSession
from ..servers.roles import role_of

#: Never synchronised: what is not a conversation.
LEFT_OUT = (Folder.Role.JUNK, Folder.Role.TRASH, Folder.Role.DRAFTS)

#: The seller looks for these first.
FIRST = (Folder.Role.INBOX, Folder.Role.SENT)


def refresh_folders(account: EmailAccount, session: ImapSession) -> list[Folder]:
    """Bring the Folder rows up to date and return those to synchronise, the most wanted first.

    A folder the server no longer lists is marked as gone. An empty list means nothing:
    servers in trouble send one, and it must not take every folder away.
    """
    listed = [one for one in session.folders() if "\\noselect" not in one.flags]
    held = {folder.name: folder for folder in account.folders.all()}
    for one in listed:
        folder = held.get(one.name)
        role = folder.role if folder is not None and folder.role_chosen else role_of(one)
        if folder is None:
            held[one.name] = Folder.objects.create(
                account=account, name=one.name, role=role, synced=role not in LEFT_OUT
            )
        elif folder.gone_at is not None or folder.role != role:
            _bring_back(folder)
            folder.gone_at, folder.role = None, role
            folder.save(update_fields=["gone_at", "role"])
    names = {one.name for one in listed}
    if names:
        now = timezone.now()
        gone = account.folders.filter(gone_at=None).exclude(name__in=names)
        Location.objects.filter(folder__in=gone, gone_at=None).update(gone_at=now)
        gone.update(gone_at=now)
    wanted = [folder for name, folder in held.items() if name in names and folder.synced]
    return sorted(wanted, key=lambda folder: (folder.role not in FIRST, folder.name))


def _bring_back(folder: Folder) -> None:
    """The places that went with the folder are there again; those that had gone before it are not."""
    if folder.gone_at is not None:
        folder.locations.filter(gone_at=folder.gone_at).update(gone_at=None)


def renumbered(folder: Folder) -> None:
    """The folder has a new UIDVALIDITY: the former numbers are no places any more.

    Its messages stay; what is still there is found again under its new numbers, also what was set aside.
    """
    former = folder.locations.exclude(uidvalidity=folder.uidvalidity)
    former.filter(gone_at=None).update(gone_at=timezone.now())
    folder.quarantined.exclude(uidvalidity=folder.uidvalidity).delete()
