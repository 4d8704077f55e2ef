"""pytest fixtures: the sandbox's stand-in for Google and Microsoft, and a Dovecot that takes its tokens.

def test_something(provider, token_mailbox, seller):
    mine = consented(token_mailbox, seller, provider)      # an account as a consent leaves it
    provider.mood, provider.rotates, provider.chosen, …    # see ``sandbox.provider.server``
"""

import itertools
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.utils import timezone

from escala_email_plugin.models import EmailAccount
from escala_email_plugin.servers.providers import PROVIDERS
from escala_email_plugin.servers.secrets import encrypt
from sandbox.provider.server import Provider
from tests.making import account_at

from .dovecot import Dovecot
from .fixtures import Mailbox

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def _provider_server():
    with Provider([], configured.PROVIDER_PORT) as server:
        yield server


@pytest.fixture
def provider(_provider_server):
    """The stand-in, well and as if nobody had asked it anything yet."""
    _provider_server.reset()
    yield _provider_server
    _provider_server.reset()


@pytest.fixture(scope="session")
def token_dovecot(_provider_server):
    """A Dovecot that asks the stand-in about access tokens."""
    with Dovecot(users={}, introspection=_provider_server.url + "/introspect") as server:
        yield server


@pytest.fixture
def token_mailbox(token_dovecot, provider, trusting, settings):
    """A fresh, empty mailbox that the stand-in's tokens open, at the hosts of both providers."""
    trusting(token_dovecot.ca)
    user = f"token{next(_numbers)}@example.test"
    token_dovecot.add_user(user, "only for putting mail in")
    provider.accounts.append(user)
    mailbox = Mailbox(token_dovecot, user, token_dovecot.users[user])
    places = {
        "imap": ("localhost", token_dovecot.imaps, "tls"),
        "smtp": ("localhost", token_dovecot.submissions, "tls"),
    }
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "PROVIDERS": dict.fromkeys(PROVIDERS, places)}
    yield mailbox
    token_dovecot.hang_up(user)


def consented(mailbox, owner, provider, kind="google", *, left=timedelta(hours=1), **values) -> EmailAccount:
    """An account whose owner has allowed it; its access token is good for ``left``."""
    scopes = list(PROVIDERS[kind].scopes)
    refresh = provider.refresh_token(kind, mailbox.user, scopes)
    grant = provider.grants.of(refresh)
    return account_at(
        mailbox,
        owner,
        **{
            "provider": kind,
            "secret": encrypt(refresh),
            "access": encrypt(provider.grants.issue(grant, grant.scopes)),
            "access_ends": timezone.now() + left,
            "granted_at": timezone.now(),
            **values,
        },
    )
