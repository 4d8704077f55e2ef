"""On the admin's home: how one's own mailbox is, and how many of all are well."""

from typing import Any

from django.db.models import Count, Max, Q
from django.forms import Media
from django.http import HttpRequest
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.ui.components import Component

from ..models import EmailAccount
from ..permissions import VIEW_HEALTH
from .kinds import KINDS

State = EmailAccount.State


class MailboxesPanel(Component):
    """For who may connect a mailbox or see how all are; nothing for others. One query."""

    name = "escala_email_mailboxes"
    template_name = "escala_email/dashboard.html"
    order = 150

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def media(self) -> Media:
        return Media(css={"all": [versioned_static("escala_email/css/escala_email.css")]})

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = self.request.user
        sees_all, may_connect = user.has_perm(VIEW_HEALTH), KINDS["personal"].may_enter(user)
        found = _count(user) if sees_all or may_connect else {}
        state = found.get("state")
        return {
            "address": found.get("address"),
            "state": state,
            "state_label": State(state).label if state else "",
            "is_off": found.get("mode") == EmailAccount.Mode.OFF,
            "may_connect": may_connect,
            "counts": found if sees_all else None,
        }


def _count(user: Any) -> dict[str, Any]:
    """How many mailboxes are in which state; and state, address and mode of the user's own, or None."""
    mine = Q(kind=EmailAccount.Kind.PERSONAL, owner=user)
    connected = EmailAccount.objects.filter(erase_at=None).exclude(state=State.DISCONNECTED)
    return connected.aggregate(
        well=Count("pk", filter=Q(state=State.CONNECTED)),
        waiting=Count("pk", filter=Q(state=State.WAITING)),
        reconnect=Count("pk", filter=Q(state=State.RECONNECT)),
        state=Max("state", filter=mine),
        address=Max("address", filter=mine),
        mode=Max("mode", filter=mine),
    )
