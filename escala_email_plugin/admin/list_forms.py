"""What is typed, pasted or uploaded for a list."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..mail.pasted_list import LONGEST
from ..models import Rule

#: What becomes of what is stored.
KEEP, REMOVE = "keep", "remove"

#: Bytes of a file: a character has up to four.
LARGEST = 4 * LONGEST


class EntriesForm(forms.Form):
    """Entries for a list. ``confirmed``: how many messages they touch was shown. ``leftover``: what was not
    understood before, which goes back into the box.
    """

    list = forms.ChoiceField(choices=Rule.Kind.choices, widget=forms.HiddenInput)
    entries = forms.CharField(
        label=gettext_lazy("Addresses and domains"),
        required=False,
        strip=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocapitalize": "none"}),
        help_text=gettext_lazy(
            "ana@example.com for one address, example.com for a whole domain, *.example.com for it and all "
            "below it. One or thousands: a line each, or separated by commas, or columns of a spreadsheet."
        ),
    )
    file = forms.FileField(label=gettext_lazy("or a text file"), required=False)
    stored = forms.ChoiceField(choices=[(KEEP, KEEP), (REMOVE, REMOVE)], required=False)
    confirmed = forms.BooleanField(required=False)
    leftover = forms.CharField(required=False, strip=False, max_length=LONGEST)

    def clean_file(self) -> str:
        """Its text. Raises ValidationError for one that is too large."""
        file = self.cleaned_data["file"]
        return _text(file) if file else ""

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError where there is nothing to read."""
        data = self.cleaned_data
        if not self.errors and not f"{data.get('entries')}{data.get('file')}{data.get('leftover')}".strip():
            raise ValidationError(_("Type or paste an address or a domain."))
        return data

    @property
    def text(self) -> str:
        """What is typed, and after it the file; of a file alone the lines are numbered as in the file."""
        typed, file = self.cleaned_data["entries"], self.cleaned_data["file"]
        return f"{typed}\n{file}" if typed.strip() else file


def _text(file: UploadedFile) -> str:
    if file.size > LARGEST:
        raise ValidationError(_("The file is too large. Paste its lines in several parts."))
    raw = file.read()
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return raw.decode("latin-1")
