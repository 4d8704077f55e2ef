"""Size and hashes of a content are the same however it comes."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.mail.measure import measure


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


pieces = st.lists(
    st.text("a \r\n\t\x0b\xa0\0", max_size=4).map(lambda text: text.encode("latin-1")), max_size=8
)


@given(pieces)
def test_a_content_in_pieces_is_measured_as_the_whole(found):
    whole = b"".join(found)
    even = whole if b"\0" in whole else whole.replace(b"\r\n", b"\n").rstrip()
    assert measure(found) == (len(whole), sha256(whole), sha256(even))


def test_copies_that_lost_their_line_ends_on_the_way_are_known_again():
    copies = [b"a;b\r\n1;2\r\n", b"a;b\n1;2", b"a;b\n1;2\n\n \t"]
    assert len({measure([copy]).even for copy in copies}) == 1
    assert len({measure([copy]).sha256 for copy in copies}) == 3
