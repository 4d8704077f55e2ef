"""Renewing access at the token endpoint, whatever it answers."""

import json
import threading
import traceback
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone

from escala_email_plugin.servers import oauth
from escala_email_plugin.servers.errors import ImapError, ProtocolTrouble, Refused, Throttled, Unreachable
from escala_email_plugin.servers.providers import PROVIDERS

pytestmark = pytest.mark.django_db

ANN = "ann@example.test"


@pytest.fixture
def refresh_token(provider):
    """refresh_token(kind): what a consent gave."""
    return lambda kind="google": provider.refresh_token(kind, ANN, list(PROVIDERS[kind].scopes))


@pytest.fixture
def saying(monkeypatch):
    """saying(status, body, **headers): a token endpoint that answers so."""
    servers = []

    def start(status, body=b"", **headers):
        class Endpoint(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST

            def log_message(self, *args):
                pass

        server = HTTPServer(("127.0.0.1", 0), Endpoint)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        monkeypatch.setattr(oauth, "token_url", lambda _id: f"http://127.0.0.1:{server.server_port}/token")

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def told(**values):
    return json.dumps({"access_token": "ya29.new", "expires_in": 3599, **values}).encode()


def trouble(token="refresh-1", kind="google"):
    with pytest.raises(ImapError) as caught:
        oauth.refresh(kind, token)
    return caught.value


def code_of(error):
    return type(error), error.code


def test_what_is_not_encrypted_passes_no_proxy(saying, hostile, monkeypatch):
    saying(200, told())
    proxy = hostile(lambda peer: peer.line(), tls=False)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert oauth.refresh("google", "refresh-1").access == "ya29.new"
    assert proxy.lines == []


@pytest.mark.parametrize("kind", PROVIDERS)
def test_a_refresh_token_becomes_one_that_opens_the_mailbox(provider, refresh_token, kind):
    old = refresh_token(kind)
    before = timezone.now()
    tokens = oauth.refresh(kind, old)
    assert provider.opens_mailbox(tokens.access) == ANN
    assert tokens.refresh == old
    assert timedelta(minutes=59) < tokens.ends - before <= timedelta(minutes=61)
    assert tokens.grant_ends is None
    (form,) = provider.token_requests
    assert form["client_id"] == provider.client_id


def test_microsoft_is_asked_for_the_mailbox_by_name(provider, refresh_token):
    oauth.refresh("microsoft", refresh_token("microsoft"))
    assert "https://outlook.office.com/IMAP.AccessAsUser.All" in provider.token_requests[0]["scope"].split()


def test_a_rotated_refresh_token_is_handed_on(provider, refresh_token):
    provider.rotates = "strict"
    old = refresh_token()
    new = oauth.refresh("google", old).refresh
    assert new != old
    assert oauth.refresh("google", new).access
    assert code_of(trouble(old)) == (Refused, "grant_refused")


def test_a_consent_that_ends_by_itself_says_when(provider, refresh_token):
    provider.grant_seconds = 7 * 86_400
    ends = oauth.refresh("google", refresh_token()).grant_ends
    assert timedelta(days=6) < ends - timezone.now() <= timedelta(days=7)


def test_a_scope_that_was_left_out_can_be_seen(provider, refresh_token):
    provider.left_out = {"https://outlook.office.com/SMTP.Send"}
    scopes = oauth.refresh("microsoft", refresh_token("microsoft")).scopes
    assert scopes == {"https://outlook.office.com/IMAP.AccessAsUser.All"}


def test_a_withdrawn_consent_is_refused(provider, refresh_token):
    token = refresh_token()
    provider.grants.withdraw(ANN)
    assert code_of(trouble(token)) == (Refused, "grant_refused")


@pytest.mark.parametrize(
    ("mood", "kind", "code", "wait"),
    [
        ("busy", Throttled, "provider_busy", 120),
        ("broken", Throttled, "provider_busy", None),
        ("garbage", ProtocolTrouble, "provider_bad_answer", None),
        ("empty", ProtocolTrouble, "provider_bad_answer", None),
        ("huge", ProtocolTrouble, "provider_bad_answer", None),
        ("redirect", ProtocolTrouble, "provider_bad_answer", None),
        ("slow", Unreachable, "provider_unreachable", None),
        ("silent", Unreachable, "provider_unreachable", None),
        ("stranger", ImapError, "client_refused", None),
    ],
)
def test_a_provider_in_trouble_refuses_nobody(
    provider, refresh_token, settings, caplog, mood, kind, code, wait
):
    caplog.set_level(0)
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "OPERATION_DEADLINE": 0.5}
    token = refresh_token()
    provider.mood = mood
    error = trouble(token)
    assert (code_of(error), error.retry_after) == ((kind, code), wait)
    assert not isinstance(error, Refused)
    assert "127.0.0.1" in str(error)
    assert "/elsewhere" not in provider.paths
    words = "".join([*traceback.format_exception(error), caplog.text, repr(error.values)])
    assert "canary" not in words
    assert token not in words
    assert provider.client_secret not in words


def test_nothing_is_asked_where_nobody_listens(monkeypatch):
    monkeypatch.setattr(oauth, "token_url", lambda _id: "http://127.0.0.1:9/token")
    assert code_of(trouble()) == (Unreachable, "provider_unreachable")


@pytest.mark.parametrize(
    "url", ["http://oauth2.googleapis.com/token", "http://127.0.0.1.evil.test/token", "ftp://a.test/t", ""]
)
def test_no_refresh_token_goes_out_unencrypted(monkeypatch, url):
    monkeypatch.setattr(oauth, "token_url", lambda _id: url)
    monkeypatch.setattr(oauth, "post", pytest.fail)
    assert trouble().code == "provider_insecure"


def test_a_site_without_a_client_says_so(settings):
    settings.SOCIALACCOUNT_PROVIDERS = {}
    error = trouble()
    assert code_of(error) == (ImapError, "client_missing")
    assert "Google" in str(error)


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (400, "invalid_grant", (Refused, "grant_refused")),
        (400, "interaction_required", (Refused, "grant_refused")),
        (400, "consent_required", (Refused, "grant_refused")),
        (400, "login_required", (Refused, "grant_refused")),
        (200, "invalid_grant", (ProtocolTrouble, "provider_bad_answer")),
        (500, "invalid_grant", (Throttled, "provider_busy")),
        (400, "temporarily_unavailable", (Throttled, "provider_busy")),
        (400, "unauthorized_client", (ImapError, "client_refused")),
        (400, "invalid_scope", (ImapError, "client_refused")),
        (401, "something", (ImapError, "client_refused")),
        (400, "invalid_request", (ProtocolTrouble, "provider_bad_answer")),
        (404, "", (ProtocolTrouble, "provider_bad_answer")),
        (400, ["invalid_grant"], (ProtocolTrouble, "provider_bad_answer")),
    ],
)
def test_only_what_asks_for_the_person_ends_a_consent(saying, status, error, expected):
    saying(status, json.dumps({"error": error}).encode())
    assert code_of(trouble()) == expected


@pytest.mark.parametrize(
    ("header", "wait"),
    [("7", 7), ("0", 1), ("999999999", 86_400), ("soon", None), ("-5", None), ("", None), ("1" * 5000, None)],
)
def test_the_pause_that_is_asked_for_is_kept_within_a_day(saying, header, wait):
    saying(429, b"", Retry_After=header)
    assert trouble().retry_after == wait


def test_the_pause_may_be_a_date(saying):
    when = timezone.now() + timedelta(minutes=3)
    saying(503, b"", Retry_After=when.strftime("%a, %d %b %Y %H:%M:%S GMT"))
    assert 170 <= trouble().retry_after <= 181
    saying(503, b"", Retry_After="Mon, 01 Jan 2001 00:00:00 GMT")
    assert trouble().retry_after == 1


@pytest.mark.parametrize(
    ("lives", "seconds"),
    [
        (60, 60),
        ("1800", 1800),
        (0, 0),
        (1e300, 86_400),
        (10**400, 86_400),
        (None, 3600),
        (True, 3600),
        (-5, 3600),
        ("a while", 3600),
        (float("nan"), 3600),
        (float("inf"), 86_400),
        ([3600], 3600),
    ],
)
def test_how_long_a_token_lives_is_counted_from_when_it_was_asked_for(saying, lives, seconds):
    saying(200, told(expires_in=lives))
    before = timezone.now()
    ends = oauth.refresh("google", "refresh-1").ends
    assert before <= ends - timedelta(seconds=seconds) <= timezone.now()


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX", "a\0", "ñ", "x" * 20_000, 7, None, ["a"]])
def test_a_token_that_could_not_be_sent_is_none(saying, token):
    saying(200, told(access_token=token))
    assert code_of(trouble()) == (ProtocolTrouble, "provider_bad_answer")


@pytest.mark.parametrize("token", ["", "a\r\nX", 7, None])
def test_nor_does_one_take_the_place_of_the_refresh_token(saying, token):
    saying(200, told(refresh_token=token))
    assert oauth.refresh("google", "refresh-1").refresh == "refresh-1"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"[" * 60_000, b'"access_token"', b"\xff\xfe", b"1" * 9999]
)
def test_what_is_no_object_is_no_answer(saying, body):
    saying(200, body)
    assert code_of(trouble()) == (ProtocolTrouble, "provider_bad_answer")


def test_a_compressed_answer_is_not_blown_up(saying):
    import gzip

    saying(200, gzip.compress(told(more="x" * 2**20)), Content_Encoding="gzip")
    assert code_of(trouble()) == (ProtocolTrouble, "provider_bad_answer")


def test_no_token_shows_in_a_repr(provider, refresh_token):
    tokens = oauth.refresh("google", refresh_token())
    assert tokens.access not in repr(tokens)
    assert tokens.refresh not in repr(tokens)
