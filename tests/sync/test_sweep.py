"""New addresses bring their old mail, whatever happens meanwhile."""

from types import SimpleNamespace

import pytest

from escala_email_plugin import addresses
from escala_email_plugin.models import EmailAccount, Folder, Location, Lookup, Message
from escala_email_plugin.servers.imap import FolderGone, ImapSession
from escala_email_plugin.sync import gather as gathering
from escala_email_plugin.sync import plan, sweep, windows
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.lease import Lease, LeaseLost, claim
from escala_email_plugin.sync.meter import Meter
from sandbox.crm.models import Person
from tests.making import account_at, letter

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db]


@pytest.fixture
def mine(mailbox, seller):
    return account_at(mailbox, seller)


def contact(name: str) -> Person:
    return Person.objects.create(first_name=name, last_name="Gómez", email=f"{name.lower()}@cliente.test")


def looked_for(mine, *values: str) -> None:
    """The addresses are to be looked for, as ``lookups.spread`` says it."""
    for pk in addresses.ids(values).values():
        Lookup.objects.get_or_create(account=mine, address_id=pk)


def subjects() -> list[str]:
    return sorted(Message.objects.values_list("subject", flat=True))


def test_the_earlier_mail_of_a_new_address_comes_in(mailbox, mine):
    contact("Ana")
    for n in range(3):
        mailbox.append(letter(subject=f"ana {n}", minutes=n))
        mailbox.append(letter("Eva <eva@cliente.test>", subject=f"eva {n}", minutes=n), "Sent")
    sync_account(mine.pk)
    assert subjects() == ["ana 0", "ana 1", "ana 2"]
    contact("Eva")
    looked_for(mine, "eva@cliente.test")
    sync_account(mine.pk)
    assert subjects() == ["ana 0", "ana 1", "ana 2", "eva 0", "eva 1", "eva 2"]
    assert not Lookup.objects.exists()
    assert not Folder.objects.exclude(sweep_to=None).exists()


def test_what_is_stored_is_not_downloaded_again_by_a_sweep(mailbox, mine, monkeypatch):
    contact("Ana")
    mailbox.append(letter("eva@cliente.test", cc="ana@cliente.test"))
    sync_account(mine.pk)
    contact("Eva")
    looked_for(mine, "eva@cliente.test")
    monkeypatch.setattr(ImapSession, "bodies", None)
    assert sync_account(mine.pk)
    assert Location.objects.count() == 1


def test_a_sweep_of_an_account_looks_for_every_address_there_is(mailbox, mine):
    mailbox.append(letter(subject="Ana"))
    mailbox.append(letter("eva@cliente.test", subject="Eva"))
    sync_account(mine.pk)
    contact("Ana")
    contact("Eva")
    EmailAccount.objects.update(sweep_all=True)
    sync_account(mine.pk)
    assert subjects() == ["Ana", "Eva"]
    mine.refresh_from_db()
    assert not mine.sweep_all


def test_a_sweep_that_was_interrupted_goes_on_where_it_was(mailbox, mine, monkeypatch):
    monkeypatch.setattr(windows, "BATCH", 5)
    monkeypatch.setattr(windows, "LARGE_BATCH", 5)
    for n in range(30):
        mailbox.append(letter(subject=f"{n:02}", minutes=n))
    sync_account(mine.pk)
    contact("Ana")
    looked_for(mine, "ana@cliente.test")
    batches = []
    original = gathering.Gatherer.batch

    def dies_at_the_third(self, folder, batch):
        batches.append(batch.uids)
        if len(batches) == 3:
            raise KeyboardInterrupt
        original(self, folder, batch)

    monkeypatch.setattr(gathering.Gatherer, "batch", dies_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        sync_account(mine.pk)
    first = [uid for uids in batches[:2] for uid in uids]
    assert len(subjects()) == len(first) == 10
    assert first[0] == 30
    sync_account(mine.pk)
    assert len(subjects()) == 30
    assert not set(first) & {uid for uids in batches[3:] for uid in uids}


def test_an_address_that_comes_while_a_sweep_is_under_way_waits_for_the_next_one(mailbox, mine, monkeypatch):
    contact("Ana")
    mailbox.append(letter(subject="Ana"))
    mailbox.append(letter("eva@cliente.test", subject="Eva"))
    sync_account(mine.pk)
    looked_for(mine, "ana@cliente.test")
    original, seen = sweep.stride, []

    def meanwhile(*arguments):
        if not seen:
            contact("Eva")
            looked_for(mine, "eva@cliente.test")
        seen.append(sorted(Lookup.objects.filter(underway=True).values_list("address__value", flat=True)))
        return original(*arguments)

    monkeypatch.setattr(sweep, "stride", meanwhile)
    sync_account(mine.pk)
    assert seen[0] == ["ana@cliente.test"]
    assert seen[-1] == ["eva@cliente.test"]
    assert subjects() == ["Ana", "Eva"]
    assert not Lookup.objects.exists()


def test_a_folder_that_cannot_be_read_keeps_its_place_in_the_sweep(mailbox, mine):
    contact("Ana")
    mailbox.append(letter(subject="Uno"))
    sync_account(mine.pk)
    looked_for(mine, "ana@cliente.test")
    lease = claim(mine.pk)
    assert sweep.begin(mine, lease)
    assert not sweep.end(mine, lease)
    assert Lookup.objects.filter(underway=True).exists()
    Folder.objects.update(sweep_to=None)
    assert sweep.end(mine, lease)
    assert not Lookup.objects.exists()


def test_few_addresses_in_a_huge_folder_are_searched_for(mailbox, mine, monkeypatch):
    monkeypatch.setattr(plan, "SMALL_FOLDER", 3)
    for n in range(6):
        mailbox.append(letter("otra@otra.test", subject=f"{n}", minutes=n))
    mailbox.append(letter("eva@cliente.test", subject="Eva"))
    sync_account(mine.pk)
    contact("Eva")
    looked_for(mine, "eva@cliente.test")
    looked_at = []
    original = ImapSession.address_headers
    monkeypatch.setattr(
        ImapSession, "address_headers", lambda self, uids: looked_at.extend(uids) or original(self, uids)
    )
    sync_account(mine.pk)
    assert subjects() == ["Eva"]
    assert looked_at == [7]


def test_a_folder_the_server_refuses_keeps_no_new_address_from_the_others(mailbox, mine, monkeypatch):
    for n, name in enumerate(("ana", "eva"), 1):
        mailbox.append(letter(f"{name}@cliente.test", subject=f"{name} en la entrada", minutes=n))
        mailbox.append(letter(f"{name}@cliente.test", subject=f"{name} en Enviados", minutes=n + 9), "Sent")
    sync_account(mine.pk)
    original = ImapSession.examine

    def refused(self, name):
        if name == "Sent":
            raise FolderGone("folder_refused")
        return original(self, name)

    with monkeypatch.context() as refusing:
        refusing.setattr(ImapSession, "examine", refused)
        for name in ("Ana", "Eva"):
            contact(name)
            looked_for(mine, f"{name.lower()}@cliente.test")
            sync_account(mine.pk)
        assert subjects() == ["ana en la entrada", "eva en la entrada"]
    sync_account(mine.pk)
    assert len(subjects()) == 4
    assert not Lookup.objects.exists()


def test_who_lost_the_account_ends_nobodys_sweep(mailbox, mine):
    mailbox.append(letter())
    sync_account(mine.pk)
    looked_for(mine, "ana@cliente.test")
    assert sweep.begin(mine, claim(mine.pk))
    late = gathering.Gatherer(mine, None, Lease(mine.pk, "somebody's of before"), None)
    folder = Folder.objects.get(name="INBOX")
    folder.scanned_from = folder.sweep_to  # nothing is left for this worker, as far as it knows
    late.mailbox = SimpleNamespace(find=None, meter=Meter())
    with pytest.raises(LeaseLost):
        sweep.stride(late, folder, 1, [])
    assert Folder.objects.exclude(sweep_to=None).exists()
