from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from escala_email_plugin.models import Address, Participant
from escala_email_plugin.templatetags.escala_email_tags import near_date, person_name


def person(name: str) -> Participant:
    return Participant(name=name, address=Address(value="ana@cliente.test"), role="from")


def test_a_person_shows_by_name_with_the_address_on_hover():
    assert person_name(person("Ana Gómez")) == (
        '<span class="escala-person" title="ana@cliente.test">Ana Gómez</span>'
    )


@pytest.mark.parametrize("name", ["", "  ", "jefe@banco.test"])
def test_without_a_name_to_trust_the_address_shows(name):
    assert ">ana@cliente.test<" in person_name(person(name))


def test_markup_in_a_name_is_text():
    assert "<script" not in person_name(person("<script>alert(1)</script>"))


def test_the_nearer_a_date_the_shorter_it_is(settings):
    settings.TIME_ZONE = "America/Bogota"
    with translation.override("es"):
        now = timezone.now()
        assert ":" in near_date(now)
        assert near_date(now - timedelta(days=1)) == "Ayer"
        assert near_date(datetime(2019, 3, 3, 12, tzinfo=UTC)) == "03/03/2019"
