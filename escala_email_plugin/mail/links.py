"""Where a link of a mail leads, and what about it may deceive. Pure: nothing is asked or resolved.

Addresses are read as browsers read them (WHATWG URL Standard), for it is they who will follow the link:
``https://good.test\\@evil.test`` leads to good.test, and ``https://good.test@evil.test`` to evil.test.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import unquote

from .lookalikes import is_mixed, registered, skeleton

#: What may be wrong, the gravest first; the first is what a reader is told.
CONCERNS = ("userinfo", "other", "lookalike", "mixed", "ip", "port", "long")

#: Characters of a link's text that are looked at, and of a host that is shown.
LONGEST_TEXT = 500
LONGEST_HOST = 120

_WEB = re.compile(r"(https?):[/\\]*+([^/\\?#]*+)", re.IGNORECASE)
_PORT = re.compile(r":(\d*+)$")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|\d+)", re.IGNORECASE)
_LABEL = r"[^\s.,;:/\\?#@<>()\[\]\"'|]++"
#: A host that a text names: with its scheme, by "www.", or in an e-mail address.
_NAMED = re.compile(
    rf"(?:https?:[/\\]{{2}}(?:[^\s/\\?#@]{{1,100}}@)?|www\.(?={_LABEL}\.)|(?<=[\w.+-])@)({_LABEL}(?:\.{_LABEL})+)",
    re.IGNORECASE,
)
#: A text that is nothing but a host, with a path or without.
_BARE = re.compile(rf"({_LABEL}(?:\.{_LABEL})++)(?:[:/?#]\S*)?", re.IGNORECASE)
#: The ends of names by which a bare word is taken for a host: "poliza.pdf" and "S.A." are none.
_ENDS = frozenset(
    (  # noqa: SIM905
        "com org net edu gov gob info biz io app dev online shop site store xyz cloud bank test example lat "
        "ar au at be bo br ca ch cl cn co cr cu cz de dk do ec es eu fi fr gr gt hn hu ie il in it jp kr mx "
        "ni nl no nz pa pe pl pt py ro ru se sv tr tw ua uk us uy ve za"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Led:
    """Where a link leads: ``host`` as the network knows it (ASCII), ``shown`` as people read it, and what is
    wrong with it, of CONCERNS."""

    host: str
    shown: str
    concerns: tuple[str, ...] = ()


def led(href: str, text: str, known: Collection[str] = ()) -> Led:
    """Where ``href`` leads that is shown as ``text``.

    ``known``: domains that a look-alike might stand for, such as the contact's and our own. A link that is
    neither to the web nor to an address leads to no host. Linear in what is looked at of both.
    """
    named = hosts_named(text)
    if href[:7].lower() == "mailto:":
        return _to_address(href, named)
    found = _WEB.match(href)
    if not found:
        return Led("", "")
    authority = unquote(found[2], errors="replace")
    host, port = _split(authority.rpartition("@")[2])
    wrong = {
        "userinfo": "@" in authority,
        "other": any(registered(one) != registered(host) for one in named),
        "lookalike": _is_lookalike(host, known),
        "mixed": is_mixed(_readable(host)),
        "ip": _is_ip(host),
        "port": port not in ("", "80", "443"),
        "long": host.count(".") > 6 or len(host) > 75,
    }
    return Led(host, _readable(host), tuple(one for one in CONCERNS if wrong[one]))


def _to_address(href: str, named: list[str]) -> Led:
    address = unquote(href[7:], errors="replace").partition("?")[0]
    host = canonical_host(address.rpartition("@")[2].strip(" <>"))
    other = bool(host) and any(registered(one) != registered(host) for one in named)
    return Led(host, _readable(host), ("other",) if other else ())


def hosts_named(text: str) -> list[str]:
    """The hosts that a link's text names, so that a reader believes it leads there."""
    text = text[:LONGEST_TEXT]
    text = "".join(one for one in text if unicodedata.category(one) not in ("Cf", "Cc")).strip(
        " .,;:()<>[]«»“”\"'"
    )
    found = [canonical_host(one) for one in _NAMED.findall(text)]
    bare = _BARE.fullmatch(text)
    if bare and not found and _ends_as_host(bare[1]):
        found.append(canonical_host(bare[1]))
    return [one for one in found if one]


def _ends_as_host(name: str) -> bool:
    labels = name.lower().split(".")
    end = labels[-1]
    # "p.ej." and "S.A." have short parts only.
    return (end in _ENDS or end.startswith("xn--")) and max(map(len, labels[:-1])) > 2


def _split(authority: str) -> tuple[str, str]:
    """The host and the port of an authority without its user."""
    port = _PORT.search(authority)
    return canonical_host(authority[: port.start()] if port else authority), port[1].lstrip(
        "0"
    ) if port else ""


def canonical_host(host: str) -> str:
    """``host`` as the network knows it: ASCII, lower case. What has no such form stays as it is."""
    host = unicodedata.normalize("NFKC", host[:300]).lower().replace("。", ".").strip(".")
    host = "".join(one for one in host if unicodedata.category(one) not in ("Cf", "Cc", "Zs"))
    if host.isascii():
        return host
    return ".".join(_ascii_label(label) for label in host.split("."))


def _ascii_label(label: str) -> str:
    # Not idna.encode: it refuses what browsers follow all the same.
    if label.isascii() or len(label) > 63:
        return label
    return "xn--" + label.encode("punycode").decode("ascii")


def _readable(host: str) -> str:
    """``host`` in the letters that it stands for."""
    return ".".join(_readable_label(label) for label in host.split("."))


def _readable_label(label: str) -> str:
    if not label.startswith("xn--") or len(label) > 63:
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label


def _is_ip(host: str) -> bool:
    """Also in the forms that only browsers take for one: 2130706433, 0x7f.1 (WHATWG URL, 3.5)."""
    return host.startswith("[") or bool(_NUMBER.fullmatch(host.rpartition(".")[2]))


def _is_lookalike(host: str, known: Collection[str]) -> bool:
    """Whether it looks like one of ``known`` and is neither that nor below it."""
    own, readable = registered(host), _readable(host)
    around = f".{readable}."
    for one in known:
        if own == registered(one):
            return False
    for one in known:
        if skeleton(registered(readable)) == skeleton(registered(_readable(one))):
            return True
        if f".{one}." in around or f".{one.replace('.', '-')}." in around:
            return True
    return False
