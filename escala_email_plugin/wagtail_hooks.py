"""Wagtail finds this module by its name; ``hooks`` holds what it registers."""

from . import hooks  # noqa: F401
