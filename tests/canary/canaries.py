"""What is looked for: a secret, and every way in which it may be written down."""

import base64
import binascii
from urllib.parse import quote


def forms(secret: str) -> set[str]:
    """The secret as people and programs write it: plain, quoted, in hexadecimal, in base64 at each offset."""
    raw = secret.encode()
    found = {
        secret,
        quote(secret),
        repr(secret)[1:-1],
        ascii(secret)[1:-1],
        secret[::-1],
        raw.hex(),
        binascii.hexlify(raw, ":").decode(),
    }
    for offset in range(3):
        # What stands before and after it changes the first and the last character of the code.
        coded = base64.b64encode(b"\0" * offset + raw).decode().rstrip("=")
        whole = coded[-(-offset * 8 // 6) : -2]
        found |= {whole, whole.replace("+", "-").replace("/", "_")}
    return found


def sightings(text: str, secrets: dict[str, str]) -> list[str]:
    """Which of ``secrets`` (name → secret) ``text`` holds in whatever form, with what stands around."""
    return [
        f"{name}: …{text[max(0, at - 60) : at + len(form) + 20]!r}…"
        for name, secret in secrets.items()
        for form in sorted(forms(secret))
        if (at := text.find(form)) >= 0
    ]
