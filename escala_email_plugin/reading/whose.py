"""Whose a record is: the one at the end of the way to its addresses, such as a policy's holder."""

from dataclasses import replace
from typing import Any

from django.db.models import Model

from ..modules import Module, may_see


def path_to_owner(module: Module) -> str:
    """The relations to it, as ``select_related`` takes them: those of the first path that lead to one record.

    "" where the addresses are the record's own, or many records'.
    """
    path = ""
    for hop in replace(module, paths=module.paths[:1]).hops():
        if not hop.field.concrete or not (hop.field.many_to_one or hop.field.one_to_one):
            break
        path = hop.prefix
    return path


def whose(record: Model, path: str, user: Any) -> str:
    """What the host calls it; "" where there is none, or ``user`` may not see it."""
    owner: Any = record
    for name in path.split("__") if path else ():
        owner = getattr(owner, name)
        if owner is None:
            return ""
    return str(owner) if owner is not record and may_see(user, owner) else ""
