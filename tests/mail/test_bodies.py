"""What a message shows is bounded, and nothing of it is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.mail import bodies, transfer
from escala_email_plugin.mail.bodies import LONGEST
from escala_email_plugin.mail.parse import parse
from tests.making import content

from .growth import is_linear

HEAD = b"From: ana@cliente.test\r\nMessage-ID: <1@cliente.test>\r\nMIME-Version: 1.0\r\n"


def mixed(*parts: bytes) -> bytes:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + body + b"--b--\r\n"


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_text_of_forty_megabytes_is_cut_and_attached_whole(kind):
    body = "Línea con eñe.\r\n".encode() * 2_500_000
    raw = HEAD + f"Content-Type: text/{kind}; charset=utf-8\r\n\r\n".encode() + body
    message = parse(raw, None)
    shown = message.text if kind == "plain" else message.html
    assert len(shown) == LONGEST
    assert shown.startswith("Línea con eñe.\n")
    assert message.snippet.startswith("Línea con eñe.")
    (whole,) = message.attachments
    assert content(whole) == body
    assert whole.content_type == f"text/{kind}"


def test_a_text_that_just_fits_is_not_attached():
    message = parse(HEAD + b"\r\n" + b"x" * LONGEST, None)
    assert message.text == "x" * LONGEST
    assert message.attachments == ()


WORDS = [
    b"hola ",
    b"\r\n",
    b"\n",
    b"\r",
    b"> ",
    b">",
    b"-- ",
    "señor".encode(),
    b"se\xf1or",
    b"\xff",
    b"\x00",
]
WORDS += [b"\xff", "\ufffd".encode(), "日本".encode(), "\ufeff".encode(), b"\x1b$BF|K\\\x1b(B", b"+APE-"]
KINDS = [b"", b"; charset=utf-8", b"; charset=iso-8859-1", b"; charset=iso-2022-jp", b"; charset=utf-7"]
KINDS += [b"; charset=utf-16", b"; charset=none-such", b"; format=flowed", b"; format=flowed; delsp=yes"]


@given(st.lists(st.sampled_from(WORDS), min_size=8, max_size=60).map(b"".join), st.sampled_from(KINDS))
def test_the_beginning_of_a_long_text_reads_as_in_the_whole(body, kind):
    raw = HEAD + b"Content-Type: text/plain" + kind + b"\r\n\r\n" + body
    whole = parse(raw, None).text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bodies, "LONGEST", 20)
        patch.setattr(transfer, "PIECE", 7)
        message = parse(raw, None)
    assert message.text == whole[:20]
    assert len(message.attachments) == (len(whole) > 20)


def test_what_follows_a_long_text_is_attached():
    long = b"Content-Type: text/plain\r\n\r\n" + b"x" * (LONGEST - 100)
    message = parse(mixed(long, b"\r\nbreve", b"\r\n" + b"y" * 200), None)
    assert message.text.endswith("x\n\nbreve")
    assert [content(part) for part in message.attachments] == [b"y" * 200]


def test_two_long_texts_that_begin_alike_have_two_keys():
    one, other = (parse(HEAD + b"\r\n" + b"x" * LONGEST + end, None) for end in (b"a", b"b"))
    assert one.text == other.text
    assert one.key != other.key


def test_many_texts_are_joined_in_time_in_proportion():
    assert is_linear(lambda raw: parse(raw, None), lambda size: mixed(*[b"\r\n" + b"x" * size] * 900), 10_000)
