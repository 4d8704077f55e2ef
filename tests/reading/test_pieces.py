"""Where the words stand that were searched: shown in a row, of what is read in full."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from escala_email_plugin.reading.filters import Filters
from escala_email_plugin.reading.timeline import Timeline
from escala_email_plugin.visibility import Level
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

LONG = "palabra " * 60


@pytest.fixture
def mine(seller):
    return account(seller)


def snippets(page) -> list[str]:
    pieces = page.content.decode().split('escala-conversation__snippet">')[1:]
    return [piece.split('<span class="escala-conversation__badge')[0] for piece in pieces]


def test_a_row_shows_the_piece_of_the_text_with_the_word(mine, seller, look):
    stored(mine, letter(text=f"{LONG}\n>> >> el camión rojo\n{LONG}"))
    (shown,) = snippets(look(seller, q="camion"))
    assert "el <mark>camión</mark> rojo" in shown
    assert "&gt;" not in shown
    (plain,) = snippets(look(seller))
    assert "camión" not in plain


def test_a_row_names_the_files_with_the_word_where_the_text_has_none(mine, seller, look):
    files = [(name, "application/pdf", b"x") for name in ("camion d'or.pdf", "otra.pdf")]
    stored(mine, letter(text="Hola\n", attachments=files))
    (shown,) = snippets(look(seller, q="camion"))
    assert "<mark>camion</mark> d&#x27;or.pdf" in shown
    assert "otra.pdf" not in shown


def test_what_is_found_by_its_subject_alone_shows_its_beginning(mine, seller, look):
    stored(mine, letter(subject="El camión", text="Hola, Lucía.\n"))
    (shown,) = snippets(look(seller, q="camion"))
    assert "Hola, Lucía." in shown


@pytest.mark.parametrize("level", [Level.PEOPLE, Level.SUBJECT])
def test_nothing_is_shown_of_the_text_or_the_files_of_what_is_shown_in_part(
    level, mine, colleague, ana, look
):
    mine.shares, mine.level = True, level
    mine.save()
    stored(mine, letter(text="gomez secreto\n", attachments=[("gomez.pdf", "application/pdf", b"x")]))
    page = look(colleague, q="gomez")
    (conversation,) = Timeline(ana, colleague, Filters(text="gomez")).conversations().items
    assert not conversation.found_in.text
    assert not conversation.found_in.files
    assert "secreto" not in page.content.decode()
    assert "gomez.pdf" not in page.content.decode()


def test_more_rows_cost_no_more_queries(mine, seller, ana):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            Timeline(ana, seller, Filters(text="camion")).conversations()
        return len(asked)

    stored(mine, letter(text="camión\n", subject="0"))
    queries()
    few = queries()
    stored(mine, *(letter(text="camión\n", subject=f"{n}") for n in range(1, 9)))
    assert queries() == few
