"""Send somebody to a provider to allow access to a mailbox, and know them again when they come back.

django-allauth builds the address, makes the proof of possession (PKCE, RFC 7636) and keeps it with the state
(RFC 6749 10.12) in the session. This differs from its login in three things: people come back to an address
of our own, where allauth's pages and the host's own sign-in have no part; its states are not those of a
login; and the proof is made whatever the host's settings say.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from ..servers.providers import provider

#: Who it is, and nothing more of the person than the address.
IDENTITY_SCOPES = {"google": ("openid", "email"), "microsoft": ("openid", "email", "profile")}


def callback_url(request: HttpRequest, provider_id: str) -> str:
    """Where the provider sends people back to: to be registered there."""
    from allauth.utils import build_absolute_uri

    return build_absolute_uri(request, reverse("escala_email:consent_callback", args=[provider_id]))


def ask(request: HttpRequest, provider_id: str, begun: dict[str, Any], address: str = "") -> HttpResponse:
    """To the provider's page of consent. ``begun`` comes back with ``came_back``; ``address``: which account.

    The provider must be ready (``providers.is_ready``).
    """
    from allauth.socialaccount.providers.base.constants import AuthProcess

    wanted = provider(provider_id).asked(IDENTITY_SCOPES[provider_id], address)
    # "redirect": whoever finds this state, allauth logs nobody in by it.
    process = AuthProcess.REDIRECT
    return _asker(request, provider_id).redirect(request, process=process, data=begun, auth_params=wanted)


def came_back(request: HttpRequest, provider_id: str) -> tuple[dict[str, Any], str] | None:
    """What ``ask`` was told, and the PKCE verifier, by the state in the request: once, in this session alone.

    None where nothing is known of the state: made up, used, more than ten minutes old, another browser's.
    """
    try:
        state = _asker(request, provider_id).unstash_redirect_state(request, request.GET.get("state", ""))
    except PermissionDenied:
        return None
    return state["data"], state["pkce_code_verifier"]


class _Asker:
    """In front of allauth's class of a provider."""

    @property
    def sub_id(self) -> str:
        """Whose states these are: a login's is none of ours, and ours is none of its."""
        return f"escala_email.{super().sub_id}"

    def get_pkce_params(self) -> dict[str, str]:
        from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge

        return generate_code_challenge()

    def get_oauth2_adapter(self, request: HttpRequest) -> Any:
        adapter = super().get_oauth2_adapter(request)
        adapter.get_callback_url = lambda request, app: callback_url(request, self.id)
        return adapter


def _asker(request: HttpRequest, provider_id: str) -> Any:
    """allauth's provider, the host's own class of it included, as ``_Asker`` changes it."""
    from allauth.socialaccount.adapter import get_adapter

    usual = get_adapter(request).get_provider(request, provider_id)
    kind = type("MailboxProvider", (_Asker, type(usual)), {})
    return kind(request, app=usual.app)
