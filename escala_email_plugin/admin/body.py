"""A message's text, as a document for a sandboxed frame."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.generic import View

from ..mail.body_document import CSP, CSP_WITH_PICTURES, document
from ..mail.finish_html import Finished, Manner
from ..reading.body import Folding, body, known_domains, own_tracking
from ..reading.pictures import is_always_shown, is_once, trusted_sender
from .body_words import LINKS, told
from .record import RecordMixin

#: The control that keeps a mail from running or sending anything; the sanitiser is the second layer.
_SANDBOX = (
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


@method_decorator(xframe_options_sameorigin, name="dispatch")
class BodyView(RecordMixin, View):
    """A message's text as a document of its own, for a sandboxed frame.

    ``?images=``: a token of ``pictures.once``. Any other is as if there were none. ``?whole=1``: with nothing
    folded, for paper.
    """

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        message = self.message()
        sender = trusted_sender(message)
        always = is_always_shown(request.user, sender)
        remote = always or is_once(request.GET.get("images", ""), request.user, message)
        folding = None if request.GET.get("whole") == "1" else Folding(_("Quoted text"), _("Signature"))
        found, is_plain = body(message, self._manner(remote), folding)
        return _response(
            _page(found, is_plain),
            CSP_WITH_PICTURES if remote else CSP,
            told(found, _state(found, remote, always), sender),
        )

    def _manner(self, remote: bool) -> Manner:
        return Manner(
            remote=remote,
            own=own_tracking(self.request.get_host()),
            known=known_domains(self.record),
            words={concern: str(words) for concern, words in LINKS.items()},
        )


def _state(found: Finished, remote: bool, always: bool) -> str:
    if not found.pictures:
        return "none"
    return "always" if always else "once" if remote else "blocked"


def _page(found: Finished, is_plain: bool) -> str:
    html = found.html if found.html.strip() else _("(no text)")
    if found.is_cut:
        words = _("This message is too long to be shown here. Download the original to read the rest.")
        html += format_html('<p class="escala-cut">{}</p>', words)
    return f'<div class="escala-plain">{html}</div>' if is_plain else html


def _response(page: str, policy: str, attributes: dict[str, str]) -> HttpResponse:
    return HttpResponse(
        document(page, policy=policy, told=attributes),
        headers={
            "Content-Security-Policy": f"{policy}; {_SANDBOX}",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-DNS-Prefetch-Control": "off",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
