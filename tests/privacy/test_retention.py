"""Mail that is older than was decided goes, and no synchronisation brings it in again."""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from django.utils import timezone

from escala_email_plugin.models import (
    Attachment,
    EmailAccount,
    Folder,
    ForgottenFile,
    Message,
    Participant,
    Policy,
    Quarantined,
    Thread,
)
from escala_email_plugin.privacy import retention
from escala_email_plugin.privacy.deciding import decide
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.audit import audit
from escala_email_plugin.sync.why import explain
from sandbox.crm.models import Person
from tests.making import account, account_at, letter, stored

pytestmark = pytest.mark.django_db

PDF = ("a.pdf", "application/pdf", b"contrato")


@pytest.fixture(autouse=True)
def ana(db):
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def mine(seller):
    return account(seller)


def written(days: int, **values) -> bytes:
    """A letter of so many days ago."""
    raw = letter(subject=f"{days}", **values)
    head = format_datetime(timezone.now() - timedelta(days=days)).encode()
    before, _date, after = raw.partition(b"Date: ")
    return before + b"Date: " + head + after[after.index(b"\r\n") :]


def keep(days) -> None:
    Policy.objects.update_or_create(pk=1, defaults={"retention_days": days})


def subjects() -> list[str]:
    return sorted(Message.objects.values_list("subject", flat=True))


def test_nothing_goes_by_its_age_where_nobody_decided_so(mine):
    stored(mine, written(4000))
    assert retention.remove_the_old()
    keep(None)
    assert retention.remove_the_old()
    assert subjects() == ["4000"]


def test_what_is_older_goes_with_all_that_is_its_own(mine):
    stored(mine, written(4000, attachments=[PDF]), written(3998))
    keep(3999)
    assert retention.older_than(3999) == 1
    assert retention.remove_the_old()
    assert subjects() == ["3998"]
    assert Participant.objects.count() == 2
    assert Thread.objects.count() == 1
    assert not Attachment.objects.exists()
    assert ForgottenFile.objects.count() == 1


def test_what_could_not_be_read_goes_by_when_it_arrived(mine):
    folder = Folder.objects.create(account=mine, name="INBOX", uidvalidity=7)
    for uid, days in ((1, 100), (2, 98)):
        Quarantined.objects.create(
            folder=folder,
            uidvalidity=7,
            uid=uid,
            error="x",
            raw=b"x",
            arrived=timezone.now() - timedelta(days=days),
            next_try=timezone.now(),
        )
    keep(99)
    retention.remove_the_old()
    assert Quarantined.objects.get().uid == 2


def test_after_its_shift_it_stops_and_goes_on_later(mine, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 1)
    stored(mine, *[written(4000 + n) for n in range(3)])
    keep(3999)
    assert not retention.remove_the_old(shift=0)
    assert 0 < len(subjects()) < 3
    assert retention.remove_the_old()
    assert subjects() == []


def test_who_takes_the_decision_back_stops_it(mine, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 1)
    stored(mine, *[written(4000 + n) for n in range(3)])
    keep(3999)
    remove = retention._remove

    def once(*arguments):
        remove(*arguments)
        keep(None)

    monkeypatch.setattr(retention, "_remove", once)
    assert retention.remove_the_old()
    assert len(subjects()) == 2


# At the server


@pytest.fixture
def held(mailbox, seller):
    """A mailbox at a server with a letter of today, an old one, and one that was moved here lately."""
    now = timezone.now()
    mailbox.append(written(0), when=now)
    mailbox.append(written(100), when=now - timedelta(days=100))
    mailbox.append(written(200), when=now)
    return account_at(mailbox, seller)


def test_what_is_too_old_is_not_fetched(held):
    keep(99)
    assert sync_account(held.pk)
    assert subjects() == ["0"]


def test_what_went_by_its_age_does_not_come_again_and_nothing_calls_it_missing(held):
    assert sync_account(held.pk)
    assert subjects() == ["0", "100", "200"]
    keep(99)
    assert retention.remove_the_old()
    assert subjects() == ["0"]
    assert sync_account(held.pk)
    outcome = audit(held.pk)
    assert (outcome.result["missing"], outcome.result["refilled"], outcome.lost) == (0, 0, 0)
    assert subjects() == ["0"]


@pytest.mark.parametrize(("days", "found"), [(150, ["0", "100"]), (None, ["0", "100", "200"])])
def test_what_is_kept_longer_again_is_brought_in_and_nothing_says_it_was_missing(held, days, found):
    keep(99)
    assert sync_account(held.pk)
    decide("keep", 30, days)
    assert sync_account(held.pk)
    assert subjects() == found
    assert audit(held.pk).lost == 0


def test_what_is_kept_for_less_time_or_as_long_has_nobody_look_again(mine):
    decide("keep", 30, 150)
    decide("purge", 30, 150)
    decide("purge", 7, 99)
    assert not EmailAccount.objects.get().sweep_all


def test_why_it_is_not_here_is_its_age(held):
    keep(99)
    assert sync_account(held.pk)
    codes = {one.subject: one.code for one in explain(held, "ana@cliente.test")}
    assert codes == {"0": "stored", "100": "too_old", "200": "too_old"}


def test_what_was_set_aside_before_it_was_too_old_is_let_go_of_when_it_can_be_read(held, mailbox):
    """Only its bytes tell how old it is."""
    keep(99)
    assert sync_account(held.pk)
    folder = held.folders.get(name="INBOX")
    Quarantined.objects.create(
        folder=folder,
        uidvalidity=folder.uidvalidity,
        uid=3,
        error="internal",
        raw=written(200),
        arrived=timezone.now(),
        next_try=timezone.now(),
    )
    assert sync_account(held.pk)
    assert subjects() == ["0"]
    assert not Quarantined.objects.exists()
