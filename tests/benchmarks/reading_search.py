"""A search in the large database: of rare and of common words, in a record and everywhere."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from typing import Any

#: Milliseconds that a search may take.
MARK = 300


def cases(told: dict) -> Iterator[tuple[str, Callable[[], Any], int]]:
    """For ``reading_pages``."""
    texts = {
        "a rare word": told["rare"],
        "a common word": told["common"],
        "two common words": "cotización contrato",
        "a beginning": told["common"][:3],
        "a word that is not there": "xilófono",
        "two names": "ana gomez",
    }
    places = {
        "79,000 messages": ("person", [told["heaviest"]]),
        "many people": ("person", told["ordinary"]),
        "company, 300 addresses": ("company", [told["company"]]),
    }
    for reader in ("owner", "seller", "sharer"):
        for name, text in texts.items():
            yield f"{reader}: search {name}, everywhere", everywhere(told, reader, text), MARK
            for place, (model, records) in places.items():
                ask = in_records(told, reader, records, model, text)
                yield f"{reader}: search {name}, {place}", ask, MARK
    for name in ("a rare word", "a common word"):
        ask = in_records(told, "alone", [told["heaviest"]], "person", texts[name])
        yield f"alone: search {name}, 79,000 messages", ask, MARK


def everywhere(told: dict, reader: str, text: str) -> Callable[[], Any]:
    """The page of the admin's search."""
    from urllib.parse import urlencode

    from django.urls import reverse

    from .reading_pages import answered, signed_in

    url = f"{reverse('escala_email:search')}?{urlencode({'q': text})}"
    return partial(answered, signed_in(told["readers"][reader]), url)


def in_records(told: dict, reader: str, records: list[int], model: str, text: str) -> Callable[[], Any]:
    """The first page of the records by turns, narrowed to what is searched."""
    from urllib.parse import urlencode

    from django.urls import reverse

    from .reading_pages import answered, signed_in

    client = signed_in(told["readers"][reader])
    urls = [
        f"{reverse('escala_email:timeline', args=['crm', model, record])}?{urlencode({'q': text})}"
        for record in records
    ]
    by_turns = cycle(urls)
    return lambda: answered(client, next(by_turns))
