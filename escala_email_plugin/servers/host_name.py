"""A server's name as people paste it, and as strangers write it into what is found."""

import ipaddress
import re
from urllib.parse import urlsplit

import idna
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Characters of a name (RFC 1035 2.3.4, without the final dot).
LONGEST = 253

_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*+")
_HOST_AND_PORT = re.compile(r"(?:\[([^\[\]]*)\]|([^:\[\]]*))(:\d*)?", re.ASCII)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.I)


class BadHost(ValueError):
    """The text is no server's name. ``sentence`` says to people what it is."""

    def __init__(self, sentence: Promise) -> None:
        super().__init__()
        self.sentence = sentence


NO_NAME = _("This is not a server name. For example: imap.example.com")
WITH_PORT = _("Write the port in its own field.")
AN_ADDRESS = _("This is an e-mail address. A server name looks like this: imap.example.com")


def server_name(text: str) -> str:
    """The name in lower case, without its final dot, in the letters of DNS (IDNA 2008, UTS #46).

    Raises BadHost for everything else, addresses and what the C library takes for one ("2130706433").
    """
    name = text.lower().removesuffix(".")
    if not name.isascii() or "xn--" in name:
        try:
            name = idna.encode(name, uts46=True, transitional=False).decode("ascii").lower()
        except (UnicodeError, ValueError, IndexError):
            raise BadHost(NO_NAME) from None
    if len(name) > LONGEST or not _NAME.fullmatch(name) or _looks_numeric(name):
        raise BadHost(NO_NAME)
    return name


def pasted(text: str) -> str:
    """The server that somebody meant who typed or pasted ``text``: a name, or an IP address.

    Blanks round it, a scheme, a path and a final dot are left out. Raises BadHost.
    """
    text = text.strip()
    if not text or len(text) > 4 * LONGEST or any(one.isspace() or not one.isprintable() for one in text):
        raise BadHost(NO_NAME)
    address = _address(text)
    if address:
        return address
    rest = _authority(text)
    if "@" in rest:
        raise BadHost(AN_ADDRESS)
    found = _HOST_AND_PORT.fullmatch(rest)
    if not found:
        raise BadHost(NO_NAME)
    host, port = found[1] or found[2] or "", found[3]
    if port:
        raise BadHost(WITH_PORT)
    return _address(host) or server_name(host)


def _authority(text: str) -> str:
    """What names the server in a URL, or in a name with a path behind it."""
    if not _SCHEME.match(text):
        text = f"//{text}"
    try:
        return urlsplit(text).netloc
    except ValueError:
        raise BadHost(NO_NAME) from None


def _address(text: str) -> str:
    """An IP address in its one form, else ""; one with a zone ("fe80::1%eth0") is no server's."""
    if "%" in text:
        return ""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""


def _looks_numeric(name: str) -> bool:
    """Whether the C library reads ``name`` as an IPv4 address: decimal, octal or hexadecimal (inet_aton)."""
    return bool(re.fullmatch(r"(?:0x[0-9a-f]*|\d+)", name.rpartition(".")[2]))
