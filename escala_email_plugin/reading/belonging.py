"""To which records some messages belong, of those that a user may see."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from .. import modules
from ..models import Message, Participant, RecordAddress, RecordThread
from ..visibility import Level

#: Records that are named of one message, and that are looked at before nobody looks for more.
NAMED, LOOKED_AT = 3, 40

#: A ContentType's id, and a record's as text.
Key = tuple[int, str]


class Belonging:
    """Records as one user may see them; each is asked for once."""

    def __init__(self, user: Any):
        self.user = user
        self.types = {ContentType.objects.get_for_model(one.model).pk: one.model for one in modules.on()}
        self._seen: dict[Key, models.Model | None] = {}

    def of(self, messages: Collection[Message]) -> dict[int, list[models.Model]]:
        """By message, the records on whose pages the user finds it. In a constant number of queries, but for
        what the host asks when it judges about a record.
        """
        keys = self._keys(messages)
        self._look_at({key for some in keys.values() for key in some[:LOOKED_AT]})
        found = {}
        for message in messages:
            records = (self._seen.get(key) for key in keys[message.pk][:LOOKED_AT])
            found[message.pk] = [one for one in records if one is not None][:NAMED]
        return found

    def _keys(self, messages: Collection[Message]) -> dict[int, list[Key]]:
        threads = {message.pk: message.thread_id for message in messages}
        tied, untied = self._ties(set(threads.values()))
        by_address = self._by_address(threads)
        found = {}
        for message, thread in threads.items():
            keys = [*tied[thread], *(key for key in by_address[message] if key not in untied[thread])]
            found[message] = list(dict.fromkeys(keys))
        return found

    def _ties(self, threads: Collection[int]) -> tuple[dict[int, list[Key]], dict[int, list[Key]]]:
        tied: dict[int, list[Key]] = defaultdict(list)
        untied: dict[int, list[Key]] = defaultdict(list)
        rows = RecordThread.objects.filter(thread__in=threads, content_type__in=self.types).order_by("pk")
        for thread, of_type, object_id, is_tied in rows.values_list(
            "thread", "content_type", "object_id", "is_tied"
        ):
            (tied if is_tied else untied)[thread].append((of_type, object_id))
        return tied, untied

    def _by_address(self, messages: Collection[int]) -> dict[int, list[Key]]:
        people = Participant.objects.filter(message__in=messages)
        numbers = set(people.values_list("address", flat=True))
        records: dict[int, list[Key]] = defaultdict(list)
        rows = RecordAddress.objects.filter(address__in=numbers, content_type__in=self.types).order_by("pk")
        for number, *key in rows.values_list("address", "content_type", "object_id"):
            records[number].append(tuple(key))
        linking = people.linking(list(records), self.user, Level.PEOPLE).order_by("pk")
        found: dict[int, list[Key]] = defaultdict(list)
        for message, number in linking.values_list("message", "address"):
            found[message] += records[number]
        return found

    def _look_at(self, keys: Collection[Key]) -> None:
        wanted: dict[int, list[str]] = defaultdict(list)
        for of_type, object_id in set(keys) - set(self._seen):
            wanted[of_type].append(object_id)
            self._seen[of_type, object_id] = None
        for of_type, ids in wanted.items():
            for pk, record in self.types[of_type]._default_manager.in_bulk(ids).items():
                if modules.may_see(self.user, record):
                    self._seen[of_type, str(pk)] = record
