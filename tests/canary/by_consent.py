"""A mailbox that a provider's tokens open."""

import itertools
from datetime import timedelta
from types import SimpleNamespace

from django.core.cache import cache
from django.utils import timezone
from huey.contrib.djhuey import HUEY

from escala_email_plugin import tasks
from escala_email_plugin.models import EmailAccount
from escala_email_plugin.servers.secrets import decrypt, encrypt
from escala_email_plugin.sync import token
from sandbox.provider import grants
from tests.servers.oauth_provider import consented

from .ways import fail

#: Part of every code, refresh token and access token that the stand-in gives.
CANARY = "Kanarienvogel7f3a9c1e"

_numbers = itertools.count(1)


class ByConsent:
    """Tokens, of which the worker gets new ones all the time."""

    def __init__(self, request) -> None:
        self.mailbox = request.getfixturevalue("token_mailbox")
        self.secrets = {"token": CANARY, "secret of the client": "crm-client-secret"}
        self._provider = request.getfixturevalue("provider")
        self._owner = request.getfixturevalue("seller")
        given = SimpleNamespace(token_urlsafe=lambda size: f"{next(_numbers):04}{CANARY}x")
        request.getfixturevalue("monkeypatch").setattr(grants, "secrets", given)
        self._provider.rotates = True

    def fail_to_connect(self, client, monkeypatch) -> None:
        """No form holds its tokens; the consent's own pages are tested with them."""

    def connect(self, client) -> EmailAccount:
        """An account as a consent leaves it, whose access has ended; the renewal falls over three times, with
        the tokens in hand.
        """
        over = -timedelta(minutes=1)
        mine = consented(self.mailbox, self._owner, self._provider, left=over, mode="preview")
        for name in ("keep", "_write", "_has"):
            original = getattr(token, name)
            setattr(token, name, fail)
            tasks.renew_access(mine.pk)
            HUEY.execute(HUEY.dequeue())
            setattr(token, name, original)
        tasks.preview(mine.pk)
        return mine

    def configure(self, client) -> None:
        """The access ends, and is renewed where the refresh token can be read."""
        cache.clear()
        EmailAccount.objects.update(access_ends=timezone.now() - timedelta(minutes=1))
        for account in EmailAccount.objects.all():
            tasks.renew_access(account.pk)

    def connect_again(self, client) -> None:
        """Another consent, as it is kept."""
        scopes = list(self._provider.grants.all[-1].scopes)
        refresh = self._provider.refresh_token("google", self.mailbox.user, scopes)
        EmailAccount.objects.update(
            secret=encrypt(refresh), access="", access_ends=None, state="connected", trouble="", next_try=None
        )

    def spoil(self, account: EmailAccount) -> None:
        """The consent is withdrawn at the provider."""
        cache.clear()
        EmailAccount.objects.update(access_ends=timezone.now() - timedelta(minutes=1))
        self._provider.grants.withdraw(self.mailbox.user)

    def is_kept(self, account: EmailAccount) -> bool:
        """Whether a refresh token is really there, encrypted."""
        account.refresh_from_db()
        return CANARY in decrypt(account.secret)
