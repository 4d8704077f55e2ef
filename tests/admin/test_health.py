"""Who may see how all mailboxes are, and what the page says."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from escala_email_plugin.admin import health
from escala_email_plugin.models import Address, Beat, EmailAccount, Folder, Lookup, Quarantined, Run
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

PAGES = ["escala_email:health", "escala_email:health_json"]


@pytest.fixture(autouse=True)
def worker(db):
    return Beat.objects.create(name="worker", at=timezone.now())


@pytest.fixture
def shown(client, administrator):
    """shown(show="waiting"): the page's table and what is around it."""
    client.force_login(administrator)

    def get(**query) -> str:
        page = client.get(reverse("escala_email:health"), query).content.decode()
        return page[page.index('id="main"') :]

    return get


def addresses(page: str) -> list[str]:
    return re.findall(r"[a-z0-9]+@andina\.test", page)


def test_who_may_see_it_gets_json_as_well(client, outsider, seller):
    account(seller)
    outsider.user_permissions.add(Permission.objects.get(codename="view_health"))
    client.force_login(outsider)
    response = client.get(reverse("escala_email:health_json"))
    assert response["Content-Type"] == "application/json"
    assert response.json()["totals"]["accounts"] == 1
    assert "lucia@andina.test" in client.get(reverse("escala_email:health")).content.decode()


def test_an_administrator_sees_it(client, administrator):
    client.force_login(administrator)
    assert client.get(reverse("escala_email:health_json")).json()["ok"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["seller", "outsider"])
def test_others_do_not(client, request, who, page):
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse(page), headers={"x-requested-with": "XMLHttpRequest"}).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_nobody_sees_it_without_logging_in(client, db, page):
    assert client.get(reverse(page)).status_code == 302


def test_the_way_to_it_is_shown_to_who_may_see_it(client, administrator, seller):
    for user, seen in ((administrator, True), (seller, False)):
        client.force_login(user)
        page = client.get(reverse("wagtailadmin_home")).content.decode()
        assert (reverse("escala_email:health") in page) is seen


def test_what_needs_a_person_comes_first(shown, django_user_model):
    now = timezone.now()
    for name, values in {
        "well": {"last_success": now},
        "waits": {"state": "waiting", "last_success": now},
        "late": {"last_success": now - timedelta(hours=3)},
        "fallen": {"state": "reconnect", "last_success": now},
        "gone": {"state": "disconnected"},
    }.items():
        account(django_user_model.objects.create_user(name), f"{name}@andina.test", **values)
    assert addresses(shown()) == [f"{name}@andina.test" for name in ("fallen", "late", "waits", "well")]
    assert addresses(shown(show="needs")) == ["fallen@andina.test", "late@andina.test"]
    assert addresses(shown(show="waiting")) == ["waits@andina.test"]
    assert addresses(shown(show="disconnected")) == ["gone@andina.test"]
    assert "All (4)" in shown()
    assert len(addresses(shown(show="nonsense"))) == 4


def test_it_says_whose_how_and_why(shown, seller):
    seller.first_name, seller.last_name = "Lucía", "Fernández"
    seller.save()
    now = timezone.now()
    mine = account(
        seller,
        state="waiting",
        trouble="timeout",
        failures=3,
        state_since=now - timedelta(minutes=5),
        next_try=now + timedelta(minutes=5),
        last_success=now - timedelta(minutes=20),
        provider="google",
        access_ends=now + timedelta(minutes=40),
        grant_ends=now + timedelta(hours=20),
        watched_until=now + timedelta(minutes=1),
        lease_until=now + timedelta(minutes=1),
    )
    folder = Folder.objects.create(account=mine, name="INBOX", uidvalidity=7)
    Quarantined.objects.create(folder=folder, uidvalidity=7, uid=1, error="x", attempts=8, next_try=now)
    Lookup.objects.create(account=mine, address=Address.objects.create(value="ana@cliente.test"))
    run = Run.objects.create(kind="sync", account=mine, state="done", done=1200, stored=214)
    Run.objects.update(started_at=now - timedelta(seconds=10), moved_at=now, finished_at=now)
    assert run
    page = " ".join(re.sub(r"<[^>]+>", " ", shown()).split())
    for said in (
        "Lucía Fernández",
        "Personal mailbox",
        "Waiting for the provider",
        "did not answer on port 993",
        "Failed 3 times in a row.",
        "Next try:",
        "20 minutes ago",
        "A worker is at it.",
        "1 address to look for",
        "1 given up",
        "214 new messages",
        "About 120 messages a second.",
        "Token until",
        "Consent until",
        "consent ends soon",
    ):
        assert said in page.replace("\xa0", " "), said
    # A watcher that has lost it is not known yet.
    assert "New mail comes at once." not in page
    EmailAccount.objects.update(state="connected")
    assert "New mail comes at once." in shown()


def test_one_that_is_disconnected_has_no_access(shown):
    account(state="disconnected", secret="")
    page = shown(show="disconnected")
    assert re.search(r'data-label="Access">\s*–\s*</td>', page)


def test_a_silent_worker_is_told_of(shown, seller):
    account(seller)
    assert "No worker has shown itself" not in shown()
    Beat.objects.update(at=timezone.now() - timedelta(minutes=9))
    assert "No worker has shown itself" in shown()


def test_nobodys_mail_and_no_secret_is_on_it(shown, seller):
    mine = account(seller)
    stored(mine, letter(subject="Divorcio"))
    Run.objects.create(
        kind="audit",
        account=mine,
        state="done",
        finished_at=timezone.now(),
        result={"missing": 1, "folders": [{"name": "Secreto", "note": "folder_refused"}]},
    )
    page = shown()
    assert "could not be checked" in page
    for secret in ("ana@", "Divorcio", "Secreto", mine.secret, "correct horse"):
        assert secret not in page


def test_it_is_paged_in_a_number_of_queries_that_does_not_grow(
    client, administrator, django_user_model, monkeypatch
):
    monkeypatch.setattr(health, "PER_PAGE", 3)
    client.force_login(administrator)
    url = reverse("escala_email:health")

    def connect(n: int) -> None:
        one = account(django_user_model.objects.create_user(f"u{n}"), f"u{n}@andina.test")
        Run.objects.create(kind="sync", account=one)
        Run.objects.create(kind="audit", account=one, finished_at=timezone.now())

    connect(0)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for n in range(1, 5):
        connect(n)
    with CaptureQueriesContext(connection) as many:
        first = client.get(url)
    assert len(few) == len(many)
    ours = [one["sql"] for one in many.captured_queries if "escala_email" in one["sql"]]
    # The menu of every page counts the questions that wait.
    assert len([sql for sql in ours if "accessrequest" not in sql]) == 3
    assert len(ours) == 4
    second = client.get(url, {"p": 2})
    found = [addresses(page.content.decode().partition("<tbody>")[2]) for page in (first, second)]
    assert [len(one) for one in found] == [3, 2]
    assert EmailAccount.objects.count() == 5
