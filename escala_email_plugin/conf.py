"""Every setting of ``settings.ESCALA_EMAIL``, its default and what it means.

Settings are read when they are used, so that tests and hosts can change them.
Wrong ones are named by ``checks``.
"""

import os
import ssl
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

DEFAULTS: dict[str, Any] = {
    # {"crm.Person": {"addresses": ["email", "other_emails__address"]}}: the host's records
    # and the paths, through relations, to their addresses. With "may_see", a function (user, record) -> bool
    # or the dotted path to one, that says who sees a record; without, Wagtail's policy does.
    "MODULES": {},
    # Fernet keys that protect stored passwords. The first encrypts, all decrypt.
    "SECRET_KEYS": [],
    # A PEM file with further certificate authorities to trust (a private mail server's).
    "CA_FILE": None,
    # {"google": {"imap": (host, port, "tls" or "starttls"), "smtp": (…)}}: other mail servers of a provider.
    "PROVIDERS": {},
    # Mail servers inside the company's own network: networks ("10.0.0.0/8") and names ("mail.empresa.lan",
    # "*.lan"). All else that is not on the public internet is refused.
    "PRIVATE_SERVERS": [],
    # Ports of mail servers beyond the usual ones: numbers, or ranges such as "1024-65535".
    "MAIL_PORTS": [],
    # How the servers of an address are found: "table", "mx", "srv", "autoconfig", and "ispdb", which tells
    # Thunderbird's database the domain.
    "DISCOVERY": ["table", "mx", "srv", "autoconfig"],
    # The servers of the company's own domains, proposed as they stand here:
    # {"empresa.com": {"imap": ("mail.empresa.lan", 993, "tls"), "smtp": ("mail.empresa.lan", 465, "tls")}}.
    "MAIL_SERVERS": {},
    # What the servers that take the capture mailbox' mail call themselves in Authentication-Results
    # (RFC 8601): ["mail.empresa.com"]. Empty: the host that took the mail last.
    "AUTHSERV_IDS": [],
    # The alias in settings.STORAGES that keeps attachments; "default" where it is not defined.
    "STORAGE": "escala_email",
    # Messages larger than this many bytes are set aside instead of downloaded.
    "MAX_MESSAGE_BYTES": 50 * 2**20,
    # Seconds one operation at a mail server may take altogether.
    "OPERATION_DEADLINE": 30,
    # Seconds after which a worker that died loses its hold on an account.
    "LEASE_SECONDS": 60,
    # What an account may ask of its provider in an hour; 0 for no limit.
    "COMMANDS_PER_HOUR": 20_000,
    "BYTES_PER_HOUR": 2**30,
    # Days after which mail goes that concerns no record any more.
    "GRACE_DAYS": 30,
    # Where the CRM's own tracking pixels and tracked links live ("https://crm.empresa.com/t/"): what a mail
    # has from there never fires when it is read in the admin.
    "TRACKING_URLS": [],
    # Conversations on one page of a timeline.
    "TIMELINE_PAGE": 15,
}


def get(name: str) -> Any:
    """The setting called ``name``, or its default. Raises KeyError for a name that is none."""
    return getattr(settings, "ESCALA_EMAIL", {}).get(name, DEFAULTS[name])


def modules() -> Mapping[str, Mapping[str, Any]]:
    """The declared modules: ``{"app_label.Model": {"addresses": [path, …]}}``."""
    return get("MODULES")


def secret_keys() -> list[str]:
    """The Fernet keys, newest first. Raises ImproperlyConfigured where there is none."""
    keys = get("SECRET_KEYS")
    if not keys:
        raise ImproperlyConfigured('ESCALA_EMAIL["SECRET_KEYS"] must hold at least one Fernet key.')
    return list(keys)


def is_grace(days: Any) -> bool:
    """Whether ``days`` can be GRACE_DAYS: a positive number, of a century at most."""
    return isinstance(days, int | float) and not isinstance(days, bool) and 0 < days <= 36_500


def grace() -> timedelta:
    """How long mail stays that concerns no record any more. Raises ImproperlyConfigured for nonsense."""
    days = get("GRACE_DAYS")
    if not is_grace(days):
        raise ImproperlyConfigured('ESCALA_EMAIL["GRACE_DAYS"] must be a positive number of days.')
    return timedelta(days=days)


def ssl_context() -> ssl.SSLContext:
    """A context that verifies certificate and host name, always. All connections share it: do not change it.

    Raises OSError where CA_FILE cannot be read.
    """
    file = get("CA_FILE")
    return _ssl_context(file, os.stat(file).st_mtime_ns if file else 0)


@lru_cache(maxsize=4)
def _ssl_context(file: Any, changed: int) -> ssl.SSLContext:
    # To read all the authorities a system trusts takes longer than a poll of a mailbox.
    context = ssl.create_default_context()
    if file:
        context.load_verify_locations(cafile=file)
    return context
