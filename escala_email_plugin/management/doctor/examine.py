"""The round: every check in turn, none of which keeps the others from theirs."""

from collections.abc import Callable, Iterator

from django.utils import translation

from . import accounts, attachments, clock, database, keys, mails, network, processes, search, settings
from .finding import Finding, Level

Check = Callable[[], Iterator[Finding]]

#: By name, in the order of the report.
CHECKS: dict[str, Check] = {
    "database": database.migrations,
    "settings": settings.system_checks,
    "certificates": settings.authorities,
    "keys": keys.keys,
    "clock": clock.clock,
    "worker": processes.worker,
    "watcher": processes.watcher,
    "open files": processes.open_files,
    "attachments": attachments.storage,
    "forms": settings.form_fields,
    "mail": mails.backend,
    "sender": mails.sender,
    "links": mails.links,
    "account": accounts.accounts,
    "search": search.search,
}

#: Asked only where the network may be used.
ON_THE_NETWORK: dict[str, Check] = {"servers": network.servers}


def examine(network: bool = False) -> Iterator[Finding]:
    """Every check's findings. With ``network``, every mailbox is logged in to, which takes its time."""
    with translation.override("en"):
        for name, check in (CHECKS | (ON_THE_NETWORK if network else {})).items():
            yield from _asked(name, check)


def _asked(name: str, check: Check) -> Iterator[Finding]:
    try:
        yield from check()
    except (Exception, SystemExit) as error:  # Huey ends the process where its settings are wrong
        # Its words may hold anything, a password of the database's among them.
        says = f"could not be looked at: {type(error).__name__}."
        yield Finding(name, Level.UNKNOWN, says, "Mend what is named above, then ask again.")
