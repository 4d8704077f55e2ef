"""The report of an erasure, to keep: as a text and as JSON. Whose mail it was is in neither."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.generic import View

from ..models import Erasure
from ..privacy import erase_person
from .erasing_people import MayErasePeopleMixin
from .erasure_words import all_lines


class ReportView(MayErasePeopleMixin, View):
    """As a text in the user's language."""

    def get(self, request: HttpRequest, erasure_id: int) -> HttpResponse:
        row = _row(erasure_id)
        content = "\n".join(_paragraphs(row))
        return HttpResponse(content, "text/plain; charset=utf-8", headers=_saved_as(row, "txt"))


class JSONReportView(MayErasePeopleMixin, View):
    """For programs: the same in every language."""

    def get(self, request: HttpRequest, erasure_id: int) -> HttpResponse:
        row = _row(erasure_id)
        how = {"indent": 2, "ensure_ascii": False}
        return JsonResponse(erase_person.report(row), json_dumps_params=how, headers=_saved_as(row, "json"))


def _row(erasure_id: int) -> Erasure:
    return get_object_or_404(Erasure.objects.select_related("erased_by", "lifted_by"), pk=erasure_id)


def _saved_as(row: Erasure, ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="erasure-{row.pk}.{ending}"'}


def _paragraphs(row: Erasure) -> Iterator[str]:
    yield _("Erasure %(number)s") % {"number": row.pk}
    yield ""
    yield _ordered(row.erased_at, row.erased_by)
    yield _("Finished on %(when)s.") % _when(row.finished_at) if row.finished_at else _("Not finished yet.")
    if row.lifted_at:
        yield _lifted(row.lifted_at, row.lifted_by)
    yield ""
    for words, number in all_lines(row.report):
        yield f"{words}: {number}"
    yield ""


def _ordered(at: datetime, user: Any) -> str:
    if user is None:
        return _("Ordered on %(when)s.") % _when(at)
    return _("Ordered on %(when)s by %(user)s.") % {**_when(at), "user": user}


def _lifted(at: datetime, user: Any) -> str:
    if user is None:
        return _("Allowed again on %(when)s.") % _when(at)
    return _("Allowed again on %(when)s by %(user)s.") % {**_when(at), "user": user}


def _when(at: datetime) -> dict[str, str]:
    return {"when": date_format(localtime(at), "SHORT_DATETIME_FORMAT")}
