"""Decide what is kept, for all mailboxes and from now on."""

from django.db import transaction
from django.utils import timezone

from ..models import EmailAccount, Policy
from ..sync.policy import policy


def decide(leaver_rule: str, leaver_days: int, retention_days: int | None) -> Policy:
    """Store the decision; returns the row.

    Where mail is kept longer than before, all mailboxes are looked through again for what they still have.
    """
    with transaction.atomic():
        before = Policy.objects.select_for_update().get(pk=policy().pk)
        age = before.retention_days
        Policy.objects.filter(pk=before.pk).update(
            leaver_rule=leaver_rule, leaver_days=leaver_days, retention_days=retention_days
        )
        if age is not None and (retention_days is None or retention_days > age):
            EmailAccount.objects.filter(erase_at=None).update(sweep_all=True, wanted_at=timezone.now())
    return before
