"""Plain text: charsets nobody can trust, HTML as text, the first words of a message."""

import html
import re
import unicodedata

import nh3

#: Codecs that turn bytes into text and are no charset of a mail; some are slow, some change what is meant.
_NO_CHARSETS = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"}
_ALIASES = {"windows-874": "cp874", "x-sjis": "shift_jis", "x-gbk": "gbk", "ks_c_5601-1987": "cp949"}

_BREAKS = re.compile(r"<(?=/?(?:p|div|br|tr|li|ul|ol|h[1-6]|table|blockquote|hr|pre)\b)", re.I)
_CELLS = re.compile(r"<(?=/?t[dh]\b)", re.I)
_SPACES = re.compile(r"[^\S\n]+")
_QUOTE_HEADS = re.compile(
    r"^(?:-{2,} ?(?:original message|mensaje original|forwarded message|mensaje reenviado)"
    r"|_{10,}$|on .{5,200} wrote:$|el .{5,200} escribió:$|(?:from|de): .{1,200}$)",
    re.I,
)
SNIPPET = 200


def cleaned(text: str) -> str:
    """``text`` without NUL and lone surrogates, which databases refuse."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def decode(raw: bytes, charset: str | None) -> str:
    """``raw`` as text by its charset; where that is unknown or wrong, UTF-8, then Windows-1252."""
    wanted = (charset or "").strip().lower()
    wanted = _ALIASES.get(wanted, wanted)
    for name in (wanted, "utf-8"):
        if name and name.replace("-", "_") not in _NO_CHARSETS:
            try:
                return cleaned(raw.decode(name))
            except (LookupError, ValueError, AssertionError):
                continue
    return cleaned(raw.decode("cp1252", "replace"))


def unflowed(text: str, delsp: bool) -> str:
    """The paragraphs of a ``format=flowed`` text on one line each (RFC 3676 4)."""
    lines: list[str] = []
    open_quote = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        rest = line[depth:].removeprefix(" ")
        if open_quote == depth and lines:
            lines[-1] += rest
        else:
            lines.append(f"{'>' * depth} {rest}" if depth else rest)
        flows = rest.endswith(" ") and rest != "-- "
        if flows and delsp:
            lines[-1] = lines[-1][:-1]
        open_quote = depth if flows else -1
    return "\n".join(lines)


def html_to_text(source: str) -> str:
    """The words of an HTML mail, a line a block. Linear."""
    spaced = _CELLS.sub(" <", _BREAKS.sub("\n<", source.replace("\n", " ")))
    bare = html.unescape(nh3.clean(spaced, tags=set(), attributes={}))
    lines = (_SPACES.sub(" ", line).strip() for line in cleaned(bare).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def snippet(text: str) -> str:
    """The first words that are new: what is quoted is skipped as long as anything else is left."""
    new: list[str] = []
    for line in text[:20_000].split("\n"):
        line = line.strip()
        if _QUOTE_HEADS.match(line):
            break
        if not line.startswith(">"):
            new.append(line)
        if sum(map(len, new)) > SNIPPET * 2:
            break
    words = " ".join(" ".join(new).split()) or " ".join(text[:2_000].split())
    shown = "".join(one for one in words if not unicodedata.category(one).startswith("C"))
    return shown if len(shown) <= SNIPPET else shown[: SNIPPET - 1].rstrip() + "…"
