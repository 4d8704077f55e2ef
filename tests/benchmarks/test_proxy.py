"""The proxy counts what a client really waits for."""

import time

import pytest

from escala_email_plugin.servers.credentials import Credentials
from escala_email_plugin.servers.imap import ImapSession, Server

from .proxy import Line, in_front_of

pytestmark = pytest.mark.dovecot


def polled(mailbox, proxy, trips):
    with ImapSession(
        Server(proxy.host, proxy.port, "tls"), Credentials(mailbox.user, mailbox.password)
    ) as session:
        for _ in range(trips):
            session.status("INBOX")
        return proxy.count.connections, proxy.count.round_trips


def test_round_trips_are_counted_from_the_login_on(mailbox, dovecot):
    with in_front_of(dovecot) as proxy:
        assert polled(mailbox, proxy, 0)[1] == 0
        connections, trips = polled(mailbox, proxy, 4)
        # The first session's LOGOUT is one, too.
        assert (connections, trips) == (2, 5)


def test_a_slow_line_makes_each_round_trip_wait(mailbox, dovecot):
    with in_front_of(dovecot, Line(latency=0.05)) as proxy:
        server = Server(proxy.host, proxy.port, "tls")
        with ImapSession(server, Credentials(mailbox.user, mailbox.password)) as session:
            began = time.monotonic()
            session.status("INBOX")
            assert time.monotonic() - began >= 0.05
