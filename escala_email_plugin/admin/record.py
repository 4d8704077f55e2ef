"""Pages about a record: which one, and whether this user may see it and its messages."""

from typing import Any

from django.apps import apps
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from ..models import Message
from ..modules import may_see, records_of
from ..reading.position import BadCursor, Position
from ..reading.timeline import Timeline
from ..visibility import Level


class RecordMixin:
    """Finds the record a fragment is about, for who may see it."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.record = self._record()
        self.timeline = Timeline(self.record, request.user)

    def _record(self) -> Any:
        """Raises Http404 for what the host did not declare, switched off or has not, PermissionDenied by its
        policy.
        """
        try:
            model = apps.get_model(self.kwargs["app_label"], self.kwargs["model_name"])
        except LookupError:
            raise Http404 from None
        records = records_of(model)
        if records is None:
            raise Http404
        try:
            record = get_object_or_404(records, pk=unquote(self.kwargs["pk"]))
        except (ValidationError, ValueError, OverflowError):
            raise Http404 from None
        if not may_see(self.request.user, record):
            raise PermissionDenied
        return record

    def position(self) -> Position | None:
        """Where the page begins. Raises Http404 for a position nobody gave out."""
        text = self.request.GET.get("before")
        try:
            return Position.read(text) if text else None
        except BadCursor:
            raise Http404 from None

    def message(self, at_least: int = Level.EVERYTHING) -> Message:
        """The message asked for, if this user sees so much of it on this record. Raises Http404."""
        return get_object_or_404(self.visible(at_least), pk=self.kwargs["message_id"])

    def visible(self, at_least: int = Level.EVERYTHING) -> QuerySet:
        """The record's messages of which this user sees so much."""
        return self.timeline.messages(at_least)

    def place(self) -> dict[str, Any]:
        """The record's part of a URL."""
        return {name: self.kwargs[name] for name in ("app_label", "model_name", "pk")}
