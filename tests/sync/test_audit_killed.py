"""kill -9 in the middle of an audit: whoever goes on finds every gap, and counts nothing twice."""

import pytest

from escala_email_plugin.models import EmailAccount, Message, Run, Tally, Thread
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.audit import audit
from sandbox.crm.models import Person
from tests.making import account_at, letter

from .mortal import Workers
from .test_killed import everything, wake

pytestmark = [pytest.mark.dovecot, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MATCHING, STRANGE = 90, 30


@pytest.fixture
def mine(mailbox, seller):
    for n in range(MATCHING):
        mailbox.append(letter(subject=f"{n}", minutes=n), "Sent" if n % 3 else "INBOX")
    for n in range(STRANGE):
        mailbox.append(letter("x@otra.test", subject="Ajeno", minutes=n))
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    account = account_at(mailbox, seller)
    assert sync_account(account.pk)
    return account


@pytest.fixture
def workers(mine):
    with Workers(batch=5) as some:
        yield some


@pytest.mark.parametrize("kind", ["write", "read"])
def test_an_audit_that_is_killed_again_and_again_refills_all_and_counts_nothing_twice(mine, workers, kind):
    expected = everything()
    Message.objects.filter(pk__in=list(Message.objects.values_list("pk", flat=True)[::2])).delete()
    Thread.objects.filter(messages=None).delete()
    assert Message.objects.count() == MATCHING // 2
    killed, patience = 0, 6
    while (fate := workers.audit(mine.pk, kill=(kind, patience))).killed:
        wake()
        killed += 1
        patience += 3
    assert fate.done
    assert killed >= 5
    assert everything() == expected
    result = Run.objects.filter(kind="audit", state="done").get().result
    assert {name: result[name] for name in ("found", "held", "missing", "scanned", "unread")} == {
        "found": MATCHING,
        "held": MATCHING,
        "missing": 0,
        "scanned": MATCHING + STRANGE,
        "unread": 0,
    }
    # A death between a refill and its note makes that one look as if it had been here.
    assert MATCHING // 2 - 5 * killed <= result["refilled"] <= MATCHING // 2
    assert (Tally.objects.get().found, Tally.objects.get().missing) == (MATCHING, 0)
    EmailAccount.objects.update(lease_until=None)
    assert audit(mine.pk).lost == 0
