"""The search through all mail: who finds which conversations, and on whose pages."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.test import RequestFactory
from django.urls import reverse

from escala_email_plugin.admin.search import area
from escala_email_plugin.models import Message, ModuleSwitch, RecordThread, SearchEntry
from escala_email_plugin.reading import everywhere, search
from escala_email_plugin.visibility import Level
from sandbox.crm.models import Person
from tests.admin.timelines import text
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, params=["the newest", "the index"])
def asked(request, monkeypatch):
    """Where what is searched is found: among the newest, which are looked at first, or by the index."""
    if request.param == "the index":
        monkeypatch.setattr(everywhere, "NEWEST", 1)
        monkeypatch.setattr(everywhere, "STRIDE", 1)


@pytest.fixture
def mine(seller, ana):
    return account(seller)


@pytest.fixture
def ask(client):
    def ask(user, words="", **query):
        client.force_login(user)
        return client.get(reverse("escala_email:search"), {"q": words, **query})

    return ask


def subjects(response) -> list[str]:
    return [row["letter"].message.subject for row in response.context["rows"]]


def pieces(response) -> list[str]:
    return re.findall(r'<p class="escala-search__piece">(.*?)</p>', response.content.decode(), re.DOTALL)


def test_the_conversations_that_were_found_stand_newest_first_each_once(mine, ask, seller):
    stored(
        mine,
        letter(subject="Póliza uno", message_id="a@x.test", minutes=1),
        letter(subject="Re: Póliza uno", reply_to="a@x.test", minutes=5),
        letter(subject="Póliza dos", minutes=3),
        letter(subject="Nada", minutes=9),
    )
    assert subjects(ask(seller, "poliza")) == ["Re: Póliza uno", "Póliza dos"]


def test_a_hit_is_marked_in_subject_piece_people_and_file_names(mine, ask, seller):
    long = "palabra " * 60
    stored(
        mine,
        letter(
            "Ana Cotización <ana@cliente.test>",
            subject="La cotización",
            text=f"{long} la Cotizacion va aquí. {long}\n",
            attachments=[
                ("Cotizacion_2026-10.pdf", "application/pdf", b"x"),
                ("otra.pdf", "application/pdf", b"y"),
            ],
        ),
    )
    page = ask(seller, "cotizacion").content.decode()
    assert "La <mark>cotización</mark>" in page
    assert "Ana <mark>Cotización</mark>" in page
    assert "<mark>Cotizacion</mark>_2026-10.pdf" in page
    assert "otra.pdf" not in page
    (piece,) = pieces(ask(seller, "cotizacion"))
    assert "la <mark>Cotizacion</mark> va aquí" in piece
    assert piece.startswith("…")


def test_a_word_of_an_attachments_name_finds_its_conversation(mine, ask, seller):
    stored(mine, letter(subject="Hola", attachments=[("PolizaFinal2026.pdf", "application/pdf", b"x")]))
    assert subjects(ask(seller, "final")) == ["Hola"]


def test_a_hit_leads_to_the_pages_of_its_records_with_the_conversation_open(mine, ask, seller, ana):
    (message,) = stored(mine, letter(subject="Póliza"))
    page = ask(seller, "poliza")
    assert "Ana Gómez" in text(page)
    url = reverse("escala_email:record", args=["crm", "person", ana.pk])
    assert page.context["rows"][0]["records"][0]["url"] == f"{url}?email_thread={message.thread_id}"
    assert f'href="{url}?email_thread={message.thread_id}"' in page.content.decode()
    assert "/edit/" not in page.content.decode().partition("escala-search__hits")[2]


def test_mail_on_no_page_that_the_user_may_see_is_not_shown(mine, ask, seller, ana):
    stored(mine, letter(subject="Póliza"))
    of_crm = Permission.objects.filter(content_type__app_label="crm", codename__contains="person")
    seller.user_permissions.remove(*of_crm)
    assert subjects(ask(seller, "poliza")) == []


def test_records_of_a_module_that_is_switched_off_are_not_named(mine, ask, seller, ana):
    stored(mine, letter(subject="Póliza"))
    of_people = ContentType.objects.get_for_model(Person)
    ModuleSwitch.objects.create(content_type=of_people, is_on=False)
    assert subjects(ask(seller, "poliza")) == []


def test_a_conversation_is_found_where_it_is_tied_and_not_where_it_was_untied(mine, ask, seller, ana):
    (message,) = stored(mine, letter(subject="Póliza"))
    other = Person.objects.create(first_name="Otro", last_name="Ruiz", email="otro@nadie.test")
    of_people = ContentType.objects.get_for_model(Person)
    tie = {"content_type": of_people, "thread": message.thread}
    RecordThread.objects.create(object_id=str(ana.pk), is_tied=False, **tie)
    assert subjects(ask(seller, "poliza")) == []
    RecordThread.objects.create(object_id=str(other.pk), is_tied=True, **tie)
    page = ask(seller, "poliza")
    assert "Otro Ruiz" in text(page)
    assert "Ana Gómez" not in [record["name"] for row in page.context["rows"] for record in row["records"]]


@pytest.mark.parametrize(
    ("level", "words", "found"),
    [
        (Level.NOTHING, "gomez", False),
        (Level.PEOPLE, "gomez", True),
        (Level.PEOPLE, "poliza", False),
        (Level.SUBJECT, "poliza", True),
        (Level.SUBJECT, "camion", False),
        (Level.SUBJECT, "factura", False),
        (Level.EVERYTHING, "camion", True),
    ],
)
def test_a_colleague_finds_what_is_shown_and_sees_no_more_of_it(mine, ask, colleague, level, words, found):
    mine.shares, mine.level = True, level
    mine.save()
    stored(
        mine,
        letter(subject="Póliza", text="El camión\n", attachments=[("factura.pdf", "application/pdf", b"x")]),
    )
    page = ask(colleague, words)
    assert len(page.context["rows"]) == found
    if level < Level.EVERYTHING:
        assert "El camión" not in text(page)
        assert "factura.pdf" not in text(page)
    if level < Level.SUBJECT:
        assert "Póliza" not in text(page)


def test_pages_follow_one_another_and_no_conversation_comes_twice(mine, ask, seller, monkeypatch):
    monkeypatch.setattr(everywhere, "PAGE", 2)
    raws = [letter(subject=f"Póliza {n}", message_id=f"p{n}@x.test", minutes=n) for n in range(5)]
    raws += [letter(subject="Re: Póliza 0", reply_to="p0@x.test", minutes=50)]
    stored(mine, *raws)
    # Among the newest, by the index, and by walking where that gives up.
    for newest, most in ((everywhere.NEWEST, search.MOST), (1, search.MOST), (1, 0)):
        monkeypatch.setattr(everywhere, "NEWEST", newest)
        monkeypatch.setattr(everywhere, "STRIDE", 200 if newest > 1 else 1)
        monkeypatch.setattr(search, "MOST", most)
        found, query = [], {}
        while True:
            page = ask(seller, "poliza", **query)
            found += subjects(page)
            if not page.context["hits"].next:
                break
            query = {"before": page.context["hits"].next.text}
        assert found == ["Re: Póliza 0", "Póliza 4", "Póliza 3", "Póliza 2", "Póliza 1"]


def test_who_finds_nothing_among_very_many_may_go_on(mine, ask, seller, monkeypatch):
    monkeypatch.setattr(search, "MOST", 0)
    monkeypatch.setattr(everywhere, "LOOKED_AT", 2)
    monkeypatch.setattr(everywhere, "STRIDE", 2)
    stored(
        mine,
        letter(subject="Póliza", minutes=0),
        *(letter(subject=f"Nada {n}", minutes=n) for n in range(1, 4)),
    )
    page = ask(seller, "poliza")
    assert page.context["hits"].is_cut
    assert subjects(page) == []
    assert "Search further back" in text(page)
    assert subjects(ask(seller, "poliza", before=page.context["hits"].next.text)) == ["Póliza"]


@pytest.fixture
def few(monkeypatch):
    """Of so few messages a page is made; the index gives up at the first."""
    monkeypatch.setattr(search, "MOST", 0)
    monkeypatch.setattr(everywhere, "LOOKED_AT", 2)
    monkeypatch.setattr(everywhere, "STRIDE", 1)


def test_a_search_goes_on_at_a_message_that_the_reader_sees(mine, colleague, seller, few, ask):
    theirs = account(colleague, "marcos@andina.test")
    stored(mine, *(letter(subject=f"Nada {n}", minutes=10 * n + 1) for n in range(4)))
    stored(theirs, *(letter(subject=f"Secreto {n}", minutes=10 * n) for n in range(4)))
    hidden = set(Message.objects.filter(subject__startswith="Secreto").values_list("pk", flat=True))
    stops = []
    page = ask(seller, "nada").context["hits"]
    while page.next:
        stops.append(page.next.pk)
        page = ask(seller, "nada", before=page.next.text).context["hits"]
    assert stops
    assert not hidden & set(stops)


@pytest.mark.parametrize("most", [0, 3, search.MOST])
def test_nobody_learns_by_the_search_how_much_mail_is_hidden(
    most, mine, colleague, seller, few, ask, monkeypatch
):
    monkeypatch.setattr(search, "MOST", most)
    stored(mine, letter(subject="Póliza", minutes=0), letter(subject="Nada", minutes=50))
    before = ask(seller, "poliza").context["hits"]
    theirs = account(colleague, "marcos@andina.test")
    stored(
        theirs, *(letter(subject=f"Póliza {n}", message_id=f"s{n}@x.test", minutes=n) for n in range(1, 9))
    )
    after = ask(seller, "poliza").context["hits"]
    assert (after.next, after.is_cut) == (before.next, before.is_cut)
    assert [hit.letter.message.subject for hit in after.items] == ["Póliza"]


def test_a_word_of_much_hidden_mail_is_searched_as_one_of_little(mine, colleague, seller, few, ask):
    """Whether the index knows many messages is nobody's to learn: hidden ones are among them."""
    stored(mine, *(letter(subject=f"Nada {n}", minutes=n) for n in range(5)))
    rare = ask(seller, "poliza").context["hits"]
    theirs = account(colleague, "marcos@andina.test")
    stored(theirs, *(letter(subject=f"Póliza {n}", minutes=n) for n in range(5)))
    frequent = ask(seller, "poliza").context["hits"]
    assert (frequent.items, frequent.next, frequent.is_cut) == (rare.items, rare.next, rare.is_cut)


def test_what_is_searched_comes_back_as_text(mine, ask, seller):
    stored(mine, letter(subject="<script>alert(1)</script> póliza"))
    for words in ("poliza", '"><script>alert(1)</script>'):
        page = ask(seller, words).content.decode()
        assert "<script>alert" not in page


@pytest.mark.parametrize("words", ["", "   ", "!?", "\0", '"', "a" * 10_000, "NEAR(", "*", "x:*", "\u202e"])
def test_no_text_breaks_the_page(mine, ask, seller, words):
    stored(mine, letter())
    assert ask(seller, words).status_code == 200


@pytest.mark.parametrize("before", ["x", "1-", "d20260101", "9" * 40 + "-1"])
def test_a_page_that_nobody_gave_out_is_none(mine, ask, seller, before):
    assert ask(seller, "poliza", before=before).status_code == 404


def test_it_says_so_while_older_mail_is_not_ready(mine, ask, seller):
    stored(mine, letter())
    assert "Older mail is still being prepared" not in text(ask(seller, "poliza"))
    SearchEntry.objects.all().delete()
    assert "Older mail is still being prepared" in text(ask(seller, "poliza"))


def test_who_may_read_no_mail_has_no_such_search(ask, outsider, client, seller, administrator):
    assert ask(outsider, "poliza").status_code == 302
    shown = {}
    for user in (outsider, seller):
        request = RequestFactory().get("/")
        request.user = user
        shown[user] = area().is_shown(request)
    assert shown == {outsider: False, seller: True}
    client.force_login(administrator)
    others = client.get(reverse("wagtailusers_users:index"), {"q": "poliza"}).content.decode()
    assert f"{reverse('escala_email:search')}?q=poliza" in others
