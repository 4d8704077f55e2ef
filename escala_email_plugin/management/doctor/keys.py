"""The keys of the settings, and whether they open what is stored."""

from collections.abc import Iterator

from django.core.exceptions import ImproperlyConfigured
from django.views.decorators.debug import sensitive_variables

from ... import conf
from ...models import EmailAccount, Policy
from ...servers.secrets import SecretUnreadable, encrypt, renewed
from ...sync import erased
from .finding import Finding, Level

ROTATE = "Run “manage.py escala_email rotate_keys” before an older key is removed."


def keys() -> Iterator[Finding]:
    """Whether every connected account's secret can be read, and by which key."""
    accounts = EmailAccount.objects.exclude(state=EmailAccount.State.DISCONNECTED).order_by("pk")
    unreadable, older, good = [], 0, 0
    try:
        count = len(conf.secret_keys())
        encrypt("")  # which no wrong key does
        for account_id, secret in accounts.values_list("pk", "secret").iterator(chunk_size=500):
            kind = _read(secret)
            unreadable += [account_id] if kind is None else []
            older += kind is False
            good += kind is not None
    except ImproperlyConfigured as error:
        yield Finding("keys", Level.WRONG, str(error), "Put the keys back into the settings.")
        return
    yield Finding("keys", Level.OK, f"{count} in the settings; {good} secrets can be read.")
    yield from _erasures()
    if older:
        yield Finding("keys", Level.ADVICE, f"{older} secrets are under an older key.", ROTATE)
    if unreadable:
        names = ", ".join(map(str, unreadable))
        yield Finding(
            "keys",
            Level.WRONG,
            f"No key reads the secret of account {names}.",
            "Put the lost key back and run “manage.py escala_email rotate_keys”; else their owners must "
            "connect again.",
        )


def _erasures() -> Iterator[Finding]:
    """Whether it can be told who was erased; without that no mail is brought in."""
    if not erased.is_key_good():
        yield Finding(
            "keys",
            Level.WRONG,
            "People were erased, and no key reads the one that tells who: no mail is brought in.",
            "Put the lost key back into SECRET_KEYS and run “manage.py escala_email rotate_keys”.",
        )
    elif _read(Policy.objects.values_list("erasure_key", flat=True).first() or "") is False:
        says = "The key that tells who was erased is under an older one."
        yield Finding("keys", Level.ADVICE, says, ROTATE)


@sensitive_variables()
def _read(secret: str) -> bool | None:
    """Whether the secret is under the first key; None where no key reads it."""
    try:
        return renewed(secret) == secret
    except SecretUnreadable:
        return None
