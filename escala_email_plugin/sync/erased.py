"""Who was erased: known by a keyed hash of the address alone, and asked before anything is stored.

HMAC-SHA256 (RFC 2104) under a random key, which is made with the first erasure and kept encrypted: without
the key nobody can try addresses against the hashes. A key that cannot be read never means that nobody was
erased: whoever asks hears ``KeyLost``, and no mail is brought in until it is back.
"""

import hmac
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.views.decorators.debug import sensitive_variables

from ..models import Erasure, Policy
from ..servers.secrets import SecretUnreadable, decrypt, encrypt
from .policy import policy
from .sentences import OURS

#: Bytes of the key: as many as the hash has.
KEY = 32


class KeyLost(Exception):
    """People were erased, and the key that tells who they are is missing or cannot be read."""

    code = "erasure_key"

    def __str__(self) -> str:
        return str(OURS[self.code])


class Erased(Collection[str]):
    """The addresses that were erased, as far as can be told: those that are asked about."""

    def __init__(self, key: bytes, digests: Collection[str]):
        self._key, self._digests = key, digests
        self._asked: dict[str, bool] = {}

    def __contains__(self, address: object) -> bool:
        if address not in self._asked:
            self._asked[address] = isinstance(address, str) and _digest(self._key, address) in self._digests
        return self._asked[address]

    def __iter__(self) -> Iterator[str]:
        return iter([address for address, found in self._asked.items() if found])

    def __len__(self) -> int:
        return len(self._digests)

    def among(self, addresses: Iterable[str]) -> set[str]:
        """Those of these canonical addresses that were erased."""
        return {one for one in addresses if one in self} if self._digests else set()

    def __repr__(self) -> str:
        return f"Erased({len(self)})"


class _Nobody(Erased):
    def __init__(self) -> None:
        super().__init__(b"", ())

    def __contains__(self, address: object) -> bool:
        return False


def standing() -> QuerySet[Erasure]:
    """The erasures that were not lifted."""
    return Erasure.objects.filter(lifted_at=None)


def now() -> Erased:
    """Who was erased, as of now. One query where nobody was. Raises KeyLost."""
    return _of(standing())


def finished() -> Erased:
    """Those of them of whom all is gone. Raises KeyLost."""
    return _of(standing().exclude(finished_at=None))


def _of(rows: QuerySet[Erasure]) -> Erased:
    digests = set(rows.values_list("digest", flat=True))
    return Erased(_key(), digests) if digests else _Nobody()


def among(addresses: Iterable[str]) -> set[str]:
    """Those of these canonical addresses that were erased. One query where nobody was. Raises KeyLost."""
    return now().among(addresses)


def when(addresses: Iterable[str]) -> datetime | None:
    """When the first of these canonical addresses was erased. Raises KeyLost."""
    digests = {_digest(_key(), one) for one in addresses}
    rows = standing().filter(digest__in=digests).order_by("erased_at")
    return rows.values_list("erased_at", flat=True).first()


def digest(address: str) -> str:
    """The keyed hash of a canonical address, in hex; the key is made where there is none yet.

    Raises KeyLost where there is one that cannot be read and somebody was erased under it.
    """
    return _digest(_key_for_more(), address)


def matcher(digest: str) -> Callable[[str], bool]:
    """Whether an address is the one with this digest. Raises KeyLost."""
    key = _key()
    return lambda address: hmac.compare_digest(_digest(key, address), digest)


def is_key_good() -> bool:
    """Whether it can be told who was erased."""
    try:
        now()
    except KeyLost:
        return False
    return True


@sensitive_variables()
def _digest(key: bytes, address: str) -> str:
    return hmac.digest(key, address.encode(), "sha256").hex()


@sensitive_variables()
def _key() -> bytes:
    """Raises KeyLost."""
    token = Policy.objects.values_list("erasure_key", flat=True).filter(pk=1).first()
    try:
        return bytes.fromhex(decrypt(token or ""))
    except (SecretUnreadable, ValueError):
        raise KeyLost from None


@sensitive_variables()
def _key_for_more() -> bytes:
    try:
        return _key()
    except KeyLost:
        policy()
        with transaction.atomic():
            # Of two who erase for the first time, the second finds the key of the first.
            row = Policy.objects.select_for_update().get(pk=1)
            if standing().exists():
                return _key()
            if not row.erasure_key or not _opens(row.erasure_key):
                row.erasure_key = encrypt(secrets.token_hex(KEY))
                row.save(update_fields=["erasure_key"])
            return _key()


@sensitive_variables()
def _opens(token: str) -> bool:
    try:
        decrypt(token)
    except SecretUnreadable:
        return False
    return True
