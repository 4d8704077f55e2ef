"""Dovecot as other servers are: other separators and stores, fewer extensions, full, without plain logins."""

from dataclasses import dataclass

from escala_email_plugin.servers.imap import Server

from .certificates import HERE
from .dovecot import Dovecot
from .fixtures import Mailbox

#: What any IMAP server has.
BARE = "IMAP4rev1 LITERAL+ UIDPLUS"

#: On Linux all of 127.0.0.0/8 is this machine. Who comes to this address comes from 127.0.0.1, which is
#: remote to Dovecot, and only remote clients are told LOGINDISABLED.
NEIGHBOUR = "127.0.0.2"


@dataclass(frozen=True)
class Variant:
    """A kind of server. ``nests``: a folder that holds messages can hold folders too."""

    name: str
    extra: str = ""
    separator: str = "/"
    prefix: str = ""
    tls: str = "tls"
    host: str = "localhost"
    nests: bool = True

    def __str__(self) -> str:
        return self.name

    def folder(self, path: str) -> str:
        """The name by which this server knows the folder that others call ``path``, with slashes."""
        return path if path == "INBOX" else self.prefix + path.replace("/", self.separator)

    def dovecot(self) -> Dovecot:
        """The server, not started yet."""
        return Dovecot(users={}, hosts=(*HERE, NEIGHBOUR), extra=self.extra)


@dataclass
class VariantMailbox(Mailbox):
    """A mailbox at such a server."""

    variant: Variant

    @property
    def imap(self) -> Server:
        port = self.dovecot.imaps if self.variant.tls == "tls" else self.dovecot.imap
        return Server(self.variant.host, port, self.variant.tls)


def _capabilities(*more: str) -> str:
    return f"imap_capability = {' '.join((BARE, *more))}\n"


_ROLES_UNTOLD = "".join(
    f"namespace inbox {{\n  mailbox {name} {{\n    special_use =\n  }}\n}}\n"
    for name in ("Drafts", "Sent", "Trash", "Junk")
)

VARIANTS = [
    Variant("as it comes"),
    Variant("bare", _capabilities() + _ROLES_UNTOLD),
    Variant(
        "condstore without qresync", _capabilities("ENABLE", "CONDSTORE", "SPECIAL-USE", "LIST-EXTENDED")
    ),
    Variant(
        "qresync without list-status", _capabilities("ENABLE", "CONDSTORE", "QRESYNC", "MOVE", "NAMESPACE")
    ),
    Variant(
        "INBOX. prefix",
        "mail_location = maildir:~/Maildir\nnamespace inbox {\n  separator = .\n  prefix = INBOX.\n}\n",
        separator=".",
        prefix="INBOX.",
    ),
    Variant(
        "dots", "mail_location = maildir:~/Maildir\nnamespace inbox {\n  separator = .\n}\n", separator="."
    ),
    Variant(
        "no plain login before STARTTLS",
        f"ssl = required\nlisten = 127.0.0.1, {NEIGHBOUR}\n",
        tls="starttls",
        host=NEIGHBOUR,
    ),
    Variant("mbox", "mail_location = mbox:~/mail:INBOX=~/inbox\n", nests=False),
    Variant("sdbox", "mail_location = sdbox:~/sdbox\n"),
    Variant("mdbox", "mail_location = mdbox:~/mdbox\n"),
]

#: A mailbox that can hold 64 kB, and not one byte more.
SMALL_QUOTA = Variant(
    "small quota",
    """
mail_plugins = quota
protocol imap {
  mail_plugins = quota imap_quota
}
plugin {
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=64k
  quota_grace = 0
}
""",
)
