"""What is the matter with an account: in a sentence its owner can act on, and in one for administrators."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import conf
from ..models import EmailAccount
from ..servers.sentences import SENTENCES

#: What is no fault of the server.
OURS = {
    "interrupted": gettext_lazy("It was interrupted."),
    "budget": gettext_lazy("This mailbox has reached its limit for this hour. It goes on by itself."),
    "erasure_key": gettext_lazy(
        "Nothing is brought in, because it cannot be told whose mail was erased: the key is lost. Ask the "
        "administrator of this site to run “manage.py escala_email doctor”."
    ),
}

#: What ends by itself once the server is back. Whoever connects is told to compare host and port; of a
#: mailbox that was connected, they were right.
AWAY = {
    "host_not_found",
    "dns_failed",
    "port_closed",
    "network_unreachable",
    "timeout",
    "no_greeting",
    "connection_lost",
}

#: So long a server may be away before its owner should look whether host and port are still right.
PATIENCE = timedelta(days=1)


def sentence_of(account: EmailAccount, code: str) -> str:
    """For its owner: the sentence for a trouble's code; "" where there is none."""
    if code in AWAY and not _is_long_away(account):
        return _("%(host)s cannot be reached just now. There is nothing you need to do.") % {
            "host": account.imap_host
        }
    return detail_of(account, code)


def _is_long_away(account: EmailAccount) -> bool:
    """Whether it was waited for so long that the server may have moved for good."""
    waiting = account.state == EmailAccount.State.WAITING and account.state_since is not None
    return waiting and account.state_since < timezone.now() - PATIENCE


def detail_of(account: EmailAccount, code: str) -> str:
    """For who looks after the site: the same, with what exactly failed."""
    if not code:
        return ""
    if code in OURS:
        return str(OURS[code])
    if code not in SENTENCES:
        return _("Something went wrong on our side. It is tried again by itself.")
    values = {
        "host": account.imap_host,
        "port": account.imap_port,
        "seconds": conf.get("OPERATION_DEADLINE"),
    }
    return str(SENTENCES[code]) % values
