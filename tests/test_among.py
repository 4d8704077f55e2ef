import pytest

from escala_email_plugin.among import VALUES, among
from escala_email_plugin.models import Address, Reference, Thread

pytestmark = pytest.mark.django_db


def test_rows_are_found_by_texts_and_by_numbers():
    ana, eva = (Address.objects.create(value=f"{name}@cliente.test") for name in ("ana", "eva"))
    thread = Thread.objects.create()
    Reference.objects.create(thread=thread, message_id="a'b%s@x.test")
    wanted = [eva.value, "nobody@cliente.test", ana.value]
    assert dict(among(Address, ("value", "id"), "value", wanted)) == {ana.value: ana.pk, eva.value: eva.pk}
    assert among(Reference, ("thread", "message_id"), "thread", {thread.pk}) == [(thread.pk, "a'b%s@x.test")]
    assert among(Reference, ("thread",), "message_id", ["a'b%s@x.test"]) == [(thread.pk,)]


def test_nothing_is_asked_about_no_values(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert among(Address, ("id",), "value", []) == []


def test_more_values_than_one_statement_takes_are_asked_in_several(django_assert_num_queries):
    made = Address.objects.bulk_create(Address(value=f"{n}@cliente.test") for n in range(VALUES + 1))

    with django_assert_num_queries(2):
        assert len(among(Address, ("id",), "value", [one.value for one in made])) == VALUES + 1
