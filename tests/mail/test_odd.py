"""Whatever comes is read, or called unreadable by the name that is expected."""

import tracemalloc
from contextlib import suppress

import pytest

from escala_email_plugin.mail.parse import Unreadable, parse

from .growth import is_linear
from .odd import ANA, LETTERS
from .test_parse import ARRIVED, check


def test_there_are_hundreds():
    assert len(LETTERS) > 500


@pytest.mark.parametrize("name", LETTERS)
def test_an_odd_message_is_read_or_called_unreadable(name):
    odd = LETTERS[name]
    check(odd.raw)
    if odd.error:
        with pytest.raises(Unreadable) as caught:
            parse(odd.raw, ARRIVED)
        assert caught.value.code == odd.error
    else:
        assert ANA in {person.address for person in parse(odd.raw, ARRIVED).people}


def test_no_two_of_them_are_one():
    keys = [parse(odd.raw, ARRIVED).key for odd in LETTERS.values() if not odd.error]
    assert len(set(keys)) == len(keys)


def read(raw: bytes) -> None:
    with suppress(Unreadable):
        parse(raw, ARRIVED)


@pytest.mark.parametrize("name", [name for name, odd in LETTERS.items() if len(odd.raw) > 50_000])
def test_an_odd_message_takes_memory_in_proportion(name):
    raw = LETTERS[name].raw
    tracemalloc.start()
    try:
        read(raw)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**20 + 30 * len(raw)


MULTIPART = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
GROWING = {
    "parts": (MULTIPART, b"--b\r\n\r\nx\r\n"),
    "closed parts": (MULTIPART, b"--b\r\n\r\nx\r\n--b--\r\n"),
    "lines like a delimiter": (MULTIPART, b"--bx\r\n"),
    "long delimiters": (MULTIPART, b"--b" + b" " * 900 + b"\r\n"),
    "delimiters nobody announced": (MULTIPART.replace(b"=b", b"=c"), b"--b\r\n"),
    "boundaries in one another": (b"", b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"),
    "messages in one another": (b"", b"Content-Type: message/rfc822\r\n\r\n"),
    "fields": (b"", b"To: a@b.test\r\n"),
    "folds": (b"Subject: x", b"\r\n x"),
    "words": (b"Subject: ", b"=?utf-8?b?w7E=?= "),
    "words in character sets": (b"Subject: ", b"=?iso-2022-jp?b?GyRCSl04MQ==?= =?koi8-r?q?=C6?= "),
    "ids": (b"References: ", b"<a@b.test> "),
    "pieces of a name": (b"Content-Disposition: attachment", b"; filename*1=x"),
    "quotations": (b"Content-Type: text/plain; format=flowed\r\n\r\n", b"> x \r\n>> x \r\n"),
    "pictures": (b"Content-Type: text/html\r\n\r\n", b"<img src=cid:x@y>"),
    "words in utf-7": (b"Content-Type: text/plain; charset=utf-7\r\n\r\n", b"+AKE-"),
    "line ends": (b"\r\n", b"\r"),
}


@pytest.mark.parametrize("name", GROWING)
def test_a_longer_message_takes_time_in_proportion(name):
    head, piece = GROWING[name]
    assert is_linear(read, lambda size: head + piece * (size // len(piece)), 400_000)
