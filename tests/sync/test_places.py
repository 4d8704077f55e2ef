"""Messages that move, vanish, come back or get other numbers: their places follow, nothing is deleted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.models import EmailAccount, Folder, Location, Message, Participant, Quarantined
from escala_email_plugin.signals import message_recorded
from escala_email_plugin.sync import fetch, places
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.choose import choose
from escala_email_plugin.sync.lease import Lease, LeaseLost
from sandbox.crm.models import Person
from tests.making import DAY, account, letter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def mine(seller):
    return account(seller)


@pytest.fixture(params=["counting", "qresync"])
def any_world(request, world):
    """A server that tells what vanished, and one that must be asked who is there."""
    world.tells_vanished = world.counts_changes = request.param == "qresync"
    return world


def nth(n: int, sender: str = "Ana <ana@cliente.test>", **headers) -> bytes:
    return letter(sender, subject=f"{n}", minutes=n, message_id=f"m{n}@x.test", **headers)


def sync(mine) -> None:
    EmailAccount.objects.update(next_try=None)
    assert sync_account(mine.pk)


def live() -> list[tuple[str, str]]:
    """(folder, subject) of every place that is there now."""
    places = Location.objects.filter(gone_at=None, folder__gone_at=None)
    return sorted(places.values_list("folder__name", "message__subject"))


def downloads(world) -> int:
    return sum(len(uids) for what, uids in world.asked if what == "bodies")


def test_a_message_that_was_moved_is_elsewhere_and_was_not_downloaded_again(any_world, mine):
    uid = any_world.put(nth(1))
    any_world.put(nth(2))
    any_world.folders["Archivo"], any_world.validity["Archivo"] = {}, 5
    sync(mine)
    any_world.move(uid, "INBOX", "Archivo")
    sync(mine)
    assert live() == [("Archivo", "1"), ("INBOX", "2")]
    assert Location.objects.exclude(gone_at=None).count() == 1
    assert Message.objects.count() == 2
    assert downloads(any_world) == 2


def test_a_message_that_was_moved_back_is_back(any_world, mine):
    uid = any_world.put(nth(1))
    any_world.folders["Archivo"], any_world.validity["Archivo"] = {}, 5
    sync(mine)
    there = any_world.move(uid, "INBOX", "Archivo")
    sync(mine)
    any_world.move(there, "Archivo", "INBOX")
    sync(mine)
    assert live() == [("INBOX", "1")]
    assert Message.objects.count() == 1
    assert downloads(any_world) == 1


def test_a_message_that_was_deleted_stays_and_only_loses_its_place(any_world, mine):
    uid = any_world.put(nth(1))
    any_world.put(nth(2))
    sync(mine)
    any_world.remove(uid)
    sync(mine)
    assert live() == [("INBOX", "2")]
    assert Message.objects.count() == 2


def test_one_that_goes_while_another_comes_is_noticed(any_world, mine):
    uid = any_world.put(nth(1))
    sync(mine)
    any_world.remove(uid)
    any_world.put(nth(2))
    sync(mine)
    assert live() == [("INBOX", "2")]


def test_the_server_is_not_asked_who_is_there_while_the_counts_add_up(world, mine):
    world.put(nth(1))
    sync(mine)
    world.commands.clear()
    world.put(nth(2))
    sync(mine)
    assert "present" not in world.commands
    assert live() == [("INBOX", "1"), ("INBOX", "2")]


def test_a_quiet_folder_is_not_even_opened(world, mine):
    world.lists_numbers = True
    world.put(nth(1))
    sync(mine)
    world.commands.clear()
    sync(mine)
    assert world.commands == ["overview"]


def test_new_numbers_move_the_places_quietly(world, mine):
    heard = []
    message_recorded.connect(lambda **told: heard.append(told), weak=False, dispatch_uid="heard")
    for n in range(4):
        world.put(nth(n))
    sync(mine)
    before = dict(Location.objects.values_list("message__subject", "pk"))
    world.renumber("INBOX", first=100)
    sync(mine)
    message_recorded.disconnect(dispatch_uid="heard")
    assert dict(Location.objects.values_list("message__subject", "pk")) == before
    assert sorted(Location.objects.values_list("uid", flat=True)) == [100, 101, 102, 103]
    assert downloads(world) == 4


def test_what_went_before_the_folder_got_new_numbers_is_gone_in_the_end(world, mine):
    gone = world.put(nth(1))
    world.put(nth(2))
    sync(mine)
    world.remove(gone)
    world.renumber("INBOX")
    sync(mine)
    assert live() == [("INBOX", "2")]
    assert Message.objects.count() == 2


def test_copies_that_cannot_be_told_apart_are_downloaded_and_still_one_message(world, mine):
    raw = nth(1)
    world.put(raw)
    world.put(raw)
    sync(mine)
    world.renumber("INBOX", first=50)
    sync(mine)
    assert Message.objects.count() == 1
    assert sorted(Location.objects.filter(gone_at=None).values_list("uid", flat=True)) == [50, 51]


def test_copies_that_the_provider_takes_for_one_keep_a_place_each_whatever_is_fetched_together(
    world, mine, monkeypatch
):
    monkeypatch.setattr(fetch, "MESSAGES", 1)
    world.knows_objects = True
    raw = nth(1)
    world.put(raw)
    world.put(raw)
    sync(mine)
    before = downloads(world)
    world.renumber("INBOX", first=50)
    sync(mine)
    assert sorted(Location.objects.filter(gone_at=None).values_list("uid", flat=True)) == [50, 51]
    assert downloads(world) == before


def test_another_message_under_the_same_id_is_not_taken_for_the_one_that_went(world, mine):
    uid = world.put(nth(1, text="Uno.\n"))
    sync(mine)
    world.remove(uid)
    sync(mine)
    world.put(nth(1, text="Dos.\n"), arrived=DAY + timedelta(seconds=1))
    sync(mine)
    assert sorted(Message.objects.values_list("text", flat=True)) == ["Dos.\n", "Uno.\n"]


def test_a_place_that_follows_a_move_shows_the_bcc_it_showed_before(world, mine):
    uid = world.put(nth(1, "lucia@andina.test", to="ana@cliente.test", bcc="jefe@andina.test"), "Sent")
    world.folders["Archivo"], world.validity["Archivo"] = {}, 5
    sync(mine)
    world.move(uid, "Sent", "Archivo")
    sync(mine)
    sync(mine)
    place = Location.objects.get(gone_at=None)
    assert place.folder.name == "Archivo"
    hidden = Participant.objects.get(role="bcc", location=place)
    assert hidden.address.value == "jefe@andina.test"


@pytest.mark.parametrize("renumbered", [False, True])
def test_each_of_several_copies_shows_the_bcc_that_all_of_them_show(world, mine, renumbered):
    world.knows_objects = True
    raw = nth(1, bcc="eva@cliente.test")
    world.put(raw)
    world.put(raw)
    sync(mine)
    if renumbered:
        world.renumber("INBOX")
    for _ in range(2):
        world.put(raw, "Copias")
    sync(mine)
    assert live() == [("Copias", "1"), ("Copias", "1"), ("INBOX", "1"), ("INBOX", "1")]
    shown = Location.objects.filter(gone_at=None).values_list("bcc_participants__address__value", flat=True)
    assert list(shown) == ["eva@cliente.test"] * 4


def test_a_folder_that_gets_new_numbers_in_every_session_is_read_quietly_and_not_all_the_time(world, mine):
    for n in range(3):
        world.put(nth(n))
    for _ in range(5):
        world.renumber("INBOX")
        sync(mine)
    folder = Folder.objects.get()
    assert folder.renumberings == 3
    assert Message.objects.count() == Location.objects.count() == downloads(world) == 3
    world.put(nth(3))
    Folder.objects.update(renumbered_at=timezone.now() - timedelta(hours=1))
    world.renumber("INBOX")
    sync(mine)
    assert live() == [("INBOX", f"{n}") for n in range(4)]
    assert downloads(world) == 4


def test_uidvalidity_0_is_a_numbering_like_any_other(world, mine):
    world.put(nth(1))
    world.validity["INBOX"] = 0
    sync(mine)
    world.put(nth(2))
    sync(mine)
    sync(mine)
    assert live() == [("INBOX", "1"), ("INBOX", "2")]
    assert downloads(world) == 2


def test_a_uidnext_that_fell_means_other_messages(world, mine):
    for n in range(3):
        world.put(nth(n))
    sync(mine)
    world.folders["INBOX"] = {1: nth(7)}
    world.arrivals["INBOX", 1] = DAY
    world.following.clear()
    sync(mine)
    sync(mine)
    assert live() == [("INBOX", "7")]
    assert Message.objects.count() == 4


def test_what_went_while_its_folder_was_left_out_is_noticed_though_another_came(any_world, mine):
    uid = any_world.put(nth(1), "Clientes")
    sync(mine)
    choose(Folder.objects.get(name="Clientes"), synced=False)
    any_world.remove(uid, "Clientes")
    any_world.put(nth(2), "Clientes")
    sync(mine)
    choose(Folder.objects.get(name="Clientes"), synced=True)
    sync(mine)
    assert live() == [("Clientes", "2")]


def test_an_emptied_mailbox_goes_on(any_world, mine):
    uids = [any_world.put(nth(n)) for n in range(3)]
    sync(mine)
    for uid in uids:
        any_world.remove(uid)
    sync(mine)
    assert live() == []
    any_world.put(nth(9))
    sync(mine)
    assert live() == [("INBOX", "9")]
    assert Message.objects.count() == 4


def test_what_was_stored_from_its_kept_bytes_has_no_place_where_it_is_gone(world, mine, monkeypatch):
    uid = world.put(nth(1))
    world.put(nth(2))
    original = fetch.parse
    monkeypatch.setattr(
        fetch, "parse", lambda raw, arrived: original(raw, arrived) if b"m2@" in raw else 1 / 0
    )
    sync(mine)
    world.remove(uid)
    sync(mine)
    monkeypatch.setattr(fetch, "parse", original)
    Quarantined.objects.update(next_try=timezone.now())
    sync(mine)
    assert Message.objects.count() == 2
    assert live() == [("INBOX", "2")]


def test_a_message_whose_number_another_one_got_is_still_seen(world, mine, seller):
    for n in range(3):
        world.put(nth(n, bcc="jefe@andina.test"))
    sync(mine)
    world.folders["INBOX"] = {1: nth(7)}
    world.following.clear()
    sync(mine)
    sync(mine)
    assert live() == [("INBOX", "7")]
    assert Message.objects.visible_to(seller).count() == 4
    assert Participant.objects.filter(role="bcc").exclude(location__gone_at=None).count() == 3


def test_a_folder_that_goes_back_to_its_former_numbers_takes_no_message_from_sight(world, mine, seller):
    for n in range(3):
        world.put(nth(n))
    sync(mine)
    before = dict(world.folders["INBOX"])
    world.validity["INBOX"], world.folders["INBOX"] = 2, {}
    sync(mine)
    world.validity["INBOX"], world.folders["INBOX"] = 1, {1: nth(7), 2: before[2]}
    world.arrivals["INBOX", 1] = DAY
    world.following.clear()
    sync(mine)
    sync(mine)
    assert live() == [("INBOX", "1"), ("INBOX", "7")]
    assert Message.objects.visible_to(seller).count() == 4
    assert not Quarantined.objects.exists()


def test_a_place_does_not_move_to_where_the_message_was_before(world, mine):
    raw = nth(1)
    first = world.put(raw)
    sync(mine)
    world.remove(first)
    sync(mine)
    world.put(raw)
    sync(mine)
    world.validity["INBOX"], world.folders["INBOX"] = 2, {1: raw, 2: nth(2)}
    sync(mine)
    world.validity["INBOX"], world.folders["INBOX"] = 1, {first: raw, 3: nth(2)}
    world.following.clear()
    sync(mine)
    sync(mine)
    assert live() == [("INBOX", "1"), ("INBOX", "2")]
    assert not Quarantined.objects.exists()


def test_what_went_is_noticed_though_the_worker_stopped_before_it_compared(world, mine, monkeypatch):
    first = world.put(nth(1))
    world.lists_numbers = True
    sync(mine)
    world.put(nth(2))
    with monkeypatch.context() as stopped:
        stopped.setattr(places, "compare", lambda *arguments: 1 / 0)
        EmailAccount.objects.update(next_try=None)
        assert not sync_account(mine.pk)
    world.remove(first)  # as many as before
    sync(mine)
    assert live() == [("INBOX", "2")]


def test_a_place_of_a_message_that_was_removed_meanwhile_is_set_aside_and_filled(world, mine, monkeypatch):
    world.knows_objects = True
    uid = world.put(nth(1))
    sync(mine)
    world.folders["Archivo"], world.validity["Archivo"] = {}, 1
    world.move(uid, "INBOX", "Archivo")
    original = places.known

    def meanwhile(*arguments):
        found = original(*arguments)
        if found:
            for model in (Participant, Location, Message):
                model.objects.all().delete()
        return found

    with monkeypatch.context() as forgetting:
        forgetting.setattr(places, "known", meanwhile)
        sync(mine)
    assert Quarantined.objects.get().error == "store"
    Quarantined.objects.update(next_try=timezone.now())
    sync(mine)
    assert live() == [("Archivo", "1")]


def unreadable(monkeypatch) -> None:
    monkeypatch.setattr("escala_email_plugin.sync.fetch.parse", lambda raw, arrived: 1 / 0)


def test_bytes_that_were_kept_outlive_every_fall_of_uidnext(world, mine, monkeypatch):
    unreadable(monkeypatch)
    letters = [nth(n) for n in range(6)]
    for mail in (letters[:3], letters[3:5], letters[5:]):
        world.folders["INBOX"] = dict(enumerate(mail, 1))
        world.validity["INBOX"] = 1
        world.following.clear()
        sync(mine)
        sync(mine)
    assert {bytes(row.raw) for row in Quarantined.objects.all()} == set(letters)


def test_a_message_that_cannot_be_read_is_kept_once_however_often_its_folder_gets_new_numbers(
    world, mine, monkeypatch
):
    unreadable(monkeypatch)
    world.put(nth(1))
    for _ in range(3):
        sync(mine)
        world.renumber("INBOX")
    Folder.objects.update(renumbered_at=None)
    sync(mine)
    assert Quarantined.objects.get().uidvalidity == world.validity["INBOX"]


def test_who_lost_the_account_writes_nothing_of_new_numbers(world, mine, monkeypatch):
    world.put(nth(1))
    sync(mine)
    Folder.objects.update(sweep_to=2)
    world.renumber("INBOX")

    def lost(self):
        raise LeaseLost

    monkeypatch.setattr(Lease, "renew", lost)
    EmailAccount.objects.update(next_try=None)
    assert not sync_account(mine.pk)
    folder = Folder.objects.get()
    assert (folder.uidvalidity, folder.sweep_to, folder.renumberings) == (1, 2, 0)
