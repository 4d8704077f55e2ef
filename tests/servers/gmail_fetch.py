"""What the stand-in for Gmail says of a message."""

import re
from dataclasses import dataclass

from .gmail_box import Mail
from .gmail_grammar import label

_BODY = re.compile(r"BODY(\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?", re.I)


@dataclass(frozen=True)
class Item:
    """An item of a FETCH answer. ``marks``: asking for it marks the message as read; ``downloaded``: bytes
    of the whole message in it; ``begins``: whether they are its first.
    """

    text: bytes
    marks: bool = False
    downloaded: int = 0
    begins: bool = False


def item(name: str, uid: int, mail: Mail, folder_label: str, modseq: int) -> Item:
    """One item of a message, shown in the folder of a label."""
    if body := _BODY.fullmatch(name):
        peek, section, start, size = body.groups()
        data = _fields(mail.raw, section) if section else mail.raw[int(start or 0) :][: int(size or 2**31)]
        offset = f"<{start}>" if start else ""
        text = f"BODY[{section}]{offset} {{{len(data)}}}\r\n".encode() + data
        return Item(text, not peek, 0 if section else len(data), not section and not int(start or 0))
    labels = " ".join(label(one) for one in sorted(mail.labels - {folder_label}))
    told = {
        "UID": uid,
        "FLAGS": "()",
        "MODSEQ": f"({modseq})",
        "RFC822.SIZE": len(mail.raw),
        "INTERNALDATE": mail.when.strftime('"%d-%b-%Y %H:%M:%S %z"'),
        "X-GM-MSGID": mail.msgid,
        "X-GM-THRID": mail.thrid,
        "X-GM-LABELS": f"({labels})",
    }
    return Item(f"{name} {told[name.upper()]}".encode())


def _fields(raw: bytes, section: str) -> bytes:
    """HEADER.FIELDS (…): these fields as they are, and an empty line."""
    wanted = section.partition("(")[2].rstrip(")").lower().encode().split()
    lines = re.split(rb"\r\n(?![ \t])", raw.partition(b"\r\n\r\n")[0])
    kept = [line for line in lines if line.partition(b":")[0].lower() in wanted]
    return b"".join(line + b"\r\n" for line in kept) + b"\r\n"
