"""The button of a hidden message: ask who holds it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder

from ..models import Message
from ..privacy.access.asking import ask
from ..privacy.access.refused import Refused
from ..reading.who import names_of
from .attempts import TRIED_TOO_OFTEN, is_too_often
from .owner import is_fragment
from .record import RecordMixin


class AskView(RecordMixin, View):
    """Ask for a message that is hidden from the user on this record; every other one is not there."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        is_asked, sentence = self._ask()
        if is_fragment(request):
            context = {"is_asked": is_asked, "sentence": sentence}
            return render(request, "escala_email/timeline/asked.html", context)
        (messages.success if is_asked else messages.warning)(request, sentence)
        return redirect(AdminURLFinder(request.user).get_edit_url(self.record) or "wagtailadmin_home")

    def _ask(self) -> tuple[bool, str]:
        """Whether it is asked for, and what is said. Raises Http404."""
        user = self.request.user
        if is_too_often("access", user):
            return False, str(TRIED_TOO_OFTEN)
        try:
            asked = ask(user, self.record, self.kwargs["message_id"])
        except (Message.DoesNotExist, OverflowError):
            raise Http404 from None
        except Refused as refused:
            return False, str(refused)
        names = names_of(one.account for one in asked)
        return True, _("You asked %(names)s for access.") % {"names": names}
