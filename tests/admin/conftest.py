"""What tests of the pages may ask for."""

import pytest
from django.urls import reverse

from sandbox.crm.models import Person


@pytest.fixture
def ordered(monkeypatch):
    """``[(task, account id)]`` of what the pages ordered."""
    from escala_email_plugin import tasks

    found = []
    for name in ("sync_account", "preview", "audit", "renew_access"):
        monkeypatch.setattr(tasks, name, lambda pk, name=name: found.append((name, pk)), raising=False)
    return found


@pytest.fixture
def ana(db):
    """A record with an address."""
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def look(client, ana):
    """``look(user, name, *ids)``: a fragment about ``ana``, or about ``record``, as ``user`` gets it."""

    def look(user, name="timeline", *args, record=ana, **query):
        if client.session.get("_auth_user_id") != str(user.pk):
            client.force_login(user)
        place = [record._meta.app_label, record._meta.model_name, record.pk]
        return client.get(reverse(f"escala_email:{name}", args=[*place, *args]), query)

    return look
