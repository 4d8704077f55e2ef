"""Which mail is answered, and which must never be: RFC 3834 2 and what programs did before it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.mail.auto_reply import may_answer

from .growth import is_linear

OWN = {"crm@agency.test", "ventas@agency.test"}
ANA = "From: Ana <ana@agency.test>"

#: Headers beside a From of Ana's, with which a mail is still a person's.
ANSWERED = [
    "Subject: Fwd: Hola",
    "Auto-Submitted: no",
    "Auto-Submitted: No (really)",
    "Auto-Submitted:",
    "Precedence: first-class",
    "Precedence: normal",
    "Return-Path: <ana@agency.test>",
    "Return-Path: <bounced.ana@agency.test>",
    "Sender: Luis <luis@agency.test>",
    "Reply-To: Ana <ana@elsewhere.test>",
    "X-Auto-Response-Suppress: None",
    "X-Spam-Flag: NO",
    "X-Mailer: Autoresponder test",
    "Listen: to this",
    "Message-ID: <1@agency.test>",
    "Message-ID: <crm@agency.test>",
    "Content-Type: multipart/mixed; boundary=report",
    "Content-Type: text/plain; report-type=none",
    "In-Reply-To: <2@agency.test>",
    "To: crm@agency.test",
    "Subject: Out of office",
]

#: And those with which it is not.
SILENT = [
    "Auto-Submitted: auto-replied",
    "Auto-Submitted: auto-generated",
    "AUTO-SUBMITTED: AUTO-NOTIFIED; owner-email=x@y.test",
    "Auto-Submitted: auto-replied (vacation)",
    "Auto-Submitted: no\r\nAuto-Submitted: auto-replied",
    "Auto-Submitted: something-new",
    "Precedence: bulk",
    "Precedence: LIST",
    "Precedence: junk",
    "Precedence: auto_reply",
    "X-Precedence: bulk",
    "List-Id: <sellers.agency.test>",
    "List-Unsubscribe: <mailto:u@x.test>",
    "List-Post: NO",
    "List-Help: <https://x.test>",
    "X-List-Administrivia: yes",
    "Mailing-List: list sellers@x.test",
    "Feedback-ID: 1:2:3:esp",
    "X-Auto-Response-Suppress: All",
    "X-Auto-Response-Suppress: DR, OOF, AutoReply",
    "X-Autoreply: yes",
    "X-Autorespond: on holiday",
    "X-Autoresponder: x",
    "X-Loop: ana@agency.test",
    "X-Vacation: yes",
    "X-Failed-Recipients: luis@x.test",
    "X-MS-Exchange-Inbox-Rules-Loop: ana@agency.test",
    "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent",
    "X-Mailman-Version: 2.1",
    "X-Spam-Flag: YES",
    "Return-Path: <>",
    "Return-Path:",
    "Return-Path: < >",
    "Return-Path: <MAILER-DAEMON>",
    "Return-Path: <mailer-daemon@agency.test>",
    "Return-Path: <bounces+ana=agency.test@x.test>",
    "Return-Path: <owner-sellers@x.test>",
    "Return-Path: <ana@agency.test>, <luis@x.test>",
    "Return-Path: <crm@agency.test>",
    "Sender: sellers-bounces@x.test",
    "Sender: crm@agency.test",
    "Reply-To: ventas@agency.test",
    "Content-Type: multipart/report; report-type=delivery-status",
    "content-type: MULTIPART/Report; boundary=x",
    "From: Luis <luis@agency.test>",
]

#: A From of its own, and whether it is answered.
SENDERS = {
    "ana@agency.test": True,
    "Ana Root <ana.root@agency.test>": True,
    "norepley@agency.test": True,
    "notary@agency.test": True,
    "owner@agency.test": True,
    "noria@agency.test": True,
    "": False,
    "Ana": False,
    "undisclosed-recipients:;": False,
    "ana@agency.test, luis@agency.test": False,
    "MAILER-DAEMON@agency.test": False,
    "Mail Delivery System <MAILER-DAEMON>": False,
    "postmaster@agency.test": False,
    "noreply@agency.test": False,
    "no-reply@agency.test": False,
    "NoReply@agency.test": False,
    "donotreply@agency.test": False,
    "do-not-reply@agency.test": False,
    "ventas-noreply@agency.test": False,
    "noreply+1a2b@agency.test": False,
    "no-responder@agency.test": False,
    "nao-responda@agency.test": False,
    "ne-pas-repondre@agency.test": False,
    "owner-sellers@agency.test": False,
    "sellers-request@agency.test": False,
    "bounce-123@agency.test": False,
    "root@agency.test": False,
    "crm@agency.test": False,
    "CRM <CRM@Agency.test>": False,
}


def headers(*lines: str) -> bytes:
    return "\r\n".join([*lines, "", "Auto-Submitted: auto-replied"]).encode()


@pytest.mark.parametrize("line", ANSWERED)
def test_a_persons_mail_is_answered(line):
    assert may_answer(headers(ANA, line), OWN)


@pytest.mark.parametrize("line", SILENT)
def test_what_no_person_wrote_is_not_answered(line):
    assert not may_answer(headers(ANA, line), OWN)
    assert not may_answer(headers(line, ANA), OWN)


@pytest.mark.parametrize("sender", SENDERS)
def test_who_sent_it_decides(sender):
    assert may_answer(headers(f"From: {sender}", "To: crm@agency.test"), OWN) == SENDERS[sender]


def test_without_a_sender_nobody_is_answered():
    assert not may_answer(headers("To: crm@agency.test"), OWN)
    assert not may_answer(b"", OWN)


def test_headers_of_more_than_a_megabyte_are_not_answered():
    assert not may_answer(headers(ANA, "X: " + "x" * 2_000_000), OWN)


def test_a_mail_of_our_own_is_not_answered_though_nothing_says_so():
    assert may_answer(headers("From: crm@agency.test"), ())
    assert not may_answer(headers("From: crm@agency.test"), OWN)


@given(st.binary())
def test_whatever_comes_is_judged(raw):
    assert may_answer(b"From: a@x.test\r\nSender: " + raw, OWN) in (True, False)


@pytest.mark.parametrize(
    "piece", ["-", "no-reply", "-request", "x-loop", "(", ";", " ", '"', "a@b.test,", "\r\nList: x", "\0"]
)
def test_headers_are_judged_in_time_in_proportion(piece):
    def make(size: int) -> bytes:
        return headers(ANA, f"Sender: {piece * size}@x.test", f"Precedence: {piece * size}")

    assert is_linear(lambda raw: may_answer(raw, OWN), make, 10_000)
