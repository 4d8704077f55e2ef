"""Addresses are read as the servers read them, and nobody is read into a message who is not in it."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from escala_email_plugin.mail.address_list import _element, _split, elements
from escala_email_plugin.mail.addresses import BadAddress, canonical, loose, mailboxes
from escala_email_plugin.mail.headers import decoded

from .growth import is_linear


def addresses(field: bytes | str) -> list[str]:
    return [mailbox.address for mailbox in mailboxes(field)]


# The canonical form


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ana@cliente.test", "ana@cliente.test"),
        ("Ana.Gomez@Cliente.TEST", "ana.gomez@cliente.test"),
        ("ana+polizas@cliente.test", "ana+polizas@cliente.test"),
        ("o'brien@cliente.test", "o'brien@cliente.test"),
        ("!#$%&'*+/=?^_`{|}~-@cliente.test", "!#$%&'*+/=?^_`{|}~-@cliente.test"),
        ("ana@cliente.test.", "ana@cliente.test"),
        ('"ana"@cliente.test', "ana@cliente.test"),
        (r'"a\na"@cliente.test', "ana@cliente.test"),
        ('"ana,gomez"@cliente.test', '"ana,gomez"@cliente.test'),
        ("buzón@cliente.test", "buzón@cliente.test"),
        ("BUZÓN@cliente.test", "buzón@cliente.test"),
        ("buzo\u0301n@cliente.test", "buzón@cliente.test"),
        ("ana@españa.test", "ana@xn--espaa-rta.test"),
        ("ana@ESPAÑA.TEST", "ana@xn--espaa-rta.test"),
        ("ana@espan\u0303a.test", "ana@xn--espaa-rta.test"),
        ("ana@xn--espaa-rta.test", "ana@xn--espaa-rta.test"),
        ("ana@XN--ESPAA-RTA.test", "ana@xn--espaa-rta.test"),
        ("ana@straße.test", "ana@xn--strae-oqa.test"),
        ("ana@例え。テスト", "ana@xn--r8jz45g.xn--zckzah"),
        ("ana@cliente。test", "ana@cliente.test"),
        ("ana@ｃｌｉｅｎｔｅ.test", "ana@cliente.test"),
        ("root@localhost", "root@localhost"),
        ("ana@_dmarc.cliente.test", "ana@_dmarc.cliente.test"),
    ],
)
def test_an_address_has_one_form(written, meant):
    assert canonical(written) == meant
    assert canonical(meant) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "ana",
        "ana@",
        "@cliente.test",
        "ana@@cliente.test",
        "ana@evil.test@cliente.test",
        '"ana@evil.test"@cliente.test',
        "ana gomez@cliente.test",
        "ana@cliente .test",
        " ana@cliente.test",
        "ana@cliente.test\n",
        "ana@cliente.test\r\nBcc: eva@evil.test",
        "an\0a@cliente.test",
        "an\x7fa@cliente.test",
        "an\x85a@cliente.test",
        "an\u200ba@cliente.test",
        "an\u202ea@cliente.test",
        "an\xa0a@cliente.test",
        "an\ud800a@cliente.test",
        "ana@clie\ud800nte.test",
        "ana＠cliente.test",
        "ana＠evil.test@cliente.test",
        "ana@cliente＠evil.test",
        "ana@cli／ente.test",
        "Ana <ana@cliente.test>",
        "<ana@cliente.test>",
        "ana@cliente.test, eva@evil.test",
        "ana(casa)@cliente.test",
        "ana@[192.0.2.1]",
        "ana@cliente..test",
        "ana@.cliente.test",
        "ana@-cliente.test",
        "ana@cliente-.test",
        "ana@cliente.test..",
        "ana@cli%6dente.test",
        "ana@cliente_ñ!.test",
        '""@cliente.test',
        '" "@cliente.test',
        '"ana@cliente.test',
        ".ana@cliente.test",
        "ana..gomez@cliente.test",
        "ana@xn--a.test",
        "ana@❤.test",
        "ana@" + "a" * 64 + ".test",
        "a" * 250 + "@b.test",
        "a" * 1_000_000 + "@b.test",
        "ñ" * 130 + "@b.test",
    ],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(BadAddress):
        canonical(text)


@given(st.text(max_size=40) | st.from_regex(r"\A[^@]{1,10}@[^@]{1,10}\Z"))
@example("İ@cliente.test")
@example("ΑΣ@cliente.test")
@example("ŉ@cliente.test")
def test_a_canonical_address_stays_as_it_is(text):
    try:
        once = canonical(text)
    except BadAddress:
        return
    assert canonical(once) == once
    assert once.isprintable()
    assert once.count("@") == 1
    assert len(once) <= 254
    assert once.rpartition("@")[2].isascii()


# The exact reading


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        # RFC 5322 appendix A
        ("John Doe <jdoe@machine.example>", [("John Doe", "jdoe@machine.example")]),
        (
            '"Joe Q. Public" <john.q.public@example.com>',
            [("Joe Q. Public", "john.q.public@example.com")],
        ),
        (
            "Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
            [("Mary Smith", "mary@x.test"), ("", "jdoe@example.org"), ("Who?", "one@y.test")],
        ),
        (
            r'<boss@nil.test>, "Giant; \"Big\" Box" <sysservices@example.net>',
            [("", "boss@nil.test"), ('Giant; "Big" Box', "sysservices@example.net")],
        ),
        (
            "A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;",
            [("Ed Jones", "c@a.test"), ("", "joe@where.test"), ("John", "jdoe@one.test")],
        ),
        ("Undisclosed recipients:;", []),
        ("undisclosed-recipients: ;", []),
        (
            "Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>",
            [("Pete", "pete@silly.test")],
        ),
        (
            "A Group(Some people)\r\n    :Chris Jones <c@(Chris's host.)public.example>,\r\n"
            "        joe@example.org,\r\n John <jdoe@one.test> (my dear friend); (the end of the group)",
            [("Chris Jones", "c@public.example"), ("", "joe@example.org"), ("John", "jdoe@one.test")],
        ),
        ("(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;", []),
        ("Joe Q. Public <john.q.public@example.com>", [("Joe Q. Public", "john.q.public@example.com")]),
        (
            "Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example",
            [("Mary Smith", "mary@example.net")],
        ),
        # obsolete routes and blanks
        ("<@relay.test,@otro.test:ana@cliente.test>", [("", "ana@cliente.test")]),
        ("ana @ cliente.test", [("", "ana@cliente.test")]),
        ("Ana < ana@cliente.test >", [("Ana", "ana@cliente.test")]),
        # names
        ('"Gómez, Ana" <ana@cliente.test>', [("Gómez, Ana", "ana@cliente.test")]),
        ('"ana@cliente.test" <ana@cliente.test>', [("ana@cliente.test", "ana@cliente.test")]),
        ("Gómez, Ana <ana@cliente.test>", [("Ana", "ana@cliente.test")]),
        ("ana@cliente.test (Ana Gómez)", [("Ana Gómez", "ana@cliente.test")]),
        ("ana@cliente.test (Ana (de casa))", [("Ana (de casa)", "ana@cliente.test")]),
        ("=?utf-8?q?G=C3=B3mez=2C_Ana?= <ana@cliente.test>", [("Gómez, Ana", "ana@cliente.test")]),
        ("=?utf-8?q?G=C3=B3mez,_Ana?= <ana@cliente.test>", [("Gómez, Ana", "ana@cliente.test")]),
        ("=?utf-8?b?R8OzbWV6LCBBbmE=?= <ana@cliente.test>", [("Gómez, Ana", "ana@cliente.test")]),
        ('"=?utf-8?q?Ana_G=C3=B3mez?=" <ana@cliente.test>', [("Ana Gómez", "ana@cliente.test")]),
        ("Ana\r\n Gómez\r\n\t<ana@cliente.test>", [("Ana Gómez", "ana@cliente.test")]),
        ("Ana <ANA@Cliente.Test>", [("Ana", "ana@cliente.test")]),
        ("Ana<ana@cliente.test>", [("Ana", "ana@cliente.test")]),
        # groups among others
        ("a@x.test, Todos: b@x.test;, c@x.test", [("", "a@x.test"), ("", "b@x.test"), ("", "c@x.test")]),
        ("undisclosed-recipients:;, c@x.test", [("", "c@x.test")]),
        # Outlook's separator
        ("a@x.test; b@x.test", [("", "a@x.test"), ("", "b@x.test")]),
        ("Ana <a@x.test>; Eva <b@x.test>;", [("Ana", "a@x.test"), ("Eva", "b@x.test")]),
    ],
)
def test_an_address_list_is_read(field, expected):
    assert mailboxes(field) == expected
    assert mailboxes(field.encode()) == expected


VICTIM = "victima@banco.test"


@pytest.mark.parametrize(
    "field",
    [
        f'"{VICTIM}" <eva@evil.test>',
        f"{VICTIM} <eva@evil.test>",
        f"{VICTIM}<eva@evil.test>",
        f"<eva@evil.test> ({VICTIM})",
        f"({VICTIM}) eva@evil.test",
        f'"<{VICTIM}>" <eva@evil.test>',
        rf'"\"<{VICTIM}>, " <eva@evil.test>',
        f'"a\\" <{VICTIM}>, " <eva@evil.test>',
        f"=?utf-8?q?{VICTIM}?= <eva@evil.test>",
        f"=?utf-8?q?=3C{VICTIM}=3E=2C?= <eva@evil.test>",
        "=?utf-8?b?PHZpY3RpbWFAYmFuY28udGVzdD4s?= <eva@evil.test>",
        f"(a, (b), {VICTIM}, ) eva@evil.test",
    ],
)
def test_a_name_that_looks_like_an_address_is_only_a_name(field):
    assert addresses(field) == ["eva@evil.test"]


@pytest.mark.parametrize(
    "field",
    [
        "<ana@cliente.test> <eva@evil.test>",
        f"<eva@evil.test> {VICTIM}",
        f"eva@evil.test {VICTIM}",
        f"{VICTIM}@evil.test",  # CVE-2019-16056
        f"{VICTIM} @evil.test",
        f'"{VICTIM}"@evil.test',
        f"{VICTIM}(<eva@evil.test>",  # CVE-2023-27043
        f"{VICTIM})<eva@evil.test>",
        f"{VICTIM}<<eva@evil.test>>",
        f"{VICTIM}<eva@evil.test",
        f"{VICTIM}>eva@evil.test",
        f"{VICTIM}[eva@evil.test]",
        f"{VICTIM}\\<eva@evil.test",
        f'"{VICTIM}',
        f'<"a>, {VICTIM}, "@evil.test',
        f'<"a>, {VICTIM}, "@[192.0.2.1]>',
        f"<a, {VICTIM}, @evil.test>",
        f"<@evil.test {VICTIM}>",
        f"<{VICTIM}:eva@evil.test>",
        f"<eva@evil.test:{VICTIM}",
        "ana@[192.0.2.1]",
        "=?utf-8?q?victima?=@banco.test",
        "=?utf-8?q?victima=40banco.test=3E?=@evil.test",
        "ana",
        "ana@",
        "@cliente.test",
        "",
        " ",
        ",,;,:;",
        "\x00",
        "MAILER-DAEMON",
        "<>",
    ],
)
def test_what_is_ambiguous_or_broken_is_left_out(field):
    assert addresses(field) == []


def test_a_broken_entry_costs_only_itself():
    assert addresses("a@x.test, <b@x.test> <c@x.test>, d@x.test") == ["a@x.test", "d@x.test"]


def test_an_unterminated_quotation_takes_all_after_it_along():
    assert addresses(f'a@x.test, "sin fin, {VICTIM}') == ["a@x.test"]


def test_raw_eight_bit_names_are_read():
    assert mailboxes("Ana Gómez <ana@cliente.test>".encode("latin-1")) == [("Ana Gómez", "ana@cliente.test")]
    assert mailboxes("Ana Gómez <ana@cliente.test>".encode()) == [("Ana Gómez", "ana@cliente.test")]


def test_addresses_in_other_alphabets_are_read():
    assert addresses("José <josé@españa.test>") == ["josé@xn--espaa-rta.test"]


def test_a_name_is_one_line_without_controls_and_direction_marks():
    field = "=?utf-8?q?Ana=0D=0ABcc=3A_eva=40evil.test=00=E2=80=AE?= <ana@cliente.test>"
    assert mailboxes(field) == [("Ana Bcc: eva@evil.test", "ana@cliente.test")]


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_nothing_makes_the_exact_reading_fail(field):
    for name, address in mailboxes(field):
        assert canonical(address) == address
        (name + address).encode()
        assert name.isprintable() or "\n" not in name


# The loose reading

PIECES = [
    *(b"ana@x.test", b"Eva.B+c@Y.TEST", b"b@z.test.", b"a@xn--espaa-rta.test", b"Ana", b"xn--a"),
    *(b"@", b"<", b">", b"(", b")", b'"', b",", b";", b":", b"\\", b"[", b"]", b".", b"..", b"-", b"_", b"'"),
    *(b"!", b"%", b"/", b" ", b"\t", b"\r\n ", b"\x00", b"\x1c", b"\x85", b"\xa0", b"\xc3\xb1", b"\xf1"),
    *(b"=?utf-8?q?", b"?=", b"=?utf-8?q?a,b?="),
]


@settings(max_examples=1000)
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=3), max_size=12).map(b"".join))
@example(b"\x1cana@x.test")
@example(b'"a" <ana@x.test> "b"')
def test_the_loose_reading_misses_nobody_when_it_is_certain(field):
    found, certain = loose(field)
    if certain:
        assert set(addresses(field)) <= found


@pytest.mark.parametrize(
    "field",
    [
        b"ana@cliente.test",
        b"Ana <Ana@Cliente.Test>, eva@x.test",
        b'"Gomez, Ana" <ana@cliente.test>',
        b"=?utf-8?q?Ana_G=C3=B3mez?= <ana@cliente.test>",
        b"undisclosed-recipients:;",
        b"",
    ],
)
def test_ordinary_fields_are_certain(field):
    found, certain = loose(field)
    assert certain
    assert found == set(addresses(field))


@pytest.mark.parametrize(
    "field",
    [
        b'"ana"@cliente.test',
        b"ana (casa) @cliente.test",
        b"ana @ cliente.test",
        "ana@españa.test".encode(),
        "josé@cliente.test".encode("latin-1"),
        b"ana@xn--espaa-rta.test",
    ],
)
def test_unusual_fields_are_left_to_the_exact_reading(field):
    assert not loose(field)[1]


# Time

FLOODS = [
    *("x", "a@", '"', "(", ")", "<", ">", "\\", "\\(", "[", ":", ";", ",", " ", "\r\n ", "<a", "a@b.test,"),
    *(
        "(a)",
        '""',
        "a.",
        "=?utf-8?q?",
        "=?utf-8?q?a",
        "=?a?q?b?=",
        "g:",
        "g:;",
        "a@b(",
        "\xf1",
        "xn--",
        "<@a:",
    ),
]


@pytest.mark.parametrize("piece", FLOODS)
def test_the_exact_reading_takes_time_in_proportion(piece):
    assert is_linear(mailboxes, lambda size: piece * size, 25_000)


@pytest.mark.parametrize("piece", FLOODS)
def test_the_loose_reading_takes_time_in_proportion(piece):
    assert is_linear(loose, lambda size: piece.encode() * size, 25_000)


def test_a_hundred_thousand_recipients_are_all_read():
    field = b", ".join(b"a%d@x.test" % number for number in range(90_000))
    assert len(mailboxes(field)) > 50_000  # the first megabyte of them
    assert len(loose(field)[0]) == 90_000


def test_what_goes_past_a_megabyte_is_cut_between_addresses():
    field = "a@x.test, " * 99_999 + "b" * 20_000 + "@x.test"
    assert set(addresses(field)) == {"a@x.test"}


def test_a_thousand_nested_comments_do_not_end_the_reading():
    field = "(" * 10_000 + "x" + ")" * 10_000 + "ana@cliente.test"
    assert addresses(field) == ["ana@cliente.test"]


LIST_PIECES = [
    *(
        "Ana",
        "J.",
        " ",
        ", ",
        ",",
        ",\r\n ",
        "<ana@x.test>",
        "eva@y.test",
        "<b@z.test",
        "c@w.test>",
        "@",
        ".",
    ),
    *(
        "=?utf-8?q?",
        "a,b",
        "?=",
        "=?utf-8?q?a_b?= ",
        "=?utf-8?q?a,b?= ",
        '"',
        "(",
        ":",
        ";",
        "\x00",
        "é",
        "\\",
    ),
]


@settings(max_examples=2000)
@given(st.lists(st.sampled_from(LIST_PIECES), max_size=14).map("".join))
@example("Ana <ana@x.test>, =?utf-8?q?a,b?= <eva@y.test>")
@example("=?utf-8?q?a@x.test,?= <ana@x.test>, eva@y.test")
@example("ana@x.test, , eva@y.test,")
def test_a_list_of_plain_mailboxes_is_read_as_any_other(text):
    slowly = [element for tokens in _split(text) if (element := _element(tokens))]
    shown = [(decoded(name), local, domain) for name, local, domain in elements(text)]
    assert shown == [(decoded(name), local, domain) for name, local, domain in slowly]
