"""The page of the capture address, and the one that makes a contact of who a captured mail was with."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from wagtail.models import ModelLogEntry

from escala_email_plugin.models import CaptureAddress
from escala_email_plugin.sync.capture import address, invitation, refused
from escala_email_plugin.sync.capture.invitation import Invitation
from escala_email_plugin.sync.capture.judge import Refusal
from sandbox.crm.models import Company, Person
from tests.making import account, at

pytestmark = pytest.mark.django_db

PAGE, MAKE = (f"escala_email:{name}" for name in ("capture", "make_capture"))


@pytest.fixture
def crm(db):
    return account(address="crm@andina.test", kind="capture")


@pytest.fixture
def lucia(client, seller):
    client.force_login(seller)
    return client


def shown(client) -> str:
    return client.get(reverse(PAGE)).content.decode()


def test_there_is_none_before_it_is_asked_for(lucia, seller, crm):
    assert "Get a capture address" in shown(lucia)
    assert not CaptureAddress.objects.exists()
    assert lucia.post(reverse(MAKE), follow=True).status_code == 200
    token = CaptureAddress.objects.get(user=seller).token
    assert f'value="crm+{token}@andina.test"' in shown(lucia)
    # On the tab of the personal mailbox, too, which is not connected.
    assert f"crm+{token}@andina.test" in lucia.get(at("account")).content.decode()


def test_a_new_one_takes_the_place_of_the_former(lucia, seller, crm):
    lucia.post(reverse(MAKE))
    former = CaptureAddress.objects.get()
    lucia.post(reverse(MAKE))
    former.refresh_from_db()
    assert former.ended_at
    page = shown(lucia)
    assert former.token not in page
    assert CaptureAddress.objects.get(ended_at=None).token in page
    assert ModelLogEntry.objects.filter(action="escala_email.make_capture").count() == 2
    assert not any(former.token in str([one.data, one.label]) for one in ModelLogEntry.objects.all())


def test_the_shared_mailbox_serves_where_there_is_no_other(lucia, seller):
    account(address="ventas@andina.test")
    lucia.post(reverse(MAKE))
    assert f"ventas+{address.current(seller).token}@andina.test" in shown(lucia)


def test_without_either_it_says_whom_to_ask(lucia, seller):
    assert "No mailbox is connected for it yet." in shown(lucia)
    lucia.post(reverse(MAKE))
    assert not CaptureAddress.objects.exists()


def test_it_tells_from_where_it_accepts_and_what_it_refused(lucia, seller, colleague, crm):
    account(seller, "lucia.perez@andina.test")
    one = address.current(seller)
    for number, reason in enumerate([Refusal.NOT_YOURS, Refusal.NOT_YOURS, Refusal.FORGED]):
        refused.note(one, f"1/7/{number}", reason)
        refused.note(one, f"1/7/{number}", reason)
    page = shown(lucia)
    assert "lucia.perez@andina.test" in page
    assert seller.email in page
    assert "3 mails to your capture addresses were refused in the last 30 days" in page
    assert "from an address that is not yours: 2" in page


def test_the_address_of_a_mailbox_that_a_colleague_connected_is_not_ones_own(seller, colleague):
    account(colleague, seller.email)
    assert not address.own_addresses(seller)


def link_for(user, name="Ana María Gómez") -> str:
    made = invitation.made(user, Invitation("ana@cliente.test", name))
    return reverse("escala_email:create_contact", args=[made])


def test_a_contact_is_made_with_what_the_mail_told(lucia, seller):
    page = lucia.get(link_for(seller)).content.decode()
    for value in ("Ana", "María Gómez", "ana@cliente.test"):
        assert f'value="{value}"' in page
    data = {"first_name": "Ana", "last_name": "Gómez", "email": "ana@cliente.test"}
    response = lucia.post(link_for(seller), data)
    person = Person.objects.get()
    assert (person.email, person.last_name) == ("ana@cliente.test", "Gómez")
    assert str(person.pk) in response.url
    assert ModelLogEntry.objects.filter(action="wagtail.create").exists()


def test_the_user_chooses_among_the_modules_with_an_address_of_their_own(lucia, seller):
    url = f"{link_for(seller)}?module=crm.company"
    page = lucia.get(url).content.decode()
    assert "module=crm.person" in page
    assert "opportunity" not in page.partition("<form")[0].rpartition("escala-capture__kinds")[2]
    lucia.post(url, {"name": "Cliente SA", "email": "ana@cliente.test"})
    assert Company.objects.get().email == "ana@cliente.test"


def test_only_what_the_host_lets_the_user_add_is_offered(lucia, seller):
    seller.user_permissions.remove(*Permission.objects.filter(codename__in=["add_person", "add_company"]))
    page = lucia.get(link_for(seller)).content.decode()
    assert "You may not create contacts." in page
    data = {"first_name": "Ana", "last_name": "Gómez", "email": "ana@cliente.test"}
    lucia.post(link_for(seller), data)
    assert not Person.objects.exists()


def test_what_is_lacking_is_said(lucia, seller):
    response = lucia.post(link_for(seller), {"email": "ana@cliente.test"})
    assert response.status_code == 200
    assert not Person.objects.exists()


def test_who_is_a_contact_already_is_named(lucia, seller):
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    assert "There is a contact with this address already:" in lucia.get(link_for(seller)).content.decode()


def test_where_the_host_fills_the_address_in_itself_no_contact_is_made(lucia, seller, monkeypatch):
    monkeypatch.setattr(Person._meta.get_field("email"), "editable", False)
    page = lucia.get(link_for(seller)).content.decode()
    assert "module=crm.person" not in page


def test_nobody_elses_link_works(lucia, colleague):
    assert lucia.get(link_for(colleague)).status_code == 404
