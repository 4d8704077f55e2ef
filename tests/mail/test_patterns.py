"""Entries of a list: one way to write each, what is refused, and whom they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.mail.addresses import BadAddress, canonical
from escala_email_plugin.mail.patterns import BadPattern, Patterns, candidates, read

LABELS = st.sampled_from(["a", "b", "mail", "example", "com", "co", "uk", "ñandú", "xn--caf-dma", "x-y"])
DOMAINS = st.lists(LABELS, min_size=1, max_size=5).map(".".join)
LOCALS = st.sampled_from(["ana", "Ana.Gómez", "a+b", '"a b"', "*", ""])
WRITTEN = st.one_of(
    st.builds("{}@{}".format, LOCALS, DOMAINS),
    st.builds("{}{}".format, st.sampled_from(["", "@", "*.", "*@", "@*.", "*@*.", ".", " "]), DOMAINS),
    st.text(max_size=30),
)


def matches(pattern: str, address: str) -> bool:
    """The rule in its plainest form, by which the quicker ones are held."""
    domain = address.rpartition("@")[2]
    if pattern.startswith("*."):
        return domain == pattern[2:] or domain.endswith(pattern[1:])
    return pattern in (address, domain)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("Ana@Example.COM", "ana@example.com"),
        (" ana@example.com ", "ana@example.com"),
        ("ana@ñandú.example", "ana@xn--and-6ma2c.example"),
        ("root@localhost", "root@localhost"),
        ("Example.com", "example.com"),
        ("@example.com", "example.com"),
        ("*@example.com", "example.com"),
        ("example.com.", "example.com"),
        ("ñandú.example", "xn--and-6ma2c.example"),
        ("*.Example.com", "*.example.com"),
        ("*@*.example.com", "*.example.com"),
        ("@*.example.com", "*.example.com"),
        (".example.com", "*.example.com"),
        ("example.co.uk", "example.co.uk"),
    ],
)
def test_there_is_one_way_to_write_an_entry(text, pattern):
    assert read(text) == pattern


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((text, "empty") for text in ("", "  ", "\n")),
        *((text, "everything") for text in ("@", "*", "*@*", "*.*", "**", ".", "@*")),
        *((text, "top_level") for text in ("*.com", ".com", "@mx", "com.mx", "*.co.uk", "*@gob.pe")),
        *(
            (text, "wildcard")
            for text in ("a*@example.com", "*@a.*.com", "exa*mple.com", "*example.com", "**.a.com")
        ),
        *(
            (text, "control")
            for text in ("a\x00@example.com", "a\n@b.com", "exam\u202eple.com", "a\u200bb.com")
        ),
        *(
            (text, "no_address")
            for text in (
                "nombre",
                "correo",
                "com",
                "hola mundo",
                "a@b@c.com",
                "-a.com",
                "a..com",
                "192.0.2.1",
                "<b>.x.com",
            )
        ),
        ("x" * 255, "long"),
    ],
)
def test_what_means_everybody_or_nobody_is_refused(text, code):
    with pytest.raises(BadPattern) as refused:
        read(text)
    assert refused.value.code == code


@given(WRITTEN)
def test_reading_twice_changes_nothing(text):
    try:
        once = read(text)
    except BadPattern:
        return
    assert read(once) == once
    assert len(once) <= 254


def _address(text):
    try:
        return canonical(text)
    except BadAddress:
        return None


@given(st.lists(WRITTEN, max_size=6), st.builds("{}@{}".format, LOCALS, DOMAINS).map(_address))
def test_an_address_is_meant_by_exactly_the_entries_that_are_its_candidates(texts, address):
    if address is None:
        return
    entries = set()
    for text in texts:
        try:
            entries.add(read(text))
        except BadPattern:
            continue
    meant_by = {one for one in entries if matches(one, address)}
    assert meant_by == entries.intersection(candidates(address))
    assert (address in Patterns(entries)) == bool(meant_by)
    assert Patterns(entries).among([address]) == ({address} if meant_by else set())


@given(st.lists(WRITTEN, max_size=6), WRITTEN, st.builds("{}@{}".format, LOCALS, DOMAINS).map(_address))
def test_what_is_covered_adds_nobody(texts, another, address):
    entries = set()
    for text in texts:
        try:
            entries.add(read(text))
        except BadPattern:
            continue
    try:
        another = read(another)
    except BadPattern:
        return
    if address is not None and Patterns(entries).covers(another) and matches(another, address):
        assert address in Patterns(entries)


@pytest.mark.parametrize(
    ("entry", "meant", "not_meant"),
    [
        ("ana@example.com", ["ana@example.com"], ["luis@example.com", "ana@a.example.com"]),
        ("example.com", ["ana@example.com"], ["ana@a.example.com", "ana@badexample.com"]),
        ("*.example.com", ["ana@example.com", "ana@a.b.example.com"], ["ana@badexample.com", "ana@com"]),
    ],
)
def test_a_domain_means_its_addresses_and_a_star_those_below_too(entry, meant, not_meant):
    patterns = Patterns([entry])
    assert patterns.among([*meant, *not_meant]) == set(meant)
    assert list(patterns) == [entry]
    assert len(patterns) == 1


@pytest.mark.parametrize(
    ("held", "entry", "is_covered"),
    [
        ("example.com", "ana@example.com", True),
        ("example.com", "a.example.com", False),
        ("example.com", "*.example.com", False),
        ("*.example.com", "example.com", True),
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "*.a.example.com", True),
        ("*.a.example.com", "*.example.com", False),
    ],
)
def test_an_entry_may_be_part_of_a_wider_one(held, entry, is_covered):
    assert Patterns([held]).covers(entry) is is_covered


@pytest.mark.parametrize(
    ("entry", "is_outdone"),
    [
        ("*.x.test", False),
        ("*.a.x.test", True),
        ("x.test", True),
        ("a.x.test", True),
        ("ana@x.test", True),
        ("ana@y.test", True),
        ("ana@a.y.test", False),
        ("y.test", False),
        ("*.y.test", False),
        ("leo@z.test", False),
        ("*.test", False),
    ],
)
def test_an_entry_is_outdone_by_what_means_more_and_not_by_itself(entry, is_outdone):
    held = Patterns(["*.x.test", "y.test", "leo@z.test"])
    assert held.outdoes(entry) is is_outdone
