"""Whose mailbox a consent opens: read from the id_token (OpenID Connect Core 1.0, 2) that came with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.views.decorators.debug import sensitive_variables

from ..mail.addresses import BadAddress, canonical

#: Seconds by which the provider's clock may differ from ours.
_LEEWAY = 120


class NoIdentity(Exception):
    """``code``: "no_address" (nobody is named who could have a mailbox) or "not_verified"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Identity:
    """``address``: canonical, of the mailbox; ``username``: what it is logged into by."""

    address: str
    username: str


@sensitive_variables("token")
def identity(provider_id: str, token: str, client_id: str) -> Identity:
    """Who gave the consent. Raises NoIdentity.

    The token came straight from the provider's token endpoint, so its signature need not be looked at
    (OpenID Connect Core 1.0, 3.1.3.7); that it was made for us, and just now, is.
    """
    import jwt  # megabytes, which only a web process needs

    wanted = {"verify_signature": False, "verify_aud": True, "verify_exp": True, "require": ["aud", "exp"]}
    try:
        claims = jwt.decode(token, options=wanted, audience=client_id, leeway=_LEEWAY)
    except Exception:  # PyJWT's errors quote the token
        raise NoIdentity("no_address") from None
    return _READERS[provider_id](claims)


def _google(claims: Mapping[str, Any]) -> Identity:
    address = _address(claims, "email")
    if not address:
        raise NoIdentity("no_address")
    if claims.get("email_verified") is not True and claims.get("email_verified") != "true":
        raise NoIdentity("not_verified")
    return Identity(address, address)


def _microsoft(claims: Mapping[str, Any]) -> Identity:
    """The user name's domain is one its organisation has proved to own; "email" may say anything.

    So "email" counts where it has the same domain, as an alias has, or nothing else is there. Whichever
    it is, the mail server takes the token only with the name of the mailbox it was given for.
    """
    username, address = _address(claims, "preferred_username"), _address(claims, "email")
    if not (username or address):
        raise NoIdentity("no_address")
    if not username:
        return Identity(address, address)
    is_alias = address.rpartition("@")[2] == username.rpartition("@")[2]
    return Identity(address if is_alias else username, username)


_READERS = {"google": _google, "microsoft": _microsoft}


def _address(claims: Mapping[str, Any], name: str) -> str:
    """The canonical address in a claim; "" where there is none."""
    try:
        return canonical(claims[name].strip())
    except (KeyError, AttributeError, BadAddress):
        return ""
