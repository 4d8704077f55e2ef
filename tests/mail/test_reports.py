"""What mail servers and programs report of a mail is told for each recipient."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.mail.reports import RECIPIENTS, Outcome, read_report

from .growth import is_linear

DELIVERY = "message/delivery-status"
RECEIPT = "message/disposition-notification"
FAILED = (
    b"Reporting-MTA: dns; mx.test\r\n\r\nOriginal-Recipient: rfc822;ana@cliente.test\r\n"
    b"Final-Recipient: rfc822; a.gomez@interno.test\r\nAction: failed\r\nStatus: 5.1.1 (no such)\r\n"
    b"Diagnostic-Code: smtp; 550 5.1.1 No such\r\n user here\r\n"
)


def test_a_mail_that_failed_says_for_whom_and_why():
    found = read_report(DELIVERY, FAILED)
    assert found.kind == "delivery"
    assert found.outcomes == (Outcome("ana@cliente.test", "failed", "5.1.1", "550 5.1.1 No such user here"),)


def test_each_recipient_has_its_own_outcome_and_the_worst_is_told():
    more = b"\r\nFinal-Recipient: rfc822;b@x.test\r\nAction: Delayed (4 h)\r\nStatus: 4.4.7\r\n"
    found = read_report(DELIVERY, b"\r\nX: y\r\n" + more + FAILED.partition(b"\r\n")[2])
    assert [(one.address, one.action) for one in found.outcomes] == [
        ("b@x.test", "delayed"),
        ("ana@cliente.test", "failed"),
    ]
    assert found.action == "failed"


@pytest.mark.parametrize(
    ("told", "action"),
    [
        (b"manual-action/MDN-sent-manually; displayed", "shown"),
        (b"automatic-action/MDN-sent-automatically; deleted/error", "deleted"),
    ],
)
def test_a_receipt_says_what_was_done(told, action):
    found = read_report(RECEIPT, b"Final-Recipient: rfc822;ana@cliente.test\nDisposition: " + told + b"\n")
    assert (found.kind, found.action, found.outcomes[0].address) == ("receipt", action, "ana@cliente.test")


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("text/plain", FAILED),
        (DELIVERY, b""),
        (DELIVERY, b"Reporting-MTA: dns; mx.test\r\n"),
        (DELIVERY, b"Final-Recipient: rfc822; a@x.test\r\nAction: exploded\r\n"),
        (RECEIPT, FAILED),
        (RECEIPT, b"Disposition: manual-action; dispatched\n"),
    ],
)
def test_what_tells_nothing_is_no_report(content_type, content):
    assert read_report(content_type, content) is None


def test_recipients_beyond_a_page_are_counted():
    found = read_report(
        DELIVERY, b"\n\n".join(b"Final-Recipient: x;a@x\nAction: failed" for _ in range(RECIPIENTS + 7))
    )
    assert (len(found.outcomes), found.unnamed) == (RECIPIENTS, 7)


@given(st.binary(max_size=200) | st.text(alphabet="Action: faledisp\n;<>@\0", max_size=80).map(str.encode))
def test_no_report_makes_the_reading_fail(content):
    read_report(DELIVERY, content)
    read_report(RECEIPT, content)


@pytest.mark.parametrize(
    "piece", [b"\n", b"\n ", b" ", b"Action: failed\n", b"Action: failed\n\n", b"a:", b"Status:5.1.1\n "]
)
def test_the_time_grows_with_the_length(piece):
    assert is_linear(lambda content: read_report(DELIVERY, content), lambda n: piece * n, 6_000)
