"""A listing of 100 people with all counter columns, beside the same without; and its filters, over all."""

from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any
from unittest.mock import patch

from .million_rows import NOW

#: Records on a page, and how many queries all the columns may cost.
PAGE, MORE = 100, 4

Case = tuple[str, Callable[[], Any], dict]


def cases(told: dict) -> Iterator[Case]:
    """Of who sees all of their mail, a part, and nothing but their own."""
    for reader in ("owner", "sharer", "alone"):
        user = _user(told["readers"][reader])
        yield f"{reader}: counters of 100 people", _columns(told, user), {"p95": 100, "queries": MORE}
    for reader in ("sharer", "alone"):
        for name, query in FILTERS.items():
            yield (
                f"{reader}: listing filtered by {name}",
                _filtered(told, reader, query),
                {"p95": MARKS[name]},
            )


#: By what is asked, the address of the listing. "Never", and who waits, are asked of everybody.
FILTERS = {
    "nothing": "",
    "waiting for us": "email_waiting=us",
    "last contacted, not in 30 days": "email_last_contacted=-30",
    "never answered": "email_last_answer=never",
    "messages in 30 days": "email_messages=30",
}

#: Milliseconds of the whole page. Who waits, and who never answered, is looked up for 100,000 people.
MARKS = {name: 2_500 if "waiting" in name or "never" in name else 1_000 for name in FILTERS}


def _user(name: str) -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(username=name)


def _columns(told: dict, user: Any) -> Callable[[], Any]:
    from escala_email_plugin.reading.counters import counted
    from sandbox.crm.models import Person

    user.get_all_permissions()  # as any page has asked for them
    some = list(Person.objects.order_by("pk"))
    pages = cycle([some[at : at + PAGE] for at in range(0, min(len(some), 20 * PAGE), PAGE)])

    def ask() -> Any:
        # Another request, another user object: what one remembers is not measured.
        vars(user).pop("_escala_email_no_contacts", None)
        with _then():
            return counted(next(pages), user)

    return ask


def _filtered(told: dict, reader: str, query: str) -> Callable[[], Any]:
    from django.urls import reverse

    from .reading_pages import answered, signed_in

    client, url = signed_in(told["readers"][reader]), reverse("crm_people:index")

    def ask() -> Any:
        with _then():
            return answered(client, f"{url}?{query}")

    return ask


def _then() -> Any:
    """As on the day on which the newest mail of the database was written: else none of it is recent."""
    return patch("django.utils.timezone.now", return_value=NOW)
