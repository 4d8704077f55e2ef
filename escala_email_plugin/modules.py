"""The host's records: which models were declared, the paths to their addresses, who may see them.

A module is one entry of ``ESCALA_EMAIL["MODULES"]``, for example
``{"crm.Person": {"addresses": ["email", "other_emails__address"]}}``. A path leads
through any number of relations (foreign key, reverse, many-to-many, generic) to a text field.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from wagtail.permissions import policy_registry

from . import conf


class BadModule(ValueError):
    """A declaration that cannot be followed; the text names what is wrong with it."""


@dataclass(frozen=True)
class Hop:
    """One relation on the way: the query path up to it, where it starts and where it leads."""

    prefix: str
    source: type[models.Model]
    field: Any
    target: type[models.Model]


@dataclass(frozen=True)
class Module:
    """A declared model and the paths to its addresses."""

    model: type[models.Model]
    paths: tuple[str, ...]

    def hops(self) -> Iterator[Hop]:
        """Every relation of every path, once."""
        seen = set()
        for path in self.paths:
            for hop in _hops(self.model, path):
                if hop.prefix not in seen:
                    seen.add(hop.prefix)
                    yield hop


def _hops(model: type[models.Model], path: str) -> list[Hop]:
    """The relations of one path. Raises BadModule where it does not end at a text field."""
    hops, here, parts = [], model, path.split("__")
    for depth, part in enumerate(parts):
        try:
            field = here._meta.get_field(part)
        except FieldDoesNotExist:
            raise BadModule(f"{here._meta.label} has no field “{part}” (path “{path}”)") from None
        last = depth == len(parts) - 1
        if last and isinstance(field, models.CharField | models.TextField):
            return hops
        if last or not getattr(field, "related_model", None):
            raise BadModule(f"“{part}” of {here._meta.label} is {_wanted(last)} (path “{path}”)")
        hops.append(Hop("__".join(parts[: depth + 1]), here, field, field.related_model))
        here = field.related_model
    raise BadModule(f"the path “{path}” is empty")


def _wanted(last: bool) -> str:
    return "not a text field" if last else "not a relation that can be followed"


def module(label: str, options: Any) -> Module:
    """The module declared as ``label: options``. Raises BadModule, naming what is wrong."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        raise BadModule(f"there is no model “{label}”") from None
    paths = options.get("addresses") if isinstance(options, dict) else None
    if not isinstance(paths, list | tuple) or not paths or not all(isinstance(path, str) for path in paths):
        raise BadModule(f'“{label}” needs "addresses": a list of paths to its e-mail addresses')
    for path in paths:
        _hops(model, path)
    return Module(model, tuple(paths))


def declared() -> list[Module]:
    """Every module that was declared rightly; ``checks`` names the others."""
    found: list[Module] = []
    modules = conf.modules()
    for label, options in modules.items() if isinstance(modules, dict) else ():
        try:
            found.append(module(label, options))
        except BadModule:
            continue
    return found


def module_of(model: type[models.Model]) -> Module | None:
    """The module of ``model``, None where the host did not declare it."""
    return next(
        (one for one in declared() if one.model._meta.concrete_model is model._meta.concrete_model), None
    )


def may_see(user: Any, record: models.Model) -> bool:
    """Whether the host lets ``user`` see ``record``, by the policy registered with Wagtail."""
    policy = policy_registry.get_by_type(type(record))
    return policy.user_has_any_permission_for_instance(user, {"view", "change"}, record)
