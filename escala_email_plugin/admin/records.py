"""The host's records behind addresses, as far as somebody may see them, and where their pages are."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.admin.admin_url_finder import AdminURLFinder

from ..models import RecordAddress
from ..modules import may_see, module_of

#: Records named at most.
NAMED = 100


@dataclass(frozen=True)
class Named:
    """A record: what the host calls it, and its page, "" where there is none for this user."""

    name: str
    url: str


def records_of(addresses: Collection[str], user: Any) -> dict[str, list[Named]]:
    """The records of each canonical address that ``user`` may see; a bounded number of them."""
    rows = RecordAddress.objects.filter(address__value__in=addresses).order_by("pk")
    pairs: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for type_id, object_id, value in rows.values_list("content_type", "object_id", "address__value")[:NAMED]:
        pairs[type_id][object_id].append(value)
    finder = AdminURLFinder(user)
    found: dict[str, list[Named]] = defaultdict(list)
    for type_id, values in pairs.items():
        model = ContentType.objects.get_for_id(type_id).model_class()
        if model is None or module_of(model) is None:
            continue
        for pk, record in model._default_manager.in_bulk(list(values)).items():
            if may_see(user, record):
                named = Named(str(record), finder.get_edit_url(record) or "")
                for value in values[str(pk)]:
                    found[value].append(named)
    return dict(found)
