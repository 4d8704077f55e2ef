"""What a pasted text may mean."""

import pytest

from escala_email_plugin.models import Address
from escala_email_plugin.sync.question import LONGEST, Question, readings

pytestmark = pytest.mark.django_db

ANA = Question(address="ana@cliente.test")
ID = Question(message_id="ana@cliente.test")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("ana@cliente.test", [ID, ANA]),
        (" Ana@Cliente.TEST ", [Question(message_id="Ana@cliente.test"), ANA]),
        ("<ana@cliente.test>", [ID, ANA]),
        ("Ana Gómez <ana@cliente.test>", [ANA]),
        ("From: Ana Gómez <ana@cliente.test>", [ANA]),
        ("<CAF[x]@mail.gmail.com>", [Question(message_id="CAF[x]@mail.gmail.com")]),
        ("Message-ID: <1.2.x@host>\r\n", [Question(message_id="1.2.x@host"), Question(address="1.2.x@host")]),
        ("<sin.arroba>", [Question(subject="<sin.arroba>")]),
        ("Póliza", [Question(subject="Póliza")]),
        ("Subject: Re: su póliza <urgente>", [Question(subject="Re: su póliza <urgente>")]),
        ("viernes @ 10", [Question(subject="viernes @ 10")]),
        ("ana@cliente.test, luis@cliente.test", [Question(subject="ana@cliente.test, luis@cliente.test")]),
        ("", []),
        (" \r\n\0 ", []),
    ],
)
def test_a_text_is_an_id_an_address_or_a_subject(text, meant):
    assert readings(text) == meant


def test_an_address_we_know_is_no_id_unless_it_stands_in_brackets():
    Address.objects.create(value="ana@cliente.test")
    assert readings("ana@cliente.test") == [ANA]
    assert readings("<ana@cliente.test>") == [ID, ANA]


@pytest.mark.parametrize("bad", ["\r\n", "\0", "\x1b", "\u202e", "\u2028", "\ud800", "\x7f"])
def test_nothing_that_could_end_a_line_or_turn_it_is_left_in_a_question(bad):
    (one,) = readings(f"Hola{bad}a1 LOGOUT")
    assert one.subject == "Hola a1 LOGOUT"


def test_a_question_has_an_end():
    (one,) = readings("x" * 100_000)
    assert len(one.subject) == LONGEST


HEADER = (
    b"From: Ana <ana@cliente.test>\r\nSubject: =?utf-8?b?UMOTTElaQQ==?= de\r\n hogar\r\n"
    b"Message-ID: <a@b.test>\r\n\r\n"
)


@pytest.mark.parametrize(
    ("question", "fits"),
    [
        (ANA, True),
        (Question(address="na@cliente.test"), False),
        (Question(message_id="a@b.test"), True),
        (Question(message_id="a@b.tes"), False),
        (Question(subject="póliza  DE hogar"), True),
        (Question(subject="poliza"), False),
    ],
)
def test_only_what_was_meant_is_kept_of_what_a_server_finds(question, fits):
    assert question.fits(HEADER) is fits
