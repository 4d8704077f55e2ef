"""A transaction that had to yield is tried again."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError

T = TypeVar("T")

#: Seconds to wait after a deadlock or a lock that did not come.
PAUSES = (0.1, 0.4)


def persistently(attempt: Callable[[], T]) -> T:
    """The outcome of a transaction, tried again where the database chose it to lose.

    The host writes to the same addresses in an order of its own, so now and then one of two must yield.
    """
    for pause in PAUSES:
        try:
            return attempt()
        except OperationalError:
            time.sleep(pause)
    return attempt()
