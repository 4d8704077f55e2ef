"""Passwords at rest."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from escala_email_plugin.servers.secrets import SecretUnreadable, decrypt, encrypt

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def keys(settings):
    def use(*keys):
        settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "SECRET_KEYS": list(keys)}

    return use


@pytest.mark.parametrize("text", ["", "pw of eighteen chars", "pass wörd ñ€漢🎉", "x" * 10_000])
def test_a_secret_comes_back_and_cannot_be_read_before(keys, text):
    keys(NEW)
    token = encrypt(text)
    assert not text or text not in token
    assert decrypt(token) == text


def test_the_first_key_encrypts_and_all_decrypt(keys):
    keys(OLD)
    old = encrypt("pw")
    keys(NEW, OLD)
    assert decrypt(old) == "pw"
    assert Fernet(NEW).decrypt(encrypt("pw").encode()) == b"pw"


@pytest.mark.parametrize("token", ["", "nonsense", "gAAAAA==", "ñ", "\ud800"])
def test_what_is_no_token_is_unreadable(keys, token):
    keys(NEW)
    with pytest.raises(SecretUnreadable) as caught:
        decrypt(token)
    assert "Enter it again" in str(caught.value)


def test_a_lost_key_makes_its_secrets_unreadable(keys):
    keys(OLD)
    token = encrypt("pw")
    keys(NEW)
    with pytest.raises(SecretUnreadable):
        decrypt(token)


def test_a_key_that_is_none_is_the_sites_trouble(keys):
    keys("not a key")
    with pytest.raises(ImproperlyConfigured, match="Fernet key"):
        encrypt("pw")
