"""The banner on every admin page, for who must connect a mailbox again.

Wagtail has no place for it that knows the request, so a script of a few lines asks here (``banner.js``).
"""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.views.generic import View
from wagtail.admin.staticfiles import versioned_static

from ..models import EmailAccount
from ..servers.providers import PROVIDERS, Provider, is_ready
from .kinds import KINDS


class BannerView(View):
    """The banner; 204 where there is none, after one query."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = to_reconnect(request.user)
        if not rows:
            return HttpResponse(status=204)
        # Who has put it away sees it again when a mailbox falls once more.
        key = " ".join(f"{one.pk}-{_moment(one)}" for one in rows)
        return render(request, "escala_email/banner.html", {"rows": rows, "key": key})


def _moment(account: EmailAccount) -> int:
    """When it fell, in seconds since 1970 (``%s`` is not on every platform, and is of the local clock)."""
    return int(account.state_since.timestamp()) if account.state_since else 0


def to_reconnect(user: Any) -> list[EmailAccount]:
    """The accounts that ``user`` should connect again, each with the ``url`` where that is done.

    ``signs_in``: the provider whose consent is asked for by one POST to that url; None where it is a page.
    """
    theirs = Q(kind=EmailAccount.Kind.PERSONAL, owner=user) | ~Q(kind=EmailAccount.Kind.PERSONAL)
    fallen = EmailAccount.objects.filter(theirs, state=EmailAccount.State.RECONNECT, erase_at=None)
    rows = [one for one in fallen.order_by("pk") if one.owner_id or KINDS[one.kind].may_enter(user)]
    for one in rows:
        one.signs_in = _signs_in(one, user)
        one.url = (
            reverse("escala_email:consent", args=[one.kind, one.provider])
            if one.signs_in
            else reconnect_url(one, user)
        )
    return rows


def _signs_in(account: EmailAccount, user: Any) -> Provider | None:
    there = account.provider and KINDS[account.kind].may_enter(user) and is_ready(account.provider)
    return PROVIDERS[account.provider] if there else None


def reconnect_url(account: EmailAccount, user: Any) -> str:
    """One click from connecting ``account`` again: the form, or the page with the provider's button."""
    if account.provider or not KINDS[account.kind].may_enter(user):
        return reverse("escala_email:account", args=[account.kind])
    return reverse("escala_email:connect", args=[account.kind]) + "#id_password"


def script() -> str:
    """The element that brings the script to every admin page. Deferred: it stands before the page."""
    return format_html(
        '<script src="{}" data-src="{}" defer></script>',
        versioned_static("escala_email/js/banner.js"),
        reverse("escala_email:banner"),
    )
