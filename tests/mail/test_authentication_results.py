"""Whom the receiving server vouches for, and whom nobody may make us believe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.mail.authentication_results import own_id_candidates, verdict

from .growth import is_linear

OWN = {"mx.host.test"}
DOMAIN = "agency.test"

#: What stands in the one header of the own server → the verdict about agency.test.
TOLD = {
    # DMARC decides
    "mx.host.test; dmarc=pass header.from=agency.test": "pass",
    "mx.host.test; dmarc=pass": "pass",
    "mx.host.test; dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=agency.test": "pass",
    "mx.host.test; dmarc=pass(p=REJECT) header.from=agency.test;": "pass",
    "mx.host.test; dmarc=pass header.from=elsewhere.test": "none",
    "mx.host.test; dmarc=fail header.from=agency.test": "fail",
    "mx.host.test; dkim=pass header.d=agency.test; dmarc=fail header.from=agency.test": "fail",
    "mx.host.test; dmarc=fail; dmarc=pass": "fail",
    "mx.host.test; dmarc=none; spf=pass smtp.mailfrom=ana@agency.test": "pass",
    "mx.host.test; dmarc=bestguesspass; spf=softfail smtp.mailfrom=ana@agency.test": "none",
    "mx.host.test; dmarc=temperror": "none",
    # DKIM, aligned or not
    "mx.host.test; dkim=pass header.d=agency.test": "pass",
    "mx.host.test; dkim=pass header.i=@agency.test header.s=s1 header.b=aB3": "pass",
    "mx.host.test; dkim=pass header.i=ana@agency.test": "pass",
    "mx.host.test; dkim=pass header.d=mail.agency.test": "pass",
    "mx.host.test; dkim=pass header.d=AGENCY.TEST.": "pass",
    "mx.host.test; dkim=pass header.d=notagency.test": "none",
    "mx.host.test; dkim=pass header.d=agency.test.elsewhere.test": "none",
    "mx.host.test; dkim=pass header.d=test": "none",
    "mx.host.test; dkim=pass header.i=agency.test@elsewhere.test": "none",
    "mx.host.test; dkim=pass header.d=elsewhere.test header.i=@agency.test": "none",
    "mx.host.test; dkim=pass": "none",
    "mx.host.test; dkim=pass header.d=agency.test header.d=elsewhere.test": "none",
    "mx.host.test; dkim=fail header.d=agency.test; dkim=pass header.d=agency.test": "pass",
    "mx.host.test; dkim=none; spf=none": "none",
    "mx.host.test; dkim=neutral header.d=agency.test": "none",
    # SPF, aligned or not
    "mx.host.test; spf=pass smtp.mailfrom=ana@agency.test": "pass",
    "mx.host.test; spf=pass smtp.mailfrom=agency.test": "pass",
    "mx.host.test; spf=pass smtp.mailfrom=bounce@mail.agency.test": "pass",
    "mx.host.test; spf=pass smtp.mailfrom=ana@elsewhere.test": "none",
    "mx.host.test; spf=pass smtp.helo=agency.test": "none",
    'mx.host.test; spf=pass smtp.mailfrom="ana; dkim=pass header.d=agency.test"@elsewhere.test': "none",
    'mx.host.test; spf=pass smtp.mailfrom="ana@agency.test"@elsewhere.test': "none",
    'mx.host.test; spf=pass smtp.mailfrom="ana@agency.test"': "pass",
    "mx.host.test; spf=fail smtp.mailfrom=ana@agency.test": "fail",
    "mx.host.test; spf=softfail smtp.mailfrom=ana@agency.test": "none",
    # Several
    "mx.host.test; spf=fail smtp.mailfrom=ana@agency.test; dkim=fail header.d=agency.test": "fail",
    "mx.host.test; spf=fail smtp.mailfrom=ana@agency.test; dkim=none": "fail",
    "mx.host.test; spf=hardfail; dkim=hardfail": "fail",
    "mx.host.test; spf=fail smtp.mailfrom=x@y.test; dkim=pass header.d=elsewhere.test": "none",
    "mx.host.test; spf=fail smtp.mailfrom=x@y.test; dkim=temperror": "none",
    "mx.host.test; spf=fail smtp.mailfrom=x@y.test; dkim=pass header.d=agency.test": "pass",
    "mx.host.test; auth=pass smtp.auth=ana@agency.test": "none",
    "mx.host.test; iprev=fail policy.iprev=192.0.2.1": "none",
    "mx.host.test; none": "none",
    "mx.host.test;": "none",
    "mx.host.test": "none",
    "": "none",
    # How it is written
    "MX.Host.Test 1; DKIM = PASS (good (really)) header.d = agency.test": "pass",
    '"mx.host.test"; dkim=pass reason="2048; bit key" header.d=agency.test': "pass",
    "mx.host.test (a comment; dmarc=fail); dkim/1=pass header . d=agency.test": "pass",
    'mx.host.test (an odd " comment); dmarc=fail (and " another)': "fail",
    "(before) mx.host.test\t1 ;\r\n\tdkim=pass\r\n header.i=@agency.test": "pass",
    "mx.host.test; spf=pass (domain of agency.test; dkim=pass header.d=agency.test": "none",
    'mx.host.test; spf=pass smtp.mailfrom="never ends; dmarc=pass': "none",
    "mx.host.test; dkim=\0pass header.d=agency.test": "none",
    "mx.host.test; dkim=pass header.d=agency.\0test": "none",
    # Not the own server
    "mx.host.test.elsewhere.test; dmarc=pass": "none",
    "elsewhere.test; dmarc=pass": "none",
    "elsewhere.test; dmarc=fail": "none",
    "spf=pass smtp.mailfrom=agency.test; dmarc=pass": "none",
    "(mx.host.test) elsewhere.test; dmarc=pass": "none",
    "elsewhere.test mx.host.test; dmarc=pass": "none",
}


def headers(*told: str) -> bytes:
    lines = [f"Authentication-Results: {one}" for one in told]
    return "\r\n".join([*lines, "From: ana@agency.test", "", "Authentication-Results: body"]).encode()


@pytest.mark.parametrize("told", TOLD)
def test_a_server_is_understood(told):
    assert verdict(headers(told), OWN, DOMAIN) == TOLD[told]


def test_only_the_topmost_header_of_the_own_server_counts():
    good, bad = "mx.host.test; dmarc=pass", "mx.host.test; dmarc=fail"
    assert verdict(headers(bad, good), OWN, DOMAIN) == "fail"
    assert verdict(headers(good, bad), OWN, DOMAIN) == "pass"
    assert verdict(headers("mx.host.test; none", good), OWN, DOMAIN) == "none"


MICROSOFT = (
    "spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=agency.test; dkim=pass (signature was verified)\r\n"
    " header.d=agency.test;dmarc={} action=none header.from=agency.test;compauth=pass reason=100"
)


@pytest.mark.parametrize("result", ["pass", "fail"])
def test_a_server_that_names_itself_nowhere_is_ours_only_if_we_say_so(result):
    raw = headers(MICROSOFT.format(result))
    assert verdict(raw, {""}, DOMAIN) == result
    assert verdict(raw, OWN, DOMAIN) == "none"
    assert verdict(headers("elsewhere.test; dmarc=pass"), {""}, DOMAIN) == "none"


def test_a_foreign_header_above_the_own_one_is_passed_over():
    raw = headers("elsewhere.test; dmarc=fail", "mx.host.test; dmarc=pass")
    assert verdict(raw, OWN, DOMAIN) == "pass"


def test_a_header_in_the_body_is_no_header():
    raw = b"From: ana@agency.test\r\n\r\nAuthentication-Results: mx.host.test; dmarc=pass\r\n"
    assert verdict(raw, OWN, DOMAIN) == "none"


@pytest.mark.parametrize("domain", ["", "@", "a b", "x" * 300])
def test_what_is_no_domain_passes_nothing(domain):
    assert verdict(headers("mx.host.test; dmarc=pass; dkim=pass header.d=test"), OWN, domain) == "none"


def test_a_domain_in_another_alphabet_is_the_same_in_both_spellings():
    assert verdict(headers("mx.host.test; dkim=pass header.d=xn--pea-8ma.test"), OWN, "peña.test") == "pass"
    assert verdict(headers("mx.host.test; dkim=pass header.d=peña.test"), OWN, "xn--pea-8ma.test") == "pass"


def test_nobody_vouches_for_us_where_no_server_is_ours():
    assert verdict(headers("mx.host.test; dmarc=pass"), (), DOMAIN) == "none"


@pytest.mark.parametrize(
    ("received", "candidates"),
    [
        (["from a.test (b [192.0.2.1]) by MX.host.test. with ESMTPS id 1; Tue"], ("mx.host.test",)),
        (["from a.test\r\n\tby mx.host.test (Postfix)\r\n\twith LMTP"], ("mx.host.test",)),
        (["by 2002:a05:6a10:1 with SMTP id x", "from a.test by mx.host.test"], ("mx.host.test",)),
        (["by 192.0.2.1 with HTTP", "from a.test by mx.host.test"], ("mx.host.test",)),
        (["from (by evil.test) a.test by mx.host.test"], ("mx.host.test",)),
        (["from a.test by mx.host.test", "from b.test by evil.test"], ("mx.host.test",)),
        (["(qmail 1 invoked by uid 89); 3 Mar", "from b.test by evil.test"], ()),
        (["from a.test by b@d_host", "from b.test by evil.test"], ()),
        ([""], ()),
        ([], ()),
    ],
)
def test_the_own_server_is_guessed_from_who_took_the_mail(received, candidates):
    raw = "".join(f"Received: {one}\r\n" for one in received).encode() + b"From: a@x.test\r\n\r\n"
    assert own_id_candidates(raw) == candidates


# Hostile


def test_headers_of_more_than_a_megabyte_say_nothing():
    assert verdict(headers("mx.host.test; dmarc=pass", "x" * 2_000_000), OWN, DOMAIN) == "none"


def test_a_fake_own_id_below_changes_nothing_however_often_it_comes():
    raw = headers("mx.host.test; dmarc=fail", *["mx.host.test; dmarc=pass"] * 5_000)
    assert verdict(raw, OWN, DOMAIN) == "fail"


@given(st.binary())
def test_whatever_the_header_holds_there_is_a_verdict(value):
    raw = b"Authentication-Results: mx.host.test; " + value + b"\r\n\r\n"
    assert verdict(raw, OWN, DOMAIN) in ("pass", "fail", "none")
    assert len(own_id_candidates(b"Received: by " + value)) <= 1


PIECES = ["(", ")", '"', "\\", ";", "=", ".", " ", "/", "a=b ", "smtp", "smtp.", "; dkim=pass", "\r\n ", "\0"]


@pytest.mark.parametrize("piece", PIECES)
def test_results_are_read_in_time_in_proportion(piece):
    def read(raw: bytes) -> None:
        verdict(raw, OWN, DOMAIN)
        own_id_candidates(raw)

    def make(size: int) -> bytes:
        long = f"Authentication-Results: mx.host.test; {piece * size}\r\nReceived: by {piece * size}\r\n"
        return long.encode() + b"Authentication-Results: mx.host.test\r\n" * size

    assert is_linear(read, make, 4_000)
