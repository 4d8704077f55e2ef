"""What the tests of the engine share."""

import pytest

from escala_email_plugin.sync import mailbox as mailboxes

from .scripted import World


@pytest.fixture
def world(monkeypatch):
    """A mailbox in memory in place of every account's server."""
    world = World()
    monkeypatch.setattr(mailboxes, "ImapSession", world.session)
    return world
