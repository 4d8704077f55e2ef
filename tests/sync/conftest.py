"""What the tests of the engine share."""

import pytest

from escala_email_plugin.servers import pool

from .scripted import World


@pytest.fixture
def world(monkeypatch):
    """A mailbox in memory in place of every account's server."""
    world = World()
    monkeypatch.setattr(pool, "session", world.session)
    return world
