"""The folders every mailbox starts with, and the mail that is in them on the first day."""

from collections.abc import Iterable

from sandbox.accounts import Mailbox
from sandbox.demo.letter import Letter
from sandbox.mailserver.mailboxes import INBOX
from sandbox.mailserver.store import Store

#: Besides the usual ones, a nested folder and one whose name IMAP must encode (RFC 3501 5.1.3).
STANDARD = (
    INBOX,
    "Drafts",
    "Sent",
    "Trash",
    "Junk",
    "Archive",
    "Clientes/Renovaciones",
    "Clientes/Siniestros del año",
)


def fill(store: Store, mailboxes: Iterable[Mailbox], letters: Iterable[Letter]) -> None:
    """Make what is missing: on the first run folders and ``letters``, all or nothing; later nothing."""
    mailboxes = list(mailboxes)
    if any(store.folders(mailbox.address) for mailbox in mailboxes):
        return
    with store:
        folders = {
            (mailbox.address, name): store.add_folder(mailbox.address, name).id
            for mailbox in mailboxes
            for name in STANDARD
        }
        for letter in letters:
            store.add(folders[letter.mailbox, letter.folder], letter.content, letter.arrived, letter.flags)
