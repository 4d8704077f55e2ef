"""What was allowed, by whom: codes, refresh tokens and access tokens."""

import hashlib
import json
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class Grant:
    """A consent: whose account, to which client of which provider, for which scopes."""

    provider: str
    address: str
    scopes: list[str]
    refresh: list[str] = field(default_factory=list)
    is_withdrawn: bool = False


@dataclass
class _Code:
    grant: Grant
    challenge: str
    is_offline: bool
    callback: str


@dataclass
class _Access:
    grant: Grant
    scopes: list[str]
    ends: float


class Grants:
    """All consents; with ``file`` they outlive the process. Thread-safe."""

    def __init__(self, file: Path | None = None) -> None:
        #: Seconds an access token lives.
        self.lifetime = 3600
        self._file = file
        self._lock = threading.RLock()
        self._codes: dict[str, _Code] = {}
        self._access: dict[str, _Access] = {}
        self.all: list[Grant] = []
        if file and file.exists():
            self.all = [Grant(**one) for one in json.loads(file.read_text())]

    def allow(self, grant: Grant, challenge: str = "", offline: bool = True, callback: str = "") -> str:
        """Somebody allowed it: the code that the client redeems. ``offline``: with a refresh token;
        ``callback``: where the code is sent to, which the client must name again (RFC 6749 4.1.3).
        """
        with self._lock:
            code = f"code-{secrets.token_urlsafe(12)}"
            self._codes[code] = _Code(grant, challenge, offline, callback)
            self.all.append(grant)
            self._save()
            return code

    def redeem(self, code: str, verifier: str, callback: str = "") -> tuple[Grant, str] | None:
        """The grant and its refresh token ("" without one), once; None for a wrong code or PKCE verifier."""
        with self._lock:
            found = self._codes.pop(code, None)
            if found is None or (found.challenge and found.challenge != _challenge(verifier)):
                return None
            if found.callback and found.callback != callback:
                return None
            return found.grant, self.another(found.grant) if found.is_offline else ""

    def another(self, grant: Grant) -> str:
        """A further refresh token of the grant."""
        with self._lock:
            grant.refresh.append(f"refresh-{secrets.token_urlsafe(16)}")
            self._save()
            return grant.refresh[-1]

    def of(self, refresh: str) -> Grant | None:
        """Whose refresh token it is, unless the consent was withdrawn."""
        with self._lock:
            return next((one for one in self.all if refresh in one.refresh and not one.is_withdrawn), None)

    def forget(self, grant: Grant, refresh: str) -> None:
        """This refresh token does not work any more."""
        with self._lock:
            grant.refresh.remove(refresh)
            self._save()

    def issue(self, grant: Grant, scopes: list[str]) -> str:
        """A new access token."""
        with self._lock:
            access = f"access-{secrets.token_urlsafe(24)}"
            self._access[access] = _Access(grant, scopes, time.time() + self.lifetime)
            return access

    def opened(self, access: str) -> tuple[str, list[str]] | None:
        """The address and the scopes of an access token that still works."""
        with self._lock:
            found = self._access.get(access)
            if found is None or found.ends <= time.time() or found.grant.is_withdrawn:
                return None
            return found.grant.address, found.scopes

    def end_access(self) -> None:
        """No access token that was given works any more."""
        with self._lock:
            self._access.clear()

    def withdraw(self, address: str) -> None:
        """The owner withdraws every consent."""
        with self._lock:
            for grant in self.all:
                grant.is_withdrawn = grant.is_withdrawn or grant.address == address
            self._save()

    def _save(self) -> None:
        if self._file:
            self._file.write_text(json.dumps([asdict(one) for one in self.all]))


def _challenge(verifier: str) -> str:
    """PKCE's S256 (RFC 7636 4.2)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def identity(address: str) -> str:
    """The provider's own id of an account."""
    return hashlib.sha256(address.encode()).hexdigest()[:21]
