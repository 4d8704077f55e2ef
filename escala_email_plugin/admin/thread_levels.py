"""In an opened conversation: what colleagues see of it, and its owner's choice."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from ..privacy.thread_levels import by_mailbox, decide, holding, holding_with_level
from ..reading.letters import letters
from ..visibility import Level
from . import audit_log
from .record import RecordMixin

#: What was decided, as a sentence.
SENTENCES = {
    Level.EVERYTHING: gettext_lazy("Your team sees all of this conversation."),
    Level.SUBJECT: gettext_lazy("Your team sees subject and people of this conversation."),
    Level.PEOPLE: gettext_lazy("Your team sees people and dates of this conversation."),
    Level.NOTHING: gettext_lazy("Your team sees nothing of this conversation."),
}


@dataclass(frozen=True)
class Control:
    """What can be chosen for a conversation: values and labels; ``chosen``: one of the values."""

    thread_id: int
    choices: list[tuple[str, str]]
    chosen: str


def control(user: Any, thread_id: int) -> Control | None:
    """For who holds the conversation in a personal mailbox; None for others."""
    found = holding_with_level(user, thread_id)
    if found is None:
        return None
    account, level = found
    as_mailbox = _("As my mailbox (now: %(level)s)") % {"level": by_mailbox(account).label}
    choices = [("", as_mailbox), *((str(level), str(level.label)) for level in reversed(Level))]
    return Control(thread_id, choices, "" if level is None else str(level))


class ThreadLevelView(RecordMixin, View):
    """The owner decides; nobody else learns that there is anything to decide."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        newest = self._newest()
        try:
            text = request.POST.get("level", "")
            level = Level(int(text)) if text else None
        except ValueError:
            return HttpResponseBadRequest()
        accounts = decide(request.user, newest.thread_id, level)
        if not accounts:
            raise Http404
        audit_log.write(accounts[0], "thread_level")
        now = by_mailbox(accounts[0]) if level is None else level
        context = {"sentence": SENTENCES[now], "badge": letters([newest], request.user)[0].badge}
        return render(request, "escala_email/timeline/level_done.html", context)

    def _newest(self) -> Any:
        """The newest message of the conversation that the user holds. Raises Http404 where there is none."""
        accounts = holding(self.request.user, self.kwargs["thread_id"])
        messages = self.visible().filter(thread=self.kwargs["thread_id"], locations__account__in=accounts)
        try:
            newest = messages.defer("text", "html").order_by("-sent_at", "-pk").first()
        except OverflowError:  # SQLite, of a number no database has
            raise Http404 from None
        if newest is None:
            raise Http404
        return newest
