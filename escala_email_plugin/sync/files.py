"""Files of attachments that nobody needs any more: first noted, removed a day later.

A row in ForgottenFile says that nobody has begun to use the file since: who is about to
(``attachments.keep``) removes the row before looking whether the file is there. So a
file goes only while its row is held, and never between somebody's look and use.
"""

import logging
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from ..batches import batches
from ..models import Attachment, ForgottenFile
from ..storage import attachment_storage

logger = logging.getLogger(__name__)

#: Longer than any sync takes from writing a file to recording its message.
PAUSE = timedelta(days=1)

BATCH = 500


def keep_from_removal(names: Collection[str]) -> None:
    """These files are about to be used (again). Waits for a removal that has begun."""
    for some in batches(names, BATCH):
        rows = ForgottenFile.objects.filter(name__in=some)
        if rows.exists():
            rows.delete()


def note(names: Collection[str]) -> None:
    """Note those of these files that no attachment uses any more. Call it in a transaction."""
    for some in batches(sorted(set(names) - _used(names)), BATCH):
        ForgottenFile.objects.bulk_create(
            [ForgottenFile(name=name) for name in some],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["since"],
        )


def remove() -> int:
    """Remove the files noted longer ago than ``PAUSE`` that are still unused; returns how many.

    One that the storage does not give up now is tried again the next time.
    """
    removed, last = 0, 0
    old = ForgottenFile.objects.filter(since__lt=timezone.now() - PAUSE).order_by("pk")
    while some := dict(old.filter(pk__gt=last).values_list("pk", "name")[:BATCH]):
        last = max(some)
        used = _used(some.values())
        # Recorded in the moment the file was noted.
        ForgottenFile.objects.filter(pk__in=[pk for pk, name in some.items() if name in used]).delete()
        removed += sum(_remove(pk, name) for pk, name in some.items() if name not in used)
    return removed


def _remove(pk: int, name: str) -> bool:
    try:
        with transaction.atomic():
            # The row first: it is held until the file is gone, and is there again if the file stays.
            held, _ = ForgottenFile.objects.filter(pk=pk).delete()
            if held:
                attachment_storage().delete(name)
    except Exception:
        logger.exception("The storage did not remove the file of ForgottenFile %s.", pk)
        return False
    return bool(held)


def _used(names: Collection[str]) -> set[str]:
    found: set[str] = set()
    for some in batches(names, BATCH):
        found.update(Attachment.objects.filter(file__in=some).values_list("file", flat=True))
    return found
