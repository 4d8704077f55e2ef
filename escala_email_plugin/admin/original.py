"""The original of a message, headers and all: to look at, and as a file.

Where its mailbox does not give it, it is put together again from what is stored, and that is said: so this
never fails.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import View

from ..mail.file_names import file_name
from ..models import Message
from ..reading.rebuilt import rebuilt
from ..sync.credentials import TokenStale
from ..sync.erased import KeyLost
from ..sync.original import NoOriginal, original
from .attempts import TRIED_TOO_OFTEN, is_too_often
from .downloads import download
from .orders import order_access
from .record import RecordMixin

#: Bytes of a source that are shown. What is longer is a download.
SHOWN = 1_000_000


@dataclass(frozen=True)
class Source:
    """The raw message; ``why_rebuilt``: a sentence where it is not the one of the mailbox, else ""."""

    file: BinaryIO
    why_rebuilt: str = ""


# The server is asked, which takes its time; no transaction of the host's may be held open meanwhile.
_not_atomic = method_decorator(transaction.non_atomic_requests, name="dispatch")


class OriginalMixin(RecordMixin):
    """Finds the original of a message that this user sees all of."""

    def source(self, message: Message) -> Source:
        if is_too_often("ask", self.request.user):
            return Source(BytesIO(rebuilt(message)), str(TRIED_TOO_OFTEN))
        try:
            return Source(original(message, self.request.user))
        except NoOriginal as error:
            return Source(BytesIO(rebuilt(message)), _sentence(error))
        except KeyLost as error:
            return Source(BytesIO(rebuilt(message)), str(error))


def _sentence(trouble: NoOriginal) -> str:
    if isinstance(trouble.error, TokenStale):
        return order_access(trouble.account, trouble.error)
    return trouble.sentence


@_not_atomic
class SourceView(OriginalMixin, View):
    """To look at: as a plain text, of which no browser makes anything else."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        source = self.source(self.message())
        with source.file as file:
            beginning = file.read(SHOWN + 1)
        return HttpResponse(
            _text(source, beginning).encode("utf-8", "replace"),
            content_type="text/plain; charset=utf-8",
            headers={
                "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
                "Referrer-Policy": "no-referrer",
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "no-store",
            },
        )


def _text(source: Source, beginning: bytes) -> str:
    notes, rest = [], []
    if source.why_rebuilt:
        notes = [source.why_rebuilt, _rebuilt_note(), "—" * 60, ""]
    if len(beginning) > SHOWN:
        rest = ["", "—" * 60, _("It is longer. Download it to see all of it.")]
    return "\n".join([*notes, beginning[:SHOWN].decode("utf-8", "replace"), *rest])


def _rebuilt_note() -> str:
    return _("So this was put together from what is stored here: it is not as it was sent, byte for byte.")


@_not_atomic
class EmlView(OriginalMixin, View):
    """As a file that mail programs open."""

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        message = self.message()
        source = self.source(message)
        name = message.subject.replace("/", "-").replace("\\", "-") or _("message")
        if source.why_rebuilt:
            name = _("%(subject)s (put together)") % {"subject": name}
        return download(source.file, file_name(f"{name[:120]}.eml", "message/rfc822", 1))
