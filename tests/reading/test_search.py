"""Who finds what: each as far as their page would show it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escala_email_plugin.models import Grant, Message, SearchEntry, ThreadLevel
from escala_email_plugin.reading import search
from escala_email_plugin.visibility import Level
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(seller):
    return account(seller)


@pytest.fixture
def message(mine):
    return stored(
        mine,
        letter(
            subject="Cotización",
            text="El camión rojo.\n",
            bcc="oculta@tercero.test",
            attachments=[("factura.pdf", "application/pdf", b"x")],
        ),
    )[0]


def found(text, user) -> list[int]:
    return list(Message.objects.filter(search.matching(text, user)).values_list("pk", flat=True))


IN = {"people": "gomez", "subject": "cotizacion", "text": "camion", "files": "factura"}


def parts(user) -> set[str]:
    return {part for part, word in IN.items() if found(word, user)}


def test_an_owner_finds_a_message_by_all_of_it(message, seller):
    assert parts(seller) == set(IN)


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        (Level.NOTHING, set()),
        (Level.PEOPLE, {"people"}),
        (Level.SUBJECT, {"people", "subject"}),
        (Level.EVERYTHING, set(IN)),
    ],
)
def test_a_colleague_finds_it_by_what_the_mailbox_shows(level, shown, mine, message, colleague):
    mine.shares, mine.level = True, level
    mine.save()
    assert parts(colleague) == shown


@pytest.mark.parametrize(
    ("level", "shown"), [(Level.PEOPLE, {"people"}), (Level.SUBJECT, {"people", "subject"})]
)
def test_a_colleague_finds_it_by_what_the_conversation_shows(level, shown, mine, message, colleague):
    ThreadLevel.objects.create(account=mine, thread=message.thread, level=level)
    assert parts(colleague) == shown


def test_a_colleague_finds_by_all_of_it_what_was_granted(mine, message, colleague, administrator):
    Grant.objects.create(account=mine, user=colleague, message=message)
    assert parts(colleague) == set(IN)
    assert parts(administrator) == set()


def test_words_of_a_part_that_is_not_shown_do_not_help_one_that_is(mine, message, colleague):
    mine.shares, mine.level = True, Level.SUBJECT
    mine.save()
    assert found("cotizacion gomez", colleague) == [message.pk]
    assert found("cotizacion camion", colleague) == []


def test_nobody_finds_by_a_bcc_not_even_who_reads_it(message, seller):
    assert found("oculta", seller) == []


def test_who_is_not_here_finds_nothing(message, seller):
    seller.is_active = False
    assert found("cotizacion", seller) == []


def test_what_has_no_word_finds_nothing(message, seller):
    for text in ("", "   ", "!?*\"'()", "\0", "-", "@", "__"):
        assert found(text, seller) == []
        assert search.candidates(text) == []


@pytest.mark.parametrize(
    "text",
    [
        '"cotizacion',
        "cotizacion*",
        "(cotizacion",
        "cotizacion)",
        "subject:cotizacion",
        "{words}:cotizacion",
        "'cotizacion'",
        "cotizacion:*",
        "!cotizacion",
        "\\cotizacion\\",
        "cotizacion\0",
        "^cotizacion",
        "-cotizacion",
        "cotizacion & | <->",
        "cotizacion; --",
        "cotizacion %_",
        "\ud800cotizacion",
    ],
)
def test_what_databases_mean_by_signs_means_nothing_here(text, message, seller):
    if search.wanted(text)[0] == "cotizacion":
        assert found("cotizacion", seller) == [message.pk]
    words = search.wanted(text)
    expected = [message.pk] if words == ("cotizacion",) else []
    assert found(text, seller) == search.candidates(text) == expected


@pytest.mark.parametrize("text", ["OR", "NOT", "NEAR", "NEAR(cotizacion camion)", "cotizacion OR verde"])
def test_operators_are_words(text, message, seller):
    assert found(text, seller) == search.candidates(text) == []


def test_of_a_text_without_end_the_beginning_is_looked_for(message, seller):
    assert found("cotizacion " + " " * 10_000 + "nada", seller) == [message.pk]
    assert len(search.wanted("a1 b2 c3 " * 5_000)) == 3
    assert len(search.wanted(" ".join(f"w{n}" for n in range(5_000)))) == search.MOST_WORDS


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60) | st.text(alphabet="co ti\"'*()&|!:<->\\%_\0-@.^{}", max_size=40))
def test_no_text_breaks_the_search_and_both_ways_find_the_same(text, message, seller):
    assert found(text, seller) == search.candidates(text)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=40))
def test_whatever_a_subject_says_finds_it(text, message, seller):
    from escala_email_plugin.sync.search_index import refresh

    Message.objects.filter(pk=message.pk).update(
        subject=text.replace("\0", "").encode(errors="ignore").decode()
    )
    refresh([message.pk])
    subject = Message.objects.get(pk=message.pk).subject
    if search.wanted(subject):
        assert found(subject, seller) == search.candidates(subject) == [message.pk]


def test_too_many_messages_are_told_as_such(message, monkeypatch):
    monkeypatch.setattr(search, "MOST", 0)
    assert search.candidates("cotizacion") is None
    assert SearchEntry.objects.count() == 1
