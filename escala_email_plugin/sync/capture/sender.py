"""What the server that took a captured mail says of its sender."""

from ... import conf
from ...mail.authentication_results import own_id_candidates, verdict
from ...mail.mime import MAX_HEADERS
from ...mail.transfer import Raw
from ...models import EmailAccount

#: What providers call themselves in Authentication-Results (RFC 8601 2.5), by the end of their IMAP host.
#: Microsoft's servers do not say it, and rename what came with a mail to Authentication-Results-Original.
#: Whoever gets a header past them makes no more of it than a mail of which nothing is said, or a refused one.
_KNOWN = {
    "gmail.com": "mx.google.com",
    "googlemail.com": "mx.google.com",
    "office365.com": "",
    "outlook.com": "",
}


def head(raw: Raw) -> bytes:
    """The header block of a message, the empty line with it."""
    beginning = bytes(raw[: MAX_HEADERS + 1])
    ends = [at for at in (beginning.find(b"\r\n\r\n"), beginning.find(b"\n\n")) if at >= 0]
    return beginning[: min(ends) + 2] if ends else beginning


def verdict_on(header: bytes, sender: str, account: EmailAccount) -> str:
    """What the mailbox' own server found: "pass", "fail" or "none"; what others wrote counts for nothing.

    Its name is told by the settings, else it is the provider's, or that of the host that took the mail.
    """
    host = account.imap_host.lower()
    names = conf.get("AUTHSERV_IDS") or [
        *(name for end, name in _KNOWN.items() if host == end or host.endswith(f".{end}")),
        *own_id_candidates(header),
    ]
    return verdict(header, names, sender.rpartition("@")[2])
