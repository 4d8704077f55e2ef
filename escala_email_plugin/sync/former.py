"""Rows under a numbering of before, kept where no number of the server's can ever meet them."""

from django.db.models import Max, QuerySet

#: RFC 9051: UIDVALIDITY has 32 bits. What lies beyond is ours.
WIDTH = 2**32


def beyond(rows: QuerySet, uidvalidity: int) -> int:
    """A numbering that none of a folder's ``rows`` has and no server can have, made of ``uidvalidity``."""
    highest = rows.aggregate(highest=Max("uidvalidity"))["highest"] or 0
    return (highest // WIDTH + 1) * WIDTH + uidvalidity % WIDTH
