"""Servers that answer nonsense, or nothing: no mail may be lost, and none taken that is nobody's."""

import time

import pytest
from django.utils import timezone

from escala_email_plugin.models import EmailAccount, Folder, Location, Message, Participant, Quarantined, Run
from escala_email_plugin.servers import pool
from escala_email_plugin.sync import gather as gathering
from escala_email_plugin.sync import mailbox as mailboxes
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.lease import claim
from sandbox.crm.models import Person
from tests.making import account, letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(seller):
    return account(seller)


@pytest.fixture(autouse=True)
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


def nth(n: int, sender: str = "Ana <ana@cliente.test>", **headers) -> bytes:
    return letter(sender, subject=f"{n}", minutes=n, message_id=f"m{n}@x.test", **headers)


def sync(mine) -> bool:
    EmailAccount.objects.update(next_try=None)
    Quarantined.objects.update(next_try=timezone.now())
    return sync_account(mine.pk)


def subjects() -> list[str]:
    return sorted(Message.objects.values_list("subject", flat=True))


def cursor(name: str = "INBOX") -> tuple[int, int]:
    folder = Folder.objects.get(name=name)
    return folder.scanned_from, folder.scanned_to


def test_a_strangers_mail_is_not_taken_when_it_is_tried_again(world, mine):
    uid = world.put(nth(1, "Banco <banco@banco.test>", text="PIN 1234"))
    world.bad_headers = {uid}
    sync(mine)
    assert Quarantined.objects.count() == 1
    world.bad_headers = set()
    sync(mine)
    assert not Message.objects.exists()
    assert not Quarantined.objects.exists()
    assert not [asked for asked in world.asked if asked[0] in ("details", "bodies")]


def test_a_contacts_mail_is_taken_when_it_is_tried_again(world, mine):
    uid = world.put(nth(1))
    world.bad_headers = {uid}
    sync(mine)
    world.bad_headers = set()
    sync(mine)
    assert subjects() == ["1"]


@pytest.mark.parametrize("what", ["silent_headers", "silent_details"])
def test_silence_about_a_message_that_is_there_is_not_taken_for_its_absence(world, mine, what):
    uids = [world.put(nth(n)) for n in range(5)]
    setattr(world, what, {uids[2]})
    assert sync(mine)
    assert subjects() == ["0", "1", "3", "4"]
    assert Quarantined.objects.get().uid == uids[2]
    setattr(world, what, set())
    sync(mine)
    assert subjects() == ["0", "1", "2", "3", "4"]


def test_many_culprits_in_one_batch_do_not_stop_a_mailbox_for_ever(world, mine):
    for n in range(300):
        world.put(nth(n) if n % 20 == 0 else nth(n, "x@otra.test"))
    world.bad_headers = set(range(7, 300, 25))
    for _ in range(30):
        world.logins, before = 0, cursor() if Folder.objects.exists() else (301, 301)
        EmailAccount.objects.update(next_try=None)
        done = sync_account(mine.pk)
        assert world.logins <= mailboxes.PATIENCE + 1
        if done:
            break
        assert cursor()[0] < before[0], "every sync gets further"
    assert subjects() == sorted(str(n) for n in range(0, 300, 20))
    assert set(Quarantined.objects.values_list("uid", flat=True)) == world.bad_headers


@pytest.mark.parametrize("what", ["bad_status", "bad_search"])
def test_one_bad_folder_does_not_keep_the_others_from_being_read(world, mine, what):
    for n, name in enumerate(["Aa", "INBOX", "Zz"]):
        world.put(nth(n), name)
    setattr(world, what, {"Aa"})
    assert not sync(mine)
    assert subjects() == ["1", "2"]
    mine.refresh_from_db()
    assert (mine.state, mine.trouble) == ("waiting", "bad_answer")
    setattr(world, what, set())
    assert sync(mine)
    assert subjects() == ["0", "1", "2"]


def test_a_colleagues_address_switches_no_customer_off(world, mine, colleague):
    account(colleague, "ana@cliente.test")
    world.put(nth(1))
    sync(mine)
    assert subjects() == ["1"]


def test_ones_own_address_brings_nothing_in_even_when_a_record_holds_it(world, mine):
    Person.objects.create(first_name="Lucía", last_name="F", email=mine.address)
    world.put(nth(1, "Banco <banco@banco.test>"))
    sync(mine)
    assert not Message.objects.exists()


def test_a_new_uidvalidity_moves_the_places_and_forgets_what_was_set_aside_under_the_former(world, mine):
    uids = [world.put(nth(n)) for n in range(2)]
    world.bad_bodies = {uids[0]}
    sync(mine)
    assert Quarantined.objects.count() == 1
    world.bad_bodies, world.validity["INBOX"] = set(), 2
    sync(mine)
    assert subjects() == ["0", "1"]
    assert not Quarantined.objects.exists()
    assert set(Location.objects.values_list("uidvalidity", "gone_at")) == {(2, None)}
    assert Location.objects.count() == 2


def test_a_worker_that_dies_while_a_folder_is_renumbered_leaves_no_former_place_behind(
    world, mine, monkeypatch
):
    uids = [world.put(nth(n)) for n in range(2)]
    world.bad_bodies = {uids[0]}
    sync(mine)
    world.bad_bodies, world.validity["INBOX"] = set(), 2
    original = gathering.record

    def dies_after_it(*arguments, **options):
        original(*arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(gathering, "record", dies_after_it)
    with pytest.raises(KeyboardInterrupt):
        sync(mine)
    monkeypatch.setattr(gathering, "record", original)
    sync(mine)
    assert subjects() == ["0", "1"]
    assert not Quarantined.objects.exists()
    assert set(Location.objects.values_list("uidvalidity", "gone_at")) == {(2, None)}
    assert Location.objects.count() == 2


def test_a_server_that_does_not_tell_uidnext_is_not_read_again_every_time(world, mine):
    world.tells_uidnext = False
    for n in range(3):
        world.put(nth(n))
    sync(mine)
    world.asked.clear()
    sync(mine)
    assert world.asked == []
    assert Run.objects.count() == 1
    world.put(nth(3))
    sync(mine)
    assert subjects() == ["0", "1", "2", "3"]


def test_a_server_that_does_not_tell_uidnext_may_number_a_folder_anew_from_lower_on(world, mine):
    world.tells_uidnext = False
    for n in range(5):
        world.put(nth(n))
    sync(mine)
    for uid in (1, 2, 3):
        world.remove(uid)
    world.renumber("INBOX")
    sync(mine)
    assert world.put(nth(5)) == 3
    sync(mine)
    assert subjects() == ["0", "1", "2", "3", "4", "5"]


def test_a_message_whose_people_are_others_once_it_is_read_whole_is_left(world, mine):
    world.put(
        b"From: x@otra.test\r\nSubject: hi\r\nthis is no header\r\nTo: ana@cliente.test\r\n\r\nbody\r\n"
    )
    sync(mine)
    assert not Participant.objects.exists()


def test_the_lease_is_renewed_while_a_server_takes_its_time(world, mine, monkeypatch, settings):
    """Many slow operations in a row outlast a lease; nobody may steal the account meanwhile."""
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "LEASE_SECONDS": 0.4}
    for n in range(16):
        world.put(nth(n))
    world.bad_bodies = {3}
    original, stolen = world.session, []

    def slow(*arguments, **options):
        time.sleep(0.15)
        stolen.append(claim(mine.pk))
        return original(*arguments, **options)

    monkeypatch.setattr(pool, "session", slow)
    assert sync(mine)
    assert len(stolen) > 3
    assert not any(stolen)
    assert len(subjects()) == 15


def test_an_account_that_is_deleted_while_it_is_read_leaves_nothing_behind(world, mine, monkeypatch):
    world.put(nth(1))
    original = world.session

    def deleting(*arguments, **options):
        session = original(*arguments, **options)
        bodies = session.bodies
        session.bodies = lambda uids: EmailAccount.objects.all().delete() and bodies(uids)
        return session

    monkeypatch.setattr(pool, "session", deleting)
    assert not sync_account(mine.pk)
    assert not Run.objects.exists()
    assert not Message.objects.exists()
