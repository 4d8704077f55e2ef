"""The signature of a mailbox: a small form with a few means of rich text."""

from typing import Any
from urllib.parse import urljoin

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.rich_text.editors.draftail import DraftailRichTextArea
from wagtail.rich_text import expand_db_html

from ..mail.signature import LONGEST, clean
from ..models import EmailAccount
from .owner import BelowEmailsMixin, MayConnectMixin

FEATURES = ["bold", "italic", "link", "ol", "ul"]


class Editor(DraftailRichTextArea):
    """Draftail, which raises what it likes for a post that is empty or no text of its own.

    It does not tell its label to who cannot see it; the id is the one that Wagtail gives the field's.
    """

    def __init__(self, *args: Any, label_id: str = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.options["ariaLabelledBy"] = label_id

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        try:
            return super().value_from_datadict(data, files, name) or ""
        except (ValueError, LookupError, TypeError, AttributeError):
            return ""


class SignatureForm(forms.Form):
    """A signature as HTML that may be sent: pages linked by their address, nothing but what is allowed."""

    signature = forms.CharField(
        label=gettext_lazy("Signature"),
        required=False,
        help_text=gettext_lazy("It stands below every message that is sent from this mailbox."),
        widget=Editor(features=FEATURES, label_id="id_signature-label"),
    )

    def __init__(self, *args: Any, base: str = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._base = base

    def clean_signature(self) -> str:
        """Raises ValidationError where it is too long."""
        html = expand_db_html(self.cleaned_data["signature"])
        if len(html) > LONGEST:
            raise ValidationError(_("This is too long for a signature."))
        return clean(_with_whole_links(html, self._base))


def _with_whole_links(html: str, base: str) -> str:
    """A page of this site is linked without its host, which nobody's mail program knows."""
    return html.replace('href="/', f'href="{urljoin(base, "/")}') if base else html


def shown(account: EmailAccount) -> SafeString:
    """The signature for a page; cleaned once more, for its row may have come from anywhere."""
    return mark_safe(clean(account.signature))  # noqa: S308 (cleaned)


class SignatureView(MayConnectMixin, BelowEmailsMixin, FormView):
    """Change it."""

    about_sending = True
    form_class = SignatureForm
    template_name = "escala_email/settings/signature.html"
    page_title = gettext_lazy("Signature")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.own_account()
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"base": self.request.build_absolute_uri("/")}

    def get_initial(self) -> dict[str, Any]:
        return {"signature": clean(self.own_account().signature)}

    def form_valid(self, form: SignatureForm) -> HttpResponse:
        mine = EmailAccount.objects.filter(pk=self.own_account().pk)
        mine.update(signature=form.cleaned_data["signature"])
        messages.success(self.request, _("The signature was saved."))
        return self.back()
