"""Whether the menu leads to the page about access, and how many questions wait there: asked once for each
request.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, OuterRef, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ..models import AccessRequest
from ..privacy.access.answering import open_for

#: More are not told apart.
MOST = 99


@dataclass(frozen=True)
class Questions:
    """Of one user: how many wait for their answer, and whether they asked any themselves."""

    waiting: int = 0
    has_asked: bool = False


def waiting(request: HttpRequest) -> int:
    """The number of open questions of ``request.user``'s."""
    return questions(request).waiting


def questions(request: HttpRequest) -> Questions:
    """Those of ``request.user``."""
    found = getattr(request, "_escala_email_questions", None)
    if found is None:
        found = request._escala_email_questions = _questions(request.user)
    return found


def _questions(user: Any) -> Questions:
    """In one query, of which one row comes: this is asked for every page."""
    number = open_for(user).order_by().values("account__owner").annotate(number=Count("pk")).values("number")
    asked = AccessRequest.objects.filter(asker=OuterRef("pk"))
    rows = (
        get_user_model()
        ._base_manager.filter(pk=user.pk)
        .annotate(escala_waiting=Subquery(number), escala_asked=Exists(asked))
    )
    row = rows.values_list("escala_waiting", "escala_asked").first()
    return Questions(row[0] or 0, row[1]) if row else Questions()


def is_shown(request: HttpRequest) -> bool:
    """Whether the menu has the item: for who has to answer, and for who asked and may look at the page."""
    from .access import may_ask_or_answer

    found = questions(request)
    return found.waiting > 0 or (found.has_asked and may_ask_or_answer(request.user))


def label(request: HttpRequest) -> str:
    """What the menu's item is called now."""
    number = waiting(request)
    if not number:
        return _("Access to mail")
    shown = f"{MOST}+" if number > MOST else str(number)
    return _("Access to mail (%(number)s)") % {"number": shown}
