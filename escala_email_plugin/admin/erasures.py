"""Who was erased: when, by whom and how much; found by the address alone, which nobody keeps."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.widgets.button import HeaderButton

from .. import worker
from ..models import Erasure
from ..privacy import erase_person
from ..sync.erased import KeyLost
from . import audit_log
from .erasing_people import PLAIN, MayErasePeopleMixin, read_address
from .erasure_words import lines
from .owner import is_fragment

PER_PAGE = 50


class AddressForm(forms.Form):
    """An address to look for, or to let in again."""

    address = forms.CharField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.TextInput(attrs=PLAIN),
        error_messages={"required": gettext_lazy("This is needed.")},
    )

    #: What is said of an address that was not erased, or not by this erasure.
    otherwise = gettext_lazy("Nobody with this address was erased.")

    def __init__(self, *args: Any, erasure: Erasure | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._erasure = erasure
        self.found: Erasure | None = None

    def clean_address(self) -> str:
        """In canonical form; its erasure is ``found``. Raises ValidationError."""
        address = read_address(self.cleaned_data["address"])
        try:
            self.found = erase_person.find(address)
        except KeyLost as error:
            raise ValidationError(str(error)) from None
        if self.found is None or (self._erasure and self.found != self._erasure):
            raise ValidationError(_("This is not the address.") if self._erasure else self.otherwise)
        return address


class ErasuresView(MayErasePeopleMixin, TemplateView):
    """All of them, the newest first. A POST finds the one of an address."""

    template_name = "escala_email/erasing/erasures.html"
    page_title = gettext_lazy("Erased people")

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return [
            HeaderButton(_("Erase a person's mail"), reverse("escala_email:erase_person"), icon_name="bin")
        ]

    def above(self) -> list[dict[str, str]]:
        return []

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = AddressForm(request.POST)
        if form.is_valid():
            return redirect("escala_email:erasure", form.found.pk)
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Erasure.objects.select_related("erased_by", "lifted_by").order_by("-erased_at", "-pk")
        paginator = Paginator(rows, PER_PAGE)
        page = paginator.get_page(self.request.GET.get("p"))
        found = {
            "page": page,
            "elided_page_range": paginator.get_elided_page_range(page.number),
            "rows": [(row, lines(row.report)) for row in page],
        }
        return super().get_context_data(**{"form": AddressForm(), **found, **kwargs})


class ErasureView(MayErasePeopleMixin, TemplateView):
    """One of them: how far it is, and its report. A POST with the address lets the person in again."""

    template_name = "escala_email/erasing/erasure.html"

    def get_page_title(self) -> str:
        return _("Erasure %(number)s") % {"number": self.kwargs["erasure_id"]}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = self._row()
        if is_fragment(request):
            return render(request, "escala_email/erasing/progress.html", self._about(row, AddressForm()))
        return self.render_to_response(self.get_context_data(**self._about(row, AddressForm())))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = self._row()
        if row.finished_at is None:
            messages.warning(request, _("Wait until all is removed."))
        if row.finished_at is None or row.lifted_at:
            return redirect("escala_email:erasure", row.pk)
        form = AddressForm(request.POST, erasure=row)
        if form.is_valid():
            try:
                return self._let_in(row, form.cleaned_data["address"])
            except erase_person.StillErasing:
                form.add_error("address", _("Wait until all is removed."))
        return self.render_to_response(self.get_context_data(**self._about(row, form)))

    def _let_in(self, row: Erasure, address: str) -> HttpResponse:
        with transaction.atomic():
            audit_log.write_erasure(row, "allow_again")
            erase_person.allow_again(address, self.request.user)
            transaction.on_commit(worker.look_for_earlier_mail, robust=True)
        messages.success(self.request, _("Mail with this address is brought in again, if it is a contact's."))
        return redirect("escala_email:erasure", row.pk)

    def _row(self) -> Erasure:
        rows = Erasure.objects.select_related("erased_by", "lifted_by")
        return get_object_or_404(rows, pk=self.kwargs["erasure_id"])

    def _about(self, row: Erasure, form: AddressForm) -> dict[str, Any]:
        return {"erasure": row, "lines": lines(row.report), "form": form}
