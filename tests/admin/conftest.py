"""What tests of the pages may ask for."""

import pytest


@pytest.fixture
def ordered(monkeypatch):
    """``[(task, account id)]`` of what the pages ordered."""
    from escala_email_plugin import tasks

    found = []
    for name in ("sync_account", "preview", "audit", "renew_access"):
        monkeypatch.setattr(tasks, name, lambda pk, name=name: found.append((name, pk)), raising=False)
    return found
