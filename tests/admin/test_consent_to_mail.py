"""From the button to the mail: a consent opens a real mailbox, is withdrawn, and is given again."""

import pytest
from django.core.cache import cache

from escala_email_plugin.models import EmailAccount, Message
from escala_email_plugin.servers.providers import PROVIDERS
from escala_email_plugin.servers.server import Server
from escala_email_plugin.servers.smtp import check
from escala_email_plugin.sync import connection
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.credentials import credentials_of
from escala_email_plugin.sync.preview import preview
from sandbox.crm.models import Person
from tests.making import letter

from .signing_in import Journey, told

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db]


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_mailbox_is_opened_lost_and_opened_again_by_consent(
    client, seller, provider, token_mailbox, ordered, name
):
    cache.clear()
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    token_mailbox.append(letter(to=token_mailbox.user, subject="Antes"))
    provider.chosen = token_mailbox.user
    client.force_login(seller)
    journey = Journey(client, provider, name=name)

    page = journey.sign_in()
    assert token_mailbox.user in told(page)[0]
    mine = EmailAccount.objects.get()
    assert preview(mine.pk)
    connection.start(mine)
    assert sync_account(mine.pk)
    assert [one.subject for one in Message.objects.all()] == ["Antes"]
    mine.refresh_from_db()
    check(smtp_of(mine), credentials_of(mine), 10, mine.address)

    provider.grants.withdraw(token_mailbox.user)
    EmailAccount.objects.update(access_ends=None)
    token_mailbox.append(letter(to=token_mailbox.user, subject="Entretanto", minutes=1))
    assert not sync_account(mine.pk)
    assert EmailAccount.objects.get().state == "reconnect"
    cursor = list(mine.folders.values_list("name", "scanned_from", "scanned_to"))

    journey.sign_in()
    again = EmailAccount.objects.get()
    assert (again.pk, again.state, again.mode) == (mine.pk, "connected", "total")
    assert list(again.folders.values_list("name", "scanned_from", "scanned_to")) == cursor
    assert sync_account(again.pk)
    assert {one.subject for one in Message.objects.all()} == {"Antes", "Entretanto"}


def smtp_of(account) -> Server:

    return Server(account.smtp_host, account.smtp_port, account.smtp_tls)
