"""Whom address headers name: the loose reading of a scan never misses whom the exact one finds."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from escala_email_plugin.sync import people

PIECES = [
    *(b"From:", b"To: ", b"cc :", b"Bcc:", b"Subject: ", b"X@Y: ", b"\r\n", b"\n", b"\r\n ", b"\n\t", b"\r"),
    *(
        b"ana@x.test",
        b"Eva.B+c@Y.TEST",
        b"b@z.test.",
        b"a@xn--espaa-rta.test",
        b"Ana",
        b"=?utf-8?q?a@b.test?=",
    ),
    *(b"@", b"<", b">", b"(", b")", b'"', b",", b";", b":", b"\\", b".", b" ", b"\x00", b"\xc3\xb1"),
]


@settings(max_examples=1000)
@given(st.lists(st.sampled_from(PIECES), max_size=16).map(b"".join))
@example(b"To: ana\r\n @x.test\r\n\r\n")
@example(b"To: ana.\r\n eva@x.test\r\n\r\n")
@example(b'To: "ana"@x.test\r\nFrom: eva@y.test\r\n\r\n')
def test_nobody_whom_a_block_names_is_missed(block):
    assert people.named(block) <= people.candidates(block)


@pytest.mark.parametrize(
    "block",
    [
        b"From: Ana <Ana@Cliente.Test>\r\nTo: eva@x.test,\r\n luz@x.test\r\n\r\n",
        b"From: =?utf-8?q?Ana_G=C3=B3mez?= <ana@cliente.test>\r\n\r\n",
        "From: José <jose@cliente.test>\r\nTo: josé@x.test\r\n\r\n".encode(),
        b"From: ana@xn--espaa-rta.test\r\nCc: luz@x.test\r\n\r\n",
    ],
)
def test_ordinary_blocks_name_nobody_too_many(block):
    assert people.candidates(block) == people.named(block)


def test_a_field_of_megabytes_does_not_make_millions_of_candidates():
    crowd = b",\r\n ".join(b"p%d@otra.test" % n for n in range(400_000))
    block = b"To: " + crowd + b"\r\nFrom: ana@cliente.test\r\n\r\n"
    found = people.candidates(block)
    assert "ana@cliente.test" in found
    assert people.named(block) <= found
    assert len(found) < 100_000
