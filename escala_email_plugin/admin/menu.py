"""The items of Wagtail's menus, and who is shown them.

Imported during start-up: what knows tables is imported when it is asked.
"""

from typing import Any

from django.http import HttpRequest
from wagtail.admin.menu import MenuItem


class MayMenuItem(MenuItem):
    """For who has a permission."""

    def __init__(self, permission: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.permission = permission

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the user has it."""
        return request.user.has_perm(self.permission)


class EmailsMenuItem(MenuItem):
    """For who may connect a mailbox, or has one."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether there is a tab for the user."""
        from .kinds import kinds_of

        return bool(kinds_of(request.user))


class QuestionsMenuItem(MenuItem):
    """With how many questions for access wait; for who has one to answer, or asked one."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether one waits, or was asked."""
        from .access_menu import is_shown

        return is_shown(request)

    def render_component(self, request: HttpRequest) -> Any:
        """The item, with their number."""
        from .access_menu import label

        component = super().render_component(request)
        component.label = label(request)
        return component
