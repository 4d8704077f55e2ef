"""What was decided in advance, before anybody decided anything."""

import pytest

from escala_email_plugin.models import Policy
from escala_email_plugin.sync.policy import decided, policy

pytestmark = pytest.mark.django_db


def test_before_anybody_decided_what_was_shared_is_kept_and_nothing_goes_by_its_age():
    now = policy()
    assert (now.leaver_rule, now.leaver_days, now.retention_days) == ("keep", 30, None)


def test_there_is_one_row_whoever_asks():
    policy()
    Policy.objects.update(leaver_days=7)
    assert policy().leaver_days == 7
    assert Policy.objects.count() == 1


def test_to_read_it_writes_nothing():
    assert decided().leaver_days == 30
    assert not Policy.objects.exists()
    policy()
    Policy.objects.update(leaver_days=7)
    assert decided().leaver_days == 7
