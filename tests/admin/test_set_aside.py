"""What was set aside: why, trying it again, its bytes; all of it for its owner alone."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.models import EmailAccount, Folder, Quarantined
from tests.making import DAY, account, at

pytestmark = pytest.mark.django_db

RAW = b"From: ana@cliente.test\r\nSubject: <script>alert(1)</script>\r\n\r\n\x00\xff"


@pytest.fixture
def inbox(seller):
    mine = account(seller, last_success=timezone.now())
    return Folder.objects.create(account=mine, name="INBOX", uidvalidity=7, scanned_from=1, scanned_to=90)


def aside(folder, uid=1, **values) -> Quarantined:
    later = timezone.now() + timedelta(hours=1)
    return Quarantined.objects.create(
        folder=folder,
        uid=uid,
        **{"uidvalidity": 7, "error": "too_deep", "next_try": later, "arrived": DAY, "size": 2048, **values},
    )


@pytest.fixture
def shown(client, seller):
    client.force_login(seller)
    return lambda **query: client.get(at("set_aside"), query).content.decode()


@pytest.fixture
def press(client, seller, django_capture_on_commit_callbacks):
    client.force_login(seller)

    def press(name, *args):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(at(name, *args))

    return press


def eml(row) -> str:
    return at("eml", row.pk)


def test_each_message_says_why_when_and_how_large(inbox, shown):
    aside(inbox)
    html = shown()
    for part in ("It is built in a way that cannot be read.", "INBOX", "2.0\xa0KB", "Next try:", "Try again"):
        assert part in html
    assert "Download .eml" not in html


def test_who_tries_again_in_vain_sees_that_it_was_tried(inbox, shown):
    row = aside(inbox)
    assert "Tried 1 time." in shown()
    Quarantined.objects.filter(pk=row.pk).update(attempts=2)
    assert "Tried 2 times." in shown()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("too_large", "It is larger than"),
        ("fetch", "The server did not hand it over."),
        ("empty", "The server did not hand it over."),
        ("too_many_people", "It names more than 10,000 people."),
        ("store", "It could not be stored."),
        ("internal", "It is built in a way that cannot be read."),
    ],
)
def test_every_error_has_a_reason(inbox, shown, error, words):
    aside(inbox, error=error)
    assert words in shown()


def test_it_says_when_it_is_tried_again_or_that_it_is_not(inbox, shown):
    aside(inbox, attempts=8)
    assert "It is not tried any more." in shown()
    Quarantined.objects.update(attempts=2, next_try=timezone.now())
    assert "It is tried with the next synchronisation." in shown()
    Folder.objects.update(synced=False)
    html = shown()
    assert "Its folder is left out or gone." in html
    assert "Try again" not in html
    Folder.objects.update(uidvalidity=8)
    assert "renumbered" in shown()


def test_many_are_paged(inbox, shown, django_assert_max_num_queries):
    for uid in range(1, 46):
        aside(inbox, uid)
    assert shown().count("escala-aside__row") == 10
    assert shown(aside=5).count("escala-aside__row") == 5
    assert "Page 5 of 5" in shown(aside=5)
    assert "Page 1 of 5" in shown(aside="x")
    with django_assert_max_num_queries(9):
        shown(aside=2)


def test_the_list_reads_nothing_but_the_beginning_of_the_bytes(inbox, shown, django_assert_max_num_queries):
    aside(inbox, raw=RAW)
    with django_assert_max_num_queries(9) as queries:
        shown()
    wanted = [one["sql"] for one in queries if "escala_email_quarantined" in one["sql"]]
    assert wanted
    read = [re.sub(r"SUBSTR\w*\([^()]*\)", "", sql) for sql in wanted]
    assert read != wanted
    assert not [sql for sql in read if '"raw",' in sql]


def test_what_it_says_of_itself_is_shown_as_text(inbox, shown):
    aside(inbox, raw=RAW)
    html = shown()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; · ana@cliente.test" in html
    assert "<script>" not in html


@pytest.mark.parametrize("raw", [b"", b"\xff\x00\r\n", b"Subject: " + b"x" * 40_000, b"Subject\r\n: =?x?b?"])
def test_bytes_that_make_no_sense_harm_nothing(inbox, shown, raw):
    aside(inbox, raw=raw)
    assert "It is built in a way that cannot be read." in shown()


def test_trying_again_lets_the_next_sync_take_it(inbox, press, ordered):
    row = aside(inbox, attempts=8)
    assert press("retry", row.pk).status_code == 302
    row.refresh_from_db()
    assert row.attempts == 7
    assert row.next_try <= timezone.now()
    assert ordered == [("sync_account", inbox.account_id)]


def test_what_is_being_tried_again_is_watched_for_a_while(inbox, shown, press, ordered):
    row = aside(inbox)
    assert 'data-running="false"' in shown()
    press("retry", row.pk)
    assert 'data-running="true"' in shown()
    Quarantined.objects.update(next_try=timezone.now() - timedelta(minutes=5))
    assert 'data-running="false"' in shown()


def test_all_can_be_tried_again_at_once(inbox, press, ordered):
    for uid in range(1, 4):
        aside(inbox, uid)
    press("retry_all")
    assert Quarantined.objects.filter(next_try__lte=timezone.now()).count() == 3
    assert len(ordered) == 1


def test_while_the_synchronisation_is_off_nothing_is_promised(inbox, press, ordered):
    row = aside(inbox)
    EmailAccount.objects.update(mode="off")
    response = press("retry", row.pk)
    assert "once the synchronisation goes on" in str(response.wsgi_request._messages._queued_messages[0])
    assert ordered == []


def test_the_bytes_are_given_as_they_came_and_open_as_nothing(client, seller, inbox):
    row = aside(inbox, raw=RAW)
    client.force_login(seller)
    response = client.get(eml(row))
    assert b"".join(response.streaming_content) == RAW
    assert response["Content-Disposition"] == f'attachment; filename="message-{inbox.pk}-1.eml"'
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


def test_where_no_bytes_were_kept_there_is_nothing_to_download(client, seller, inbox):
    row = aside(inbox)
    client.force_login(seller)
    assert client.get(eml(row)).status_code == 404


@pytest.mark.parametrize("who", ["colleague", "administrator"])
def test_nobody_else_reads_it_or_tries_it_again(client, request, inbox, who, ordered):
    row = aside(inbox, raw=RAW, attempts=8)
    other = request.getfixturevalue(who)
    account(other, "otra@andina.test")
    client.force_login(other)
    assert client.get(eml(row)).status_code == 404
    assert client.post(at("retry", row.pk)).status_code == 404
    client.post(at("retry_all"))
    assert "INBOX" not in client.get(at("set_aside")).content.decode()
    row.refresh_from_db()
    assert row.attempts == 8


def test_a_number_no_database_has_is_not_found(client, seller, inbox):
    client.force_login(seller)
    assert client.get(at("eml", 10**30)).status_code == 404
    assert client.post(at("retry", 10**30)).status_code == 404


def test_trying_again_and_downloading_need_the_right_method(client, seller, inbox):
    row = aside(inbox, raw=RAW)
    client.force_login(seller)
    assert client.get(at("retry", row.pk)).status_code == 405
    assert client.post(eml(row)).status_code == 405
