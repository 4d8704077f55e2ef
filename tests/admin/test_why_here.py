"""Why is this message on this page? Answered to who may see it, and no more than he may know."""

import pytest
from django.urls import reverse
from django.utils import timezone

from escala_email_plugin.models import Folder, Location
from sandbox.crm.models import Person
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def mine(seller):
    return account(seller)


@pytest.fixture
def ask(client, seller, ana):
    def ask(message, user=seller, record=ana):
        client.force_login(user)
        place = [record._meta.app_label, record._meta.model_name, record.pk, message.pk]
        return client.get(reverse("escala_email:why_here", args=place))

    return ask


def test_it_names_the_address_its_field_the_record_and_the_folder(mine, ana, ask):
    (message,) = stored(mine, letter(cc="Ana <ana@cliente.test>"), folder="Clientes")
    html = ask(message).content.decode()
    assert f"ana@cliente.test is in it (From, Cc), and it is an address of {ana}." in html
    assert "Mailbox lucia@andina.test, folder “Clientes”." in html
    assert "no longer in the mailbox" not in html


def test_what_left_one_folder_is_still_in_the_other(mine, ask):
    (message,) = stored(mine, letter())
    stored(mine, letter(), folder="Archivo")
    Location.objects.filter(folder__name="INBOX").update(gone_at=timezone.now())
    html = ask(message).content.decode()
    assert html.index("Archivo") < html.index("INBOX") < html.index("not there any more since")
    assert "no longer in the mailbox" not in html
    Location.objects.update(gone_at=timezone.now())
    assert "It is no longer in the mailbox" in ask(message).content.decode()


def test_a_colleagues_folders_are_nobody_elses_business(mine, colleague, ask):
    (message,) = stored(mine, letter())
    stored(account(colleague, "marcos@andina.test"), letter(), folder="Divorcio")
    html = ask(message).content.decode()
    assert "Divorcio" not in html
    assert "marcos" not in html


def test_that_my_copy_is_gone_is_true_although_a_colleague_has_his(mine, colleague, ask):
    (message,) = stored(mine, letter())
    stored(account(colleague, "marcos@andina.test"), letter())
    Location.objects.filter(account=mine).update(gone_at=timezone.now())
    assert "It is no longer in the mailbox" in ask(message).content.decode()


def test_a_bcc_is_told_only_to_who_holds_the_copy_that_shows_it(mine, colleague, ask):
    """Lucía's copy in Sent shows Berta in Bcc; the copy Marcos got does not."""
    berta = Person.objects.create(first_name="Berta", last_name="Ruiz", email="berta@otra.test")
    sent = {"sender": "lucia@andina.test", "to": "marcos@andina.test", "message_id": "b@x.test"}
    (message,) = stored(mine, letter(**sent, bcc="berta@otra.test"), folder="Sent")
    stored(account(colleague, "marcos@andina.test"), letter(**sent))
    assert "(Bcc)" in ask(message, record=berta).content.decode()
    assert ask(message, colleague, berta).status_code == 404


@pytest.mark.parametrize("who", ["colleague", "administrator"])
def test_who_may_not_see_the_message_is_not_told(request, mine, ask, who):
    (message,) = stored(mine, letter())
    assert ask(message, request.getfixturevalue(who)).status_code == 404


def test_who_may_not_see_the_record_is_not_told(mine, outsider, client, ana):
    (message,) = stored(mine, letter())
    client.force_login(outsider)
    url = reverse("escala_email:why_here", args=["crm", "person", ana.pk, message.pk])
    assert client.get(url, headers={"x-requested-with": "XMLHttpRequest"}).status_code == 403


def test_a_message_of_another_record_is_not_found(mine, ask):
    other = Person.objects.create(first_name="Berta", last_name="Ruiz", email="berta@otra.test")
    (message,) = stored(mine, letter())
    assert ask(message, record=other).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_places(mine, ask, django_assert_max_num_queries):
    (message,) = stored(mine, letter())
    ask(message)
    with django_assert_max_num_queries(17) as few:
        ask(message)
    for n in range(6):
        stored(mine, letter(), folder=f"Carpeta {n}")
    assert Folder.objects.count() == 7
    with django_assert_max_num_queries(len(few)):
        ask(message)


def test_in_the_thread_what_is_gone_has_a_badge(client, seller, mine, ana, django_assert_max_num_queries):
    gone, _ = stored(
        mine,
        letter(text="Uno", message_id="a@x.test"),
        letter("lucia@andina.test", "ana@cliente.test", text="Dos", reply_to="a@x.test", minutes=5),
    )
    Location.objects.filter(message=gone).update(gone_at=timezone.now())
    client.force_login(seller)
    url = reverse("escala_email:thread", args=["crm", "person", ana.pk, gone.thread_id])
    html = client.get(url).content.decode()
    assert html.count("escala-message__gone") == 1
    assert html.index("escala-message__gone") < html.index("Dos")
    assert html.count(reverse("escala_email:why_here", args=["crm", "person", ana.pk, gone.pk])) == 1
