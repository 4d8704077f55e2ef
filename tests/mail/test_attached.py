"""A message attached to another one: who wrote what to whom, whatever it is made of."""

import pytest

from escala_email_plugin.mail.attached import PEOPLE, TEXT, attached
from escala_email_plugin.mail.charsets import clean
from tests.making import letter

MULTIPART = (
    b'From: a@x.test\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nUno.\r\n'
    b"--b\r\nContent-Type: application/pdf\r\n\r\n%PDF"
)


def test_it_tells_people_subject_date_and_text():
    found = attached(letter(subject="Póliza", text="Hola.\n", cc="luis@otra.test"))
    assert [one.address for one in found.senders] == ["ana@cliente.test"]
    assert [one.address for one in found.to] == ["lucia@andina.test", "luis@otra.test"]
    assert (found.subject, found.text, found.is_cut, found.unnamed) == ("Póliza", "Hola.", False, 0)
    assert found.date.tzinfo is not None


def test_of_html_it_tells_the_words():
    raw = b"Subject: x\r\nContent-Type: text/html\r\n\r\n<p>Hola <script>alert(1)</script><b>Ana</b></p>"
    assert attached(raw).text == "Hola Ana"


def test_the_text_beside_a_file_that_is_cut_off_is_still_there():
    assert attached(MULTIPART).text == "Uno."


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"Hola\r\n", b"\x00" * 900, b"X: y\r\n\r\nz"])
def test_what_is_no_message_is_none(raw):
    assert attached(raw) is None


def test_a_head_alone_has_no_text():
    found = attached(b"From: a@x.test\r\nSubject: x\r\n\r\nbody", "text/rfc822-headers")
    assert (found.subject, found.text) == ("x", "")


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: x\r\n\r\n" + b"a" * 3_000_000,
        b"Subject: x\r\nContent-Type: text/html\r\n\r\n" + b"<b>a" * 900_000,
        b"From: " + b"a@x.test, " * 90_000,
        b"Subject: " + b"=?utf-8?q?a?= " * 90_000 + b"\r\n\r\n",
        b'Subject: x\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\na\r\n" * 90_000,
        "From: \udce9\x00 <a@x.test>\r\n\r\n\x00".encode("utf-8", "surrogateescape"),
    ],
    ids=["text", "html", "people", "subject", "parts", "odd bytes"],
)
def test_of_a_hostile_one_little_is_told_and_nothing_is_raised(raw):
    found = attached(raw)
    if found:
        assert len(found.text) <= TEXT
        assert len(found.senders) <= PEOPLE
        assert len(found.subject) <= 500
        assert clean(found.text + found.subject) == found.text + found.subject


def test_more_receivers_than_are_told_are_counted():
    to = ", ".join(f"p{number}@x.test" for number in range(25))
    found = attached(f"Subject: x\r\nTo: {to}\r\n\r\n".encode())
    assert (len(found.to), found.unnamed) == (PEOPLE, 15)
