"""What is kept, decided for everybody: what removes mail is said with how much it is before it is saved."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from escala_email_plugin.models import EmailAccount, Policy
from sandbox.crm.models import Person
from tests.admin.signing_in import told
from tests.making import account, at, letter, stored

pytestmark = pytest.mark.django_db

PAGE = "escala_email:policy"


@pytest.fixture
def boss(client, administrator):
    client.force_login(administrator)
    return client


def save(client, **changes):
    data = {"leaver_rule": "keep", "leaver_days": 30, "by_age": "no", "retention_days": "", **changes}
    return client.post(reverse(PAGE), data)


def decided() -> tuple:
    return Policy.objects.values_list("leaver_rule", "leaver_days", "retention_days").first()


def confirmed(client, response, **changes):
    return save(client, confirmed=response.context["fingerprint"], **changes)


@pytest.fixture
def old(seller):
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    mine = account(seller)
    stored(mine, letter(), letter(subject="Otra", minutes=9))
    return mine


def test_the_page_shows_what_holds_until_somebody_decides_and_decides_nothing(boss):
    found = boss.get(reverse(PAGE))
    assert found.context["form"]["leaver_rule"].value() == "keep"
    assert found.context["form"]["by_age"].value() == "no"
    assert not Policy.objects.exists()


@pytest.mark.parametrize("rule", ["keep", "subject", "purge"])
def test_the_rule_and_its_days_are_saved_and_logged(boss, administrator, rule):
    assert save(boss, leaver_rule=rule, leaver_days=14).status_code == 302
    assert decided() == (rule, 14, None)
    entry = ModelLogEntry.objects.get(action="escala_email.policy")
    assert entry.user == administrator
    assert entry.data == {"leaver_rule": rule, "leaver_days": 14, "retention_days": None}


def test_what_would_be_removed_by_its_age_is_told_before_it_is_saved(boss, old):
    response = save(boss, by_age="yes", retention_days=60)
    assert "2 stored messages are older than 60 days." in response.content.decode()
    assert decided() in (None, ("keep", 30, None))
    assert confirmed(boss, response, by_age="yes", retention_days=60).status_code == 302
    assert decided() == ("keep", 30, 60)


def test_what_was_confirmed_is_not_another_decision(boss, old):
    response = save(boss, by_age="yes", retention_days=60)
    assert confirmed(boss, response, by_age="yes", retention_days=31).status_code == 200
    assert decided() in (None, ("keep", 30, None))


def test_to_keep_mail_longer_is_asked_about_nothing(boss, old):
    Policy.objects.create(pk=1, retention_days=60)
    assert save(boss, by_age="yes", retention_days=90).status_code == 302
    assert save(boss).status_code == 302
    assert decided() == ("keep", 30, None)


def test_fewer_days_for_who_left_already_are_asked_about(boss, old, seller):
    seller.is_active = False
    seller.save()
    EmailAccount.objects.update(left_at=timezone.now() - timedelta(days=10))
    response = save(boss, leaver_days=7)
    assert "The days of 1 mailbox of who left are over then" in response.content.decode()
    assert not Policy.objects.exists()
    assert confirmed(boss, response, leaver_days=7).status_code == 302
    assert decided()[1] == 7


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"leaver_rule": "nothing"}, "leaver_rule"),
        ({"leaver_rule": ""}, "leaver_rule"),
        ({"leaver_days": 0}, "leaver_days"),
        ({"leaver_days": -1}, "leaver_days"),
        ({"leaver_days": 10**30}, "leaver_days"),
        ({"leaver_days": "bald"}, "leaver_days"),
        ({"by_age": "yes"}, "retention_days"),
        ({"by_age": "yes", "retention_days": 29}, "retention_days"),
        ({"by_age": "yes", "retention_days": 10**12}, "retention_days"),
        ({"by_age": "yes", "retention_days": "siempre"}, "retention_days"),
        ({"by_age": "perhaps"}, "by_age"),
    ],
)
def test_nonsense_has_a_sentence_and_changes_nothing(boss, changes, field):
    response = save(boss, **changes)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert not Policy.objects.exists()


def test_days_of_an_age_that_is_not_chosen_do_not_matter(boss):
    assert save(boss, retention_days="nonsense").status_code == 302
    assert decided() == ("keep", 30, None)


def test_the_way_there_is_shown_to_who_decides_and_to_nobody_else(client, boss, old, seller):
    link = reverse(PAGE)
    for url in (at("account"), reverse("escala_email:health"), reverse("wagtailadmin_home")):
        assert link in boss.get(url).content.decode()
    client.force_login(seller)
    assert link not in client.get(at("account")).content.decode()


def test_it_is_said_that_it_was_saved(boss):
    assert told(boss.get(reverse(PAGE))) == []
    save(boss)
    assert told(boss.get(reverse(PAGE))) == ["Saved."]
