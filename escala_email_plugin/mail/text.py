"""Plain words of a message: from its HTML, and the first new ones for a list."""

import re
from html import unescape

from .charsets import TURNING

LONGEST_SNIPPET = 200

#: Characters of a text that are looked at for a snippet.
LOOKED_AT = 20_000

TAG_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]{0,20})")
BREAKS = {
    "address", "article", "blockquote", "br", "center", "dd", "div", "dl", "dt", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table",
    "td", "th", "tr", "ul",
}  # fmt: skip
# Not "head", which many leave open: what it holds that is no text is named itself.
UNSHOWN = {"noscript", "script", "style", "template", "title", "textarea"}
# Python refuses to make a number of thousands of digits; no character has more than seven.
NO_CHARACTER = re.compile(r"&#[xX]?0*+[0-9a-fA-F]{8,}+;?")
# Not each single space, which most blanks are.
_BLANKS = re.compile(r"[^\S\n]{2,}+|[^\S\n ]")
_LINES = re.compile(r"\n\s*\n\s*")

# "On 3 March 2026 at 10:00, Ana wrote:" and what other programs and languages make of it.
_WROTE = re.compile(
    r"(?:on|el|le|am|il|em|op|w dniu)\b.{0,300}?"
    r"\b(?:wrote|escribió|escribio|a écrit|schrieb|ha scritto|escreveu|schreef|napisał\(?a?\)?)\W*",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"-{2,}\s*(?:original message|mensaje original|forwarded message|mensaje reenviado|mensagem original|"
    r"message d'origine|ursprüngliche nachricht|messaggio originale)\s*-{2,}",
    re.IGNORECASE,
)


def html_to_text(html: str, limit: int | None = None) -> str:
    """The words of an HTML fragment, blocks on lines of their own; linear in its length.

    Not for showing as HTML. Stops after about ``limit`` characters of text.
    """
    out: list[str] = []
    length, skipping = 0, ""
    comment = False
    for number, chunk in enumerate(html.split("<")):
        if comment:
            comment, _, chunk = _after_comment(chunk)
            if comment:
                continue
            words = chunk
        elif number == 0:
            words = chunk
        elif chunk.startswith("!--"):
            comment, _, words = _after_comment(chunk[3:])
            if comment:
                continue
        else:
            found = TAG_NAME.match(chunk)
            if not found and not chunk.startswith(("!", "?", "/")):
                words = f"<{chunk}"
            else:
                name = found[1].lower() if found else ""
                words = chunk.partition(">")[2]
                if skipping:
                    skipping = "" if chunk.startswith("/") and name == skipping else skipping
                elif name in UNSHOWN and not chunk.startswith("/"):
                    skipping = name
                elif name in BREAKS:
                    out.append("\n" if name not in ("td", "th") else " ")
        if words and not skipping:
            out.append(words.replace("\n", " ").replace("\r", " "))
            length += len(words)
            if limit is not None and length > limit:
                break
    text = _BLANKS.sub(" ", unescape(NO_CHARACTER.sub("\ufffd", "".join(out))))
    return _LINES.sub("\n\n", "\n".join(line.strip() for line in text.split("\n"))).strip()


def _after_comment(chunk: str) -> tuple[bool, str, str]:
    """Whether a comment goes on after this chunk, and what stands after its end."""
    before, end, after = chunk.partition("-->")
    return not end, before, after


def snippet(text: str) -> str:
    """The first new words of a text, at most 200 characters in one line.

    Left out: quoted lines, and from the line that introduces a quotation ("On … wrote:") or a
    signature on. A text with nothing else is taken whole.
    """
    text = text[:LOOKED_AT]
    if not text.isascii():
        text = TURNING.sub("", text)
    new = " ".join(" ".join(_new_lines(text)).split()) or " ".join(text.split())
    if len(new) <= LONGEST_SNIPPET:
        return new
    return new[: LONGEST_SNIPPET - 1].rstrip() + "…"


def _new_lines(text: str) -> list[str]:
    kept: list[str] = []
    length = 0
    lines = text.split("\n")
    for number, line in enumerate(lines):
        bare = line.strip()
        if line.rstrip("\r") in ("-- ", "--") and kept:
            break
        if _ORIGINAL.match(bare[:200]) or introduces(bare, lines[number + 1 : number + 3]):
            if kept:
                break
            continue
        if bare and not bare.startswith(">"):
            kept.append(bare)
            length += len(bare)
            if length > 2 * LONGEST_SNIPPET:
                break
    return kept


def introduces(line: str, following: list[str]) -> bool:
    """Whether a quotation is announced here; programs break the announcement over up to three lines."""
    if not line or line[0].lower() not in "oelaiw":
        return False
    joined = ""
    for one in (line, *following):
        if not one.strip():
            return False
        joined = f"{joined} {one.strip()[:400]}".lstrip()
        found = _WROTE.match(joined)
        # A date or an address tells it from a sentence of the letter's own.
        if found and found[0].rstrip().endswith(":") and re.search(r"[\d@]", found[0]):
            return True
        if joined.endswith((".", "!", "?", ":")):
            return False
    return False
