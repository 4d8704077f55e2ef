"""A real server that has nothing beyond IMAP4rev1, and whose folders all begin with "INBOX."."""

import pytest

from escala_email_plugin.servers.credentials import Credentials
from escala_email_plugin.servers.imap import Server
from escala_email_plugin.servers.pool import Pool
from escala_email_plugin.servers.roles import role_of
from tests.making import letter

from .dovecot import Dovecot
from .fixtures import Mailbox

pytestmark = pytest.mark.dovecot

PLAIN = """
imap_capability = IMAP4rev1 SASL-IR
namespace inbox {
  prefix = INBOX.
  separator = .
}
"""


@pytest.fixture(scope="module")
def plain_dovecot():
    with Dovecot(users={"ann@example.test": "correct horse"}, extra=PLAIN) as dovecot:
        yield dovecot


@pytest.fixture
def plain(plain_dovecot, trusting):
    trusting(plain_dovecot.ca)
    return Mailbox(plain_dovecot, "ann@example.test", "correct horse")


def test_everything_is_read_by_the_plain_commands(plain):
    raw = letter(message_id="1@x.test")
    plain.append(raw)
    plain.append(letter(minutes=1))
    plain.append(raw, folder="INBOX.Año.Clientes")
    with plain.session() as session:
        assert not session.capabilities & {"LIST-STATUS", "CONDSTORE", "QRESYNC", "UNSELECT", "SPECIAL-USE"}
        overview = session.overview()
        assert {state for _folder, state in overview} == {None}
        names = {folder.name: role_of(folder) for folder, _state in overview}
        assert names["INBOX.Sent"] == "sent"
        assert "INBOX.Año.Clientes" in names
        assert session.status("INBOX").exists == 2
        assert session.examine("INBOX.Año.Clientes").exists == 1
        state = session.examine("INBOX")
        assert (state.exists, state.highestmodseq, state.mailbox_id) == (2, None, "")
        assert session.highest_uid(state.exists) == 2
        assert session.vanished([1, 2], 1) is None
        plain.expunge(2)
        assert session.present([1, 2]) == {1}
        assert session.search(1, 100, ["ana@cliente.test"]) == [1]
        assert session.details([1])[1].message_id == "1@x.test"
        assert session.bodies([1]) == {1: raw}


def test_a_connection_is_only_kept_where_no_folder_was_opened(plain):
    pool = Pool()
    server = Server("localhost", plain.dovecot.imaps, "tls")
    try:
        with pool.session(server, Credentials(plain.user, plain.password)) as first:
            first.status("INBOX")
        with pool.session(server, Credentials(plain.user, plain.password)) as second:
            assert second is first
            second.examine("INBOX")
        with pool.session(server, Credentials(plain.user, plain.password)) as third:
            assert third is not second
    finally:
        pool.clear()
