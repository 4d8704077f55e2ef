"""The token endpoint (RFC 6749 3.2): codes and refresh tokens into access tokens."""

import secrets
from typing import TYPE_CHECKING, Any

from . import scopes
from .id_token import id_token

if TYPE_CHECKING:
    from .server import Provider

#: An answer: status and JSON.
Answer = tuple[int, dict[str, Any]]


def answer(provider: "Provider", kind: str, form: dict[str, str]) -> Answer:
    """What the endpoint of ``kind`` ("google", "microsoft") says to ``form``."""
    known = form.get("client_id") == provider.client_id
    if not known or not secrets.compare_digest(form.get("client_secret", ""), provider.client_secret):
        return 401, {"error": "invalid_client", "error_description": "Unknown client or secret."}
    if form.get("grant_type") == "authorization_code":
        return _redeemed(provider, kind, form)
    if form.get("grant_type") == "refresh_token":
        return _refreshed(provider, kind, form)
    return 400, {"error": "unsupported_grant_type"}


def _redeemed(provider: "Provider", kind: str, form: dict[str, str]) -> Answer:
    found = provider.grants.redeem(
        form.get("code", ""), form.get("code_verifier", ""), form.get("redirect_uri", "")
    )
    if found is None:
        return _bad_grant()
    grant, refresh = found
    allowed = scopes.of_one_resource(grant.scopes) if kind == "microsoft" else grant.scopes
    status, told = _given(provider, grant, allowed, refresh)
    if "openid" in grant.scopes:
        told["id_token"] = id_token(provider, grant)
    return status, told


def _refreshed(provider: "Provider", kind: str, form: dict[str, str]) -> Answer:
    old = form.get("refresh_token", "")
    grant = provider.grants.of(old)
    if grant is None:
        return _bad_grant()
    asked = form.get("scope", "").split() or grant.scopes
    allowed = [one for one in asked if one in grant.scopes]
    if kind == "microsoft":
        allowed = scopes.of_one_resource(allowed)
    return _given(provider, grant, allowed, _rotated(provider, grant, old))


def _rotated(provider: "Provider", grant: Any, old: str) -> str:
    """A new refresh token where the provider rotates them: "kind" leaves the old one, "strict" does not."""
    if not provider.rotates:
        return ""
    new = provider.grants.another(grant)
    if provider.rotates == "strict":
        provider.grants.forget(grant, old)
    return new


def _given(provider: "Provider", grant: Any, allowed: list[str], refresh: str) -> Answer:
    told: dict[str, Any] = {
        "access_token": provider.grants.issue(grant, allowed),
        "expires_in": provider.grants.lifetime,
        "scope": " ".join(allowed),
        "token_type": "Bearer",
    }
    if refresh:
        told["refresh_token"] = refresh
    if provider.grant_seconds is not None:
        told["refresh_token_expires_in"] = provider.grant_seconds
    return 200, told


def _bad_grant() -> Answer:
    return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked: canary."}
