import pytest

from escala_email_plugin.mail.mime import (
    MAX_DEPTH,
    MAX_HEADERS,
    MAX_PARTS,
    Unreadable,
    leaves,
    read,
    read_headers,
)


def nested(levels: int) -> bytes:
    """``levels`` multiparts in one another, a text in the innermost."""
    heads = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(levels)
    )
    return heads + b"\nThe innermost\n" + b"".join(b"--b%d--\n" % n for n in reversed(range(levels)))


def mixed(count: int) -> bytes:
    return b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * count + b"--b--\n"


def contents(raw: bytes) -> list[bytes]:
    return [leaf.content() for leaf, _ in leaves(read(raw))]


def test_parts_are_told_apart_by_whole_lines():
    raw = (
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\nPreamble\r\n--b\r\n\r\none\r\n--bb\r\n --b\r\n'
        b"--b  \r\n\r\ntwo\r\n\r\n--b--\r\nEpilogue --b\r\n--b\r\n\r\nno part\r\n"
    )
    assert contents(raw) == [b"one\r\n--bb\r\n --b", b"two\r\n"]


def test_an_empty_part_is_a_part():
    assert contents(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n--b\n\nx\n--b--") == [b"", b"x"]


def test_an_inner_part_that_never_ends_ends_with_the_outer_one():
    raw = (
        b"Content-Type: multipart/mixed; boundary=out\n\n--out\n"
        b"Content-Type: multipart/alternative; boundary=in\n\n--in\n\ninner\n--out\n\nouter\n--out--\n"
    )
    assert contents(raw) == [b"inner", b"outer"]


def test_headers_end_with_an_empty_line_or_the_first_line_that_is_none():
    for raw in (b"Subject: a\n\nBody: b\n", b"Subject: a\nno header\nBody: b\n"):
        root = read(raw)
        assert root.headers == {"subject": [b"a"]}
        assert root.body().endswith(b"Body: b\n")


def test_a_header_may_be_folded_over_a_line_of_blanks():
    assert read(b"Subject: a\n \n b\n\nBody").headers == {"subject": [b"a  b"]}


def test_a_header_block_ends_where_it_is_told_to_even_within_a_header():
    assert read_headers(b"To: a b\n c\n\n", 0, 5) == ({"to": [b"a"]}, 5)
    assert read_headers(b"To: a\n c\n\n", 0, 6) == ({"to": [b"a"]}, 6)


def test_a_file_with_only_carriage_returns_is_read():
    root = read(b"Subject: a\rX: b\r\rBody\r")
    assert (root.headers, root.body()) == ({"subject": [b"a"], "x": [b"b"]}, b"Body\n")


@pytest.mark.parametrize("raw", [b"", b"\r\n", b"\n\n\r\n"])
def test_nothing_is_unreadable(raw):
    with pytest.raises(Unreadable) as caught:
        read(raw)
    assert caught.value.code == "empty"


def test_nesting_is_read_down_to_its_limit():
    assert contents(nested(MAX_DEPTH - 1)) == [b"The innermost"]


@pytest.mark.parametrize("levels", [MAX_DEPTH, 1_000, 20_000])
def test_deeper_nesting_is_unreadable(levels):
    with pytest.raises(Unreadable) as caught:
        read(nested(levels))
    assert caught.value.code == "too_deep"


def test_parts_are_read_up_to_their_limit():
    assert len(contents(mixed(MAX_PARTS - 1))) == MAX_PARTS - 1
    with pytest.raises(Unreadable) as caught:
        read(mixed(MAX_PARTS))
    assert caught.value.code == "too_many_parts"


@pytest.mark.parametrize("header", [b"X: y\n", b"X: " + b"y" * 70 + b"\n " + b"z" * 900 + b"\n"])
def test_headers_past_their_limit_are_unreadable(header):
    with pytest.raises(Unreadable) as caught:
        read(header * (MAX_HEADERS // len(header) + 1) + b"\nBody")
    assert caught.value.code == "headers_too_large"


def test_a_long_body_is_no_header():
    assert len(read(b"Subject: a\n\n" + b"x: y\n" * 500_000).body()) == 2_500_000


def test_what_cannot_be_read_says_nothing_of_the_content():
    with pytest.raises(Unreadable) as caught:
        read(b"Subject: secret\n" + nested(200))
    assert "secret" not in str(caught.value)
    assert str(caught.value) == "too_deep: more than 100 levels"
