"""The host's records: which models were declared, the paths to their addresses, who may see them.

A module is one entry of ``ESCALA_EMAIL["MODULES"]``, for example
``{"crm.Person": {"addresses": ["email", "other_emails__address"], "may_see": "crm.rules.may_see"}}``. A path
leads through any number of relations (foreign key, reverse, many-to-many, generic) to a text field.

Who may see a record is asked of the function that the host names, ``(user, record) -> bool``, and where it
names none of the policy that is registered with Wagtail: instance by instance, superusers too.

An administrator may switch a module off. That hides its mail everywhere at once, and nothing else: its
addresses go on being contacts, so nothing is missing when it is switched on again.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models, router
from django.utils.module_loading import import_string
from wagtail.permissions import policy_registry

from . import conf

#: What a module may say of itself.
OPTIONS = ("addresses", "may_see", "search_fields")

#: Instead of a function, where the host names none.
BY_POLICY = object()


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
    """A declared model, the paths to its addresses, who says who may see it, and by which fields its records
    are found (None: no word of that), as the host named them.
    """

    model: type[models.Model]
    paths: tuple[str, ...]
    judge: Any = BY_POLICY
    search_fields: tuple[str, ...] | None = None

    def hops(self) -> Iterator[Hop]:
        """Every relation of every path, once."""
        seen = set()
        for path in self.paths:
            for hop in hops(self.model, path):
                if hop.prefix not in seen:
                    seen.add(hop.prefix)
                    yield hop


def hops(model: type[models.Model], path: str) -> list[Hop]:
    """The relations of one path. Raises BadModule where it does not end at a text field."""
    found, here, parts = [], model, path.split("__")
    for depth, part in enumerate(parts):
        try:
            field = here._meta.get_field(part)
        except FieldDoesNotExist:
            raise BadModule(f"{here._meta.label} has no field “{part}” (path “{path}”)") from None
        last = depth == len(parts) - 1
        if last and isinstance(field, models.CharField | models.TextField):
            return found
        if last or not getattr(field, "related_model", None):
            raise BadModule(f"“{part}” of {here._meta.label} is {_wanted(last)} (path “{path}”)")
        found.append(Hop("__".join(parts[: depth + 1]), here, field, field.related_model))
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
        hops(model, path)
    named = None if misfit_search(model, options) else options.get("search_fields")
    fields = None if named is None else tuple(named)
    return Module(model, tuple(paths), options.get("may_see", BY_POLICY), fields)


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


def wrong() -> dict[str, str]:
    """What is wrong with each declaration that cannot be followed, by the name under which it stands."""
    found: dict[str, str] = {}
    modules = conf.modules()
    for label, options in modules.items() if isinstance(modules, dict) else ():
        try:
            module(label, options)
        except BadModule as error:
            found[str(label)] = str(error)
    return found


def module_of(model: type[models.Model]) -> Module | None:
    """The module of ``model``, None where the host did not declare it."""
    return next(
        (one for one in declared() if one.model._meta.concrete_model is model._meta.concrete_model), None
    )


def on() -> list[Module]:
    """The declared modules whose mail is shown: those that no administrator switched off. One query."""
    off = set(_off().values_list("content_type__app_label", "content_type__model"))
    return [one for one in declared() if _names(one.model) not in off]


def is_on(model: type[models.Model]) -> bool:
    """Whether the records of ``model`` show their mail. One query, none for what was not declared."""
    if module_of(model) is None:
        return False
    app_label, name = _names(model)
    return not _off().filter(content_type__app_label=app_label, content_type__model=name).exists()


def records_of(model: type[models.Model]) -> models.QuerySet | None:
    """Those of a module that is on, to be asked for one of them; None where the host did not declare it.

    Whether it is on is asked along with the record: of one that is off nothing is found.
    """
    if module_of(model) is None:
        return None
    off = _off()
    if router.db_for_read(off.model) != router.db_for_read(model):
        return model._default_manager.all() if is_on(model) else model._default_manager.none()
    app_label, name = _names(model)
    here = off.filter(content_type__app_label=app_label, content_type__model=name)
    return model._default_manager.filter(~models.Exists(here))


def _off() -> models.QuerySet:
    return apps.get_model("escala_email", "ModuleSwitch").objects.filter(is_on=False)


def _names(model: type[models.Model]) -> tuple[str, str]:
    """As the model's ContentType has them; those of the real one for a proxy."""
    meta = model._meta.concrete_model._meta
    return meta.app_label, meta.model_name


def may_see(user: Any, record: models.Model) -> bool:
    """Whether the host lets ``user`` see ``record``. Where it named what cannot be asked, nobody does."""
    known = module_of(type(record))
    if known is None or known.judge is BY_POLICY:
        policy = policy_registry.get_by_type(type(record))
        return policy.user_has_any_permission_for_instance(user, {"view", "change"}, record)
    try:
        asked = judge(known.judge)
    except BadModule:
        return False
    # Only a plain yes: a queryset, or a coroutine that nobody awaits, would let everybody in.
    return asked(user, record) is True


def judge(named: Any) -> Callable[[Any, models.Model], bool]:
    """The function that the host names, by itself or by its dotted path. Raises BadModule."""
    if isinstance(named, str):
        try:
            named = import_string(named)
        except ImportError as error:
            raise BadModule(f'"may_see" leads to nothing ({error})') from None
    if not callable(named) or inspect.iscoroutinefunction(named):
        raise BadModule('"may_see" is no function, and no dotted path to one')
    try:
        inspect.signature(named).bind(None, None)
    except TypeError:
        raise BadModule('"may_see" names a function that does not take a user and a record') from None
    except ValueError:  # of what is written in C nobody knows
        pass
    return named


def misfit(options: dict[str, Any]) -> str:
    """What is wrong with a module's options beside its addresses; "" where nothing is."""
    unknown = sorted(str(name) for name in options if name not in OPTIONS)
    if unknown:
        return f"there is no option “{unknown[0]}”"
    try:
        if "may_see" in options:
            judge(options["may_see"])
    except BadModule as error:
        return str(error)
    return ""


def misfit_search(model: type[models.Model], options: dict[str, Any]) -> str:
    """What is wrong with the fields by which records of ``model`` are to be found; "" where nothing is."""
    fields = options.get("search_fields", [])
    if not isinstance(fields, list | tuple) or not all(isinstance(one, str) for one in fields):
        return '"search_fields" is not a list of paths to text fields'
    try:
        for path in fields:
            hops(model, path)
    except BadModule as error:
        return str(error)
    return ""
