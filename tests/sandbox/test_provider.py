"""The stand-in for Google and Microsoft, asked by a plain client."""

import hashlib
from base64 import urlsafe_b64encode
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from escala_email_plugin.servers.providers import provider as row
from sandbox.provider.moods import MOODS
from sandbox.provider.server import Provider

ANN = "ann@example.test"
BACK = "http://localhost/back"
VERIFIER = "v" * 50
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
PATHS = {"google": "/google", "microsoft": "/common/oauth2/v2.0"}
LOGIN = {"google": ["profile", "email"], "microsoft": ["User.Read"]}


@pytest.fixture
def stand_in():
    with Provider([ANN, "bob@example.test"]) as one:
        yield one


def asked(stand_in, kind="google", **changes):
    return {
        "client_id": stand_in.client_id,
        "redirect_uri": BACK,
        "response_type": "code",
        "state": "s-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **row(kind).asked(LOGIN[kind]),
        **changes,
    }


def sent_back(response):
    """What comes back to the site with the person."""
    assert response.headers["Location"].startswith(BACK)
    return {
        name: values[0] for name, values in parse_qs(urlsplit(response.headers["Location"]).query).items()
    }


def consented(stand_in, kind="google", **changes):
    url = stand_in.url + PATHS[kind] + "/authorize"
    return requests.get(url, asked(stand_in, kind, **changes), allow_redirects=False, timeout=5)


def tokens(stand_in, kind="google", **form):
    client = {"client_id": stand_in.client_id, "client_secret": stand_in.client_secret}
    return requests.post(stand_in.url + PATHS[kind] + "/token", {**client, **form}, timeout=5)


def redeemed(stand_in, kind="google", verifier=VERIFIER, **changes):
    code = sent_back(consented(stand_in, kind, **changes))["code"]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": verifier,
        "redirect_uri": BACK,
    }
    return tokens(stand_in, kind, **form), form


@pytest.mark.parametrize("kind", PATHS)
def test_a_code_is_good_once_and_for_who_asked(stand_in, kind):
    stand_in.chosen = ANN
    assert redeemed(stand_in, kind, verifier="x" * 50)[0].json()["error"] == "invalid_grant"
    first, form = redeemed(stand_in, kind)
    assert first.json()["refresh_token"]
    assert tokens(stand_in, kind, **form).json()["error"] == "invalid_grant"


def test_googles_first_token_opens_the_mailbox_and_microsofts_only_who_it_is(stand_in):
    stand_in.chosen = ANN
    opens = {
        kind: stand_in.opens_mailbox(redeemed(stand_in, kind)[0].json()["access_token"]) for kind in PATHS
    }
    assert opens == {"google": ANN, "microsoft": ""}


@pytest.mark.parametrize("changes", [{"access_type": "online"}, {"prompt": "none"}])
def test_google_gives_a_refresh_token_only_when_it_is_asked_anew_to(stand_in, changes):
    stand_in.chosen = ANN
    assert "refresh_token" not in redeemed(stand_in, **changes)[0].json()


def test_the_page_offers_the_accounts_and_what_is_not_ticked_is_not_allowed(stand_in):
    page = consented(stand_in)
    assert page.status_code == 200
    assert ANN in page.text
    query = page.text.split('name="query" value="')[1].split('"')[0].replace("&amp;", "&")
    form = {"query": query, "account": "bob@example.test", "scope": ["email"], "answer": "allow"}
    url = stand_in.url + "/consent"
    back = sent_back(requests.post(url, form, allow_redirects=False, timeout=5))
    assert back["state"] == "s-1"
    assert (stand_in.grants.all[0].address, stand_in.grants.all[0].scopes) == ("bob@example.test", ["email"])
    back = sent_back(requests.post(url, {**form, "answer": "cancel"}, allow_redirects=False, timeout=5))
    assert back == {"error": "access_denied", "state": "s-1"}


@pytest.mark.parametrize("changes", [{"client_id": "else"}, {"redirect_uri": "https://evil.test/"}])
def test_nobody_is_sent_where_nobody_asked_for(stand_in, changes):
    stand_in.chosen = ANN
    assert consented(stand_in, **changes).status_code == 400


def test_the_page_of_switches_withdraws_a_consent_and_makes_the_endpoint_ill(stand_in):
    stand_in.chosen = ANN
    refresh = redeemed(stand_in)[0].json()["refresh_token"]
    page = requests.post(stand_in.url + "/switch", {"mood": "broken"}, timeout=5)
    assert all(mood in page.text for mood in MOODS)
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    assert tokens(stand_in, **form).status_code == 500
    requests.post(stand_in.url + "/switch", {"mood": ""}, timeout=5)
    assert tokens(stand_in, **form).status_code == 200
    requests.post(stand_in.url + "/switch", {"withdraw": ANN}, timeout=5)
    assert tokens(stand_in, **form).json()["error"] == "invalid_grant"


def test_consents_outlive_a_restart(tmp_path):
    file = tmp_path / "provider.json"
    with Provider([ANN], file=file) as first:
        first.chosen = ANN
        refresh = redeemed(first)[0].json()["refresh_token"]
    with Provider([ANN], file=file) as second:
        assert tokens(second, grant_type="refresh_token", refresh_token=refresh).status_code == 200
