"""Why is this here, or not here? Asked of one's own mailbox by address, subject or Message-ID."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from .. import conf
from ..servers.imap import ImapError
from ..servers.secrets import SecretUnreadable
from ..sync.credentials import TokenStale
from ..sync.erased import KeyLost
from ..sync.rules import Entry
from ..sync.why import Explanation, explain
from .attempts import TRIED_TOO_OFTEN, is_too_often
from .orders import order_access
from .owner import BelowEmailsMixin, IsConnectedMixin, is_fragment
from .records import Named, records_of

#: Characters of a question.
LONGEST = 300

#: By the codes of ``sync.why``; each may use %(addresses)s, %(limit)s and %(erased_on)s.
SENTENCES = {
    "stored": gettext_lazy("It is here, because a contact takes part in it."),
    "set_aside": gettext_lazy(
        "A contact takes part in it, but it could not be read. It is set aside, and you can try it again."
    ),
    "contact_not_yet": gettext_lazy(
        "A contact takes part in it, and it was not read yet. The next synchronisation brings it in."
    ),
    "no_contact": gettext_lazy(
        "No contact takes part in it, so it is not brought in. Add one of its addresses to a contact, and it "
        "appears."
    ),
    "never_download": gettext_lazy(
        "It is left out, because somebody takes part in it whose mail is never downloaded: %(addresses)s."
    ),
    "erased": gettext_lazy("It is not brought in, because somebody in it was erased on %(erased_on)s."),
    "not_contact": gettext_lazy(
        "No contact takes part in it, so it is not brought in. On a list of who is no contact stands: "
        "%(addresses)s."
    ),
    "own_only": gettext_lazy("Nobody takes part in it but the mailbox itself, which is no contact."),
    "left_out_folder": gettext_lazy(
        "Its folder is left out. Tick the folder, and mail with contacts is brought in."
    ),
    "too_old": gettext_lazy("It is older than mail is kept here, so it is not brought in."),
    "not_looked_at": gettext_lazy("Nobody has looked at it yet. The synchronisation has not come so far."),
    "too_large": gettext_lazy(
        "A contact takes part in it, but it is larger than %(limit)s, so it is not downloaded."
    ),
    "gone": gettext_lazy("It is no longer in the mailbox. What was brought in stays."),
    "mode_off": gettext_lazy("The synchronisation is off, so nothing new is brought in."),
}

OTHERWISE = gettext_lazy("Nobody can tell.")


@dataclass(frozen=True)
class Answer:
    """An explanation in words; ``decided_by``: its addresses, each with the records the reader may see."""

    about: Explanation
    decided_by: list[tuple[str, list[Named]]]

    @property
    def sentence(self) -> str:
        values = {
            "addresses": ", ".join(self.about.addresses),
            "limit": filesizeformat(conf.get("MAX_MESSAGE_BYTES")),
            "erased_on": date_format(localtime(self.about.erased_at)) if self.about.erased_at else "",
        }
        sentences = [str(SENTENCES.get(self.about.code, OTHERWISE)) % values]
        return " ".join([*sentences, *map(_on_which_list, self.about.entries)])


def _on_which_list(entry: Entry) -> str:
    """Whose list it is, and by which entry."""
    if entry.is_common:
        return _("The entry “%(entry)s” is on the list for everybody.") % {"entry": entry.pattern}
    return _("The entry “%(entry)s” is on this mailbox's own list.") % {"entry": entry.pattern}


# The server may be asked, which takes its time; no transaction of the host's may be held open meanwhile.
@method_decorator(transaction.non_atomic_requests, name="dispatch")
class WhyView(IsConnectedMixin, BelowEmailsMixin, TemplateView):
    """The question and its answers. A POST: what is asked for must not stand in the logs of web servers."""

    shows_mail = True
    template_name = "escala_email/settings/why.html"
    page_title = gettext_lazy("Why is it here, or not?")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.own_account()
        return super().get(request, **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        context = self._answered(request.POST.get("asked", "").strip()[:LONGEST])
        if is_fragment(request):
            return self.fragment("why_answers.html", **context)
        return self.render_to_response(self.get_context_data(**context))

    def _answered(self, asked: str) -> dict[str, Any]:
        account = self.own_account()
        context = {"asked": asked, "answers": [], "trouble": "", "is_partial": False}
        if not asked:
            return {**context, "trouble": _("Type an address, a subject or a Message-ID.")}
        if is_too_often("ask", self.request.user):
            return {**context, "trouble": TRIED_TOO_OFTEN}
        try:
            found = explain(account, asked)
            told = answers(found, self.request.user)
            return {**context, "answers": told, "is_partial": found.is_partial}
        except TokenStale as error:
            return {**context, "trouble": order_access(account, error)}
        except (ImapError, SecretUnreadable, KeyLost) as error:
            return {**context, "trouble": str(error)}


def answers(explanations: list[Explanation], user: Any) -> list[Answer]:
    """In words, with the records, in a bounded number of queries."""
    addresses = {address for one in explanations for address in one.addresses}
    records = records_of(addresses, user)
    return [
        Answer(one, [(address, records.get(address, [])) for address in one.addresses])
        for one in explanations
    ]
