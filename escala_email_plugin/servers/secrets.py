"""Passwords at rest: Fernet tokens under the keys of ``ESCALA_EMAIL["SECRET_KEYS"]``."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.core.exceptions import ImproperlyConfigured
from django.views.decorators.debug import sensitive_variables

from .. import conf
from .sentences import SENTENCES


class SecretUnreadable(Exception):
    """No key of the settings opens this token."""

    code = "secret"

    def __str__(self) -> str:
        return str(SENTENCES[self.code])


@sensitive_variables()
def encrypt(text: str) -> str:
    """``text`` as a token made with the first key. Raises ImproperlyConfigured without a good key."""
    return _keys().encrypt(text.encode()).decode()


@sensitive_variables()
def decrypt(token: str) -> str:
    """The text of ``token``, made with any of the keys. Raises SecretUnreadable."""
    try:
        return _keys().decrypt(token.encode()).decode()
    except (InvalidToken, UnicodeError):
        raise SecretUnreadable from None


@sensitive_variables()
def renewed(token: str) -> str:
    """The same secret under the first key; ``token`` itself where it is that already. Raises
    SecretUnreadable.
    """
    keys = conf.secret_keys()
    try:
        Fernet(keys[0]).decrypt(token.encode())
    except (InvalidToken, ValueError, TypeError):  # a UnicodeError is a ValueError
        return encrypt(decrypt(token))
    return token


@sensitive_variables()
def _keys() -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in conf.secret_keys()])
    except (ValueError, TypeError):
        raise ImproperlyConfigured(
            'Each of ESCALA_EMAIL["SECRET_KEYS"] must be a Fernet key: 32 bytes in url-safe base64.'
        ) from None
