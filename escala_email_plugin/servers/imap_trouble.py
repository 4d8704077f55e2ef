"""Whatever goes wrong under an IMAP session, as one of our errors."""

import imaplib
import logging

from imapclient.exceptions import ProtocolError

from . import answers
from .errors import ImapError, ProtocolTrouble, Throttled, Unreachable, Untrusted, WireError
from .server import Server
from .wire import Deadline

logger = logging.getLogger(__name__)

_UNTRUSTED = {"not_tls", "tls_failed", "starttls_missing", "starttls_tampered", "preauth", "ca_file"}
#: The stages before a session stands.
_OPENING = {"dns", "tcp", "tls", "login"}


def translated(error: Exception, server: Server, deadline: Deadline, stage: str = "") -> ImapError:
    """``error``, met at ``stage`` ("dns", "tcp", "tls", "login", "fetch" or ""), as an ImapError.

    IMAPClient and imaplib raise nearly anything when a server answers nonsense: RecursionError,
    MemoryError, IndexError, UnicodeDecodeError … It is all the server's doing.
    """
    if isinstance(error, ImapError):
        trouble = error
    elif isinstance(error, WireError):
        trouble = _of_wire(error.code, stage)
    elif isinstance(error, imaplib.IMAP4.error) and not isinstance(error, ProtocolError):
        trouble = _of_answer(str(error), stage)
    else:
        trouble = ProtocolTrouble("not_imap" if stage == "tls" else "bad_answer")
    # Only the kind: the text may hold a line of somebody's mail.
    logger.debug("%s at %s: %s", type(error).__name__, stage or "work", trouble.code)
    trouble.values = {
        "host": server.host,
        "port": server.port,
        "seconds": round(deadline.seconds),
        **trouble.values,
    }
    return trouble


def _of_wire(code: str, stage: str) -> ImapError:
    if code in _UNTRUSTED or code.startswith("certificate_"):
        return Untrusted(code)
    if code == "too_big_answer":
        return ProtocolTrouble("not_imap" if stage == "tls" else code)
    if code in ("timeout", "connection_lost") and stage == "fetch":
        # One message may be what the server hangs on: the caller tries them singly.
        return ProtocolTrouble(code)
    if code == "connection_lost" and stage not in _OPENING:
        return ProtocolTrouble(code)
    return Unreachable(code)


def _of_answer(words: str, stage: str) -> ImapError:
    """imaplib's own errors: a refusal, a BYE, or a line it could not read."""
    # These quote the line, which may be a stranger's mail: no meaning is read into it.
    quoted = "unexpected response" in words or "unterminated line" in words
    if not quoted and (later := answers.later(words)):
        return Throttled(later[0], retry_after=later[1])
    if stage == "tls":
        return Unreachable("connection_lost") if "BYE" in words else ProtocolTrouble("not_imap")
    return ProtocolTrouble("bad_answer")
