"""The pages to erase a person: what is shown and what never, the report, and the way back."""

import json
import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils.functional import Promise
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from escala_email_plugin.admin.erasing_people import MOST
from escala_email_plugin.admin.erasure_words import WORDS
from escala_email_plugin.models import Address, CaptureAddress, Erasure, Message, Policy
from escala_email_plugin.privacy import erase_person
from sandbox.crm.models import Person
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

CANARY = "canario@cliente.test"
PAGE, LIST = reverse("escala_email:erase_person"), reverse("escala_email:erasures")


@pytest.fixture
def eraser(outsider):
    """Who may erase, and reads nobody's mail nor sees any record."""
    outsider.user_permissions.add(Permission.objects.get(codename="erase_person"))
    return outsider


@pytest.fixture
def ordered(monkeypatch):
    from escala_email_plugin import tasks

    found = []
    monkeypatch.setattr(tasks, "erase_person", found.append)
    return found


@pytest.fixture
def mail(seller):
    Person.objects.create(first_name="Canaria", last_name="Plumón", email=CANARY)
    Person.objects.create(first_name="Luis", last_name="Pérez", email="luis@cliente.test")
    mine = account(seller)
    stored(
        mine,
        letter(f"Canaria <{CANARY}>", subject="Asunto secreto"),
        letter(f"Canaria <{CANARY}>", "luis@cliente.test", subject="Otro secreto"),
    )
    return mine


@pytest.fixture
def press(client, eraser, django_capture_on_commit_callbacks):
    client.force_login(eraser)

    def press(url, **data):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(url, data)

    return press


def text(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_what_there_is_is_counted_and_nothing_of_it_is_shown(press, mail, ordered):
    page = text(press(PAGE, people=f"Canaria <{CANARY.upper()}>"))
    assert page.count("<dd>1</dd>") >= 2
    assert CANARY in page
    for told in ("secreto", "luis@cliente.test", "Plumón", mail.address):
        assert told not in page
    assert "that you may not see" in page
    assert not Erasure.objects.exists()
    assert ordered == []


def test_who_may_see_the_record_finds_it_named(client, administrator, mail):
    client.force_login(administrator)
    page = text(client.post(PAGE, {"people": CANARY}))
    assert "Canaria" in page
    assert "that you may not see" not in page


@pytest.mark.parametrize("typed", ["", "canario", "otro@cliente.test", "x" * 300, "\x00", "<script>"])
def test_another_address_erases_nobody(press, mail, ordered, typed):
    page = text(press(PAGE, people=CANARY, typed=typed))
    assert 'name="typed"' in page
    assert "<script>" not in page.partition("escala-erasing")[2].partition("</form>")[0]
    assert not Erasure.objects.exists()
    assert ordered == []


def test_the_address_typed_again_orders_it_and_nobody_is_told_whose(press, client, mail, ordered, eraser):
    answer = press(PAGE, people=CANARY, typed=" Canario@Cliente.test ")
    row = Erasure.objects.get()
    assert answer.url == reverse("escala_email:erasure", args=[row.pk])
    assert ordered == [row.pk]
    assert row.erased_by == eraser
    entry = ModelLogEntry.objects.get(action="escala_email.erase_person")
    assert CANARY not in f"{entry.label} {entry.data} {entry.message}"
    page = text(client.get(answer.url))
    assert 'data-running="true"' in page
    assert CANARY not in page
    assert erase_person.erase(row.pk)
    page = text(client.get(answer.url, headers={"x-requested-with": "XMLHttpRequest"}))
    assert 'data-settled="true"' in page
    assert "<dd>1</dd>" in page


def test_several_addresses_of_one_person_are_each_an_erasure(press, mail, ordered):
    people = f"{CANARY}\r\n casa@cliente.test; Canaria <trabajo@cliente.test>, {CANARY}"
    assert press(PAGE, people=people, typed=CANARY).url == LIST
    assert Erasure.objects.count() == len(ordered) == 3


@pytest.mark.parametrize(
    "people",
    [
        "",
        "  ,; ",
        "canario",
        "@",
        "*@cliente.test",
        "<script>alert(1)</script>",
        "\x00",
        "a@b@c.test",
        "x" * 6_000,
        ",".join(f"a{n}@b.test" for n in range(MOST + 1)),
        "' OR 1=1 --",
        "%00%0d%0aBcc: x",
    ],
)
def test_what_is_no_address_has_a_sentence(press, people, ordered):
    page = text(press(PAGE, people=people, typed=people[:10]))
    assert "<script>alert" not in page
    assert "error" in page
    assert not Erasure.objects.exists()


def test_the_address_of_a_mailbox_here_is_refused(press, mail, ordered):
    page = text(press(PAGE, people=mail.address, typed=mail.address))
    assert "mailbox here" in page
    assert not Erasure.objects.exists()


def test_from_a_records_page_its_addresses_are_there_for_who_sees_it(client, administrator, eraser, mail):
    person = Person.objects.get(email=CANARY)
    url = f"{PAGE}?record=crm/person/{person.pk}"
    client.force_login(administrator)
    assert CANARY in text(client.get(url))
    client.force_login(eraser)
    assert CANARY not in text(client.get(url))
    for odd in ("crm/person/", "crm/person/999999", "auth/user/1", "x/y/z", "///", "crm/person/%00"):
        client.force_login(administrator)
        assert CANARY not in text(client.get(f"{PAGE}?record={odd}"))


def test_the_panel_of_a_record_leads_there_for_who_may_erase_only(client, administrator, seller, mail):
    person = Person.objects.get(email=CANARY)
    for user, shown in ((administrator, True), (seller, False)):
        client.force_login(user)
        page = text(client.get(AdminURLFinder(user).get_edit_url(person)))
        assert (f"{PAGE}?record=crm/person/{person.pk}" in page) is shown


def test_the_list_says_when_by_whom_and_how_much_and_never_who(press, client, mail, ordered, eraser):
    assert "Nobody was erased yet." in text(client.get(LIST))
    press(PAGE, people=CANARY, typed=CANARY)
    erase_person.erase(ordered[0])
    page = text(client.get(LIST))
    assert eraser.get_username() in page
    assert CANARY not in page
    assert press(LIST, address=CANARY.upper()).url == reverse("escala_email:erasure", args=ordered)
    assert "Nobody with this address was erased." in text(press(LIST, address="otro@cliente.test"))
    assert "no e-mail address" in text(press(LIST, address="x"))


def test_the_report_can_be_read_and_kept(press, client, mail, ordered, eraser):
    press(PAGE, people=CANARY, typed=CANARY)
    url = reverse("escala_email:erasure_report", args=ordered)
    assert "Not finished yet." in text(client.get(url))
    erase_person.erase(ordered[0])
    answer = client.get(url)
    assert answer["Content-Disposition"] == f'attachment; filename="erasure-{ordered[0]}.txt"'
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    told = text(answer).splitlines()
    assert told[0] == f"Erasure {ordered[0]}"
    assert re.fullmatch(r"Ordered on .+ by nadie\.", told[2])
    assert re.fullmatch(r"Finished on .+\.", told[3])
    assert f"{WORDS['removed']}: 1" in told
    assert f"{WORDS['tallies']}: 0" in told
    assert len([line for line in told if re.search(r": \d+$", line)]) == len(WORDS)
    assert CANARY not in text(answer)
    erase_person.allow_again(CANARY, eraser)
    assert re.search(r"^Allowed again on .+ by nadie\.$", text(client.get(url)), re.MULTILINE)


def test_the_report_speaks_the_users_language(press, client, mail, ordered, eraser):
    press(PAGE, people=CANARY, typed=CANARY)
    profile = UserProfile.objects.create(user=eraser)
    for language, words in (("en", "Messages: 0"), ("es", "Mensajes: 0")):
        profile.preferred_language = language
        profile.save()
        page = text(client.get(reverse("escala_email:erasure_report", args=ordered)))
        assert words in page.splitlines()


@pytest.mark.parametrize("model", [Erasure, CaptureAddress, Policy])
def test_what_stands_in_the_site_history_has_a_name_that_can_be_translated(model):
    assert isinstance(model._meta.verbose_name, Promise)
    assert isinstance(model._meta.verbose_name_plural, Promise)


def test_the_records_that_stay_stand_in_lines_of_their_own(client, administrator, mail):
    Person.objects.create(first_name="Otra", last_name="Ficha", email=CANARY)
    client.force_login(administrator)
    page = text(client.post(PAGE, {"people": CANARY}))
    shown = page.partition("escala-erasing__records")[2].partition("</ul>")[0]
    names = re.findall(r"<li><a [^>]+>([^<]+)</a></li>", shown)
    assert sorted(names) == ["Canaria Plumón", "Otra Ficha"]


def test_the_report_can_be_kept_for_programs(press, client, mail, ordered):
    press(PAGE, people=CANARY, typed=CANARY)
    erase_person.erase(ordered[0])
    answer = client.get(reverse("escala_email:erasure_report_json", args=ordered))
    assert answer["Content-Disposition"] == f'attachment; filename="erasure-{ordered[0]}.json"'
    report = json.loads(answer.content)
    assert (report["counts"]["removed"], report["counts"]["redacted"]) == (1, 1)
    assert report["ordered_by"] == "nadie"
    assert CANARY not in answer.content.decode()


def test_who_types_the_address_lets_the_person_in_again(press, client, mail, ordered):
    press(PAGE, people=CANARY, typed=CANARY)
    url = reverse("escala_email:erasure", args=ordered)
    assert press(url, address=CANARY).url == url
    assert "Wait until all is removed." in text(client.get(url))
    erase_person.erase(ordered[0])
    assert "This is not the address." in text(press(url, address="otro@cliente.test"))
    assert Erasure.objects.filter(lifted_at=None).exists()
    assert press(url, address=CANARY).url == url
    assert not Erasure.objects.filter(lifted_at=None).exists()
    assert Address.objects.get(value=CANARY).sought
    assert ModelLogEntry.objects.filter(action="escala_email.allow_again").count() == 1


def test_who_let_a_person_in_again_is_told_with_the_report(press, client, mail, ordered, eraser):
    press(PAGE, people=CANARY, typed=CANARY)
    url = reverse("escala_email:erasure", args=ordered)
    erase_person.erase(ordered[0])
    press(url, address=CANARY)
    for place in (url, LIST):
        page = text(client.get(place))
        assert re.search(rf"Allowed again on [^<]+ by {eraser.get_username()}\.", page)
        assert "<dd>1</dd>" in page
    assert press(url, address=CANARY).url == url
    assert 'name="address"' not in text(client.get(url))
    assert ModelLogEntry.objects.filter(action="escala_email.allow_again").count() == 1
    assert press(LIST, address=CANARY).url == url


def test_the_report_and_the_way_back_are_offered_once_all_is_gone(press, client, mail, ordered):
    press(PAGE, people=CANARY, typed=CANARY)
    url = reverse("escala_email:erasure", args=ordered)
    offered = (reverse("escala_email:erasure_report", args=ordered), 'name="address"', "Allow again")
    page = text(client.get(url))
    assert [one for one in offered if one in page] == []
    erase_person.erase(ordered[0])
    for headers in ({}, {"x-requested-with": "XMLHttpRequest"}):
        page = text(client.get(url, headers=headers))
        assert [one for one in offered if one not in page] == []


def test_without_the_key_nobody_is_found_and_nobody_erased(press, client, mail, ordered, settings):
    from cryptography.fernet import Fernet

    press(PAGE, people=CANARY, typed=CANARY)
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "SECRET_KEYS": [Fernet.generate_key().decode()]}
    assert "the key is lost" in text(press(LIST, address=CANARY))
    page = text(press(PAGE, people="otro@cliente.test", typed="otro@cliente.test"))
    assert "the key is lost" in page
    assert Erasure.objects.count() == 1


def test_what_is_erased_is_gone_from_who_read_it(press, client, mail, ordered, seller):
    press(PAGE, people=CANARY, typed=CANARY)
    erase_person.erase(ordered[0])
    (left,) = Message.objects.visible_to(seller)
    assert left.subject == "Otro secreto"
