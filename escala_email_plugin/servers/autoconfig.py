"""Mail servers by Thunderbird's autoconfig files (draft-ietf-mailmaint-autoconfig), written by strangers."""

from collections.abc import Iterator
from urllib.parse import quote
from xml.etree.ElementTree import Element

from ..mail.addresses import LONGEST
from .errors import WireError
from .found import Found, Source
from .host_name import BadHost, server_name
from .https import fetch
from .reach import check_port
from .server import Server
from .strange_xml import BadXml, parsed
from .wire import Deadline

OWN = (
    "https://autoconfig.{domain}/mail/config-v1.1.xml?emailaddress={address}",
    "https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
)
ISPDB = ("https://autoconfig.thunderbird.net/v1.1/{domain}",)

_TLS = {"SSL": "tls", "STARTTLS": "starttls"}
#: How one may log in there, of what we can.
_LOGINS = {"password-cleartext", "password-encrypted", "plain", "OAuth2"}


def by_autoconfig(address: str, deadline: Deadline) -> Found | None:
    """The servers that the address's own domain names by HTTPS, or None."""
    return _first(OWN, address, "autoconfig", deadline)


def by_ispdb(address: str, deadline: Deadline) -> Found | None:
    """The servers that Thunderbird's database names, or None. It learns the address's domain."""
    return _first(ISPDB, address, "ispdb", deadline)


def _first(urls: tuple[str, ...], address: str, source: Source, deadline: Deadline) -> Found | None:
    domain = address.rpartition("@")[2]
    for number, url in enumerate(urls):
        try:
            # One that does not answer leaves the others their share of the time.
            share = Deadline(deadline.left() / (len(urls) - number))
            document = fetch(url.format(domain=domain, address=quote(address, safe="")), share)
        except WireError:
            continue
        if document and (found := read(document, address, source)):
            return found
    return None


def read(document: bytes, address: str, source: Source = "autoconfig") -> Found | None:
    """What an autoconfig file proposes for ``address``: the first encrypted IMAP server, and SMTP server.

    None where it names no IMAP server that may be used, or is nothing that may be read.
    """
    try:
        root = parsed(document)
    except BadXml:
        return None
    imap, username = next(_servers(root, "incomingServer", "imap", address), (None, ""))
    smtp, other = next(_servers(root, "outgoingServer", "smtp", address), (None, ""))
    return Found(imap, smtp, username or other or address, source) if imap else None


def _servers(root: Element, tag: str, kind: str, address: str) -> Iterator[tuple[Server, str]]:
    for element in root.iterfind(f"emailProvider/{tag}"):
        if element.get("type") == kind and (server := _server(element, address)):
            yield server, _username(element, address)


def _server(element: Element, address: str) -> Server | None:
    tls = _TLS.get(_text(element, "socketType").upper())
    logins = {(one.text or "").strip() for one in element.iterfind("authentication")}
    port = _text(element, "port")
    if not tls or not logins & _LOGINS or not (port.isascii() and port.isdigit() and len(port) <= 5):
        return None
    try:
        check_port(int(port))
        return Server(server_name(_filled(_text(element, "hostname"), address)), int(port), tls)
    except (BadHost, WireError):
        return None


def _username(element: Element, address: str) -> str:
    """The user name, or "" where it holds what cannot be one."""
    name = _filled(_text(element, "username"), address)
    return name if name.isprintable() and "%" not in name and len(name) <= LONGEST else ""


def _filled(text: str, address: str) -> str:
    """``text`` with its placeholders filled in."""
    local, _, domain = address.rpartition("@")
    values = {"%EMAILADDRESS%": address, "%EMAILLOCALPART%": local, "%EMAILDOMAIN%": domain}
    if text in values:
        return values[text]
    for placeholder in ("%EMAILDOMAIN%", "%EMAILLOCALPART%"):
        text = text.replace(placeholder, values[placeholder])
    return text


def _text(element: Element, tag: str) -> str:
    return (element.findtext(tag) or "").strip()
