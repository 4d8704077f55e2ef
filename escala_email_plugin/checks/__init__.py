"""System checks: wrong settings are named before anything runs."""

from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import Error, Info, Warning, register

from .. import conf
from ..modules import BadModule, misfit, module
from ..servers.providers import misfits
from .allauth import check_allauth
from .mail_servers import (
    check_authserv_ids,
    check_discovery,
    check_mail_ports,
    check_mail_servers,
    check_private_servers,
)
from .search import check_full_text
from .search_fields import check_search_fields
from .times import check_time_zones

__all__ = [
    "check_allauth",
    "check_authserv_ids",
    "check_discovery",
    "check_full_text",
    "check_mail_ports",
    "check_mail_servers",
    "check_private_servers",
    "check_search_fields",
    "check_time_zones",
]


@register("escala_email")
def check_modules(**kwargs: Any) -> list:
    """E001: a module that cannot be followed (unknown model, bad path)."""
    found = []
    declared = conf.modules()
    if not isinstance(declared, dict):
        return [Error('ESCALA_EMAIL["MODULES"] must be a dictionary.', id="escala_email.E001")]
    seen: set[Any] = set()
    for label, options in declared.items():
        try:
            concrete = module(label, options).model._meta.concrete_model
            if concrete in seen:
                raise BadModule(f"“{label}” is declared twice")
            seen.add(concrete)
        except BadModule as error:
            found.append(
                Error(
                    f'ESCALA_EMAIL["MODULES"]: {error}.',
                    hint='A module is written {"app.Model": {"addresses": ["field", "relation__field"]}}.',
                    id="escala_email.E001",
                )
            )
    if not declared:
        found.append(
            Warning(
                'ESCALA_EMAIL["MODULES"] is empty: no conversation will ever match.',
                hint="Declare the models whose people you write with.",
                id="escala_email.W001",
            )
        )
    return found


@register("escala_email")
def check_module_options(**kwargs: Any) -> list:
    """E010: what a module names as "may_see" cannot be asked, or it has an option that is none."""
    declared = conf.modules()
    options = declared if isinstance(declared, dict) else {}
    return [
        Error(
            f'ESCALA_EMAIL["MODULES"]: of “{label}”, {wrong}.',
            hint='"may_see" is a function of a user and a record that returns True or False, or the dotted '
            "path to one. Until it is one, nobody sees the records' conversations.",
            id="escala_email.E010",
        )
        for label, one in options.items()
        if isinstance(one, dict) and (wrong := misfit(one))
    ]


@register("escala_email")
def check_secret_keys(**kwargs: Any) -> list:
    """E002: no key, or one that is no Fernet key. The key itself is never printed."""
    hint = (
        "Make one with: python -c 'from cryptography.fernet import Fernet; "
        "print(Fernet.generate_key().decode())' and keep it outside the code."
    )
    keys = conf.get("SECRET_KEYS")
    if not isinstance(keys, list | tuple) or not keys:
        return [
            Error(
                'ESCALA_EMAIL["SECRET_KEYS"] must hold at least one Fernet key.',
                hint=hint,
                id="escala_email.E002",
            )
        ]
    bad = [str(position) for position, key in enumerate(keys, 1) if not _is_key(key)]
    if not bad:
        return []
    message = f'ESCALA_EMAIL["SECRET_KEYS"]: not a Fernet key: number {", ".join(bad)}.'
    return [Error(message, hint=hint, id="escala_email.E002")]


def _is_key(key: Any) -> bool:
    try:
        Fernet(key)
    except (ValueError, TypeError):
        return False
    return True


@register("escala_email")
def check_huey(**kwargs: Any) -> list:
    """E003: without HUEY nothing is ever synchronised."""
    if getattr(settings, "HUEY", None) and "huey.contrib.djhuey" in settings.INSTALLED_APPS:
        return []
    return [
        Error(
            "HUEY is not set up: mailboxes would never be synchronised.",
            hint='Add "huey.contrib.djhuey" to INSTALLED_APPS and set HUEY, for example to '
            '{"huey_class": "huey.SqliteHuey", "filename": "…", "immediate": False}.',
            id="escala_email.E003",
        )
    ]


@register("escala_email")
def check_settings_names(**kwargs: Any) -> list:
    """W002: a name in ESCALA_EMAIL that is no setting (a slip of the pen changes nothing, silently)."""
    unknown = sorted(set(getattr(settings, "ESCALA_EMAIL", {})) - set(conf.DEFAULTS))
    return [
        Warning(
            f'ESCALA_EMAIL["{name}"] is not a setting of escala_email_plugin.',
            hint=f"The settings are: {', '.join(sorted(conf.DEFAULTS))}.",
            id="escala_email.W002",
        )
        for name in unknown
    ]


@register("escala_email")
def check_lease(**kwargs: Any) -> list:
    """W004: a lease that one slow operation could outlast; then two workers would fight for a mailbox."""
    if conf.get("LEASE_SECONDS") >= 2 * conf.get("OPERATION_DEADLINE"):
        return []
    return [
        Warning(
            'ESCALA_EMAIL["LEASE_SECONDS"] is less than twice OPERATION_DEADLINE.',
            hint="A worker that waits for a slow server could lose its hold on the account.",
            id="escala_email.W004",
        )
    ]


@register("escala_email")
def check_grace(**kwargs: Any) -> list:
    """E004: a period of grace that is none; then nothing is ever removed."""
    if conf.is_grace(conf.get("GRACE_DAYS")):
        return []
    return [
        Error(
            'ESCALA_EMAIL["GRACE_DAYS"] must be a positive number of days, 36500 at most.',
            hint="So long mail stays after its last address left the records; it can come back meanwhile.",
            id="escala_email.E004",
        )
    ]


@register("escala_email")
def check_providers(**kwargs: Any) -> list:
    """E007: PROVIDERS names a provider or a place that is none."""
    return [
        Error(
            f'ESCALA_EMAIL["PROVIDERS"]: {misfit}.',
            hint='It is written {"google": {"imap": ("host", 993, "tls"), "smtp": ("host", 465, "tls")}}.',
            id="escala_email.E007",
        )
        for misfit in misfits(conf.get("PROVIDERS"))
    ]


@register("escala_email")
def check_storage(**kwargs: Any) -> list:
    """W003: attachments would go to the default storage, whose files are often public."""
    if conf.get("STORAGE") in settings.STORAGES:
        return []
    return [
        Warning(
            f'STORAGES["{conf.get("STORAGE")}"] is not defined: attachments are kept in the default storage.',
            hint="Define that storage outside MEDIA_ROOT: what is below MEDIA_ROOT is often public.",
            id="escala_email.W003",
        )
    ]


#: What Wagtail advises (its editors send many fields too); a mailbox has five for each of its folders.
FORM_FIELDS = 10_000


@register("escala_email")
def check_form_fields(**kwargs: Any) -> list:
    """I001: forms so small that the folders of a large mailbox could not be saved."""
    limit = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    if limit is None or limit >= FORM_FIELDS:
        return []
    return [
        Info(
            f"DATA_UPLOAD_MAX_NUMBER_FIELDS is {limit}: mailboxes with many folders could not be configured.",
            hint=f"Set it to {FORM_FIELDS}, as Wagtail advises too.",
            id="escala_email.I001",
        )
    ]
