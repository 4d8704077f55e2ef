"""What is decoded piece by piece is what is decoded at once."""

import base64
import binascii
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.mail import transfer
from escala_email_plugin.mail.transfer import PIECE, base64_bytes, pieces

from .growth import is_linear

ENCODINGS = ["base64", "quoted-printable", "8bit", ""]


def at_once(data: bytes, encoding: str) -> bytes:
    """By ``binascii`` alone, as far as it goes."""
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    if encoding != "base64":
        return data
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        kept = kept[:-1] if len(kept) % 4 == 1 else kept
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def decoded(data: bytes, encoding: str) -> list[bytes]:
    return list(pieces(b"head" + data + b"tail", 4, 4 + len(data), encoding.encode()))


def texts(letters: str):
    return st.text(letters, max_size=40).map(str.encode)


# What makes a difference to each of them, rather than any bytes.
escapes = texts("=\r\nA4g ") | texts("=\rA")
groups = texts("AQz/=\n") | texts("A=") | texts("Az=-\r\n")


@given(escapes | groups | st.binary(max_size=40), st.sampled_from(ENCODINGS), st.integers(1, 9))
def test_the_pieces_are_the_whole_wherever_it_is_cut(data, encoding, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transfer, "PIECE", size)
        found = decoded(data, encoding)
    assert b"".join(found) == at_once(data, encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "line", [b"", b"=", b"==", b"=\r", b"=A", b"Q=", b"QQ==", b"QQ=Q", b"\n", b"-", b"AAAA\r\n"]
)
def test_no_piece_is_larger_than_its_bound(line, encoding):
    data = line * (3 * PIECE // max(len(line), 1)) + b"AAAA" * PIECE
    found = decoded(data, encoding)
    assert max(map(len, found)) <= PIECE + 100
    assert b"".join(found) == at_once(data, encoding)


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
@pytest.mark.parametrize("piece", [b"Q=", b"QQ=Q", b"=A", b"=", b"=\rx", b"x", b"-", b"A" + b"=" * 1000])
def test_no_repetition_takes_long(piece, encoding):
    def read(data):
        for _found in pieces(data, 0, len(data), encoding.encode()):
            pass

    assert is_linear(read, lambda size: b"A" + piece * (size // len(piece)), 2_000_000)


def test_an_encoding_is_known_in_any_case_and_with_a_comment_behind_it():
    assert decoded(b"aG9sYQ==", " BASE64 ; x") == [b"hola"]


@pytest.mark.parametrize(
    ("encoded", "content"),
    [
        (b"aG9sYQ==", b"hola"),
        (b"aG9sYQ", b"hola"),
        (b"aG9s\r\nYQ==\r\n", b"hola"),
        (b"aG 9s!YQ==", b"hola"),
        (b"aG9sY", b"hol"),
        (b"a", b""),
        (b"====", b""),
        (b"", b""),
    ],
)
def test_base64_is_read_as_far_as_it_goes(encoded, content):
    assert base64_bytes(encoded) == content


@given(st.binary())
def test_no_bytes_make_base64_fail(data):
    assert base64_bytes(base64.b64encode(data)) == data
    base64_bytes(data)
