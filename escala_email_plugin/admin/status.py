"""What a person is told about an account: its state, how far it is, what was set aside."""

from dataclasses import dataclass
from datetime import timedelta

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import conf
from ..models import EmailAccount, Quarantined, Run
from ..servers.sentences import SENTENCES
from ..sync.quarantine import ATTEMPTS

#: After so long a worker should have begun.
LATE = timedelta(minutes=2)

#: Messages that were set aside, named on the page.
TROUBLED = 20


@dataclass(frozen=True)
class Status:
    """An account as the settings page shows it."""

    account: EmailAccount
    run: Run | None
    at_work: bool
    set_aside: int
    stored: int
    troubled: list[tuple[Quarantined, str]]

    #: After so many attempts a message that was set aside is left alone.
    attempts = ATTEMPTS

    @property
    def starting(self) -> bool:
        """The first sync was ordered and no worker has come to it yet."""
        account = self.account
        fresh = account.last_success is None and not account.trouble
        return not self.at_work and fresh and account.mode != "off" and account.state == "connected"

    @property
    def late(self) -> bool:
        """A sync was ordered minutes ago and nobody came: probably no worker runs."""
        return self.starting and self.account.created_at < timezone.now() - LATE

    @property
    def running(self) -> bool:
        """Whether the page should keep looking."""
        return self.at_work or self.starting

    @property
    def percent(self) -> int:
        """How far the run is, 0 to 100."""
        return min(100, self.run.done * 100 // self.run.total) if self.run and self.run.total else 0

    @property
    def sentence(self) -> str:
        """What is the matter, in a sentence a person can act on; "" when all is well."""
        return trouble_sentence(self.account)


def status_of(account: EmailAccount) -> Status:
    """The account's status as of now, in a constant number of queries."""
    at_work = bool(account.lease_until and account.lease_until > timezone.now())
    run = account.runs.order_by("-started_at").first()
    troubled = Quarantined.objects.filter(folder__account=account).select_related("folder").defer("raw")
    return Status(
        account=account,
        run=run,
        at_work=at_work,
        set_aside=troubled.count(),
        stored=account.locations.values("message").distinct().count(),
        troubled=[(row, reason(row)) for row in troubled.order_by("-pk")[:TROUBLED]],
    )


def reason(row: Quarantined) -> str:
    """Why a message was set aside, for its owner."""
    if row.error == "too_large":
        limit = filesizeformat(conf.get("MAX_MESSAGE_BYTES"))
        return _("It is larger than %(limit)s.") % {"limit": limit}
    if row.error in ("fetch", "empty"):
        return _("The server did not hand it over.")
    if row.error == "store":
        return _("It could not be stored.")
    return _("It is built in a way that cannot be read.")


def trouble_sentence(account: EmailAccount) -> str:
    """The sentence for the account's trouble code."""
    code = account.trouble
    if not code:
        return ""
    if code not in SENTENCES:
        return _("Something went wrong on our side. It is tried again by itself.")
    values = {
        "host": account.imap_host,
        "port": account.imap_port,
        "seconds": conf.get("OPERATION_DEADLINE"),
    }
    return str(SENTENCES[code]) % values
