"""Signs of life."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.models import Beat
from escala_email_plugin.sync.beat import beat, last, leave

pytestmark = pytest.mark.django_db


def test_who_never_showed_up_has_no_last_time():
    assert last("worker") is None


def test_each_has_a_row_of_its_own():
    beat("worker")
    beat("watcher")
    beat("worker")
    assert Beat.objects.count() == 2
    assert timezone.now() - last("worker") < timedelta(minutes=1)


@pytest.mark.parametrize("age", [timedelta(seconds=59), timedelta(days=3), -timedelta(hours=1)])
def test_an_old_sign_and_one_from_the_future_are_replaced(age):
    Beat.objects.create(name="worker", at=timezone.now() - age)
    beat("worker")
    assert timedelta(0) <= timezone.now() - last("worker") < timedelta(seconds=30)


def test_a_young_one_costs_a_look_and_no_write(django_assert_num_queries):
    beat("worker")
    at = last("worker")
    with django_assert_num_queries(1):
        beat("worker")
    assert last("worker") == at


def test_who_was_told_to_stop_is_not_missed():
    beat("watcher")
    leave("watcher")
    assert last("watcher") is None
