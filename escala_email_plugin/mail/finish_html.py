"""The last pass over HTML that is safe already: which pictures are shown, and what links are said to be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape, unescape

from .links import LONGEST_HOST, LONGEST_TEXT, Led, led
from .own_tracking import OwnTracking

# As nh3 writes: names in lower case, every value in double quotes, "<" nowhere but in front of a tag.
_TAG = re.compile(r'<(/?+)([a-z][a-z0-9]*+)((?: [a-z]++="[^"]*+")*+)>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*+)"')
_VOID = {"br", "col", "hr", "img", "wbr"}
_LENGTH = re.compile(r"\s*([\d.]++)\s*(?:px)?\s*")
_DECLARED = re.compile(r"(?:^|; )(display|visibility|opacity|width|height|max-width|max-height): ([^;]*)")

#: Pixels of a picture that nobody is meant to see.
TINY = 3


@dataclass(frozen=True)
class Manner:
    """How a mail is shown to this reader.

    ``remote``: pictures from outside are fetched by the reader's browser. ``known``: domains that look-alikes
    might stand for. ``words``: what is said of a link, by ``links.CONCERNS``, with ``%(host)s`` in it; of
    what has no words nothing is said.
    """

    remote: bool = False
    own: OwnTracking = field(default_factory=OwnTracking)
    known: frozenset[str] = frozenset()
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Finished:
    """A fragment, and of the pictures outside how many there are to see and how many only tell that the mail
    is read (those are never shown)."""

    html: str
    pictures: int = 0
    trackers: int = 0
    is_cut: bool = False


def finish(html: str, remote: list[str], manner: Manner, is_cut: bool = False) -> Finished:
    """``html``, as nh3 writes it, its pictures ``remote:0``, … from ``remote``, its links told. Linear."""
    writer = _Writer(remote, manner)
    position = 0
    for tag in _TAG.finditer(html):
        writer.text(html[position : tag.start()])
        writer.tag(*tag.groups())
        position = tag.end()
    writer.text(html[position:])
    return Finished("".join(writer.out), writer.pictures, writer.trackers, is_cut)


class _Writer:
    def __init__(self, remote: list[str], manner: Manner):
        self.remote, self.manner = remote, manner
        self.out: list[str] = []
        self.pictures = self.trackers = 0
        self.depth = 0  # of elements inside one that is not seen, that itself counted
        self.links: list[_Link] = []

    def text(self, text: str) -> None:
        self.out.append(text)
        if self.links:
            self.links[-1].add(text)

    def tag(self, end: str, name: str, attributes: str) -> None:
        if name == "img":
            self.out.append(self._picture(dict(_ATTRIBUTE.findall(attributes))))
        elif name == "a":
            self._link(end, attributes)
        else:
            self.out.append(f"<{end}{name}{attributes}>")
        if name not in _VOID:
            self._deeper(end, attributes)

    def _deeper(self, end: str, attributes: str) -> None:
        if end:
            self.depth = max(0, self.depth - 1)
        elif self.depth or _is_unseen(dict(_ATTRIBUTE.findall(attributes)).get("style", "")):
            self.depth += 1

    # Pictures

    def _picture(self, attributes: dict[str, str]) -> str:
        source = attributes.get("src", "")
        scheme, _, rest = source.partition(":")
        if scheme == "remote":
            return self._from_outside(self.remote[int(rest)], attributes)
        return _written("img", attributes) if scheme == "data" else _instead(attributes)

    def _from_outside(self, url: str, attributes: dict[str, str]) -> str:
        is_seen = not self.depth and not _is_tiny(attributes)
        if not is_seen or not self.manner.own.may_fetch(url):
            self.trackers += 1
            return _instead(attributes) if is_seen else ""
        self.pictures += 1
        if not self.manner.remote:
            return _instead(attributes)
        fetched = {"src": escape(url), "referrerpolicy": "no-referrer", "decoding": "async"}
        return _written("img", {**attributes, **fetched})

    # Links

    def _link(self, end: str, attributes: str) -> None:
        if end:
            self.out.append("</a>")
            if self.links:
                self.out.append(self._flag(self.links.pop()))
            return
        told = dict(_ATTRIBUTE.findall(attributes))
        href = self.manner.own.led(unescape(told.pop("href", "")))
        # A title could say that it leads elsewhere.
        told.pop("title", None)
        link = _Link(href or "", len(self.out))
        self.links.append(link)
        if href:
            told = {"href": escape(href), **told}
            host = led(href, "").shown
            if host:
                told["title"] = escape(_short(host))
        self.out.append(_written("a", told))

    def _flag(self, link: "_Link") -> str:
        if not link.href:
            return ""
        found = led(link.href, link.text, self.manner.known)
        words = next(filter(None, map(self.manner.words.get, found.concerns)), "")
        if not words:
            return ""
        return f' <span class="escala-flag">⚠ {escape(words % {"host": _both(found)})}</span>'


@dataclass
class _Link:
    """A link whose text is being read."""

    href: str
    start: int
    text: str = ""

    def add(self, text: str) -> None:
        if len(self.text) < LONGEST_TEXT:
            self.text += unescape(text[: 4 * LONGEST_TEXT])[:LONGEST_TEXT]


def _both(found: Led) -> str:
    """The host as the network knows it, and as it looks where that is not the same."""
    if found.host == found.shown:
        return _short(found.host)
    return f"{_short(found.host)} ({_short(found.shown)})"


def _short(host: str) -> str:
    # Its end is what tells whose it is.
    return host if len(host) <= LONGEST_HOST else "…" + host[-LONGEST_HOST:]


def _written(name: str, attributes: dict[str, str]) -> str:
    return f"<{name}" + "".join(f' {key}="{value}"' for key, value in attributes.items()) + ">"


def _instead(attributes: dict[str, str]) -> str:
    return escape(unescape(attributes.get("alt", "")), quote=False)


def _is_tiny(attributes: dict[str, str]) -> bool:
    """Whether a picture is too small to be seen, or hidden."""
    style = attributes.get("style", "")
    sizes = {name: value for name, value in _DECLARED.findall(style) if name in ("width", "height")}
    told = [_pixels(sizes.get(name, attributes.get(name))) for name in ("width", "height")]
    told = [one for one in told if one is not None]
    return _is_unseen(style) or 0 in told or (bool(told) and max(told) <= TINY)


def _pixels(told: str | None) -> float | None:
    found = _LENGTH.fullmatch(told or "")
    try:
        return float(found[1]) if found else None
    except ValueError:
        return None


def _is_unseen(style: str) -> bool:
    """Whether a style, as ``safe_style`` writes it, hides what it is about."""
    for name, value in _DECLARED.findall(style):
        value = value.replace("!important", "").strip().lower()
        if name == "display":
            hides = value == "none"
        elif name == "visibility":
            hides = value in ("hidden", "collapse")
        else:
            hides = _pixels(value) == 0
        if hides:
            return True
    return False
