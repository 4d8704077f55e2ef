"""The last check of a mailbox, in words; checking now; and the same on a record's page."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from escala_email_plugin.models import Address, EmailAccount, Run, Tally
from sandbox.crm.models import Person
from tests.making import DAY, account

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(seller):
    return account(seller, last_success=timezone.now())


@pytest.fixture
def shown(client, seller):
    client.force_login(seller)
    return lambda: client.get(reverse("escala_email:completeness", args=["personal"])).content.decode()


@pytest.fixture
def press(client, seller, django_capture_on_commit_callbacks):
    client.force_login(seller)

    def press(name) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(reverse(f"escala_email:{name}", args=["personal"]))
        assert response.status_code == 302
        queued = response.wsgi_request._messages._queued_messages
        return queued[0].message if queued else ""

    return press


def audited(mine, state="done", **result) -> Run:
    return Run.objects.create(kind="audit", account=mine, state=state, finished_at=DAY, result=result)


def test_nothing_missing_is_said_in_one_line(mine, shown):
    audited(mine, found=1214, held=1214, missing=0)
    html = shown()
    assert "Checked March 3, 2026, 4 a.m.: 1,214 of 1,214, 0 missing." in html
    assert "<details" not in html


def test_the_day_is_that_of_who_reads_it(mine, shown):
    late = DAY - timedelta(hours=5)  # 4 o'clock in London is 11 in the evening in Bogotá
    Run.objects.create(kind="audit", account=mine, state="done", finished_at=late, result={"found": 1})
    assert "Checked March 2, 2026, 11 p.m.:" in shown()


def test_what_was_missing_is_named_with_why_and_what_became_of_it(mine, shown):
    audited(
        mine,
        found=214,
        held=212,
        missing=1,
        refilled=2,
        set_aside=1,
        gone=3,
        unread=4,
        gaps=[
            {"folder": "Clientes", "uid": 77, "why": "never_recorded", "outcome": "refilled"},
            {"folder": "<b>Viejo</b>", "uid": 78, "why": "news_to_us", "outcome": "missing"},
        ],
        folders=[{"name": "Lista", "note": "renumbered"}, {"name": "INBOX"}],
    )
    html = shown()
    for part in (
        "212 of 214, 1 missing.",
        "2 messages had been missing and were brought in.",
        "1 is set aside.",
        "3 messages are no longer in the mailbox.",
        "4 messages have not been looked at yet.",
        "Could not be checked: Lista.",
        "Clientes (77): It had been passed over. It was brought in now.",
        "&lt;b&gt;Viejo&lt;/b&gt; (78): Nobody knows why. It could not be brought in.",
    ):
        assert part in html


def test_before_the_first_check_it_says_that_one_comes(mine, shown):
    assert "Not checked yet." in shown()


def test_while_it_is_checked_the_page_moves_and_keeps_the_last_answer(mine, shown):
    audited(mine, found=9, held=9)
    EmailAccount.objects.update(lease_until=timezone.now() + timedelta(minutes=1))
    Run.objects.create(kind="audit", account=mine, done=40, total=100)
    html = shown()
    assert 'data-running="true"' in html
    assert "40 of 100 messages looked at." in html
    assert "9 of 9, 0 missing." in html
    assert 'form="escala-stop-check"' in html


def test_a_check_that_failed_says_why_beside_the_last_answer(mine, shown):
    audited(mine, found=9, held=9)
    Run.objects.create(kind="audit", account=mine, state="failed", trouble="port_closed")
    html = shown()
    assert "did not come to its end" in html
    assert "cannot be reached" not in html
    mine.state, mine.trouble = "waiting", "port_closed"
    mine.save()
    assert "cannot be reached just now" in shown()
    assert "9 of 9, 0 missing." in html


def test_checking_now_orders_a_check(mine, press, ordered):
    assert "checked now" in press("check")
    assert ordered == [("audit", mine.pk)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lease_until": timezone.now() + timedelta(hours=1)}, "being read just now"),
        ({"mode": "off"}, "once its synchronisation is on"),
        ({"state": "reconnect"}, "once its synchronisation is on"),
    ],
)
def test_what_cannot_be_checked_now_says_why(mine, shown, press, ordered, change, words):
    EmailAccount.objects.update(**change)
    assert " disabled>" in shown()
    assert words in press("check")
    assert ordered == []


def test_a_check_can_be_stopped(mine, press, colleague):
    theirs = account(colleague, "marcos@andina.test")
    runs = [Run.objects.create(kind="audit", account=one) for one in (mine, theirs)]
    press("stop_check")
    states = [Run.objects.get(pk=one.pk).state for one in runs]
    assert states == ["cancelled", "running"]


class TestOnARecordsPage:
    @pytest.fixture
    def ana(self):
        return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")

    @pytest.fixture
    def said(self, client, seller, ana):
        client.force_login(seller)

        def said(record=ana) -> str:
            place = [record._meta.app_label, record._meta.model_name, record.pk]
            return client.get(reverse("escala_email:timeline", args=place)).context["completeness"]

        return said

    def tally(self, holder, found, missing, address="ana@cliente.test", checked_at=DAY) -> None:
        known, _ = Address.objects.get_or_create(value=address)
        Tally.objects.create(
            account=holder, address=known, found=found, missing=missing, checked_at=checked_at
        )

    def test_nothing_is_said_before_anybody_counted(self, said, mine):
        assert said() == ""

    def test_the_accounts_one_may_read_are_counted_together(self, said, mine, colleague):
        self.tally(mine, 200, 0)
        self.tally(account(None, "ventas@andina.test"), 14, 2, checked_at=DAY - timedelta(days=1))
        self.tally(account(colleague, "marcos@andina.test"), 1000, 500)
        assert said() == "Checked March 2, 2026: 212 of 214, 2 missing."

    def test_only_the_records_addresses_count(self, said, mine):
        self.tally(mine, 5, 0, checked_at=DAY + timedelta(hours=19))  # already the 4th in London
        self.tally(mine, 70, 70, address="otra@cliente.test")
        assert said() == "Checked March 3, 2026: 5 of 5, 0 missing."

    def test_it_is_on_the_first_page_alone(self, client, seller, mine, ana):
        self.tally(mine, 5, 0)
        client.force_login(seller)
        url = reverse("escala_email:timeline", args=["crm", "person", ana.pk])
        assert "5 of 5" in client.get(url).content.decode()
        assert "5 of 5" not in client.get(url, {"before": "1-1"}).content.decode()

    def test_it_costs_one_query(self, seller, mine, ana, django_assert_num_queries):
        from escala_email_plugin.admin.looking import beside
        from escala_email_plugin.reading.timeline import Timeline

        self.tally(mine, 5, 0)
        of = Timeline(ana, seller).read_by
        seller.has_perm("escala_email.view_shared_mail")  # Django remembers a user's permissions
        with django_assert_num_queries(1):
            beside(of)
