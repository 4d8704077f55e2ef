"""“Test connection”: every step with its own result, and a sentence a person can act on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise, lazystr
from django.utils.translation import gettext_lazy as _

from .. import conf
from .credentials import Credentials
from .errors import ImapError, ServerError, SmtpError
from .imap import ImapSession
from .roles import role_of
from .server import Server
from .smtp import check

Name = Literal["dns", "tcp", "tls", "login", "folders", "sent", "smtp"]

_IMAP_STEPS: tuple[Name, ...] = ("dns", "tcp", "tls", "login", "folders", "sent")
_DONE: dict[str, Promise] = {
    "dns": _("The name of the IMAP server was found."),
    "tcp": _("The IMAP server answers."),
    "tls": _("The connection to the IMAP server is encrypted, and its certificate is good."),
    "login": _("The IMAP server let us in."),
    "folders": _("The folders were listed."),
    "sent": _("The folder of sent mail was found."),
    "smtp": _("The SMTP server let us in."),
}
_SKIPPED = _("The steps after that at the IMAP server were not tried.")
_SPARED = _("The SMTP server was not tried: after a login that failed, another one could lock the account.")
_NO_SENT = _(
    "No folder of sent mail was found. Received mail will be read; "
    "to see what you send, choose the folder once the mailbox is connected."
)


@dataclass(frozen=True, slots=True)
class Step:
    """A step's result. ``ok`` is None where it was not tried (code "skipped") or is a warning
    ("no_sent_folder"); ``code`` is "ok" or that of the error; ``sentence`` is for people.
    """

    name: Name
    server: Literal["imap", "smtp"]
    ok: bool | None
    code: str
    sentence: str | Promise


def probe(imap: Server, smtp: Server, credentials: Credentials, address: str = "") -> Iterator[Step]:
    """Try both servers and tell step by step. Never raises for what a server does; reads, changes
    and sends nothing. Takes at most a few times OPERATION_DEADLINE seconds.

    SMTP is not tried with a password IMAP has refused: providers lock accounts for less. With
    ``address``, the SMTP server is asked whether that address may send.
    """
    refused = False
    for step in _probe_imap(imap, credentials):
        refused = refused or (step.name == "login" and step.ok is False)
        yield step
    if refused:
        yield Step("smtp", "smtp", None, "skipped", _SPARED)
        return
    try:
        check(smtp, credentials, conf.get("OPERATION_DEADLINE"), sender=address)
    except SmtpError as error:
        yield _failed("smtp", "smtp", error)
    else:
        yield _done("smtp", "smtp")


def _probe_imap(server: Server, credentials: Credentials) -> Iterator[Step]:
    session = ImapSession(server, credentials, deadline=conf.get("OPERATION_DEADLINE"))
    steps = iter(_IMAP_STEPS)
    step = next(steps)
    try:
        for _stage in session.stages():
            yield _done(step)
            step = next(steps)
        folders = session.folders()
        yield _done(step)
        step = next(steps)
        found = any(role_of(folder) == "sent" for folder in folders)
        yield _done(step) if found else Step(step, "imap", None, "no_sent_folder", _NO_SENT)
    except ImapError as error:
        yield _failed(step, "imap", error)
        for rest in steps:
            yield _skipped(rest)
    finally:
        session.close()


def _done(name: Name, server: Literal["imap", "smtp"] = "imap") -> Step:
    return Step(name, server, True, "ok", _DONE[name])


def _failed(name: Name, server: Literal["imap", "smtp"], error: ServerError) -> Step:
    return Step(name, server, False, error.code, lazystr(error))


def _skipped(name: Name) -> Step:
    return Step(name, "imap", None, "skipped", _SKIPPED)
