from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.models import Run
from escala_email_plugin.sync.progress import KEPT, tidy
from tests.making import account

pytestmark = pytest.mark.django_db


def test_runs_of_long_ago_go_and_the_last_audit_of_each_account_stays(seller, colleague):
    mine, theirs = account(seller), account(colleague, "marcos@andina.test")
    long_ago, lately = timezone.now() - KEPT - timedelta(days=1), timezone.now()

    def run(holder, kind, finished_at):
        return Run.objects.create(kind=kind, account=holder, state="done", finished_at=finished_at).pk

    run(mine, "sync", long_ago)
    run(mine, "audit", long_ago)
    kept = {run(mine, "audit", long_ago), run(mine, "sync", lately), run(mine, "sync", None)}
    kept |= {run(theirs, "audit", long_ago)}
    assert tidy() == 2
    assert set(Run.objects.values_list("pk", flat=True)) == kept
