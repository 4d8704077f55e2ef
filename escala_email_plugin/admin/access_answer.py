"""Answer a colleague's question, and take back what was granted. A GET only shows; nobody else's is there."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name

from ..models import AccessRequest, Grant
from ..privacy.access import grants
from ..privacy.access.answering import answer, asked_of
from ..privacy.access.refused import Refused
from ..privacy.access.still import read_of, reads_any
from . import audit_log
from .access import AccessMixin
from .access_rows import question_rows

Answer = AccessRequest.Answer

#: What is said of an answer.
SAID = {
    Answer.MESSAGE: gettext_lazy("%(name)s can read this message now. You can take that back at any time."),
    Answer.THREAD: gettext_lazy(
        "%(name)s can read this conversation now. You can take that back at any time."
    ),
    Answer.CONTACT: gettext_lazy(
        "%(name)s can read your mail with this contact now. You can take that back at any time."
    ),
    Answer.NO: gettext_lazy("You answered no. %(name)s is shown that."),
}

#: The same, of a no that hides nothing.
NO_AND_STILL_READ = gettext_lazy(
    "You answered no, but %(name)s can still read this mail, by what you share or by another answer of yours."
)

#: What is said of taking back.
TAKEN_BACK = gettext_lazy("Taken back: %(name)s no longer reads it in your mailbox.")
STILL_READ = gettext_lazy(
    "Taken back. %(name)s can still read some of it, by what you share or by another answer of yours."
)


class AnswerView(AccessMixin, TemplateView):
    """One question: what it is about, what each answer means. The mail leads here, with an answer chosen."""

    template_name = "escala_email/access/answer.html"
    page_title = gettext_lazy("Answer a question")
    above = (("escala_email:access", gettext_lazy("Access to mail")),)

    @cached_property
    def request_row(self) -> AccessRequest:
        """Raises Http404 for one that is not the user's to answer."""
        try:
            return get_object_or_404(asked_of(self.request.user), pk=self.kwargs["request_id"])
        except OverflowError:
            raise Http404 from None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        questions = question_rows(self.request.user, [self.request_row])
        if not questions:  # its message was removed a moment ago
            raise Http404
        chosen = self.request.GET.get("answer") or self.request_row.answer
        return super().get_context_data(question=questions[0], chosen=chosen, answers=Answer, **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row, chosen = self.request_row, request.POST.get("answer")
        if chosen not in Answer.values:
            messages.error(request, _("Choose an answer."))
            return redirect("escala_email:access_answer", row.pk)
        try:
            self._answer(row, chosen)
        except AccessRequest.DoesNotExist:
            raise Http404 from None
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("escala_email:access_answer", row.pk)
        return redirect("escala_email:access")

    def _answer(self, row: AccessRequest, chosen: str) -> None:
        # Of the contact what its owner was shown. Whatever is no number is nobody's address.
        addresses = [int(pk) for pk in self.request.POST.getlist("address") if pk.isdecimal()]
        name = get_user_display_name(row.asker)
        with transaction.atomic():
            changed = answer(self.request.user, row, chosen, addresses)
            if changed:
                action = "refuse_access" if chosen == Answer.NO else "grant_access"
                audit_log.write(row.account, action, answer=chosen, user=str(row.asker_id))
        if not changed:
            messages.info(self.request, _("That was your answer already; nothing has changed."))
            return
        if row.answer and row.answer != chosen:
            messages.info(self.request, _("Your earlier answer is replaced by this one."))
        if chosen == Answer.NO and read_of(self.request.user, row.asker, [row.message_id]):
            messages.warning(self.request, NO_AND_STILL_READ % {"name": name})
        else:
            messages.success(self.request, SAID[Answer(chosen)] % {"name": name})


class TakeBackView(AccessMixin, View):
    """Take back what was granted by one answer."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            grant = get_object_or_404(
                grants.of(request.user).select_related("account", "user"), pk=self.kwargs["grant_id"]
            )
        except OverflowError:
            raise Http404 from None
        taken = list(self.taken(grant))
        with transaction.atomic():
            if self.take_back(grant):
                audit_log.write(grant.account, "take_back_access", user=str(grant.user_id))
        name = get_user_display_name(grant.user)
        if reads_any(request.user, grant.user, taken):
            messages.warning(request, STILL_READ % {"name": name})
        else:
            messages.success(request, TAKEN_BACK % {"name": name})
        return redirect("escala_email:access")

    def taken(self, grant: Grant) -> QuerySet[Grant]:
        """What is to be taken back."""
        return grants.together_with(self.request.user, grant)

    def take_back(self, grant: Grant) -> bool:
        """Do it; whether there was anything left."""
        return grants.take_back(self.request.user, grant)


class TakeBackAllView(TakeBackView):
    """Take back everything that was granted to the same colleague."""

    def taken(self, grant: Grant) -> QuerySet[Grant]:
        """What is to be taken back."""
        return grants.of(self.request.user).filter(user=grant.user_id)

    def take_back(self, grant: Grant) -> bool:
        """Do it; whether there was anything left."""
        return grants.take_back_all(self.request.user, grant.user_id)
