"""Keeps ``RecordAddress``: which addresses each of the host's records has, but for who is no contact.

Saves, deletes and changed relations are followed by signals, in the host's own
transaction. What signals cannot see (bulk writes, imports) ``reindex`` mends.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import partial
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save

from . import not_contacts, record_rows
from .addresses import matching
from .batches import batches
from .mail.addresses import BadAddress, canonical
from .models import RecordAddress
from .modules import Hop, Module, declared

BATCH = 500


def refresh(module: Module, pks: Collection[Any]) -> int:
    """Make the rows of these records tell their addresses of now; returns how many rows changed.

    Addresses that are none (``canonical`` refuses them) get no row, nor do those that are no contact for
    anybody; a row that one of these has already is ``drop_no_contacts``'s.
    """
    content_type = ContentType.objects.get_for_model(module.model)
    changed = 0
    for batch in batches(pks, BATCH):
        with transaction.atomic():
            changed += _refresh(module, content_type, batch)
    return changed


def _refresh(module: Module, content_type: ContentType, pks: list[Any]) -> int:
    # Two savers of one record: the second must see what the first wrote.
    records = module.model._base_manager.select_for_update(no_key=True, of=("self",))
    list(records.filter(pk__in=pks).order_by("pk").values_list("pk"))
    wanted = {
        (object_id, value) for object_id, values in addresses_of(module, pks).items() for value in values
    }
    rows = RecordAddress.objects.filter(content_type=content_type, object_id__in=[str(pk) for pk in pks])
    held = {
        (object_id, value): pk
        for pk, object_id, value in rows.values_list("pk", "object_id", "address__value")
    }
    surplus = [pk for pair, pk in held.items() if pair not in wanted]
    missing = sorted(_of_contacts(wanted - held.keys()))
    # First what comes, then what goes: an address that changes hands in between has not left.
    if missing:
        record_rows.add(content_type, missing)
    for some in batches(surplus, BATCH):
        record_rows.drop(RecordAddress.objects.filter(pk__in=some))
    return len(surplus) + len(missing)


def _of_contacts(pairs: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    no_contacts = not_contacts.among({value for _, value in pairs}) if pairs else frozenset()
    return {pair for pair in pairs if pair[1] not in no_contacts}


def drop_no_contacts(most: int | None = None) -> int:
    """Remove the rows of who is no contact for anybody as of now; returns how many.

    Not many more than ``most``: where it were so many, there may be others.
    """
    dropped = 0
    for some in batches(matching(not_contacts.common()), BATCH):
        dropped += record_rows.drop(RecordAddress.objects.filter(address__in=some))
        if most is not None and dropped >= most:
            break
    return dropped


def addresses_of(module: Module, pks: list[Any]) -> dict[str, set[str]]:
    """The canonical addresses that these records hold now, also of who is no contact, by ``str(pk)``."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in module.paths:
        records = module.model._base_manager.filter(pk__in=pks)
        for pk, text in records.values_list("pk", path).iterator(chunk_size=BATCH):
            try:
                found[str(pk)].add(canonical((text or "").strip()))
            except BadAddress:
                continue  # a record may hold what is no address; it then matches nothing
    return found


def reindex() -> Iterator[tuple[str, int, int]]:
    """Mend every row, module by module, in bounded memory.

    Yields ``(model label, records read so far, rows changed so far)`` after each batch.
    """
    modules = declared()
    kept = [ContentType.objects.get_for_model(module.model) for module in modules]
    record_rows.drop(RecordAddress.objects.exclude(content_type__in=kept))
    drop_no_contacts()
    for module in modules:
        read = changed = 0
        changed += _drop_the_dead(module)
        _drop_what_was_chosen_of_the_dead(module)
        pks = module.model._base_manager.order_by("pk").values_list("pk", flat=True)
        for batch in batches(pks.iterator(chunk_size=BATCH), BATCH):
            changed += refresh(module, batch)
            read += len(batch)
            yield module.model._meta.label, read, changed
        yield module.model._meta.label, read, changed


def _drop_the_dead(module: Module) -> int:
    """Remove the rows of records that are gone; returns how many."""
    rows = RecordAddress.objects.filter(content_type=ContentType.objects.get_for_model(module.model))
    return sum(record_rows.drop(rows.filter(object_id__in=dead)) for dead in _dead(module, rows))


def _drop_what_was_chosen_of_the_dead(module: Module) -> None:
    content_type = ContentType.objects.get_for_model(module.model)
    for model in record_rows.CHOSEN:
        for dead in _dead(module, model.objects.filter(content_type=content_type)):
            record_rows.drop_what_was_chosen(content_type, dead)


def _dead(module: Module, rows: models.QuerySet) -> Iterator[set[str]]:
    """The ids in ``rows`` that no record of the module has, some at a time."""
    to_python = module.model._meta.pk.to_python
    object_ids = rows.order_by("object_id").values_list("object_id", flat=True).distinct()
    for batch in batches(object_ids.iterator(chunk_size=BATCH), BATCH):
        alive = module.model._base_manager.filter(pk__in=[to_python(one) for one in batch])
        yield set(batch) - {str(pk) for pk in alive.values_list("pk", flat=True)}


def connect() -> None:
    """Follow the declared models and every model on the way to their addresses."""
    for position, module in enumerate(declared()):
        uid = f"escala_email.{module.model._meta.label}.{position}"
        _connect_model(module, module.model, "", uid)
        for hop in module.hops():
            _connect_model(module, hop.target, hop.prefix, f"{uid}.{hop.prefix}")
            through = _through(hop)
            if through is not None:
                follow = partial(_follow_m2m, module, hop)
                m2m_changed.connect(
                    follow, sender=through, weak=False, dispatch_uid=f"{uid}.{hop.prefix}.m2m"
                )
                if not through._meta.auto_created:
                    _connect_model(module, through, _through_query(hop), f"{uid}.{hop.prefix}.through")


def _connect_model(module: Module, model: type[models.Model], prefix: str, uid: str) -> None:
    before, after = partial(_before, module, prefix), partial(_after, module, prefix)
    for sender in apps.get_models(include_auto_created=True):
        # A proxy or child is saved under its own name, a parent's row is part of ours.
        if issubclass(sender, model) or sender in model._meta.get_parent_list():
            name = f"{uid}.{sender._meta.label}"
            pre_save.connect(before, sender=sender, weak=False, dispatch_uid=name)
            pre_delete.connect(before, sender=sender, weak=False, dispatch_uid=name)
            post_save.connect(after, sender=sender, weak=False, dispatch_uid=name)
            post_delete.connect(after, sender=sender, weak=False, dispatch_uid=name)


def _before(module: Module, prefix: str, instance: models.Model, **kwargs: Any) -> None:
    """Remember which records lead here now: the change may cut their way."""
    if prefix and instance.pk is not None:
        _waiting(instance)[module.model, prefix] = _roots(module, prefix, [instance.pk])


def _after(module: Module, prefix: str, instance: models.Model, **kwargs: Any) -> None:
    before = _waiting(instance).pop((module.model, prefix), set())
    now = _roots(module, prefix, [instance.pk]) if prefix else {instance.pk}
    refresh(module, before | now)
    if not prefix and kwargs["signal"] is post_delete:
        record_rows.drop_what_was_chosen(ContentType.objects.get_for_model(module.model), [str(instance.pk)])


def _waiting(instance: models.Model) -> dict[Any, set[Any]]:
    return instance.__dict__.setdefault("_escala_email_waiting", {})


def _roots(module: Module, prefix: str, pks: Collection[Any]) -> set[Any]:
    """The records whose path ``prefix`` leads to one of ``pks``."""
    if not prefix:
        return set(pks)
    records = module.model._base_manager.filter(**{f"{prefix}__in": list(pks)})
    return set(records.values_list("pk", flat=True))


def _through(hop: Hop) -> type[models.Model] | None:
    field = getattr(hop.field, "field", hop.field)
    return getattr(getattr(field, "remote_field", None), "through", None)


def _through_query(hop: Hop) -> str:
    """The query path to the rows of an explicit many-to-many table, seen from the record."""
    field = getattr(hop.field, "field", hop.field)
    name = field.m2m_field_name() if field is hop.field else field.m2m_reverse_field_name()
    accessor = _through(hop)._meta.get_field(name).related_query_name()
    start, _, _ = hop.prefix.rpartition("__")
    return f"{start}__{accessor}" if start else accessor


def _follow_m2m(
    module: Module, hop: Hop, instance: models.Model, action: str, reverse: bool, pk_set: Any, **kwargs: Any
) -> None:
    """Relations set through ``instance.relation.add()`` and its like, from either side."""
    forward = getattr(hop.field, "field", hop.field) is hop.field
    from_source = forward is not reverse
    if from_source:
        start, _, _ = hop.prefix.rpartition("__")
        affected = _roots(module, start, [instance.pk])
    else:
        affected = _roots(module, hop.prefix, [instance.pk])
    waiting = _waiting(instance)
    if action.startswith("pre_"):
        waiting[module.model, hop.prefix, "m2m"] = affected
    else:
        refresh(module, waiting.pop((module.model, hop.prefix, "m2m"), set()) | affected)
