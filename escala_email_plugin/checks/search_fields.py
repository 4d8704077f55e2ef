"""The fields by which a host's records are found."""

from typing import Any

from django.core.checks import Error, register

from .. import conf
from ..modules import BadModule, misfit_search, module


@register("escala_email")
def check_search_fields(**kwargs: Any) -> list:
    """E014: a module's "search_fields" cannot be followed; its records are found as if there were none."""
    declared = conf.modules()
    return [
        Error(
            f'ESCALA_EMAIL["MODULES"]: of “{label}”, {wrong}.',
            hint='"search_fields" is written ["name", "company__name"]: what a record is found by.',
            id="escala_email.E014",
        )
        for label, options in (declared.items() if isinstance(declared, dict) else ())
        if (wrong := _misfit(label, options))
    ]


def _misfit(label: str, options: Any) -> str:
    try:
        return misfit_search(module(label, options).model, options)
    except BadModule:  # E001 says so
        return ""
