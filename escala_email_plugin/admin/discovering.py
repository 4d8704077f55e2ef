"""Find the servers of an address, and say where they were found."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from ..mail.addresses import BadAddress, canonical
from ..servers.discovery import Found, discover
from ..servers.hoster import Hoster, is_within
from ..servers.providers import PROVIDERS, is_ready
from .attempts import is_too_often
from .connecting import ConnectPage, rendered
from .owner import is_fragment

#: The parts of a server, as the form names them.
PARTS = ("host", "port", "tls")


@dataclass(frozen=True)
class Finding:
    """What was found for ``address``. ``trouble``: why nobody was asked, or ""."""

    address: str
    found: Found | None = None
    trouble: str = ""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    @cached_property
    def fields(self) -> dict[str, Any]:
        """What was found, by the names of the form's fields."""
        if self.found is None:
            return {}
        servers = {"imap": self.found.imap, "smtp": self.found.smtp}
        values = {
            f"{name}_{part}": getattr(server, part)
            for name, server in servers.items()
            if server is not None
            for part in PARTS
        }
        is_own = self.found.username in ("", self.address)
        return values | {"username": "" if is_own else self.found.username}

    @property
    def guesses(self) -> dict[str, str]:
        """What is usual, for the placeholders: a guess, nothing that anybody has said."""
        domain = self.domain or "example.com"
        return {"imap_host": f"imap.{domain}", "smtp_host": f"smtp.{domain}"}

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to be typed but the password."""
        return self.found is not None and None not in (self.found.imap, self.found.smtp)

    @property
    def sentence(self) -> str:
        """Where it was found, or that it was not."""
        if self.trouble:
            return self.trouble
        if self.found is None:
            text = _(
                "No servers were found for %(domain)s. Type them below: your provider or whoever runs your "
                "mail tells you their names."
            )
            return text % {"domain": self.domain}
        hoster = self.found.hoster
        values = {"domain": self.domain, "name": hoster.name if hoster else ""}
        return _source(self.found.source, hoster) % values

    @property
    def sign_in(self) -> str:
        """The provider to sign in with instead, by name; "" where nobody can be sent to it."""
        id = self.found.hoster.oauth if self.found and self.found.hoster else ""
        return PROVIDERS[id].name if id and is_ready(id) else ""

    @property
    def lacking(self) -> str:
        """Which server is to be typed, where one of the two was found."""
        if self.found is None or bool(self.found.imap) == bool(self.found.smtp):
            return ""
        if self.found.imap is None:
            return _("The IMAP server was not found. Type it below.")
        return _("The SMTP server was not found. Type it below.")

    @property
    def elsewhere(self) -> list[str]:
        """Servers outside the address's domain that only an unsigned answer vouches for (RFC 6186 6)."""
        if self.found is None or not self.found.outside:
            return []
        hosts = {server.host for server in (self.found.imap, self.found.smtp) if server is not None}
        return sorted(host for host in hosts if not is_within(host, self.domain))


def _source(source: str, hoster: Hoster | None) -> str:
    if source == "table" and hoster is None:
        return _("Found: the administrator of this site has named them.")
    texts = {
        "table": _("Found in our list: %(name)s."),
        "mx": _("Found: the DNS says that %(name)s keeps the mail of %(domain)s."),
        "srv": _("Found: %(domain)s says so in the DNS."),
        "autoconfig": _("Found: %(domain)s says so in its configuration file for mail programs."),
        "ispdb": _("Found in Thunderbird's list of mail providers."),
    }
    return texts[source]


def find(typed: str, user: Any) -> Finding:
    """What is found for an address as it was typed."""
    try:
        address = canonical(typed.strip())
    except BadAddress:
        return Finding("", trouble=_("This is not an e-mail address. For example: name@example.com"))
    if is_too_often("discover", user):
        return Finding(address, trouble=_("You have searched very often just now. Wait a minute."))
    return Finding(address, discover(address))


# Asking servers takes its time; no transaction of the host's may be held open meanwhile.
@method_decorator([transaction.non_atomic_requests, sensitive_post_parameters("password")], name="dispatch")
class DiscoverView(ConnectPage):
    """To the page's own script: what was found. Else the page once more, with it filled in."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return redirect("escala_email:connect", self.kind.id)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        finding = find(request.POST.get("address", ""), request.user)
        if is_fragment(request):
            html = rendered("found.html", finding=finding)
            fields, guesses = finding.fields, finding.guesses
            return JsonResponse(
                {"html": html, "fields": fields, "guesses": guesses, "whole": finding.is_whole}
            )
        form = self.form(initial=_filled(request.POST, finding), guesses=finding.guesses)
        context = self.get_context_data(form=form, finding=finding, unfolded=not finding.is_whole)
        return self.render_to_response(context)


def _filled(typed: QueryDict, finding: Finding) -> dict[str, Any]:
    """What the form holds now: what was typed without the password, and what was found where nothing was."""
    values = {name: value for name, value in typed.items() if name != "password"}
    for name in ("imap", "smtp"):
        if not values.get(f"{name}_host", "").strip():
            found = {part: finding.fields.get(f"{name}_{part}") for part in PARTS}
            values |= {f"{name}_{part}": value for part, value in found.items() if value}
    if not values.get("username", "").strip():
        values["username"] = finding.fields.get("username", "")
    return values
