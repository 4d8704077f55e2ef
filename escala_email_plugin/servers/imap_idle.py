"""IDLE (RFC 2177): the server says by itself that mail has come.

Made to be held by the thousand: an ``Idler`` is a socket and a few numbers, and nothing here waits. Its
holder calls ``read`` when the socket can be read, and ``turn`` when ``due`` has come.
"""

import random
import re
import ssl
from contextlib import suppress

from . import answers
from .errors import ImapError, ProtocolTrouble, Throttled, Unreachable
from .imap_takeover import Opened

#: Seconds from one IDLE to the next, at random between these. Gmail hangs up after ten minutes, others after
#: thirty (RFC 2177 3); a dead peer is noticed by the answer that does not come.
RENEWAL = (8 * 60, 9.5 * 60)
#: Seconds a server may take to answer IDLE and DONE.
ANSWER = 30.0
#: A server that ends IDLE by itself sooner than so many seconds is not asked at once again.
SOON = 60.0
#: Bytes of a TLS record: so many asked for leave nothing in OpenSSL's buffer, where no selector sees it.
RECORD = 1 << 14
#: Bytes kept of a line; what follows them says nothing we need.
LINE = 512
#: Bytes a server may send between two renewals.
ALLOWANCE = 1 << 20

ASKED, IDLING, ENDING = range(3)

_COUNT = re.compile(rb"\* (\d{1,10}) (EXISTS|RECENT|EXPUNGE)\s*$", re.I)
_VANISHED = re.compile(rb"\* VANISHED\s", re.I)
_BYE = re.compile(rb"\* BYE\b", re.I)


class Idler:
    """A connection in IDLE. After any ImapError it is to be closed."""

    __slots__ = ("_allowance", "_asked", "_exists", "_phase", "_rest", "_tag", "due", "sock")

    def __init__(self, opened: Opened) -> None:
        self.sock = opened.sock
        #: When ``turn`` is to be called, on the caller's clock.
        self.due = 0.0
        self._exists = opened.state.exists
        self._rest = opened.ahead
        self._tag = 0

    def begin(self, now: float) -> bool:
        """Ask for IDLE; returns whether mail came since the folder was opened. Raises ImapError."""
        ahead, self._rest = self._rest, b""
        self._idle(now)
        return self._take(ahead, now)

    def read(self, now: float) -> bool:
        """Read what has come; returns whether the folder changed. Raises ImapError."""
        try:
            data = self.sock.recv(RECORD)
        except (ssl.SSLWantReadError, BlockingIOError):
            return False  # half a record, or one that is not for us (a session ticket)
        except OSError:
            raise Unreachable("connection_lost") from None
        if not data:
            raise Unreachable("connection_lost")
        return self._take(data, now)

    def turn(self, now: float) -> None:
        """``due`` has come: renew IDLE, or give up who did not answer. Raises ImapError."""
        if self._phase != IDLING:
            raise Unreachable("timeout")
        self._phase, self.due = ENDING, now + ANSWER
        self._send(b"DONE\r\n")

    def leave(self) -> None:
        """Say good-bye without waiting for an answer, and close. Never raises."""
        with suppress(ImapError):
            if self._phase == IDLING:
                self._send(b"DONE\r\nW%d LOGOUT\r\n" % (self._tag + 1))
        self.close()

    def close(self) -> None:
        """Close without a word. Never raises."""
        with suppress(OSError):
            self.sock.close()

    def _idle(self, now: float) -> None:
        self._tag += 1
        self._allowance = ALLOWANCE
        self._phase, self._asked, self.due = ASKED, now, now + ANSWER
        self._send(b"W%d IDLE\r\n" % self._tag)

    def _send(self, data: bytes) -> None:
        """A peer whose buffer has no room for one line is dead: nothing is kept to be sent later."""
        try:
            sent = self.sock.send(data)
        except OSError:
            sent = 0
        if sent != len(data):
            raise Unreachable("connection_lost")

    def _take(self, data: bytes, now: float) -> bool:
        self._allowance -= len(data)
        if self._allowance < 0:
            raise ProtocolTrouble("too_big_answer")
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[:LINE]
        news = False
        for line in lines:
            news = self._line(line[:LINE], now) or news
        return news

    def _line(self, line: bytes, now: float) -> bool:
        if line.startswith(b"*"):
            return self._untagged(line)
        if line.startswith(b"+"):
            if self._phase == ASKED:
                self._phase, self.due = IDLING, now + random.uniform(*RENEWAL)  # noqa: S311 (jitter)
        elif line.startswith(b"W%d " % self._tag):
            self._tagged(line, now)
        return False

    def _untagged(self, line: bytes) -> bool:
        """Whether the line tells of a change. Flags (FETCH) and chat (OK) are none."""
        if found := _COUNT.match(line):
            return self._counted(int(found[1]), found[2].upper())
        if _VANISHED.match(line):  # in place of EXPUNGE after ENABLE QRESYNC (RFC 7162 3.2.10)
            self._exists = -1
            return True
        if _BYE.match(line):
            raise _trouble(line) or Unreachable("connection_lost")
        return False

    def _counted(self, number: int, word: bytes) -> bool:
        if word == b"RECENT":
            return number > 0
        if word == b"EXPUNGE":
            self._exists -= 1
            return True
        before, self._exists = self._exists, number
        # Some servers repeat the number to keep the line alive.
        return number != before

    def _tagged(self, line: bytes, now: float) -> None:
        ok = line.upper().split(None, 2)[1:2] == [b"OK"]
        ended = self._phase == ENDING or (self._phase == IDLING and now >= self._asked + SOON)
        if not (ok and ended):
            raise _trouble(line) or ProtocolTrouble("bad_answer")
        self._idle(now)


def _trouble(line: bytes) -> Throttled | None:
    later = answers.later(line.decode("latin-1"))
    return Throttled(later[0], retry_after=later[1]) if later else None
