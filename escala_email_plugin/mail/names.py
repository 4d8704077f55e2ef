"""File names that strangers chose."""

import mimetypes
import unicodedata

LONGEST = 150


def file_name(name: str, content_type: str, position: int) -> str:
    """``name`` without path, control and direction characters, shortened; else a sensible one."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(
        one for one in bare if unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    )
    shown = " ".join(shown.split()).strip(" .")
    if not shown:
        shown = f"attachment-{position}{extension(content_type)}"
    if len(shown) > LONGEST:
        stem, dot, end = shown.rpartition(".")
        short = dot and len(end) <= 10
        shown = f"{stem[: LONGEST - len(end) - 1]}.{end}" if short else shown[:LONGEST]
    return shown


def extension(content_type: str) -> str:
    """The usual extension of a type, with its dot; "" for one nobody knows."""
    if content_type == "message/rfc822":
        return ".eml"
    return mimetypes.guess_extension(content_type, strict=False) or ""
