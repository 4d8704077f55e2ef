"""Who may see a record: by Wagtail's policy, or by the function that the host names."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from escala_email_plugin import checks
from escala_email_plugin.models import ModuleSwitch, RecordAddress
from escala_email_plugin.modules import declared, is_on, may_see, on
from sandbox.crm.models import Company, Person
from tests.host.models import Dossier

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def named(settings):
    """named(what): who may see people is asked of it."""

    def name(what):
        options = {"addresses": ["email"], "may_see": what}
        settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "MODULES": {"crm.Person": options}}

    return name


def only_ana(user, record) -> bool:
    """What a host names by its dotted path."""
    return record.first_name == "Ana"


def takes_no_record(user) -> bool:
    return True


async def comes_later(user, record) -> bool:
    return True


def test_without_a_function_wagtails_policy_is_asked(seller, outsider, ana):
    assert may_see(seller, ana)
    assert not may_see(outsider, ana)


def test_a_policy_that_knows_owners_is_asked_about_the_one_record(seller, colleague):
    for user in (seller, colleague):
        user.user_permissions.add(Permission.objects.get(codename="add_dossier"))
    mine = Dossier.objects.create(owner=seller, email="ana@cliente.test")
    assert may_see(seller, mine)
    assert not may_see(colleague, mine)


@pytest.mark.parametrize("what", [only_ana, "tests.test_modules.only_ana"])
def test_a_function_is_asked_instead_and_by_whoever_has_no_permission_too(named, outsider, ana, what):
    named(what)
    assert may_see(outsider, ana)


def test_a_function_decides_about_superusers_too(named, administrator):
    named(only_ana)
    assert not may_see(administrator, Person.objects.create(first_name="Eva"))


@pytest.mark.parametrize("answer", [None, 1, "yes", Person.objects.none, object()])
def test_nothing_but_a_plain_yes_lets_somebody_in(named, administrator, ana, answer):
    named(lambda user, record: answer)
    assert may_see(administrator, ana) is False


WRONG = [
    (None, "no function"),
    ("", "leads to nothing"),
    (3, "no function"),
    ("tests.test_modules.no_such_thing", "leads to nothing"),
    ("no.such.module.rule", "leads to nothing"),
    ("tests.test_modules.WRONG", "no function"),
    (comes_later, "no function"),
    ("tests.test_modules.takes_no_record", "does not take a user and a record"),
]


@pytest.mark.parametrize(("what", "words"), WRONG)
def test_what_cannot_be_asked_is_named_and_nobody_sees_anything(named, administrator, ana, what, words):
    named(what)
    (found,) = checks.check_module_options()
    assert found.id == "escala_email.E010"
    assert "crm.Person" in found.msg
    assert words in found.msg
    assert not may_see(administrator, ana)


def test_records_stay_indexed_while_nobody_can_be_asked(named):
    named("no.such.module.rule")
    assert [one.model for one in declared()] == [Person]


def test_a_slip_in_an_options_name_is_named_since_it_would_let_people_in(settings):
    options = {"addresses": ["email"], "may_se": only_ana}
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "MODULES": {"crm.Person": options}}
    (found,) = checks.check_module_options()
    assert "“may_se”" in found.msg


@pytest.mark.parametrize("what", [only_ana, "tests.test_modules.only_ana"])
def test_a_function_that_can_be_asked_is_no_error(named, what):
    named(what)
    assert checks.check_module_options() == []


@pytest.fixture
def switch():
    """switch(model, is_on): as an administrator does."""

    def switch(model, is_on):
        of = ContentType.objects.get_for_model(model)
        ModuleSwitch.objects.update_or_create(content_type=of, defaults={"is_on": is_on})

    return switch


def test_what_was_declared_is_on_until_somebody_switches_it_off(switch, django_assert_num_queries):
    switch(Company, True)
    assert is_on(Person)
    assert {Person, Company} <= {one.model for one in on()}
    switch(Person, False)
    with django_assert_num_queries(1):
        assert not is_on(Person)
    with django_assert_num_queries(1):
        left = on()
    assert [one.model for one in declared() if one not in left] == [Person]


def test_what_was_not_declared_is_not_on():
    assert not is_on(Group)


def test_a_module_that_is_off_goes_on_being_found_by_its_addresses(switch, ana):
    switch(Person, False)
    other = Person.objects.create(first_name="Eva", last_name="Díaz", email="eva@cliente.test")
    assert RecordAddress.objects.filter(object_id__in=[ana.pk, other.pk]).count() == 2
