"""The link that offers a user to make a contact of an address their mail was with."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core import signing

from ...servers.secrets import SecretUnreadable, decrypt, encrypt

SALT = "escala_email.capture.contact"

#: For so long the link works.
AGE = timedelta(days=14)


@dataclass(frozen=True)
class Invitation:
    """Whom to make a contact: a canonical address, and the name shown with it, "" where there was none."""

    address: str
    name: str


def made(user: Any, invitation: Invitation) -> str:
    """What stands in the link: encrypted, for links are written to the logs of servers."""
    told = json.dumps([user.pk, invitation.address, invitation.name])
    return signing.dumps(encrypt(told), salt=SALT)


def read(token: str, user: Any) -> Invitation | None:
    """What a link that was made for ``user`` says; None for any other, and for one that is too old."""
    try:
        owner, address, name = json.loads(decrypt(signing.loads(token, salt=SALT, max_age=AGE)))
    except (signing.BadSignature, SecretUnreadable, ValueError):
        return None
    return Invitation(address, name) if str(owner) == str(user.pk) else None
