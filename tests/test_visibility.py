"""Who sees what: the rule itself. What the pages make of it: tests/admin/test_reading.py."""

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.contrib.contenttypes.models import ContentType

from escala_email_plugin.models import Message, Participant
from sandbox.crm.models import Person, PersonEmail
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


def seen(user) -> set[str]:
    return set(Message.objects.visible_to(user).values_list("subject", flat=True))


def on_record(record, user) -> set[str]:
    content_type = ContentType.objects.get_for_model(record)
    messages = Message.objects.of_record(content_type, record.pk, user).visible_to(user)
    return set(messages.values_list("subject", flat=True))


def test_personal_mail_is_its_owners_alone(seller, colleague, administrator):
    stored(account(seller), letter(subject="Secreto"))
    assert seen(seller) == {"Secreto"}
    assert seen(colleague) == seen(administrator) == set()


def test_shared_mail_is_for_those_with_the_permission(seller, outsider):
    stored(account(None, "ventas@andina.test"), letter(to="ventas@andina.test", subject="Para todos"))
    assert seen(seller) == {"Para todos"}
    assert seen(outsider) == set()


def test_marketing_mail_shows_to_nobody(seller, administrator):
    marketing = account(None, "boletin@andina.test", kind="marketing")
    stored(marketing, letter(to="boletin@andina.test", subject="Campaña"))
    assert seen(seller) == seen(administrator) == set()


def test_a_permission_that_is_taken_away_takes_the_past_along(seller, django_user_model):
    stored(account(None, "ventas@andina.test"), letter(to="ventas@andina.test", subject="Para todos"))
    seller.user_permissions.remove(Permission.objects.get(codename="view_shared_mail"))
    assert seen(django_user_model.objects.get(pk=seller.pk)) == set()


def test_a_message_two_accounts_hold_shows_through_either(seller, colleague):
    raw = letter(to="lucia@andina.test, marcos@andina.test", subject="A los dos")
    stored(account(seller), raw)
    stored(account(colleague, "marcos@andina.test"), raw)
    assert Message.objects.count() == 1
    assert seen(seller) == seen(colleague) == {"A los dos"}


def test_a_disconnected_account_keeps_showing_its_history_to_its_owner(seller):
    mine = account(seller)
    stored(mine, letter(subject="De antes"))
    mine.state = "disconnected"
    mine.save()
    assert seen(seller) == {"De antes"}


def test_nobody_sees_anything_without_being_logged_in_and_active(seller):
    stored(account(seller), letter())
    seller.is_active = False
    assert seen(seller) == seen(AnonymousUser()) == set()


def test_a_records_messages_are_those_with_one_of_its_addresses(seller, ana):
    stored(
        account(seller),
        letter(subject="De Ana"),
        letter("lucia@andina.test", "ana@cliente.test", "A Ana", minutes=1),
        letter("Berta <berta@otra.test>", subject="Copia", cc="ana@cliente.test", minutes=2),
        letter("Berta <berta@otra.test>", subject="Sin ella", minutes=3),
    )
    assert on_record(ana, seller) == {"De Ana", "A Ana", "Copia"}


def test_whoever_gets_a_second_address_gets_its_mail(seller, ana):
    stored(account(seller), letter("Ana <ana@casa.test>", subject="Desde casa"))
    assert on_record(ana, seller) == set()
    PersonEmail.objects.create(person=ana, address="ana@casa.test")
    assert on_record(ana, seller) == {"Desde casa"}


def test_a_bcc_counts_only_for_who_holds_the_copy_that_shows_it(seller, colleague, ana):
    plain = letter("lucia@andina.test", "marcos@andina.test", "Oculto", message_id="h@andina.test")
    with_bcc = letter(
        "lucia@andina.test",
        "marcos@andina.test",
        "Oculto",
        message_id="h@andina.test",
        bcc="ana@cliente.test",
    )
    stored(account(seller), with_bcc, folder="Sent")
    stored(account(colleague, "marcos@andina.test"), plain)
    assert Message.objects.count() == 1
    assert Participant.objects.filter(role="bcc").count() == 1
    assert on_record(ana, seller) == {"Oculto"}
    assert on_record(ana, colleague) == set()
    assert seen(colleague) == {"Oculto"}


def test_a_name_that_is_anothers_address_brings_nobody_in(seller, ana):
    stored(account(seller), letter('"ana@cliente.test" <eve@otra.test>', subject="Engaño"))
    assert on_record(ana, seller) == set()
