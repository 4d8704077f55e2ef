"""A short form that makes a record of the host's with an address: what it cannot do without."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.forms import ModelForm, modelform_factory
from wagtail.permissions import policy_registry

from ..modules import Module, declared
from ..sync.capture.invitation import Invitation


@dataclass(frozen=True)
class Offer:
    """A module of whose kind a contact can be made here. ``field``: that of its address."""

    model: type[models.Model]
    field: str

    @property
    def id(self) -> str:
        """What tells it from the others, in the page's address."""
        return self.model._meta.label_lower

    @property
    def title(self) -> str:
        """What the host calls one of them."""
        return str(self.model._meta.verbose_name)

    def form(self, invitation: Invitation, data: Any = None) -> ModelForm:
        """The form, with what the mail tells filled in."""
        names = [self.field, *(field.name for field in _needed(self.model) if field.name != self.field)]
        fields = sorted(names, key=[field.name for field in self.model._meta.fields].index)
        initial = {self.field: invitation.address, **_named(fields, self.field, invitation.name)}
        return modelform_factory(self.model, fields=fields)(data, initial=initial)


def offers(user: Any) -> list[Offer]:
    """The modules with an address of their own of which the host lets ``user`` make a record."""
    found = [_offer(module) for module in declared()]
    return [one for one in found if one is not None and _may_add(user, one.model)]


def _offer(module: Module) -> Offer | None:
    """None where its address is another record's or not to be filled in, or where it needs another record."""
    direct = next((path for path in module.paths if "__" not in path), None)
    # To choose among records here would show those that this user may not see.
    if direct is None or any(field.is_relation for field in _needed(module.model)):
        return None
    if not module.model._meta.get_field(direct).editable:
        return None
    return Offer(module.model, direct)


def _may_add(user: Any, model: type[models.Model]) -> bool:
    return policy_registry.get_by_type(model).user_has_permission(user, "add")


def _needed(model: type[models.Model]) -> list[models.Field]:
    return [
        field
        for field in model._meta.fields
        if field.editable and not field.blank and not field.has_default() and not field.primary_key
    ]


def _named(fields: list[str], address: str, name: str) -> dict[str, str]:
    """A guess: the first word and the rest for two names, all of it for one."""
    texts = [field for field in fields if field != address and "name" in field]
    first, _, rest = name.strip().partition(" ")
    if len(texts) == 2:
        return dict(zip(texts, (first, rest.strip()), strict=True))
    return {texts[0]: name.strip()} if len(texts) == 1 else {}
