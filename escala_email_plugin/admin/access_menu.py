"""How many questions for access wait for whoever looks at a page: asked once for each request."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from ..privacy.access.answering import open_for

#: More are not counted.
MOST = 99


def waiting(request: HttpRequest) -> int:
    """The number of open questions of ``request.user``'s, as far as ``MOST`` and one."""
    found = getattr(request, "_escala_email_questions", None)
    if found is None:
        found = open_for(request.user).order_by()[: MOST + 1].count()
        request._escala_email_questions = found
    return found


def label(request: HttpRequest) -> str:
    """What the menu's item is called now."""
    number = waiting(request)
    shown = f"{MOST}+" if number > MOST else str(number)
    return _("Access to mail (%(number)s)") % {"number": shown}
