"""The kinds of mailbox: who is shown which tab, in which words, and who may read by the settings pages."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from escala_email_plugin.admin.kinds import KINDS, kinds_of
from escala_email_plugin.models import EmailAccount, Folder, Quarantined
from tests.making import account, at, letter, stored

pytestmark = pytest.mark.django_db

RAW = b"From: ana@cliente.test\r\nSubject: Divorcio\r\n\r\nHola"


def allow(user, *codenames):
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    return type(user).objects.get(pk=user.pk)


@pytest.fixture
def shared(db):
    """The shared mailbox, with a message that was set aside."""
    holder = account(last_success=timezone.now(), address="ventas@andina.test")
    folder = Folder.objects.create(account=holder, name="INBOX", uidvalidity=7, scanned_from=1, scanned_to=9)
    Quarantined.objects.create(
        folder=folder, uidvalidity=7, uid=1, error="x", raw=RAW, next_try=timezone.now()
    )
    return holder


@pytest.mark.parametrize(
    ("who", "tabs"),
    [
        ("seller", ["personal"]),
        ("manager", ["shared", "marketing"]),
        ("administrator", ["personal", "shared", "marketing", "capture"]),
        ("outsider", []),
    ],
)
def test_each_sees_the_tabs_of_what_they_may_set_up(client, request, who, tabs):
    user = request.getfixturevalue(who)
    assert [kind.id for kind in kinds_of(user)] == tabs
    client.force_login(user)
    for kind in KINDS:
        assert (client.get(at("account", kind=kind)).status_code == 200) == (kind in tabs)
    first = client.get(reverse("escala_email:settings"))
    assert first.url == (at("account", kind=tabs[0]) if tabs else reverse("wagtailadmin_home"))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("personal", "Only you, and your colleagues as much as you share with them."),
        ("shared", "Everyone who may read the shared mailbox and see the contact sees its mail."),
        ("marketing", "Nothing is read from it; it only sends campaigns."),
    ],
)
def test_each_kind_promises_its_own_before_and_after(client, administrator, kind, words):
    client.force_login(administrator)
    assert words in client.get(at("account", kind=kind)).content.decode()
    account(administrator if kind == "personal" else None, kind=kind)
    assert words in client.get(at("account", kind=kind)).content.decode()


def test_whoever_looks_without_the_permission_is_offered_nothing_that_is_refused(client, seller):
    mine = account(seller, last_success=timezone.now())
    folder = Folder.objects.create(account=mine, name="INBOX", uidvalidity=7)
    for uid in (1, 2):
        Quarantined.objects.create(folder=folder, uidvalidity=7, uid=uid, error="x", next_try=timezone.now())
    seller.user_permissions.remove(Permission.objects.get(codename="connect_personal_account"))
    client.force_login(seller)
    page = client.get(at("account")).content.decode()
    assert "You may not connect mailboxes any more." in page
    for name in ("connect", "test_stored", "send_test", "signature", "folders", "retry_all"):
        assert f'"{at(name)}"' not in page
    assert 'form="escala-check"' not in page
    assert at("disconnect") in page
    assert at("erase", mine.pk) in page


# Who may configure a mailbox, and not read it


def test_who_manages_the_shared_mailbox_without_reading_it_gets_no_bytes(client, manager, shared):
    client.force_login(manager)
    row = Quarantined.objects.get()
    response = client.get(at("eml", row.pk, kind="shared"))
    assert response.status_code == 403
    assert "but not read its mail" in response.content.decode()
    client.force_login(allow(manager, "view_shared_mail"))
    assert client.get(at("eml", row.pk, kind="shared")).status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_manages_the_shared_mailbox_without_reading_it_is_told_of_no_message(
    client, manager, shared, method
):
    client.force_login(manager)
    response = getattr(client, method)(at("why", kind="shared"), {"asked": "ana@cliente.test"})
    assert response.status_code == 403
    assert "but not read its mail" in response.content.decode()


def test_what_was_set_aside_names_nobody_to_who_may_not_read_it(client, manager, shared):
    client.force_login(manager)
    for name in ("account", "set_aside"):
        page = client.get(at(name, kind="shared")).content.decode()
        assert "It is built in a way that cannot be read." in page
        assert "Divorcio" not in page
        assert "Download .eml" not in page
    assert 'name="asked"' not in client.get(at("account", kind="shared")).content.decode()


def test_who_may_read_it_sees_what_it_says_of_itself(client, manager, shared):
    client.force_login(allow(manager, "view_shared_mail"))
    for name in ("account", "set_aside"):
        page = client.get(at(name, kind="shared")).content.decode()
        assert "Divorcio · ana@cliente.test" in page
        assert "Download .eml" in page
    assert 'name="asked"' in client.get(at("account", kind="shared")).content.decode()


# Marketing


@pytest.mark.parametrize(
    "name",
    ["mode", "preview", "start", "folders", "retry_all", "check", "stop_check", "bring_in", "why"],
)
def test_a_mailbox_that_only_sends_can_be_told_to_read_by_nobody(client, administrator, name, ordered):
    holder = account(kind="marketing", mode="off")
    client.force_login(administrator)
    values = {"mode": "total", "asked": "x"}
    assert client.post(at(name, kind="marketing"), values).status_code == 404
    holder.refresh_from_db()
    assert (holder.mode, ordered) == ("off", [])


@pytest.mark.parametrize("name", ["set_aside", "completeness", "stored", "why"])
def test_a_mailbox_that_only_sends_has_nothing_to_show_of_mail(client, administrator, name):
    account(kind="marketing", mode="off")
    client.force_login(administrator)
    assert client.get(at(name, kind="marketing")).status_code == 404


def test_the_page_of_a_mailbox_that_only_sends_speaks_of_sending_alone(client, manager):
    account(kind="marketing", mode="off", address="noticias@andina.test")
    client.force_login(manager)
    page = client.get(at("account", kind="marketing")).content.decode()
    for part in ("Sends as", "noticias@andina.test", "Send a test", "Test connection", "Connected since"):
        assert part in page
    for part in ("Synchronisation", "mail with contacts", "Folders", "Completeness", 'id="escala-start"'):
        assert part not in page


def test_a_mailbox_that_only_sends_is_not_deleted_in_words_of_mail(client, manager):
    holder = account(kind="marketing", mode="off")
    client.force_login(manager)
    page = client.get(at("erase", holder.pk, kind="marketing")).content.decode()
    assert "the mailbox goes with all that is stored about it" in page
    assert "Messages that go" not in page


def test_a_marketing_mailbox_is_never_at_work_whatever_its_mode_says(client, manager):
    account(kind="marketing", mode="total", last_success=timezone.now())
    client.force_login(manager)
    assert 'data-running="false"' in client.get(at("status", kind="marketing")).content.decode()


# What it costs


def test_a_poll_counts_no_messages(client, seller):
    mine = account(seller, last_success=timezone.now())
    stored(mine, letter())
    client.force_login(seller)
    client.get(at("status"))
    with CaptureQueriesContext(database) as queries:
        client.get(at("status"))
    asked = [one["sql"] for one in queries if "escala_email_location" in one["sql"]]
    assert asked
    assert not [sql for sql in asked if "COUNT" in sql]
    assert "Messages stored" in client.get(at("stored")).content.decode()


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_page_costs_the_same_however_many_were_connected_before(
    client, administrator, kind, django_assert_num_queries
):
    def before(number):
        for _ in range(number):
            account(
                administrator if kind == "personal" else None,
                f"antes{EmailAccount.objects.count()}@andina.test",
                kind=kind,
                state="disconnected",
            )

    before(1)
    client.force_login(administrator)
    client.get(at("account", kind=kind))
    with CaptureQueriesContext(database) as few:
        client.get(at("account", kind=kind))
    before(5)
    with django_assert_num_queries(len(few)):
        client.get(at("account", kind=kind))


# Who may not come back to the page


@pytest.mark.parametrize(("name", "page"), [("disconnect", "account"), ("erase", "")])
def test_who_let_go_without_the_permission_is_not_refused_a_page_at_once(client, seller, ordered, name, page):
    mine = account(seller)
    seller.user_permissions.remove(Permission.objects.get(codename="connect_personal_account"))
    client.force_login(seller)
    url = at(name, mine.pk) if name == "erase" else at(name)
    response = client.post(url, {"address": mine.address}, follow=True)
    (told,) = response.context["messages"]
    assert mine.address in str(told)
    assert response.redirect_chain[-1][0] == (at(page) if page else reverse("wagtailadmin_home"))
