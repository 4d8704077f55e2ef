"""The providers whose consent opens a mailbox (OAuth 2, RFC 6749): one row each.

Their endpoints and our client ids are django-allauth's (``SOCIALACCOUNT_PROVIDERS``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.conf import settings

from .. import conf
from .server import Server

#: What django-allauth needs beside its providers' own apps (``allauth_app``).
MIDDLEWARE = "allauth.account.middleware.AccountMiddleware"
APPS = ("allauth", "allauth.account", "allauth.socialaccount")


@dataclass(frozen=True, slots=True)
class Provider:
    """``scopes``: what the mailbox needs beyond the login's. ``auth_params``: further parameters of the
    consent page. ``account_page``: where its owner withdraws the consent; ``console``: where an
    administrator makes a client id. ``first_access``: what the token opens that comes with the consent;
    "profile": it must be renewed once to open the mailbox. ``revocation``: where a program takes a consent
    back (RFC 7009), beside the token endpoint; "" where it cannot.
    """

    id: str
    name: str
    imap: Server
    smtp: Server
    scopes: tuple[str, ...]
    auth_params: Mapping[str, str]
    account_page: str
    console: str
    first_access: str = "mailbox"
    revocation: str = ""

    def asked(self, login_scopes: Iterable[str], address: str = "") -> dict[str, str]:
        """The consent page's parameters, for allauth's ``redirect(auth_params=…)``: "scope" is among them.

        allauth shuffles scopes, and Microsoft's first token is for the resource of the first one.
        """
        hint = {"login_hint": address} if address else {}
        return {**self.auth_params, **hint, "scope": " ".join([*login_scopes, *self.scopes])}


PROVIDERS: dict[str, Provider] = {
    one.id: one
    for one in (
        Provider(
            id="google",
            name="Google",
            imap=Server("imap.gmail.com", 993, "tls"),
            smtp=Server("smtp.gmail.com", 465, "tls"),
            scopes=("https://mail.google.com/",),
            # Only so, and only when asked anew, does Google give a refresh token.
            auth_params={"access_type": "offline", "prompt": "select_account consent"},
            account_page="https://myaccount.google.com/connections",
            console="https://console.cloud.google.com/apis/credentials",
            revocation="revoke",
        ),
        Provider(
            id="microsoft",
            name="Microsoft",
            imap=Server("outlook.office365.com", 993, "tls"),
            smtp=Server("smtp.office365.com", 587, "starttls"),
            scopes=(
                "offline_access",
                "https://outlook.office.com/IMAP.AccessAsUser.All",
                "https://outlook.office.com/SMTP.Send",
            ),
            auth_params={"prompt": "select_account"},
            account_page="https://myapps.microsoft.com/",
            console="https://entra.microsoft.com/",
            # Its tokens are for one resource at a time, and the login's comes first.
            first_access="profile",
        ),
    )
}


def provider(id: str) -> Provider:
    """The row ``id``, with the mail servers that the setting PROVIDERS names. Raises KeyError."""
    own = conf.get("PROVIDERS").get(id, {})
    return replace(PROVIDERS[id], **{kind: Server(*place) for kind, place in own.items()})


def misfits(declared: Any) -> list[str]:
    """What is wrong with ``declared`` as the setting PROVIDERS: a sentence each, without a full stop."""
    if not isinstance(declared, dict):
        return ["it must be a dictionary"]
    found = [f"“{id}” is no provider" for id in declared if id not in PROVIDERS]
    for id, places in declared.items():
        if not isinstance(places, dict) or set(places) - {"imap", "smtp"}:
            found.append(f"“{id}” may have “imap” and “smtp”, and nothing else")
        else:
            found += [
                f"“{id}”: “{kind}” is no place" for kind, place in places.items() if not _is_place(place)
            ]
    return found


def _is_place(place: Any) -> bool:
    """Whether it is ``(host, port, "tls" or "starttls")``."""
    if not isinstance(place, list | tuple) or [type(one) for one in place] != [str, int, str]:
        return False
    host, port, tls = place
    return bool(host) and 0 < port < 2**16 and tls in ("tls", "starttls")


def is_ready(id: str) -> bool:
    """Whether people can be sent to the provider: allauth is set up, with one client id. Never raises."""
    try:
        return id in PROVIDERS and _is_installed(id) and bool(client(id).client_id)
    except Exception:  # no client, two, or nonsense in the settings: allauth raises what it likes
        return False


def client(id: str) -> Any:
    """allauth's app for the provider: ``client_id`` and ``secret``. Raises where there is not exactly one."""
    from allauth.socialaccount.adapter import get_adapter

    return get_adapter().get_app(None, provider=id)


def token_url(id: str) -> str:
    """Where tokens are renewed."""
    from allauth.socialaccount.providers import registry

    return registry.get_class(id).oauth2_adapter_class(None).access_token_url


def revocation_url(id: str) -> str:
    """Where a consent is taken back; "" where the provider has no such place."""
    beside = PROVIDERS[id].revocation
    return f"{token_url(id).rpartition('/')[0]}/{beside}" if beside else ""


def allauth_app(id: str) -> str:
    """allauth's own app for the provider."""
    return f"allauth.socialaccount.providers.{id}"


def _is_installed(id: str) -> bool:
    wanted = (*APPS, allauth_app(id))
    return MIDDLEWARE in settings.MIDDLEWARE and all(apps.is_installed(name) for name in wanted)
