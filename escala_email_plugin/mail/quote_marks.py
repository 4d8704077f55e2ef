"""The names by which mail programs mark what they quote, as far as they are kept in cleaned HTML.

A class or an id could be the target of a style or a script, so none stays as it was: one that is known
becomes one of six of ours, which nothing else uses (see ``safe_html``), and all others go.
"""

import re
from typing import Literal

#: The attributes (``html_rules``) of which only stays what ``mark`` makes of them.
NAMES = frozenset({"class", "id", "type"})

#: All that is left of a class or an id.
PREFIX = "escala-was-"

Mark = Literal["quote", "attribution", "head", "forward", "signature", "signature-prefix"]

_MARKS: dict[str, Mark] = {
    "gmail_quote": "quote",
    "gmail_quote_container": "quote",
    "gmail_attr": "attribution",
    "gmail_signature": "signature",
    "gmail_signature_prefix": "signature-prefix",
    "yahoo_quoted": "quote",
    "yahoo-signature": "signature",
    "moz-cite-prefix": "attribution",
    "moz-email-headers-table": "forward",
    "moz-forward-container": "forward",
    "moz-signature": "signature",
    "protonmail_quote": "quote",
    "protonmail_signature_block": "signature",
    "tutanota_quote": "quote",
    "divrplyfwdmsg": "head",
    "mail-editor-reference-message-container": "head",
    "ms-outlook-mobile-reference-message": "head",
    "olk_src_body_section": "head",
    "signature": "signature",
    "ms-outlook-mobile-signature": "signature",
    "ms-outlook-signature": "signature",
}

# Outlook writes "x_" before a name for each mail that quotes it, Yahoo a number of its own.
_BEFORE = re.compile(r"(?:x_)++|ydp[0-9a-z]{1,16}?(?=yahoo)")
LONGEST = 1_000


def mark(tag: str, name: str, value: str) -> str | None:
    """What stays of an attribute of ``NAMES``; None: nothing."""
    if name == "type":
        return value if tag in ("ol", "ul") else "cite" if value.lower() == "cite" else None
    for word in value[:LONGEST].lower().split():
        if known := _MARKS.get(_BEFORE.sub("", word, count=1)):
            return PREFIX + known
    return None
