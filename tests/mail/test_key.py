"""Two copies of a message have one key, two messages two."""

import itertools
from email.message import EmailMessage
from email.policy import SMTP

from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.mail.key import message_key
from escala_email_plugin.mail.parse import parse

PDF = b"%PDF-1.4 \xe2\xe3 p\xf3liza\r\n" * 40


def letter(
    text="Hola, Ana.\n\nLe envío la póliza.\n",
    html=None,
    attachment=PDF,
    cte=None,
    charset="utf-8",
    **headers,
):
    message = EmailMessage()
    fields = {
        "From": "Lucía <lucia@andina.test>",
        "To": "ana@cliente.test",
        "Subject": "Póliza",
        "Date": "Tue, 3 Mar 2026 09:00:00 +0000",
        "Message-ID": "<1@andina.test>",
    }
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in fields.items():
        if value is not None:
            message[name] = value
    message.set_content(text, charset=charset, cte=cte)
    if html is not None:
        message.add_alternative(html, subtype="html")
    if attachment is not None:
        message.add_attachment(attachment, "application", "pdf", filename="poliza.pdf")
    return message.as_bytes(policy=SMTP)


def key(raw: bytes) -> str:
    return parse(raw, None).key


SENT = letter()


def test_a_copy_with_other_people_or_another_date_is_another_message():
    """Else whoever is recorded first decides for everybody who wrote to whom, and when."""
    others = [
        letter(To="berta@otra.test"),
        letter(Cc="junta@andina.test"),
        letter(Date="Tue, 3 Mar 2026 10:00:00 +0000"),
        letter(Reply_To="otra@andina.test"),
    ]
    assert len({key(raw) for raw in [SENT, *others]}) == 5
    assert key(letter(Bcc="oculta@otra.test")) == key(SENT)


def test_a_key_is_64_hexadecimal_digits():
    assert len(key(SENT)) == 64
    int(key(SENT), 16)


def test_what_the_servers_on_the_way_add_does_not_count():
    received = (
        b"Return-Path: <lucia@andina.test>\r\nDelivered-To: ana@cliente.test\r\n"
        b"Received: from mx.andina.test by mx.cliente.test; Tue, 3 Mar 2026 09:00:03 +0000\r\n"
        b"Authentication-Results: mx.cliente.test; spf=pass\r\nX-Spam-Status: No\r\n" + SENT
    )
    assert key(received) == key(SENT)


def test_the_hidden_recipients_of_the_copy_in_sent_do_not_count():
    assert key(letter(Bcc="jefe@andina.test")) == key(SENT)


def test_line_ends_and_blanks_at_the_end_do_not_count():
    assert key(SENT.replace(b"\r\n", b"\n")) == key(SENT)
    plain = letter(attachment=None)
    assert key(plain + b"\r\n\r\n \r\n") == key(plain)
    assert key(plain.rstrip()) == key(plain)


def test_the_transfer_encoding_does_not_count():
    keys = {key(letter(cte=cte)) for cte in ("8bit", "quoted-printable", "base64")}
    assert keys == {key(SENT)}


def test_the_character_set_does_not_count():
    assert key(letter(charset="iso-8859-1")) == key(SENT)


def test_the_order_of_attachments_does_not_count():
    given = ("id", "ana@cliente.test", "Póliza", "Hola", "")
    assert message_key(*given, ["b" * 64, "a" * 64]) == message_key(*given, ["a" * 64, "b" * 64])


def test_a_text_attachment_may_change_its_line_ends():
    def with_table(content: bytes) -> bytes:
        return (
            b"Message-ID: <1@a.test>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            b"--b\r\n\r\nHola\r\n--b\r\n"
            b"Content-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n"
            + content
            + b"\r\n--b--"
        )

    assert key(with_table(b"a;b\r\n1;2")) == key(with_table(b"a;b\n1;2"))
    assert key(with_table(b"a;b\r\n1;2")) != key(with_table(b"a;b\r\n1;3"))


def test_a_reused_or_forged_id_makes_another_message():
    others = [
        SENT,
        letter(text="Otra cosa.\n"),
        letter(Subject="Otra póliza"),
        letter(From="eva@evil.test"),
        letter(html="<p>Hola, Ana.</p>"),
        letter(html="<p>Hola, Eva.</p>"),
        letter(attachment=PDF + b"."),
        letter(attachment=None),
        letter(Message_ID="<2@andina.test>"),
    ]
    for one, other in itertools.combinations(others, 2):
        assert key(one) != key(other)


def test_the_copies_of_a_message_without_an_id_have_one_key():
    bare = letter(Message_ID=None)
    copy = b"Received: from mx.andina.test\r\n" + bare.replace(b"\r\n", b"\n")
    assert key(copy) == key(bare)
    assert key(letter(Message_ID=None, Date="Tue, 3 Mar 2026 09:00:01 +0000")) != key(bare)


TEXTS = st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1, max_size=5)


@given(TEXTS, TEXTS)
def test_no_text_passes_from_one_part_to_the_next(left, right):
    whole = message_key("id", "a@x.test", left + right, "", "", [])
    assert whole != message_key("id", "a@x.test", left, right, "", [])
    assert whole != message_key("id", "a@x.test", "", left + right, "", [])
    assert message_key("id", "", "", left, right, []) != message_key("id", "", "", left, "", [right])


@given(st.text(), st.lists(st.text(max_size=64)))
def test_no_text_makes_a_key_fail(text, digests):
    assert len(message_key(text, text, text, text, text, digests)) == 64
