"""The id_token that says who gave a consent (OpenID Connect Core 1.0, 2)."""

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any

from .grants import Grant, identity

if TYPE_CHECKING:
    from .server import Provider

ISSUERS = {"google": "https://accounts.google.com", "microsoft": "https://login.microsoftonline.com/t/v2.0"}


def id_token(provider: "Provider", grant: Grant) -> str:
    """For the client of ``provider``, signed with its secret; ``provider.claims`` replace what it says."""
    now = int(time.time())
    said = {
        "iss": ISSUERS[grant.provider],
        "aud": provider.client_id,
        "sub": identity(grant.address),
        "iat": now,
        "exp": now + 3600,
        "email": grant.address,
    }
    more = {
        "google": {"email_verified": True},
        "microsoft": {"preferred_username": grant.address},
    }
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(said | more[grant.provider] | provider.claims)}"
    mark = hmac.new(provider.client_secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_encoded(mark)}"


def _part(told: dict[str, Any]) -> str:
    return _encoded(json.dumps(told).encode())


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")
