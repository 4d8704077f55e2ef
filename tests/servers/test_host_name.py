"""A server's name, as people paste it and as strangers write it."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from escala_email_plugin.servers.host_name import AN_ADDRESS, NO_NAME, WITH_PORT, BadHost, pasted, server_name


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        (" IMAP.Example.test. ", "imap.example.test"),
        ("https://mail.example.test/login", "mail.example.test"),
        ("https://mail.example.test?x=1#y", "mail.example.test"),
        ("imaps://mail.example.test", "mail.example.test"),
        ("mail.example.test/owa", "mail.example.test"),
        ("mail", "mail"),
        ("mail_1.example.test", "mail_1.example.test"),
        ("correo.peña.test", "correo.xn--pea-8ma.test"),
        ("CORREO.PEÑA.test", "correo.xn--pea-8ma.test"),
        ("xn--pea-8ma.test", "xn--pea-8ma.test"),
        ("127.0.0.1", "127.0.0.1"),
        ("https://127.0.0.1/", "127.0.0.1"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("2001:db8:0::1", "2001:db8::1"),
        ("imaps://[2001:db8::1]/", "2001:db8::1"),
        ("１２７.0.0.1.example.test", "127.0.0.1.example.test"),
    ],
)
def test_a_host_is_read_as_people_paste_it(typed, host):
    assert pasted(typed) == host
    assert pasted(host) == host


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("imap.example.test:993", WITH_PORT),
        ("imap.example.test:0", WITH_PORT),
        ("imap.example.test:", WITH_PORT),
        ("https://mail.example.test:8443/login", WITH_PORT),
        ("[2001:db8::1]:993", WITH_PORT),
        ("lucia@example.test", AN_ADDRESS),
        ("https://user:secret@example.test/", AN_ADDRESS),
        ("", NO_NAME),
        (".", NO_NAME),
        ("imap example test", NO_NAME),
        ("imap.example.test\nX", NO_NAME),
        ("imap.example.test\0", NO_NAME),
        ("imap.exa\u200bmple.test", NO_NAME),
        ("imap..test", NO_NAME),
        ("-imap.test", NO_NAME),
        ("https://", NO_NAME),
        ("[]", NO_NAME),
        ("[::1", NO_NAME),
        ("[imap.example.test", NO_NAME),
        ("fe80::1%eth0", NO_NAME),
        ("2130706433", NO_NAME),
        ("0x7f000001", NO_NAME),
        ("0x7f.1", NO_NAME),
        ("127.1", NO_NAME),
        ("0177.0.0.1", NO_NAME),
        ("imap.0x", NO_NAME),
        ("xn--.test", NO_NAME),
        ("💌.test", NO_NAME),
        ("x" * 64 + ".test", NO_NAME),
        ("x." * 127 + "test", NO_NAME),
        ("<script>alert(1)</script>", NO_NAME),
    ],
)
def test_what_is_no_host_is_told_apart(typed, sentence):
    with pytest.raises(BadHost) as caught:
        pasted(typed)
    assert caught.value.sentence == sentence


@given(st.text(max_size=80) | st.text("imap.:/@[]0x1-_%", max_size=20) | st.ip_addresses().map(str))
@example("//host")
@example("a:b:c")
def test_whatever_is_typed_a_host_comes_out_that_stays_one_or_none(typed):
    try:
        host = pasted(typed)
    except BadHost:
        return
    assert re.fullmatch(r"[a-z0-9._:-]{1,253}", host)
    assert pasted(host) == host


@given(st.text(max_size=80) | st.text("imap.0x1-_", max_size=20))
def test_a_strangers_name_is_a_name_and_no_address(text):
    try:
        name = server_name(text)
    except BadHost:
        return
    assert re.fullmatch(r"[a-z0-9._-]{1,253}", name)
    assert server_name(name) == name
    assert not re.fullmatch(r"[0-9.]+", name)
