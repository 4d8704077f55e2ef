"""What is the matter with an account, in a sentence its owner can act on."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import conf
from ..models import EmailAccount
from ..servers.sentences import SENTENCES

#: What is no fault of the server.
OURS = {
    "interrupted": gettext_lazy("It was interrupted."),
    "budget": gettext_lazy("This mailbox has reached its limit for this hour. It goes on by itself."),
}


def sentence_of(account: EmailAccount, code: str) -> str:
    """The sentence for a trouble's code; "" where there is none."""
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
