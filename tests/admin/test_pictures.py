"""Pictures that lie outside are fetched by the reader's browser once the reader says so, and never before."""

import pytest
from django.core import signing
from django.urls import reverse

from escala_email_plugin.models import Message, ShownSender
from escala_email_plugin.reading import pictures
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

HTML = (
    '<p>Hola</p><img src="http://lejos.test/logo.gif" alt="Logo">'
    '<img src="https://lejos.test/p" width=1 height=1>'
)


@pytest.fixture
def mine(seller):
    return account(seller)


@pytest.fixture
def message(mine, ana):
    (message,) = stored(mine, letter(html=HTML))
    return message


@pytest.fixture
def choose(client, ana):
    def choose(user, message, choice):
        client.force_login(user)
        url = reverse("escala_email:pictures", args=["crm", "person", ana.pk, message.pk])
        return client.post(url, {"choice": choice})

    return choose


def policy(response) -> str:
    return response["Content-Security-Policy"].partition(";")[2].strip().partition(";")[0]


def test_they_are_counted_and_blocked(look, seller, message):
    response = look(seller, "body", message.pk)
    page = response.content.decode()
    assert "lejos.test" not in page
    assert "Logo" in page
    assert policy(response) == "img-src data: cid:"
    assert 'data-pictures="blocked"' in page
    assert "1 picture was not loaded" in page
    assert "1 tracking picture was left out." in page
    assert "Always show those of ana@cliente.test" in page


def test_once_they_come_encrypted_and_what_only_tracks_does_not(client, seller, message, choose):
    response = client.get(choose(seller, message, "once").content.decode())
    page = response.content.decode()
    assert 'src="https://lejos.test/logo.gif"' in page
    assert 'referrerpolicy="no-referrer"' in page
    assert "lejos.test/p" not in page
    assert policy(response) == "img-src data: cid: https:"
    assert 'data-pictures="once"' in page


@pytest.mark.parametrize("token", ["1", "", "on", "true", "W10:x:y"])
def test_no_address_that_somebody_made_up_lets_them_through(look, seller, message, token):
    response = look(seller, "body", message.pk, images=token)
    assert response.status_code == 200
    assert "lejos.test" not in response.content.decode()
    assert policy(response) == "img-src data: cid:"


def test_what_lets_them_through_is_for_this_reader_and_message_and_not_for_long(
    look, seller, colleague, mine, message, monkeypatch
):
    (other,) = stored(mine, letter(html=HTML, subject="Otra", minutes=1))
    for token in (pictures.once(colleague, message), pictures.once(seller, other), signing.dumps([1, 2])):
        assert "lejos.test" not in look(seller, "body", message.pk, images=token).content.decode()
    token = pictures.once(seller, message)
    assert "lejos.test" in look(seller, "body", message.pk, images=token).content.decode()
    monkeypatch.setattr(pictures, "ONCE", -1)
    assert "lejos.test" not in look(seller, "body", message.pk, images=token).content.decode()


def test_always_is_about_this_sender_and_this_reader(look, seller, colleague, mine, message, choose):
    (other,) = stored(mine, letter(html=HTML, minutes=1, subject="Otra"))
    (stranger,) = stored(mine, letter("Eva <eva@otra.test>", cc="ana@cliente.test", html=HTML, minutes=2))
    assert choose(seller, message, "always").status_code == 200
    assert "https://lejos.test/logo.gif" in look(seller, "body", other.pk).content.decode()
    assert "Pictures of ana@cliente.test are always shown." in look(seller, "body", other.pk).content.decode()
    assert "lejos.test" not in look(seller, "body", stranger.pk).content.decode()
    assert not pictures.is_always_shown(colleague, pictures.trusted_sender(message))
    choose(seller, other, "always")
    assert ShownSender.objects.count() == 1
    choose(seller, message, "never")
    assert not ShownSender.objects.exists()
    assert "lejos.test" not in look(seller, "body", other.pk).content.decode()


@pytest.mark.parametrize(
    "sender",
    [
        "ana@cliente.test, Eva <eva@otra.test>",
        '"jefe@andina.test" <ana@cliente.test>',
        "ana@cliente.test (x@y.test)",
    ],
)
def test_of_who_wrote_it_uncertainly_there_is_no_always(look, seller, mine, ana, choose, sender):
    (message,) = stored(mine, letter("eva@otra.test", html=HTML))
    Message.objects.all().delete()
    raw = letter("MARK@x.test", html=HTML).replace(b"MARK@x.test", sender.encode(), 1)
    (message,) = stored(mine, raw)
    page = look(seller, "body", message.pk).content.decode()
    assert "data-always" not in page
    assert choose(seller, message, "always").status_code == 400
    assert not ShownSender.objects.exists()


def test_a_choice_is_posted(client, seller, ana, message):
    client.force_login(seller)
    url = reverse("escala_email:pictures", args=["crm", "person", ana.pk, message.pk])
    assert client.get(url, {"choice": "always"}).status_code == 405
    assert client.post(url, {"choice": "nonsense"}).status_code == 400


def test_nobody_else_can_choose(colleague, administrator, message, choose):
    for user in (colleague, administrator):
        assert choose(user, message, "once").status_code == 404
        assert choose(user, message, "always").status_code == 404
    assert not ShownSender.objects.exists()


def test_a_mail_without_pictures_has_no_bar(look, seller, mine, ana):
    (message,) = stored(mine, letter(html="<p>Hola</p>"))
    page = look(seller, "body", message.pk).content.decode()
    assert 'data-pictures="none" data-says=""' in page
