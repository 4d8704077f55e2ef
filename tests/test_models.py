"""What the database itself refuses."""

import pytest
from django.db import IntegrityError, transaction

from escala_email_plugin.models import Location, Participant
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


def refused(make) -> bool:
    try:
        with transaction.atomic():
            make()
    except IntegrityError:
        return True
    return False


def test_a_user_has_one_personal_mailbox_at_most(seller):
    account(seller)
    assert refused(lambda: account(seller, "otra@andina.test"))


def test_a_disconnected_mailbox_makes_room_for_another(seller):
    account(seller, state="disconnected")
    account(seller, "otra@andina.test")


@pytest.mark.parametrize("kind", ["shared", "marketing"])
def test_there_is_one_shared_and_one_marketing_mailbox_at_most(kind):
    account(None, "uno@andina.test", kind=kind)
    assert refused(lambda: account(None, "dos@andina.test", kind=kind))
    other = {"shared": "marketing", "marketing": "shared"}[kind]
    account(None, "tres@andina.test", kind=other)


def test_only_a_personal_mailbox_has_an_owner(seller):
    assert refused(lambda: account(seller, kind="shared"))


def test_a_mailbox_is_connected_by_one_user_and_may_be_shared_as_well(seller, colleague):
    account(seller)
    assert refused(lambda: account(colleague))
    account(None, kind="shared")


def test_a_user_who_is_deleted_leaves_the_history_behind(seller):
    mine = account(seller)
    stored(mine, letter())
    seller.delete()
    mine.refresh_from_db()
    assert mine.owner is None
    assert mine.locations.count() == 1


def test_a_place_holds_one_message(seller):
    stored(account(seller), letter())
    place = Location.objects.get()
    place.pk = None
    assert refused(place.save)


def test_a_bcc_without_the_place_that_showed_it_is_refused(seller):
    stored(account(seller), letter())
    person = Participant.objects.filter(role="to").get()
    person.pk, person.role = None, "bcc"
    assert refused(person.save)


def test_no_label_tells_a_third_party_anything(seller):
    (message,) = stored(
        account(seller), letter(subject="Secreto", attachments=[("secreto.pdf", "a/b", b"x")])
    )
    for one in (message, message.thread, *message.participants.all(), *message.attachments.all()):
        assert "ecreto" not in str(one)
        assert "@" not in str(one)


def test_a_secret_is_in_no_representation(seller):
    mine = account(seller)
    assert mine.secret
    assert mine.secret not in repr(mine) + str(mine)
