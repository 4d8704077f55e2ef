"""The preview of a first synchronisation: what would be brought in, what to leave out, and the start."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import View
from wagtail.admin import messages

from ..models import EmailAccount, Folder, Run
from ..sync import connection
from ..sync.preview import remember
from .orders import order
from .owner import MayConnectMixin
from .pace import time_in_words

#: Mail goes on arriving: after so long the page says how old the numbers are.
OLD = timedelta(days=1)


@dataclass(frozen=True)
class Preview:
    """A preview that was made, as the page shows it."""

    run: Run

    @property
    def is_empty(self) -> bool:
        return not self.run.result.get("messages")

    @property
    def is_partial(self) -> bool:
        """Whether not every folder could be read to its end, so that there may be more."""
        return any(one.get("trouble") for one in self.run.result.get("folders", []))

    @property
    def unlisted(self) -> int:
        """How many contacts are not among the senders that can be unticked."""
        return max(0, self.run.result.get("contacts", 0) - len(self.run.result.get("senders", [])))

    @property
    def is_old(self) -> bool:
        return self.run.finished_at is not None and self.run.finished_at < timezone.now() - OLD

    @property
    def headline(self) -> str:
        """How much would be brought in, in a sentence."""
        if self.is_empty:
            return _("No message with a contact was found.")
        result = self.run.result
        contacts = result.get("contacts", 0)
        with_whom = ngettext("%(number)s contact", "%(number)s contacts", contacts)
        count = result.get("messages", 0)
        text = ngettext(
            "%(number)s message with %(contacts)s would be brought in.",
            "%(number)s messages with %(contacts)s would be brought in.",
            count,
        )
        return text % {"number": _number(count), "contacts": with_whom % {"number": _number(contacts)}}

    @property
    def oldest(self) -> datetime | None:
        return parse_datetime(self.run.result.get("oldest") or "")

    @property
    def bytes(self) -> int:
        return self.run.result.get("bytes", 0)

    @property
    def takes(self) -> str:
        return time_in_words(self.run.result.get("seconds", 0))

    @property
    def senders(self) -> list[dict[str, Any]]:
        """Address, the messages they wrote, those they take part in, and what was ticked."""
        kept = self.run.result.get("unticked", {})
        unticked, no_contacts = set(kept.get("senders", [])), set(kept.get("not_contacts", []))
        return [
            {**one, "unticked": one["address"] in unticked, "no_contact": one["address"] in no_contacts}
            for one in self.run.result.get("senders", [])
        ]

    @property
    def folders(self) -> list[dict[str, Any]]:
        """Id, name, role in words, the messages with contacts and those looked at, if it was unticked."""
        unticked = set(self.run.result.get("unticked", {}).get("folders", []))
        return [
            {
                **one,
                "role": Folder.Role(one["role"]).label if one["role"] else "",
                "unticked": str(one["id"]) in unticked,
            }
            for one in self.run.result.get("folders", [])
        ]


def is_answered(run: Run | None) -> bool:
    """Whether the run is a preview to be looked at: made, and neither confirmed nor called off since."""
    return run is not None and run.state == Run.State.DONE and "senders" in run.result


def newest_preview(account: EmailAccount) -> Run | None:
    return account.runs.filter(kind=Run.Kind.PREVIEW).order_by("-started_at", "-pk").first()


class StartForm(forms.Form):
    """What is ticked of the preview ``run``. Only what it named can be left out."""

    run = forms.IntegerField()
    senders = forms.MultipleChoiceField(required=False)
    not_contacts = forms.MultipleChoiceField(required=False)
    folders = forms.MultipleChoiceField(required=False)

    def __init__(self, data: Any, run: Run | None):
        super().__init__(data)
        self.made = run if is_answered(run) else None
        result = self.made.result if self.made else {}
        senders = _choices(one["address"] for one in result.get("senders", []))
        self.fields["senders"].choices = self.fields["not_contacts"].choices = senders
        self.fields["folders"].choices = _choices(one["id"] for one in result.get("folders", []))

    def clean(self) -> dict[str, Any]:
        """Ticks belong to the preview they were set in: what another one named was not shown."""
        if self.made is None or self.cleaned_data.get("run") != self.made.pk:
            raise ValidationError(_("The preview has changed meanwhile. Look at it again, and then start."))
        if self.fields["folders"].choices and self.cleaned_data.get("folders") == []:
            raise ValidationError(_("Leave at least one folder ticked."))
        return self.cleaned_data

    def shown_again(self) -> dict[str, list[str]] | None:
        """How a preview that is still the one to be looked at was left; None for another."""
        if self.made is None or self.cleaned_data.get("run") != self.made.pk:
            return None
        ticked = {"not_contacts": self.cleaned_data.get("not_contacts", [])}
        return {name: self.unticked(name) for name in ("senders", "folders")} | ticked

    def unticked(self, name: str) -> list[str]:
        """The values of a field that are not wanted."""
        wanted = set(self.cleaned_data.get(name, ()))
        return [value for value, _label in self.fields[name].choices if value not in wanted]


def _choices(values: Iterable[Any]) -> list[tuple[str, str]]:
    return [(str(value), str(value)) for value in values]


class PreviewView(MayConnectMixin, View):
    """Make the preview, or make it again."""

    about_mail = True

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        account = self.own_account()
        if connection.has_begun(account):
            messages.error(request, _("The synchronisation has already begun."))
        else:
            connection.switch(account, EmailAccount.Mode.PREVIEW)
            order("preview", account)
        return self.back()


class StartView(MayConnectMixin, View):
    """Confirm the preview."""

    about_mail = True

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        account = self.own_account()
        form = StartForm(request.POST, newest_preview(account))
        if form.is_valid():
            connection.start(
                account,
                leave_out=form.unticked("senders"),
                not_contacts=form.cleaned_data["not_contacts"],
                without_folders=[int(pk) for pk in form.unticked("folders")],
            )
            order("sync_account", account)
            messages.success(
                request, _("The synchronisation has begun. You may leave the page: it goes on without you.")
            )
        else:
            if (unticked := form.shown_again()) is not None:
                remember(form.made, unticked)
            messages.error(request, next(iter(form.non_field_errors()), NOT_UNDERSTOOD))
        return self.back()


NOT_UNDERSTOOD = gettext_lazy("This could not be understood. Load the page again.")


def _number(number: int) -> str:
    return number_format(number, force_grouping=True)
