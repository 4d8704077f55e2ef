"""Text sent as format=flowed (RFC 3676) back into paragraphs."""

import re

_QUOTES = re.compile(r">*+")


def unflowed(text: str, delsp: bool = False) -> str:
    """Join the lines that end in a blank with the next, within the same depth of quotation.

    ``delsp``: the blank is not part of the text (RFC 3676 4.2). Lines are separated by "\\n".
    """
    out: list[str] = []
    paragraph: list[str] = []
    depth = 0
    for line in text.split("\n"):
        own = len(_QUOTES.match(line)[0])  # type: ignore[index]  # matches the empty string at least
        content = line[own:].removeprefix(" ")
        signature = content == "-- "
        if paragraph and (own != depth or signature):
            out.append(_quoted(depth, paragraph))
            paragraph = []
        depth = own
        if content.endswith(" ") and not signature:
            paragraph.append(content[:-1] if delsp else content)
        else:
            out.append(_quoted(depth, [*paragraph, content]))
            paragraph = []
    if paragraph:
        out.append(_quoted(depth, paragraph))
    return "\n".join(out)


def _quoted(depth: int, pieces: list[str]) -> str:
    text = "".join(pieces)
    return f"{'>' * depth} {text}" if depth else text
