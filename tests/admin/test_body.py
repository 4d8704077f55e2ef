"""A message's text as it is shown: links told, limits kept, strange texts borne."""

import pytest

from escala_email_plugin.mail.safe_html import LONGEST
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

ZALGO = "H" + "\u0336\u035b\u0301\u0310\u0352" * 400 + "ola"


@pytest.fixture
def mine(seller):
    return account(seller)


@pytest.fixture
def body(look, seller, mine):
    """``body(html=…)``: the document of a message."""

    def body(change=None, query=None, **values):
        (message,) = stored(mine, letter(**values))
        for name, value in (change or {}).items():
            setattr(message, name, value)
        message.save()
        response = look(seller, "body", message.pk, **(query or {}))
        assert response.status_code == 200
        return response.content.decode()

    return body


def test_a_link_that_deceives_is_flagged_in_words(body):
    page = body(html='<a href="https://evil.test/">https://banco.test/</a>')
    assert "Careful: leads to evil.test." in page
    assert 'title="evil.test"' in page


def test_a_lookalike_of_the_contacts_domain_is_flagged(body):
    assert "only looks like an address you know" in body(html='<a href="https://c1iente.test/">Pague</a>')


def test_a_lookalike_of_our_own_domain_is_flagged(body):
    assert "only looks like an address you know" in body(text="Entre en https://andlna.test/ hoy.\n")


def test_an_ordinary_link_is_left_alone(body):
    page = body(html='<a href="https://cliente.test/x">Vea cliente.test</a>')
    assert 'class="escala-flag"' not in page


def test_what_is_flagged_cannot_be_written_by_the_mail(body):
    page = body(html='<span class="escala-flag">Es seguro</span><p id="escala-x" class="escala-plain">x</p>')
    assert 'class="escala-flag"' not in page
    assert 'class="escala-plain"' not in page


def test_our_own_tracking_does_not_fire(body, settings):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "TRACKING_URLS": ["https://crm.test/t/"]}
    page = body(
        html='<img src="https://crm.test/t/1.gif" width="90"><a href="https://crm.test/t/c/1">Vea</a>'
    )
    assert "crm.test" not in page
    assert "1 tracking picture was left out." in page


def test_a_text_that_is_too_long_is_cut_and_says_so(body):
    words = "too long to be shown here"
    assert words in body(change={"html": "<p>x</p>" * (LONGEST // 8 + 10)})
    assert words in body(change={"text": "linea\n" * (LONGEST // 6 + 10)}, subject="Otra", minutes=1)
    assert words not in body(change={"html": "<p>x</p>"}, subject="Tercera", minutes=2)


def test_five_megabytes_of_html_are_shown_as_far_as_they_are_read(body):
    page = body(change={"html": "<table><tr><td>celda</td></tr></table>" * (5 * 2**20 // 38)})
    assert len(page) < 2 * LONGEST


@pytest.mark.parametrize(
    "text", ["x" * 100_000, "https://" + "x" * 100_000, ZALGO, "\u202egnp.exe\u2066", "مرحبا שלום"]
)
def test_strange_texts_are_borne(body, text):
    assert body(change={"text": text})
    assert body(change={"html": f"<p>{text}</p>"}, subject="Otra", minutes=1)


def test_of_nothing_nothing_is_shown(body):
    assert "(no text)" in body(change={"text": "", "html": "", "subject": "", "snippet": ""})


def test_a_quotation_is_folded_and_on_paper_it_is_not(body, look, seller):
    values = {
        "subject": "Re: Póliza",
        "text": "De acuerdo.\n\nEl lunes, Lucía <lucia@andina.test> escribió:\n> ¿Le parece?\n> Saludos\n",
    }
    assert '<details class="escala-quote">' in body(**values)
    whole = body(query={"whole": "1"}, minutes=1, **values)
    assert "<details" not in whole
    assert "¿Le parece?" in whole


@pytest.mark.parametrize(
    "day", ["Fri, 31 Dec 2100 23:59:59 +0000", "Mon, 27 May 2002 10:28:3", "nonsense", ""]
)
def test_a_date_that_cannot_be_breaks_no_page(look, seller, mine, ana, day):
    raw = letter(subject="Fecha").replace(b"Date: Tue, 03 Mar 2026 09:00:00 +0000", f"Date: {day}".encode())
    assert day.encode() in raw
    (message,) = stored(mine, raw)
    assert "Fecha" in look(seller).content.decode()
    assert look(seller, "thread", message.thread_id).status_code == 200
