"""Which records of a model a filter of a listing leaves: by their contacts, as the reader sees them.

The same as ``counters`` says of each record, asked of all of them: their ids as text, as ``RecordAddress``
has them. A record is found by the index of its addresses, as far as its newest contact.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import policy_registry

from ..modules import BY_POLICY, may_see, module_of
from .contacts import Contacts
from .counters import THEM, US
from .listed import listed

#: Records read at once.
BATCH = 2_000


def waiting(model: Any, user: Any, whom: str) -> set[str]:
    """Whose newest contact waits for ``whom``: ``US`` or ``THEM``."""
    contacts = Contacts.of(model, user)
    newest: dict[str, tuple[str, bool]] = {}
    for record, moment, is_ours in _last_words(contacts):
        # Of two in the same moment the one that waits for us: it must not be overlooked.
        if record not in newest or newest[record] < (moment, not is_ours):
            newest[record] = (moment, not is_ours)
    return {record for record, (_, for_us) in newest.items() if (US if for_us else THEM) == whom}


def _last_words(contacts: Contacts) -> Iterator[tuple[str, str, bool]]:
    """``(record, when, from us)`` of the newest contact by each address, and of those in tied threads.

    When: as the database writes it, which is in the order of time.
    """
    rows = contacts.addresses().annotate(last=Subquery(_last(contacts)))
    for record, word in rows.values_list("object_id", "last").iterator(BATCH):
        if word is not None:
            yield record, word[:-2], word[-1] == "1"
    if tied := contacts.tied:
        words: dict[int, list[str]] = defaultdict(list)
        for thread, word in contacts.in_tied().values_list("thread", _word(Q(ours=True))):
            words[thread].append(word)
        for record, word in ((one, word) for one, some in tied.items() for t in some for word in words[t]):
            yield record, word[:-2], word[-1] == "1"


def _last(contacts: Contacts) -> QuerySet:
    """The word (``_word``) of an address's newest contact."""
    people = contacts.people(OuterRef("object_id")).filter(address=OuterRef("address"))
    beside = contacts.people(OuterRef(OuterRef("object_id"))).filter(
        address=OuterRef("address"), sent_at=OuterRef("sent_at"), ours=False
    )
    word = _word(Q(ours=True) & ~Exists(beside))
    return people.order_by("-sent_at", "-message").values_list(word)[:1]


def _word(is_ours: Q) -> Concat:
    """When a contact was, and "1" where nobody but us wrote in that moment, as a text."""
    number = Case(When(is_ours, then=Value("1")), default=Value("0"), output_field=TextField())
    return Concat(Cast("sent_at", TextField()), Value(" "), number, output_field=TextField())


def in_contact(model: Any, user: Any, since: datetime | None = None, **which: bool) -> set[str]:
    """With whom there was a contact since then, or ever. ``ours``: only from us, or only from others."""
    contacts = Contacts.of(model, user)
    if since is not None:
        which["sent_at__gte"] = since
    people = contacts.people(OuterRef("object_id")).filter(address=OuterRef("address"), **which)
    rows = contacts.addresses().filter(Exists(people))
    found = set(rows.values_list("object_id", flat=True).iterator())
    if tied := contacts.tied:
        threads = set(
            contacts.in_tied().filter(**which).order_by().values_list("thread", flat=True).distinct()
        )
        found.update(record for record, some in tied.items() if threads.intersection(some))
    return found


def seen_of(model: Any, user: Any, object_ids: Collection[str]) -> list[Any]:
    """The primary keys of those of the records that ``user`` may see.

    Where the host decides that record by record, each of them is read and asked about.
    """
    keys = [model._meta.pk.to_python(one) for one in object_ids]
    known = module_of(model)
    policy = policy_registry.get_by_type(model)
    if (known is None or known.judge is BY_POLICY) and _is_for_all(policy):
        return keys if policy.user_has_any_permission(user, {"view", "change"}) else []
    records = model._default_manager.all()
    rows = records.filter(pk__in=listed(model, keys, records.db)).iterator(chunk_size=BATCH)
    return [one.pk for one in rows if may_see(user, one)]


def _is_for_all(policy: Any) -> bool:
    """Whether a policy says the same of every record: it has Wagtail's own answer for a single one."""
    asked = ("user_has_permission_for_instance", "user_has_any_permission_for_instance")
    return all(getattr(type(policy), one) is getattr(BasePermissionPolicy, one) for one in asked)
