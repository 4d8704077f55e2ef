"""What was decided in advance, before anybody decided anything."""

import pytest

from escala_email_plugin.models import Policy
from escala_email_plugin.sync.policy import policy

pytestmark = pytest.mark.django_db


def test_before_anybody_decided_what_was_shared_is_kept_and_nothing_goes_by_its_age():
    decided = policy()
    assert (decided.leaver_rule, decided.leaver_days, decided.retention_days) == ("keep", 30, None)


def test_there_is_one_row_whoever_asks():
    policy()
    Policy.objects.update(leaver_days=7)
    assert policy().leaver_days == 7
    assert Policy.objects.count() == 1
