"""One test of both servers with what a form holds: whether it may begin, its steps, how it ended."""

from collections.abc import Iterator
from contextlib import closing

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from ..servers.credentials import Credentials
from ..servers.probe import Step, probe
from ..servers.secrets import SecretUnreadable
from ..sync import connection
from .attempts import TRIED_TOO_OFTEN, is_too_often
from .forms import ConnectForm
from .kinds import Kind
from .taken import already_connected

#: What is being done while a step lasts, in the order of the steps.
DOING: dict[str, Promise] = {
    "dns": gettext_lazy("Looking up the IMAP server…"),
    "tcp": gettext_lazy("Connecting to the IMAP server…"),
    "tls": gettext_lazy("Agreeing on encryption with the IMAP server…"),
    "login": gettext_lazy("Logging in to the IMAP server…"),
    "folders": gettext_lazy("Listing the folders…"),
    "sent": gettext_lazy("Looking for the folder of sent mail…"),
    "smtp": gettext_lazy("Trying the SMTP server…"),
}
_NAMES = list(DOING)


def shown(steps: list[Step]) -> list[Step]:
    """The steps as a person reads them: of those that were not tried, one after the other, only the first."""
    return [step for number, step in enumerate(steps) if not number or not _is_repeated(steps, number)]


def _is_repeated(steps: list[Step], number: int) -> bool:
    before, step = steps[number - 1], steps[number]
    return {before.code, step.code} == {"skipped"} and before.server == step.server


class Probing:
    """``steps``: those that are done. ``wanted``: what is tried; None where the form says why nothing is."""

    def __init__(self, request: HttpRequest, kind: Kind, form: ConnectForm) -> None:
        self.form = form
        self.steps: list[Step] = []
        self.is_too_often = False
        self.wanted = self._checked(request, kind)

    @sensitive_variables()
    def _checked(self, request: HttpRequest, kind: Kind) -> connection.Wanted | None:
        """Whatever keeps a server from being asked is said by the form."""
        form = self.form
        if not form.is_valid():
            return None
        # Before anything is said of the address: nobody is to try out which ones a colleague has connected.
        self.is_too_often = is_too_often("try", request.user)
        if self.is_too_often:
            form.add_error(None, TRIED_TOO_OFTEN)
            return None
        address = form.cleaned_data["address"]
        if connection.is_taken(kind.id, request.user, address):
            form.add_error("address", already_connected(request.user, kind, address))
            return None
        try:
            return form.wanted()
        except SecretUnreadable as error:
            form.add_error("password", str(error))
            return None

    def run(self) -> Iterator[Step]:
        """Try both servers; each step as it is done. Closed half-way, it leaves no connection."""
        if self.wanted is None:
            return
        wanted = self.wanted
        credentials = Credentials(wanted.username, wanted.password)
        with closing(probe(*self.form.servers(), credentials, wanted.address)) as steps:
            for step in steps:
                self.steps.append(step)
                yield step

    @property
    def shown(self) -> list[Step]:
        """The steps that are done, as a person reads them."""
        return shown(self.steps)

    @property
    def news(self) -> Step | None:
        """The last step, where it tells anything new."""
        number = len(self.steps) - 1
        return None if number and _is_repeated(self.steps, number) else self.steps[number]

    @property
    def passed(self) -> bool:
        """Whether everything was tried and nothing failed."""
        return self.wanted is not None and all(step.ok is not False for step in self.steps)

    @property
    def failed(self) -> Step | None:
        """The first step that failed."""
        return next((step for step in self.steps if step.ok is False), None)

    @property
    def doing(self) -> Promise | str:
        """What is being tried now; "" where nothing is, or nothing is left."""
        if self.wanted is None:
            return ""
        done = _NAMES.index(self.steps[-1].name) + 1 if self.steps else 0
        return DOING[_NAMES[done]] if done < len(_NAMES) else ""
