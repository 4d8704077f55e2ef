"""After a mailbox was let go of: what became of the access at its provider, and what is left to do there."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.admin import messages

from ..models import EmailAccount
from ..servers.providers import PROVIDERS
from ..sync import taking_back


def take_back(request: HttpRequest, account: EmailAccount) -> None:
    """Take the consent of ``account``, as it was before it was disconnected, back, and say so."""
    provider = PROVIDERS.get(account.provider)
    if provider is None or not account.secret:
        return
    if taking_back.take_back(account):
        text = _("%(name)s has taken the access back, too.")
    else:
        text = _(
            "This CRM has no access any more. %(name)s may go on listing it: "
            "you can remove it there, at %(page)s."
        )
    messages.info(request, text % {"name": provider.name, "page": provider.account_page})
