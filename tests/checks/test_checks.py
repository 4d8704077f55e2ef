from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from escala_email_plugin import checks, conf


@pytest.fixture
def email_settings(settings):
    def change(**values):
        settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, **values}

    return change


@pytest.mark.parametrize(
    ("modules", "word"),
    [
        ({"crm.Nobody": {"addresses": ["email"]}}, "crm.Nobody"),
        ({"nonsense": {"addresses": ["email"]}}, "nonsense"),
        ({"crm.Person": {"addresses": ["mail"]}}, "“mail”"),
        ({"crm.Person": {"addresses": ["company"]}}, "“company”"),
        ({"crm.Person": {"addresses": ["email__address"]}}, "“email”"),
        ({"crm.Person": {"addresses": []}}, "addresses"),
        ({"crm.Person": {"addresses": "email"}}, "addresses"),
        ({"crm.Person": ["email"]}, "addresses"),
        (["crm.Person"], "dictionary"),
        ({"crm.Person": {"addresses": ["email"]}, "crm.person": {"addresses": ["email"]}}, "twice"),
    ],
)
def test_a_wrong_module_is_named(email_settings, modules, word):
    email_settings(MODULES=modules)
    (found,) = checks.check_modules()
    assert found.id == "escala_email.E001"
    assert word in found.msg


def test_no_module_at_all_is_worth_a_warning(email_settings):
    email_settings(MODULES={})
    assert [one.id for one in checks.check_modules()] == ["escala_email.W001"]


@pytest.mark.parametrize("keys", [[], None, "abc", ["short"], [b"x" * 44]])
def test_a_missing_or_wrong_key_is_named_without_being_printed(email_settings, keys):
    email_settings(SECRET_KEYS=keys)
    (found,) = checks.check_secret_keys()
    assert found.id == "escala_email.E002"
    assert "short" not in found.msg


def test_a_missing_huey_is_named(settings):
    del settings.HUEY
    assert [one.id for one in checks.check_huey()] == ["escala_email.E003"]


def test_a_name_that_is_no_setting_is_named(email_settings):
    email_settings(SECRET_KEY="x")
    (found,) = checks.check_settings_names()
    assert found.id == "escala_email.W002"
    assert "SECRET_KEY" in found.msg


def test_attachments_in_the_default_storage_are_worth_a_warning(settings):
    settings.STORAGES = {name: value for name, value in settings.STORAGES.items() if name != "escala_email"}
    assert [one.id for one in checks.check_storage()] == ["escala_email.W003"]


def test_a_lease_that_an_operation_could_outlast_is_worth_a_warning(email_settings):
    email_settings(LEASE_SECONDS=40, OPERATION_DEADLINE=30)
    assert [one.id for one in checks.check_lease()] == ["escala_email.W004"]


@pytest.mark.parametrize("days", [0, -1, True, "30", None, float("nan"), float("inf"), 10**9])
def test_a_period_of_grace_that_is_none_is_named_and_removes_nothing(email_settings, days):
    email_settings(GRACE_DAYS=days)
    assert [one.id for one in checks.check_grace()] == ["escala_email.E004"]
    with pytest.raises(ImproperlyConfigured):
        conf.grace()


def test_a_period_of_grace_may_be_part_of_a_day(email_settings):
    email_settings(GRACE_DAYS=0.5)
    assert checks.check_grace() == []
    assert conf.grace() == timedelta(hours=12)


@pytest.mark.parametrize(
    ("declared", "word"),
    [
        (["google"], "dictionary"),
        ({"gogle": {}}, "gogle"),
        ({"google": {"pop": ("localhost", 995, "tls")}}, "nothing else"),
        ({"google": ("localhost", 993, "tls")}, "nothing else"),
        ({"google": {"imap": ("localhost", 993)}}, "“imap”"),
        ({"google": {"imap": ("localhost", 0, "tls")}}, "“imap”"),
        ({"google": {"smtp": ("localhost", 465, "none")}}, "“smtp”"),
        ({"google": {"smtp": "localhost:465"}}, "“smtp”"),
        ({"google": {"imap": (None, 993, "tls")}}, "“imap”"),
    ],
)
def test_a_wrong_provider_is_named(email_settings, declared, word):
    email_settings(PROVIDERS=declared)
    (found,) = checks.check_providers()
    assert found.id == "escala_email.E007"
    assert word in found.msg


def test_the_sandbox_passes_every_check():
    for check in (
        checks.check_modules,
        checks.check_secret_keys,
        checks.check_huey,
        checks.check_settings_names,
        checks.check_providers,
        checks.check_storage,
        checks.check_lease,
    ):
        assert check() == []


@pytest.mark.parametrize(("limit", "told"), [(1000, True), (9999, True), (10_000, False), (None, False)])
def test_forms_that_are_too_small_for_many_folders_are_told(settings, limit, told):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = limit
    assert [one.id for one in checks.check_form_fields()] == (["escala_email.I001"] if told else [])
