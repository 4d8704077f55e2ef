"""What counts as a contact with a record: a message of its that the reader sees with its people, and that a
person wrote. An automatic answer is neither a contact nor an answer.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, CharField, Exists, F, OuterRef, QuerySet, Value

from ..models import Location, Message, ModuleSwitch, Participant, RecordAddress, RecordThread
from ..readers import reader_of
from ..visibility import Level
from . import in_bulk
from .ours import from_us, our_rows

#: Who of a message is told, without its subject: a counter tells no more than that.
LEVEL = Level.PEOPLE

#: The id of no record.
NOBODY = ""


@dataclass(frozen=True)
class Contacts:
    """The contacts of the records of a model, or of those of ``object_ids``, as ``user`` sees them."""

    content_type: ContentType
    user: Any
    ties: list[tuple[str, int, bool]]
    object_ids: tuple[str, ...] | None = None
    #: Whether the module shows its mail.
    is_on: bool = True

    @classmethod
    def of(cls, model: Any, user: Any, object_ids: Collection[str] | None = None) -> "Contacts":
        """Two queries: for what each mailbox shows the user; and for what was tied and untied by hand, and
        whether the module was switched off.
        """
        content_type = ContentType.objects.get_for_model(model)
        some = None if object_ids is None else tuple(object_ids)
        ties = _rows(RecordThread, content_type, some).values_list("object_id", "thread", "is_tied")
        off = ModuleSwitch.objects.filter(content_type=content_type, is_on=False).values_list(
            Value(NOBODY, CharField()), Value(0, BigIntegerField()), "is_on"
        )
        decided = list(ties.union(off, all=True))
        found = [tie for tie in decided if tie[0] != NOBODY]
        return cls(content_type, reader_of(user), found, some, len(found) == len(decided))

    def addresses(self) -> QuerySet[RecordAddress]:
        """The addresses of the records, a row for each of each record."""
        return _rows(RecordAddress, self.content_type, self.object_ids)

    def people(self, record: Any, among: Any = Participant.objects) -> QuerySet[Participant]:
        """Those of ``among`` who, being of the records, take part in a contact.

        Of conversations that nobody tied or untied by hand. ``record``: where the row has the record's id.
        With ``ours``: whether the contact is from us.
        """
        people = among.linking(self.addresses().values("address"), self.user, LEVEL)
        if self.object_ids is None:
            using = people.db
            people = people.filter(in_bulk.seen(self.user, LEVEL, using), in_bulk.not_automatic(using))
        else:
            seen = Location.objects.seen_by(self.user, LEVEL).filter(message=OuterRef("message"))
            people = people.filter(Exists(seen), message__automatic=False)
        if self.ties:
            by_hand = RecordThread.objects.filter(
                content_type=self.content_type,
                object_id=OuterRef(record),
                thread=OuterRef("message__thread"),
            )
            people = people.filter(~Exists(by_hand))
        return people.annotate(ours=from_us(our_rows(), "message"))

    def with_records(self, **which: Any) -> QuerySet[Participant]:
        """Who of the records takes part in a contact, once for each ``record`` whose address it is."""
        of_records = {"address__records__content_type": self.content_type}
        if self.object_ids is not None:
            of_records["address__records__object_id__in"] = self.object_ids
        rows = Participant.objects.filter(**which, **of_records)
        return self.people("record", rows.annotate(record=F("address__records__object_id")))

    @property
    def tied(self) -> dict[str, list[int]]:
        """The threads that were tied by hand, by record."""
        found: dict[str, list[int]] = {}
        for object_id, thread, is_tied in self.ties:
            if is_tied:
                found.setdefault(object_id, []).append(thread)
        return found

    def in_tied(self) -> QuerySet[Message]:
        """The contacts of the threads that were tied by hand."""
        tied = _rows(RecordThread, self.content_type, self.object_ids).filter(is_tied=True)
        messages = Message.objects.filter(thread__in=tied.values("thread"), automatic=False)
        return messages.visible_to(self.user, LEVEL).annotate(ours=from_us(our_rows()))


def _rows(model: Any, content_type: ContentType, object_ids: tuple[str, ...] | None) -> QuerySet:
    rows = model.objects.filter(content_type=content_type)
    return rows if object_ids is None else rows.filter(object_id__in=object_ids)
