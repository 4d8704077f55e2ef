"""What a message is besides its text, for who reads all of it: fetched when somebody opens it."""

from typing import Any

from django.views.generic import TemplateView

from ..reading.shown_as import around, cards, forwarded
from .record import RecordMixin


class CardView(RecordMixin, TemplateView):
    """Its cards; nothing where there is none."""

    template_name = "escala_email/timeline/cards.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        message = self.message()
        return super().get_context_data(
            around=around(cards(message.attachments.all())),
            forwarded=forwarded(message),
            place=self.place(),
            **kwargs,
        )
