"""The sandbox's own secrets: made once, kept in its var folder, never in the repository."""

import json
import os
import secrets
from typing import NamedTuple

from cryptography.fernet import Fernet

from sandbox.places import KEYS


class Keys(NamedTuple):
    """Django's secret key and the Fernet key that protects the passwords of mailboxes."""

    django: str
    mailboxes: str


def keys() -> Keys:
    """The keys of this checkout; makes them where there are none.

    Web server and worker may ask at the same moment: the file appears whole, and only once.
    """
    if not KEYS.exists():
        KEYS.parent.mkdir(parents=True, exist_ok=True)
        made = KEYS.with_name(f"{KEYS.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(Keys(secrets.token_urlsafe(50), Fernet.generate_key().decode())._asdict(), file)
        try:
            os.link(made, KEYS)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return Keys(**json.loads(KEYS.read_text()))
