"""Pages about one's own mailbox: who may enter, and which account it is."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from ..models import EmailAccount
from ..permissions import CONNECT_PERSONAL_ACCOUNT
from ..sync import connection


class MayConnectMixin:
    """Only for who may connect a personal mailbox, and only ever about one's own."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_enter(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def may_enter(self, user: Any) -> bool:
        """Whether the page is for ``user``."""
        return user.has_perm(CONNECT_PERSONAL_ACCOUNT)

    def own_account(self) -> EmailAccount:
        """The user's connected account. Raises Http404."""
        account = connection.connected(self.request.user)
        if account is None:
            raise Http404
        return account


class IsConnectedMixin(MayConnectMixin):
    """Also for who is connected and may not connect any more: to look, and to disconnect."""

    def may_enter(self, user: Any) -> bool:
        return super().may_enter(user) or connection.connected(user) is not None


def is_fragment(request: HttpRequest) -> bool:
    """Whether the page's own script asks. A matter of tone, never of access."""
    return request.headers.get("x-requested-with") == "XMLHttpRequest"
