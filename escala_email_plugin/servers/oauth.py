"""Renewing access: a refresh token becomes an access token (RFC 6749 6), at django-allauth's endpoints.

Nothing the provider answers is believed further than it is checked, and none of its words go any further.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from .. import conf
from .errors import ImapError, ProtocolTrouble, Refused, Throttled
from .oauth_answer import Answer
from .oauth_request import post, secure_host
from .providers import client, provider, token_url

#: Where the provider does not say how long a token lives, and the longest that is believed.
USUAL, LONGEST = timedelta(hours=1), timedelta(days=1)
#: A consent may last for years; what is told beyond that is nonsense.
LONGEST_GRANT = timedelta(days=3650)

#: The person is needed again (RFC 6749 5.2; OpenID Connect Core 1.0, 3.1.2.6, as Microsoft says here).
_OVER = {"invalid_grant", "interaction_required", "consent_required", "login_required"}
#: The site's fault: the client id, its secret, or what it may ask for (RFC 6749 5.2).
_OURS = {"invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"}
_LATER = {"temporarily_unavailable", "slow_down"}


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a provider gave: an access token and until when it works, and a refresh token.

    ``grant_ends``: when the consent ends by itself, None where the provider does not say. ``scopes``: what
    was allowed, None where it does not say.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    ends: datetime
    grant_ends: datetime | None = None
    scopes: frozenset[str] | None = None


@sensitive_variables()
def refresh(provider_id: str, refresh_token: str) -> Tokens:
    """Ask for a new access token, once, within OPERATION_DEADLINE. ``Tokens.refresh`` is another one where
    the provider rotates them, else the old one. Raises what ``ask`` raises.
    """
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    if provider_id == "microsoft":
        # Its tokens are for one resource at a time.
        form["scope"] = " ".join(provider(provider_id).scopes)
    asked_at = timezone.now()
    answer = ask(provider_id, form, conf.get("OPERATION_DEADLINE"))
    return tokens_of(answer, refresh_token, asked_at)


@sensitive_variables()
def ask(provider_id: str, form: dict[str, str], seconds: float) -> Answer:
    """Send a grant to the token endpoint, as this site's client: an answer that holds an access token.

    Raises Refused("grant_refused") where the grant is over, and nothing else does: Throttled
    ("provider_busy"), Unreachable, ProtocolTrouble("provider_bad_answer"), ImapError("client_refused") and
    ("client_missing") are tried again.
    """
    try:
        url, app = token_url(provider_id), client(provider_id)
        ours = {"client_id": app.client_id, "client_secret": app.secret}
    except Exception:  # allauth is not set up for it any more, and raises what it likes
        raise ImapError("client_missing", host=provider(provider_id).name) from None
    host = secure_host(url)
    answer = post(url, {**form, **ours}, seconds)
    if trouble := _trouble(answer):
        trouble.values = {"host": host}
        raise trouble
    return answer


def _trouble(answer: Answer) -> ImapError | None:
    """What the answer means, where it holds no token."""
    if answer.status == 429 or answer.status >= 500 or answer.error in _LATER:
        return Throttled("provider_busy", retry_after=answer.retry_after)
    if answer.status in (400, 401, 403):
        if answer.error in _OVER:
            return Refused("grant_refused")
        if answer.error in _OURS or answer.status == 401:
            return ImapError("client_refused")
    if answer.status == 200 and answer.token("access_token"):
        return None
    return ProtocolTrouble("provider_bad_answer")


@sensitive_variables()
def tokens_of(answer: Answer, old: str, asked_at: datetime) -> Tokens:
    """The tokens in an answer to what was asked at ``asked_at``; ``old``: the refresh token until now."""
    lives = answer.seconds("expires_in", LONGEST)
    grant_lives = answer.seconds("refresh_token_expires_in", LONGEST_GRANT)
    return Tokens(
        access=answer.token("access_token"),
        refresh=answer.token("refresh_token") or old,
        ends=asked_at + (USUAL if lives is None else lives),
        grant_ends=None if grant_lives is None else asked_at + grant_lives,
        scopes=answer.scopes,
    )
