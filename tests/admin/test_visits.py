"""The page's script says that somebody has a record's conversations before them."""

import pytest
from django.urls import reverse

from escala_email_plugin.models import Visit

pytestmark = pytest.mark.django_db


def test_a_visit_is_noted_by_a_post_and_by_nothing_else(client, look, seller, ana):
    look(seller)
    look(seller, "record")
    assert look(seller, "visit").status_code == 405
    assert not Visit.objects.exists()
    url = reverse("escala_email:visit", args=["crm", "person", ana.pk])
    assert client.post(url).status_code == 204
    first = Visit.objects.get()
    assert (first.user, first.object_id) == (seller, str(ana.pk))
    client.post(url)
    assert Visit.objects.get().at > first.at


def test_who_may_not_see_the_record_leaves_no_trace(client, outsider, ana):
    client.force_login(outsider)
    client.post(reverse("escala_email:visit", args=["crm", "person", ana.pk]))
    assert not Visit.objects.exists()
