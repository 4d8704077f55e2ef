"""Deleting a mailbox with its mail: how much is said, the address is typed, and nobody else's goes."""

import pytest
from wagtail.models import ModelLogEntry

from escala_email_plugin.models import EmailAccount, Message
from sandbox.crm.models import Person
from tests.making import account, at, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ana(db):
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def ordered(ordered, monkeypatch):
    from escala_email_plugin import tasks

    monkeypatch.setattr(tasks, "erase", lambda pk: ordered.append(("erase", pk)))
    return ordered


@pytest.fixture
def press(client, django_capture_on_commit_callbacks):
    def press(holder, typed, kind="personal"):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(at("erase", holder.pk, kind=kind), {"address": typed})

    return press


def test_the_page_says_how_much_goes(client, seller):
    mine = account(seller)
    stored(mine, letter(attachments=[("a.pdf", "application/pdf", b"x" * 2048)]), letter(subject="Otra"))
    client.force_login(seller)
    page = client.get(at("erase", mine.pk)).content.decode()
    assert "<dd>2</dd>" in page
    assert "2.0\xa0KB" in page
    assert mine.address in page


def test_it_goes_for_everybody_at_once_and_from_the_disk_by_a_task(client, seller, press, ordered):
    mine = account(seller)
    stored(mine, letter())
    client.force_login(seller)
    assert press(mine, " LUCIA@andina.test ").url == at("account")
    mine.refresh_from_db()
    assert (mine.state, mine.secret, mine.erase_at is not None) == ("disconnected", "", True)
    assert not Message.objects.visible_to(seller).exists()
    assert ordered == [("erase", mine.pk)]
    assert mine.address not in client.get(at("account")).content.decode().split("</ul>")[-1]
    assert client.get(at("erase", mine.pk)).status_code == 404
    assert press(mine, mine.address).status_code == 404


@pytest.mark.parametrize("typed", ["", "lucia", "marcos@andina.test", "x" * 300, "\x00"])
def test_another_address_deletes_nothing(client, seller, press, ordered, typed):
    mine = account(seller)
    client.force_login(seller)
    response = press(mine, typed)
    assert response.context["form"].errors["address"]
    mine.refresh_from_db()
    assert (mine.state, mine.erase_at, ordered) == ("connected", None, [])


def test_one_that_is_disconnected_already_can_go_too(client, seller, press, ordered):
    mine = account(seller, state="disconnected")
    account(seller, "otra@andina.test")
    client.force_login(seller)
    assert at("erase", mine.pk) in client.get(at("account")).content.decode()
    press(mine, mine.address)
    assert ordered == [("erase", mine.pk)]
    assert at("erase", mine.pk) not in client.get(at("account")).content.decode()
    assert EmailAccount.objects.get(address="otra@andina.test").state == "connected"


@pytest.mark.parametrize("who", ["colleague", "administrator", "manager", "outsider"])
def test_nobody_elses_mailbox_can_be_deleted(client, request, seller, press, who, ordered):
    mine = account(seller)
    other = request.getfixturevalue(who)
    client.force_login(other)
    for kind in ("personal", "shared", "marketing"):
        response = client.get(at("erase", mine.pk, kind=kind))
        assert response.status_code in (302, 404)
        assert press(mine, mine.address, kind).status_code in (302, 404)
    mine.refresh_from_db()
    assert (mine.state, mine.erase_at, ordered) == ("connected", None, [])


def test_the_shared_mailbox_is_deleted_by_who_manages_it(client, manager, press, ordered):
    shared = account(address="ventas@andina.test")
    client.force_login(manager)
    press(shared, shared.address, "shared")
    assert ordered == [("erase", shared.pk)]
    assert "Connect external e-mail" in client.get(at("account", kind="shared")).content.decode()


def test_who_did_it_is_in_the_log_and_nobody_elses_data(client, seller, press, ordered):
    mine = account(seller)
    stored(mine, letter())
    client.force_login(seller)
    client.post(at("disconnect"))
    press(mine, mine.address)
    rows = ModelLogEntry.objects.order_by("pk").values_list("action", "user", "label", "data")
    assert list(rows) == [
        (f"escala_email.{action}", seller.pk, "Personal mailbox", {"kind": "personal"})
        for action in ("disconnect", "erase")
    ]


def test_the_actions_of_the_log_have_names():
    from wagtail.log_actions import registry

    names = dict(registry.get_choices())
    assert names["escala_email.erase"] == "Delete a mailbox with its mail"


def test_the_page_asks_the_same_however_much_there_is(client, seller, django_assert_max_num_queries):
    mine = account(seller)
    stored(mine, *[letter(subject=f"{n}") for n in range(30)])
    client.force_login(seller)
    client.get(at("erase", mine.pk))
    with django_assert_max_num_queries(13):
        client.get(at("erase", mine.pk))
