"""What every test may ask for."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.urls import reverse

pytest_plugins = ["tests.servers.fixtures", "tests.servers.oauth_provider", "tests.browser.fixtures"]


@pytest.fixture(autouse=True)
def nothing_is_remembered():
    """How often somebody tried something does not count in the next test."""
    yield
    cache.clear()


def _user(name: str, *permissions: str):
    user = get_user_model().objects.create_user(name, f"{name}@example.test", name)
    wanted = ["access_admin", *permissions]
    found = Permission.objects.filter(codename__in=wanted)
    assert {one.codename for one in found} == set(wanted)
    user.user_permissions.set(found)
    return user


CRM = [
    f"{action}_{model}"
    for action in ("add", "change", "delete", "view")
    for model in ("person", "company", "opportunity", "policy", "claim")
]


#: What the role of a seller holds (``permissions.SALES``).
SALES = ["connect_personal_account", "view_shared_mail", "view_team_mail", "send_from_shared"]


@pytest.fixture
def seller(db):
    """A seller who may connect a mailbox and change every record."""
    return _user("lucia", *SALES, *CRM)


@pytest.fixture
def colleague(db):
    """Another seller with the same rights."""
    return _user("marcos", *SALES, *CRM)


@pytest.fixture
def manager(db):
    """Somebody who sets up the mailboxes of the company, and reads no mail."""
    return _user("jefa", "manage_shared_account", "manage_marketing_account")


@pytest.fixture
def outsider(db):
    """Somebody of the same company who has no business with the CRM."""
    return _user("nadie")


@pytest.fixture
def administrator(db):
    """A superuser."""
    return get_user_model().objects.create_superuser("admin", "admin@example.test", "admin")


@pytest.fixture
def ana(db):
    """A record with an address."""
    from sandbox.crm.models import Person

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
