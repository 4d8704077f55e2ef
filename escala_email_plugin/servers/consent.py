"""A consent becomes tokens: the code that came back from a provider is redeemed (RFC 6749 4.1.3)."""

from dataclasses import dataclass

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from .errors import Refused
from .identity import Identity, NoIdentity, identity
from .oauth import Tokens, ask, tokens_of
from .oauth_request import post, secure_host
from .providers import client, provider, revocation_url

#: Somebody is waiting in front of the page meanwhile.
SECONDS = 10
SECONDS_TO_LEAVE = 5


class ConsentError(Exception):
    """A consent that opens no mailbox. ``code`` says why:

    "code_refused" (too old, or used before), "no_address" and "not_verified" (as ``NoIdentity``),
    "scope_missing" (what the mailbox needs was not allowed), "not_lasting" (no refresh token came).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Consent:
    """Somebody has allowed it: at which provider, whose mailbox, and the tokens that open it."""

    provider: str
    identity: Identity
    tokens: Tokens


@sensitive_variables()
def redeem(provider_id: str, code: str, verifier: str, callback: str) -> Consent:
    """The consent behind ``code``. ``verifier``: PKCE's; ``callback``: the address the code came back to.

    Raises ConsentError, and what ``oauth.refresh`` raises where the provider is not well.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": verifier,
        "redirect_uri": callback,
    }
    asked_at = timezone.now()
    try:
        answer = ask(provider_id, form, SECONDS)
    except Refused:
        raise ConsentError("code_refused") from None
    tokens = tokens_of(answer, "", asked_at)
    return Consent(provider_id, _opened(provider_id, tokens, answer.token("id_token")), tokens)


@sensitive_variables()
def withdraw(provider_id: str, refresh_token: str) -> bool:
    """Take a consent back at its provider (RFC 7009); whether it is gone. Never raises."""
    try:
        url = revocation_url(provider_id)
        if not url or not secure_host(url):
            return False
        return post(url, {"token": refresh_token}, SECONDS_TO_LEAVE).status == 200
    except Exception:  # not set up any more, no answer, nonsense: there is nobody to try it again
        return False


@sensitive_variables()
def _opened(provider_id: str, tokens: Tokens, id_token: str) -> Identity:
    """Whose mailbox the tokens open. Raises ConsentError where they do not, or not for long."""
    row = provider(provider_id)
    # Where the first token opens something else, its scopes say nothing of the mailbox.
    if row.first_access == "mailbox" and tokens.scopes is not None and set(row.scopes) - tokens.scopes:
        raise ConsentError("scope_missing")
    if not tokens.refresh:
        raise ConsentError("not_lasting")
    try:
        return identity(provider_id, id_token, client(provider_id).client_id)
    except NoIdentity as error:
        raise ConsentError(error.code) from None
