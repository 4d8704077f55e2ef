"""The fields by which a module's records are found: those its host names, or those that Wagtail searches, or
else its short texts.
"""

from collections.abc import Iterable, Iterator

from django.db.models import CharField, EmailField, Model
from wagtail.search.index import AutocompleteField, Indexed, RelatedFields, SearchField

from ..modules import BadModule, Module, hops

#: Fields that call nobody anything, whatever their type.
NEVER = {"password"}


def searched_fields(module: Module) -> list[str]:
    """Paths as a query takes them."""
    if module.search_fields is not None:
        return list(module.search_fields)
    return _indexed(module.model) or list(_short_texts(module.model))


def leads_to_many(model: type[Model], paths: Iterable[str]) -> bool:
    """Whether a record can have several rows at the end of one of them."""
    relations = [hop.field for path in paths for hop in hops(model, path)]
    return any(one.one_to_many or one.many_to_many for one in relations)


def _indexed(model: type[Model]) -> list[str]:
    """What Wagtail's search looks at, as far as it is in the database: methods and numbers are not."""
    if not issubclass(model, Indexed):
        return []
    return [path for path in dict.fromkeys(_names(model.get_search_fields())) if _is_text(model, path)]


def _names(fields: Iterable) -> Iterator[str]:
    for one in fields:
        if isinstance(one, RelatedFields):
            yield from (f"{one.field_name}__{name}" for name in _names(one.fields))
        elif isinstance(one, SearchField | AutocompleteField):
            yield one.field_name


def _is_text(model: type[Model], path: str) -> bool:
    try:
        hops(model, path)
    except BadModule:
        return False
    return True


def _short_texts(model: type[Model]) -> Iterator[str]:
    """Those that people write and read; of a longer one nobody is called by."""
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, CharField) and not isinstance(field, EmailField)
        if is_text and field.editable and not field.choices and field.name not in NEVER:
            yield field.name
