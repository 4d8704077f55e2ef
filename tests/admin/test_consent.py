"""Google and Microsoft sign-in, from the button to the mailbox, over HTTP to the stand-in."""

import json
import logging

import pytest
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from escala_email_plugin.models import EmailAccount
from escala_email_plugin.servers import consent
from escala_email_plugin.servers.secrets import decrypt
from tests.making import account, at

from .signing_in import Journey, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(provider, seller):
    """The address whose owner allows everything."""
    provider.accounts = ["lucia@andina.test"]
    provider.chosen = "lucia@andina.test"
    return provider.chosen


@pytest.fixture
def journey(client, seller, provider, mine, ordered):
    client.force_login(seller)
    return Journey(client, provider)


def connected() -> list[EmailAccount]:
    return list(EmailAccount.objects.exclude(state="disconnected"))


# It works.


def test_who_allows_it_at_google_is_connected(
    journey, seller, mine, ordered, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        page = journey.sign_in()
    assert page.redirect_chain[-1][0] == at("account")
    assert told(page) == [
        f"{mine} is connected. What would be brought in is being counted; nothing is stored before you start."
    ]
    (one,) = connected()
    assert (one.owner, one.kind, one.provider, one.address, one.username) == (
        seller,
        "personal",
        "google",
        mine,
        mine,
    )
    assert (one.imap_host, one.imap_port, one.smtp_host, one.smtp_port) == (
        "imap.gmail.com",
        993,
        "smtp.gmail.com",
        465,
    )
    assert decrypt(one.secret).startswith("refresh-")
    assert decrypt(one.access).startswith("access-")
    assert timezone.now() < one.access_ends
    assert one.granted_at
    assert one.grant_ends is None
    assert ordered == [("preview", one.pk)]


def test_what_is_asked_for_is_the_mail_and_who_it_is_and_nothing_more(journey):
    journey.begin()
    assert journey.asked["scope"] == "openid email https://mail.google.com/"
    assert (journey.asked["access_type"], journey.asked["prompt"]) == ("offline", "select_account consent")
    assert journey.asked["redirect_uri"] == "http://testserver/admin/email/oauth/google/callback/"
    assert "login_hint" not in journey.asked


def test_possession_is_proved_whatever_the_host_has_set(journey, settings, provider):
    google = {**settings.SOCIALACCOUNT_PROVIDERS["google"], "OAUTH_PKCE_ENABLED": False}
    settings.SOCIALACCOUNT_PROVIDERS = {**settings.SOCIALACCOUNT_PROVIDERS, "google": google}
    journey.sign_in()
    assert journey.asked["code_challenge_method"] == "S256"
    assert len(journey.asked["code_challenge"]) == 43
    assert len(provider.token_requests[-1]["code_verifier"]) == 128
    assert connected()


def test_an_alias_of_microsoft_is_the_address_and_the_user_name_logs_in(
    client, seller, provider, mine, ordered
):
    provider.claims = {"email": "Lucia.Fernandez@Andina.test"}
    client.force_login(seller)
    Journey(client, provider, name="microsoft").sign_in()
    (one,) = connected()
    assert (one.provider, one.address, one.username) == ("microsoft", "lucia.fernandez@andina.test", mine)
    # The token that came with the consent is for who it is; the first one for the mail is fetched by renewal.
    assert (one.access, one.access_ends) == ("", None)
    assert one.smtp_tls == "starttls"


def test_an_address_that_anybody_could_claim_is_not_believed_at_microsoft(
    client, seller, provider, mine, ordered
):
    provider.claims = {"email": "director@victima.test"}
    client.force_login(seller)
    Journey(client, provider, name="microsoft").sign_in()
    assert [one.address for one in connected()] == [mine]


def test_an_administrator_connects_the_shared_mailbox(client, administrator, provider, mine, ordered):
    client.force_login(administrator)
    page = Journey(client, provider, kind="shared").sign_in()
    assert page.redirect_chain[-1][0] == at("account", kind="shared")
    assert [(one.kind, one.owner) for one in connected()] == [("shared", None)]


def test_signing_in_again_keeps_the_account_and_suggests_its_address(journey, seller, mine):
    before = account(
        seller,
        mine,
        provider="google",
        state="reconnect",
        trouble="grant_refused",
        last_success=timezone.now(),
    )
    journey.sign_in()
    assert journey.asked["login_hint"] == mine
    (after,) = connected()
    assert (after.pk, after.state, after.trouble) == (before.pk, "connected", "")
    assert decrypt(after.secret) != decrypt(before.secret)


def test_microsoft_is_told_the_name_it_knows_and_not_the_alias(client, seller, provider, mine, ordered):
    account(seller, "lucia.fernandez@andina.test", provider="microsoft", username=mine, state="reconnect")
    provider.claims = {"email": "lucia.fernandez@andina.test"}
    client.force_login(seller)
    journey = Journey(client, provider, name="microsoft")
    journey.sign_in()
    assert journey.asked["login_hint"] == mine
    assert [(one.address, one.state) for one in connected()] == [("lucia.fernandez@andina.test", "connected")]


def test_a_consent_takes_the_place_of_a_password(journey, seller, mine):
    account(seller, mine, imap_host="imap.other.test")
    journey.sign_in()
    (one,) = connected()
    assert (one.provider, one.imap_host) == ("google", "imap.gmail.com")


def test_when_the_consent_ends_by_itself_that_is_said(journey, provider):
    provider.grant_seconds = 7 * 86_400
    page = journey.sign_in()
    assert connected()[0].grant_ends
    assert "ends this access by itself" in told(page)[1]


# People change their mind, or choose badly.


def test_who_cancels_comes_back_to_the_page(journey):
    journey.begin()
    page = journey.back(code=None, error="access_denied", error_description="<b>canary</b>")
    assert told(page) == ["You cancelled the sign-in with Google. Nothing has changed."]
    assert page.redirect_chain[-1][0] == at("account")
    assert b"canary" not in page.content
    assert not connected()


@pytest.mark.parametrize(
    "came",
    [{"error": "server_error"}, {"error": ""}, {"error": "canary<script>"}, {"code": None}, {"code": ""}],
)
def test_an_error_of_the_provider_is_a_sentence_without_its_words(journey, provider, came):
    journey.begin()
    page = journey.back(error_description="canary", **came)
    assert told(page)[0].startswith("Google ended the sign-in with an error. Nothing has changed.")
    assert b"canary" not in page.content
    assert provider.token_requests == []


def test_another_account_than_the_one_that_is_connected_is_refused_by_name(journey, seller, provider):
    before = account(seller, "ventas@andina.test", provider="google", state="reconnect")
    page = journey.sign_in()
    assert told(page)[0].startswith(
        "At Google you chose lucia@andina.test, and this is the mailbox ventas@andina.test. "
    )
    (after,) = connected()
    assert (after.address, after.secret, after.state) == (before.address, before.secret, "reconnect")


def test_a_tick_that_was_taken_away_is_noticed_at_once(journey, provider):
    provider.left_out = {"https://mail.google.com/"}
    page = journey.sign_in()
    assert "did not give access to the mail" in told(page)[0]
    assert not connected()


def test_an_address_that_is_not_verified_is_not_believed(journey, provider):
    provider.claims = {"email_verified": False}
    page = journey.sign_in()
    assert "has not verified the address" in told(page)[0]
    assert not connected()


@pytest.mark.parametrize(
    "claims",
    [{"aud": "another-client"}, {"exp": 1}, {"email": None}, {"email": "nobody"}, {"email": ["a@b.test"]}],
)
def test_an_identity_that_is_not_meant_for_us_or_names_nobody_connects_nothing(journey, provider, claims):
    provider.claims = claims
    page = journey.sign_in()
    assert "did not say which mailbox this is" in told(page)[0]
    assert not connected()


def test_access_for_an_hour_only_is_not_taken(journey, provider, monkeypatch):
    monkeypatch.setattr(provider.grants, "another", lambda grant: "")
    page = journey.sign_in()
    assert "https://myaccount.google.com/connections" in told(page)[0]
    assert not connected()


def test_the_mailbox_of_a_colleague_is_refused(journey, colleague, mine):
    account(colleague, mine)
    page = journey.sign_in()
    assert told(page) == [
        f"A colleague has already connected {mine}. Choose a mailbox of your own, or ask your administrator."
    ]
    assert [one.owner for one in connected()] == [colleague]


def test_a_consent_that_is_not_used_is_taken_back(journey, colleague, mine, provider):
    account(colleague, mine)
    journey.sign_in()
    assert "/google/revoke" in provider.paths[-1]


def test_one_that_opens_another_mailbox_of_ours_stays(journey, colleague, mine, provider):
    account(colleague, mine, provider="google", username=mine)
    journey.sign_in()
    assert not [path for path in provider.paths if "revoke" in path]


def test_two_sign_ins_at_once_connect_one_mailbox(journey, seller, mine, provider):
    """Begun while nothing was connected; meanwhile another tab has connected another mailbox."""
    journey.begin()
    account(seller, "otra@andina.test")
    page = journey.back()
    assert told(page) == ["otra@andina.test is already connected here. Disconnect it first."]
    assert [one.address for one in connected()] == ["otra@andina.test"]


# The way back.


def unknown(page) -> bool:
    return "This sign-in with Google is not known here" in told(page)[0]


@pytest.mark.parametrize("state", ["made-up", "", None, "x" * 5000])
def test_a_state_that_nobody_gave_is_a_sentence(journey, provider, state):
    journey.begin()
    page = journey.back(state=state)
    assert unknown(page)
    assert page.status_code == 200
    assert (provider.token_requests, connected()) == ([], [])


def test_a_state_is_good_for_one_time(journey, provider):
    journey.sign_in()
    page = journey.back()
    assert unknown(page)
    assert len(provider.token_requests) == 1


def test_a_state_of_google_is_none_of_microsoft(journey, provider):
    journey.begin()
    journey.sent_back = journey.sent_back.replace("/google/", "/microsoft/")
    page = journey.back()
    assert "not known here" in told(page)[0]
    assert not connected()


def test_a_consent_finished_in_another_browser_connects_nothing(journey, seller, provider):
    journey.begin()
    other = Client()
    other.force_login(seller)
    page = journey.back(other)
    assert unknown(page)
    assert (provider.token_requests, connected()) == ([], [])


def test_who_is_not_logged_in_logs_in_and_is_told_to_begin_again(journey, seller, provider):
    journey.begin()
    journey.client.logout()
    login = journey.back()
    assert login.redirect_chain[0][0].startswith(reverse("wagtailadmin_login"))
    assert provider.token_requests == []
    journey.client.force_login(seller)
    assert unknown(journey.back())


def test_a_session_that_became_somebody_elses_finishes_nothing(journey, seller, colleague, provider):
    journey.begin()
    # Django ends the session of who logs in as another; a host's own way of logging in may not.
    session = journey.client.session
    session["_auth_user_id"], session["_auth_user_hash"] = (
        str(colleague.pk),
        colleague.get_session_auth_hash(),
    )
    session.save()
    page = journey.back()
    assert page.context["user"] == colleague
    assert told(page)[0].startswith("You may not connect this mailbox any more.")
    assert (provider.token_requests, connected()) == ([], [])


def test_who_lost_the_permission_meanwhile_is_told_so(journey, seller, provider):
    journey.begin()
    seller.user_permissions.remove(Permission.objects.get(codename="connect_personal_account"))
    page = journey.back()
    assert told(page)[0].startswith("You may not connect this mailbox any more.")
    assert (provider.token_requests, connected()) == ([], [])


def test_who_may_not_connect_is_sent_nowhere(client, outsider, provider):
    client.force_login(outsider)
    assert client.post(at("consent", "google")).status_code == 302
    client.force_login(outsider)
    response = client.post(at("consent", "google", kind="shared"))
    assert not response["Location"].startswith(provider.url)


def test_nothing_but_a_visit_uses_the_state_up(journey):
    journey.begin()
    path, query = journey.sent_back.split("?")
    assert journey.client.head(f"{path}?{query}").status_code == 405
    assert journey.client.post(f"{path}?{query}").status_code == 405
    journey.back()
    assert connected()


def test_the_button_is_no_link(journey):
    assert journey.client.get(at("consent", "google")).status_code == 405


# The provider is not well.


@pytest.mark.parametrize(
    ("mood", "sentence"),
    [
        ("busy", "Google is busy just now."),
        ("broken", "Google is busy just now."),
        ("garbage", "Google gave an answer that cannot be understood."),
        ("empty", "Google gave an answer that cannot be understood."),
        ("huge", "Google gave an answer that cannot be understood."),
        ("redirect", "Google gave an answer that cannot be understood."),
        ("slow", "Google did not answer."),
        ("silent", "Google did not answer."),
        ("stranger", "Signing in with Google is not set up correctly on this site."),
    ],
)
def test_a_provider_in_trouble_half_way_is_a_sentence(journey, provider, monkeypatch, caplog, mood, sentence):
    monkeypatch.setattr(consent, "SECONDS", 0.5)
    journey.begin()
    provider.mood = mood
    page = journey.back()
    assert told(page)[0].startswith(sentence)
    assert "Nothing has changed." in told(page)[0]
    assert not connected()
    assert b"canary" not in page.content
    assert "canary" not in caplog.text


def test_a_code_that_was_used_or_stolen_is_refused(journey, provider):
    journey.begin()
    page = journey.back(code="code-of-somebody-else")
    assert told(page)[0].startswith("The sign-in with Google took too long.")
    assert not connected()


# The host's own.


def test_a_site_without_a_client_sends_nobody_anywhere(client, seller, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {}
    client.force_login(seller)
    for page in (
        client.post(at("consent", "google"), follow=True),
        client.get(reverse("escala_email:consent_callback", args=["google"]), {"state": "x"}, follow=True),
    ):
        assert page.status_code == 200
        assert len(told(page)) == 1


@pytest.mark.parametrize("stores", [True, False])
def test_nothing_of_it_is_kept_but_by_the_account(journey, settings, caplog, provider, stores):
    from allauth.socialaccount.models import SocialAccount, SocialToken

    settings.SOCIALACCOUNT_STORE_TOKENS = stores
    caplog.set_level(logging.DEBUG)
    page = journey.sign_in()
    (one,) = connected()
    secrets = [decrypt(one.secret), decrypt(one.access)]
    sessions = json.dumps([session.get_decoded() for session in Session.objects.all()])
    for secret in secrets:
        assert secret not in sessions
        assert secret not in caplog.text
        assert secret not in page.content.decode()
        assert secret not in str(vars(one))
    assert not SocialAccount.objects.exists()
    assert not SocialToken.objects.exists()


@pytest.fixture
def host_with_logins(settings):
    """A host whose people may log in with Google, by allauth's own addresses."""
    settings.ROOT_URLCONF = "tests.host.urls_with_allauth"
    settings.SOCIALACCOUNT_LOGIN_ON_GET = False
    settings.LOGIN_REDIRECT_URL = "/"
    settings.AUTHENTICATION_BACKENDS = [
        "django.contrib.auth.backends.ModelBackend",
        "allauth.account.auth_backends.AuthenticationBackend",
    ]


def test_the_hosts_own_login_with_google_is_as_it_was(client, provider, host_with_logins, django_user_model):
    from .signing_in import location

    provider.chosen = "nueva@andina.test"
    sent = client.post("/accounts/google/login/")
    back = location(sent["Location"])
    assert back.startswith("http://testserver/accounts/google/login/callback/")
    client.get(back)
    assert django_user_model.objects.get(email="nueva@andina.test").pk == int(client.session["_auth_user_id"])
    assert not connected()


def test_a_login_and_a_mailbox_know_nothing_of_each_others_states(journey, provider, host_with_logins):
    from .signing_in import location

    # Ours, brought to allauth's address: it logs nobody in, and asks for no token.
    journey.begin()
    query = journey.sent_back.partition("?")[2]
    user = journey.client.session["_auth_user_id"]
    assert journey.client.get(f"/accounts/google/login/callback/?{query}").status_code == 401
    assert journey.client.session["_auth_user_id"] == user
    # A login's, brought to ours.
    sent = journey.client.post("/accounts/google/login/")
    query = location(sent["Location"]).partition("?")[2]
    page = journey.client.get(f"/admin/email/oauth/google/callback/?{query}", follow=True)
    assert unknown(page)
    assert (provider.token_requests, connected()) == ([], [])
