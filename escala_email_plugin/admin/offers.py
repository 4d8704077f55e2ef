"""Which providers somebody is offered to sign in with, and what is lacking where one is not."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.http import HttpRequest

from ..models import EmailAccount
from ..permissions import VIEW_HEALTH
from ..servers.providers import PROVIDERS, Provider, is_ready
from .asking import callback_url

#: So long a consent lasts that was given to an app in Google's testing mode, and how exactly it is known.
TRIAL, ABOUT = timedelta(days=7), timedelta(hours=12)


@dataclass(frozen=True)
class Missing:
    """A provider that is not set up. ``callback``: the address that is to be registered there."""

    provider: Provider
    callback: str


@dataclass(frozen=True)
class Offers:
    """``ready``: who can be signed in with. ``again``: of the connected mailbox, to allow it anew; ``lost``:
    the same, where this site is not set up for it any more.

    ``missing``: those an administrator is told how to set up; others never hear of them.
    ``was_trial``: the consent ended as one does that was given to an app in testing mode.
    """

    again: Provider | None = None
    lost: Provider | None = None
    ready: list[Provider] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    was_trial: bool = False


def offers(request: HttpRequest, account: EmailAccount | None) -> Offers:
    """For the mailbox of a kind: ``account`` is the connected one, or a former one, or None."""
    if account is None or account.state == EmailAccount.State.DISCONNECTED or not account.provider:
        ready = [one for one in PROVIDERS.values() if is_ready(one.id)]
        others = [one for one in PROVIDERS.values() if one not in ready]
        return Offers(ready=ready, missing=_missing(request, others))
    mine = PROVIDERS[account.provider]
    was_trial = _was_trial(account)
    # Asked of this one alone, and once: allauth looks into its table each time, and the page asks often.
    if is_ready(mine.id):
        return Offers(again=mine, was_trial=was_trial)
    return Offers(lost=mine, missing=_missing(request, [mine]), was_trial=was_trial)


def _missing(request: HttpRequest, providers: list[Provider]) -> list[Missing]:
    if not request.user.has_perm(VIEW_HEALTH):
        return []
    return [Missing(one, _callback(request, one)) for one in providers]


def _callback(request: HttpRequest, provider: Provider) -> str:
    try:
        return callback_url(request, provider.id)
    except Exception:  # no allauth at all, or one that does not know itself yet: it is not set up
        return ""


def _was_trial(account: EmailAccount) -> bool:
    """Whether Google ended the consent seven days after it was given."""
    fell = account.state == EmailAccount.State.RECONNECT and account.trouble == "grant_refused"
    if account.provider != "google" or not fell or not account.granted_at or not account.state_since:
        return False
    return abs(account.state_since - account.granted_at - TRIAL) < ABOUT
