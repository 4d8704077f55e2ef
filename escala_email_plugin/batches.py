"""Bounded memory: take what comes in bounded batches."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """``items`` in lists of at most ``size``. (``itertools.batched`` is Python 3.12's.)"""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
