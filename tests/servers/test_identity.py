"""Whose mailbox an id_token says it is."""

import time

import jwt
import pytest

from escala_email_plugin.servers.identity import Identity, NoIdentity, identity

KEY = "a key that nobody checks, for it came straight from the provider"


def made(**claims) -> str:
    now = int(time.time())
    return jwt.encode({"aud": "crm", "iat": now, "exp": now + 60, **claims}, KEY, "HS256")


def google(**claims) -> Identity:
    return identity("google", made(**claims), "crm")


def microsoft(**claims) -> Identity:
    return identity("microsoft", made(**claims), "crm")


def test_google_names_a_verified_address():
    lucia = Identity("lucia@gmail.test", "lucia@gmail.test")
    assert google(email="Lucia@Gmail.test", email_verified=True) == lucia
    assert google(email="lucia@gmail.test", email_verified="true") == lucia


@pytest.mark.parametrize("verified", [False, "false", None, 1, [], "yes"])
def test_an_address_google_has_not_verified_is_refused(verified):
    with pytest.raises(NoIdentity, match="not_verified"):
        google(email="lucia@gmail.test", email_verified=verified)


@pytest.mark.parametrize(
    ("claims", "address", "username"),
    [
        ({"preferred_username": "lf@andina.test"}, "lf@andina.test", "lf@andina.test"),
        (
            {"preferred_username": "lf@andina.test", "email": "lucia@ANDINA.test"},
            "lucia@andina.test",
            "lf@andina.test",
        ),
        (
            {"preferred_username": "lf@andina.test", "email": "a@victim.test"},
            "lf@andina.test",
            "lf@andina.test",
        ),
        (
            {"preferred_username": "+57 300 000", "email": "l@outlook.test"},
            "l@outlook.test",
            "l@outlook.test",
        ),
        ({"email": "l@outlook.test"}, "l@outlook.test", "l@outlook.test"),
    ],
)
def test_microsoft_names_a_user_and_perhaps_an_alias_in_the_same_domain(claims, address, username):
    assert microsoft(**claims) == Identity(address, username)


@pytest.mark.parametrize("name", ["google", "microsoft"])
@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"email": None},
        {"email": "nobody"},
        {"email": "a@b.test, c@d.test"},
        {"email": "a@b.test\r\nX: y"},
        {"email": {"a": 1}},
        {"email": "x" * 300 + "@b.test"},
        {"email": "lucia@b.test", "aud": "another"},
        {"email": "lucia@b.test", "aud": ["another", "third"]},
        {"email": "lucia@b.test", "exp": int(time.time()) - 3600},
    ],
)
def test_who_is_not_named_or_not_for_us_is_nobody(name, claims):
    with pytest.raises(NoIdentity, match="no_address"):
        identity(name, made(**{"email_verified": True, **claims}), "crm")


@pytest.mark.parametrize(
    "token", ["", "canary", "a.b.c", "…", "e30.e30.", "bnVsbA.bnVsbA.bnVsbA", "W10.W10.W10"]
)
def test_what_is_no_token_names_nobody_and_is_not_repeated(token):
    with pytest.raises(NoIdentity) as caught:
        identity("google", token, "crm")
    assert str(caught.value) == "no_address"
    assert caught.value.__suppress_context__


def test_a_token_without_an_end_is_not_taken():
    with pytest.raises(NoIdentity):
        identity(
            "google",
            jwt.encode({"aud": "crm", "email": "a@b.test", "email_verified": True}, KEY, "HS256"),
            "crm",
        )
