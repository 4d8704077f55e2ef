"""Erase a person: which addresses, what there is of them, the address typed once more, and the order.

What an administrator may not read is counted here, and never shown. Addresses come by POST alone: what is
asked for must not stand in the logs of web servers.
"""

import re
from typing import Any

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from ..mail.addresses import BadAddress, canonical, mailboxes
from ..models import RecordAddress
from ..permissions import ERASE_PERSON
from ..privacy import erase_person
from ..privacy.person_holdings import what_there_is
from ..sync.erased import KeyLost
from . import audit_log
from .erasure_words import lines
from .orders import order
from .record import RecordMixin
from .records import records_of

#: Addresses of one person, and characters of what is pasted.
MOST, LONGEST = 20, 5_000

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class MayErasePeopleMixin(WagtailAdminTemplateMixin):
    """Only for who may erase a person."""

    header_icon = "user"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(ERASE_PERSON):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*super().get_breadcrumbs_items(), *self.above(), {"url": "", "label": self.get_page_title()}]

    def above(self) -> list[dict[str, str]]:
        """The pages between the home and this one."""
        return [{"url": reverse("escala_email:erasures"), "label": _("Erased people")}]


def read_address(text: str) -> str:
    """A typed address in canonical form. Raises ValidationError."""
    try:
        return canonical(text.strip())
    except BadAddress:
        raise ValidationError(_("This is no e-mail address.")) from None


class PeopleForm(forms.Form):
    """The addresses of one person, in lines or with commas, with or without names."""

    people = forms.CharField(
        label=gettext_lazy("E-mail addresses of the person"),
        help_text=gettext_lazy("One on each line. All of them should be one person's."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={**PLAIN, "rows": 3}),
        error_messages={"required": gettext_lazy("This is needed.")},
    )

    def clean_people(self) -> list[str]:
        """Canonical addresses, each once. Raises ValidationError."""
        found: dict[str, None] = {}
        for piece in filter(str.strip, re.split(r"[\r\n,;]+", self.cleaned_data["people"])):
            found.update(dict.fromkeys(_addresses(piece)))
        if len(found) > MOST:
            raise ValidationError(_("These are more than %(most)s addresses.") % {"most": MOST})
        return list(found)


def _addresses(piece: str) -> list[str]:
    try:
        return [canonical(piece.strip())]
    except BadAddress:
        named = [mailbox.address for mailbox in mailboxes(piece)]
    if not named:
        shown = piece.strip()[:100]
        raise ValidationError(_("“%(text)s” is no e-mail address.") % {"text": shown})
    return named


class ConfirmForm(forms.Form):
    """The first of the addresses, typed by who means it."""

    typed = forms.CharField(
        label=gettext_lazy("Type the first of the addresses again"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs=PLAIN),
    )

    def __init__(self, *args: Any, people: list[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._people = people

    def clean_typed(self) -> str:
        """Raises ValidationError for any other address."""
        typed = read_address(self.cleaned_data["typed"])
        if typed != self._people[0]:
            raise ValidationError(_("This is not the address above."))
        return typed


class ErasePersonView(MayErasePeopleMixin, TemplateView):
    """First the addresses, then what there is of them, then the order."""

    template_name = "escala_email/erasing/erase_person.html"
    page_title = gettext_lazy("Erase a person's mail")

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return [HeaderButton(_("Erased people"), reverse("escala_email:erasures"), icon_name="history")]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        known = "\n".join(_of_record(request))
        return self.render_to_response(self.get_context_data(form=PeopleForm(initial={"people": known})))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = PeopleForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        people = form.cleaned_data["people"]
        is_meant = "typed" in request.POST
        confirm = ConfirmForm(request.POST if is_meant else None, people=people)
        if is_meant and confirm.is_valid():
            try:
                return self._ordered(people)
            except erase_person.OwnMailbox:
                form.add_error(
                    "people",
                    _(
                        "One of these is the address of a mailbox here, or of a user with a capture address. "
                        "Delete that mailbox, or that user, instead."
                    ),
                )
            except KeyLost as error:
                form.add_error(None, str(error))
            return self.render_to_response(self.get_context_data(form=form))
        return self.render_to_response(self._looked_at(form, people, confirm))

    def _ordered(self, people: list[str]) -> HttpResponse:
        with transaction.atomic():
            rows = erase_person.order(people, self.request.user)
            for row in rows:
                audit_log.write_erasure(row, "erase_person")
                order("erase_person", row)
        messages.success(
            self.request, _("Nothing of this person is brought in any more. What there is goes now.")
        )
        if len(rows) == 1:
            return redirect("escala_email:erasure", rows[0].pk)
        return redirect("escala_email:erasures")

    def _looked_at(self, form: PeopleForm, people: list[str], confirm: ConfirmForm) -> dict[str, Any]:
        there = what_there_is(people)
        named = records_of(people, self.request.user)
        seen = {(one.name, one.url): one for some in named.values() for one in some}
        held = RecordAddress.objects.filter(address__value__in=people)
        number = held.order_by().values("content_type", "object_id").distinct().count()
        return self.get_context_data(
            form=form,
            confirm=confirm,
            people=people,
            there=there,
            lines=lines({"removed": there.removed, "redacted": there.redacted, **there.more}),
            records=list(seen.values()),
            hidden=max(0, number - len(seen)),
        )


def _of_record(request: HttpRequest) -> list[str]:
    """The addresses of the record the link came from, for who may see it; nothing where anything is odd."""
    place = dict(
        zip(("app_label", "model_name", "pk"), request.GET.get("record", "").split("/"), strict=False)
    )
    if len(place) < 3:
        return []
    asked = RecordMixin()
    asked.request, asked.kwargs = request, place
    try:
        record = asked._record()
    except (Http404, PermissionDenied):
        return []
    of = {"content_type": ContentType.objects.get_for_model(record), "object_id": str(record.pk)}
    rows = RecordAddress.objects.filter(**of).order_by("pk")
    return list(rows.values_list("address__value", flat=True)[:MOST])
