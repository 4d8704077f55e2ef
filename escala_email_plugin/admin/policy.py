"""What is kept: what becomes of the mail of who leaves, and how old mail may be. Decided for everybody."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.widgets.button import HeaderButton

from ..models import EmailAccount, Policy
from ..privacy.deciding import decide
from ..privacy.leavers import leavers
from ..privacy.retention import older_than
from ..sync.policy import decided
from . import audit_log
from .leaver_words import RULES, about
from .privacy_pages import PrivacyPageMixin

#: Days that can be chosen.
MOST_LEAVER_DAYS, LEAST_AGE, MOST_AGE = 3_650, 30, 36_500


class PolicyForm(forms.Form):
    """The rule for who leaves, and the age."""

    leaver_rule = forms.ChoiceField(
        label=gettext_lazy("When somebody leaves"),
        widget=forms.RadioSelect,
        choices=EmailAccount.LeaverRule.choices,
    )
    leaver_days = forms.IntegerField(
        label=gettext_lazy("Days until it is removed"),
        min_value=1,
        max_value=MOST_LEAVER_DAYS,
        help_text=gettext_lazy("Who comes back before that gets their mail back."),
    )
    by_age = forms.ChoiceField(
        label=gettext_lazy("How old mail may be"),
        widget=forms.RadioSelect,
        choices=[
            ("no", gettext_lazy("Keep mail whatever its age.")),
            ("yes", gettext_lazy("Remove mail that is older than the days below, whoever’s it is.")),
        ],
    )
    retention_days = forms.IntegerField(
        label=gettext_lazy("Days that mail is kept"),
        required=False,
        min_value=LEAST_AGE,
        max_value=MOST_AGE,
        help_text=gettext_lazy("It goes at night, and no synchronisation brings it in again."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("This is needed.")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("by_age") == "no":
            data["retention_days"] = None
            self.errors.pop("retention_days", None)
        elif data.get("by_age") and not (data.get("retention_days") or "retention_days" in self.errors):
            self.add_error("retention_days", _("This is needed."))
        return data

    def rules(self) -> list[tuple[forms.boundfield.BoundWidget, str]]:
        """The choices of the rule, each with what it does."""
        return [(one, RULES[one.data["value"]]) for one in self["leaver_rule"]]

    def values(self) -> dict[str, Any]:
        """The columns of ``Policy`` that the valid form asks for."""
        return {name: self.cleaned_data[name] for name in ("leaver_rule", "leaver_days", "retention_days")}


class PolicyView(PrivacyPageMixin, FormView):
    """The decision. What removes mail is said once more, with how much it is, before it is saved."""

    form_class = PolicyForm
    template_name = "escala_email/privacy/policy.html"
    page_title = gettext_lazy("E-mail privacy")

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return [HeaderButton(_("Leavers"), reverse("escala_email:leavers"), icon_name="group")]

    def get_initial(self) -> dict[str, Any]:
        now = decided()
        return {
            "leaver_rule": now.leaver_rule,
            "leaver_days": now.leaver_days,
            "by_age": "yes" if now.retention_days else "no",
            "retention_days": now.retention_days,
        }

    def form_valid(self, form: PolicyForm) -> HttpResponse:
        wanted = form.values()
        changes = list(_changes(decided(), wanted))
        if changes and self.request.POST.get("confirmed") != _fingerprint(wanted):
            context = self.get_context_data(form=form, changes=changes, fingerprint=_fingerprint(wanted))
            return self.render_to_response(context)
        with transaction.atomic():
            audit_log.write_policy(decide(**wanted), **wanted)
        messages.success(self.request, _("Saved."))
        return redirect("escala_email:policy")


def _fingerprint(wanted: dict[str, Any]) -> str:
    """What was confirmed: not another decision from another tab."""
    return "/".join(str(one) for one in wanted.values())


def _changes(now: Policy, wanted: dict[str, Any]) -> Iterator[str]:
    """What is removed because of the change, a sentence each."""
    age, before = wanted["retention_days"], now.retention_days
    if age and (before is None or age < before):
        number = older_than(age)
        text = ngettext(
            "%(number)s stored message is older than %(days)s days. It is removed the next night.",
            "%(number)s stored messages are older than %(days)s days. They are removed the next night.",
            number,
        )
        yield text % {"number": about(number, False), "days": age}
    sooner = _over(wanted["leaver_days"]) - _over(now.leaver_days)
    if sooner > 0:
        text = ngettext(
            "The days of %(number)s mailbox of who left are over then: its mail goes the next night.",
            "The days of %(number)s mailboxes of who left are over then: their mail goes the next night.",
            sooner,
        )
        yield text % {"number": about(sooner, False)}


def _over(days: int) -> int:
    return leavers().filter(left_at__lte=timezone.now() - timedelta(days=days)).count()
