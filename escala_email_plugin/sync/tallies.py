"""What the last audit counted, by address: "214 of 214, 0 missing" on a contact's page."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from ..batches import batches
from ..models import Address, EmailAccount, Tally
from .lease import Lease

BATCH = 500


def put(account: EmailAccount, tallies: Mapping[str, Sequence[int]], lease: Lease) -> None:
    """Store address → (found, missing), and forget the addresses that are not found any more.

    Raises LeaseLost, and then nothing was written.
    """
    now = timezone.now()
    with transaction.atomic():
        lease.renew()
        for some in batches(sorted(tallies), BATCH):
            rows = Address.objects.filter(value__in=some).values_list("pk", "value")
            Tally.objects.bulk_create(
                [
                    Tally(
                        account=account,
                        address_id=pk,
                        found=tallies[value][0],
                        missing=tallies[value][1],
                        checked_at=now,
                    )
                    for pk, value in rows
                ],
                update_conflicts=True,
                unique_fields=["account", "address"],
                update_fields=["found", "missing", "checked_at"],
            )
        account.tallies.exclude(checked_at=now).delete()
