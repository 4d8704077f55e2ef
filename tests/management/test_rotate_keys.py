"""``manage.py escala_email rotate_keys``: what it prints, and its exit status."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from escala_email_plugin.models import EmailAccount
from tests.making import account

pytestmark = pytest.mark.django_db

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def use(settings):
    """use(*keys): these are the site's keys from now on."""

    def change(*keys):
        settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "SECRET_KEYS": list(keys)}

    change(OLD)
    return change


def run() -> list[str]:
    output = StringIO()
    call_command("escala_email", "rotate_keys", stdout=output)
    return output.getvalue().splitlines()


def test_it_says_how_many_were_rotated_and_has_nothing_to_do_the_second_time(use, seller):
    account(seller)
    use(NEW, OLD)
    assert run() == ["1 secrets rotated, 0 were under the first key already."]
    assert run() == ["0 secrets rotated, 1 were under the first key already."]


def test_a_lost_key_names_the_accounts_and_exits_with_1_until_it_is_back(use, seller, colleague):
    mine, other = account(seller), account(colleague, "marcos@andina.test")
    use(NEW)
    with pytest.raises(CommandError, match=f"accounts {mine.pk}, {other.pk}:") as caught:
        run()
    assert caught.value.returncode == 1
    assert {one.state for one in EmailAccount.objects.all()} == {"reconnect"}
    use(NEW, OLD)
    assert run() == [
        "2 secrets rotated, 0 were under the first key already.",
        f"The key of accounts {mine.pk}, {other.pk} is back: they go on.",
    ]
    assert {one.state for one in EmailAccount.objects.all()} == {"connected"}
