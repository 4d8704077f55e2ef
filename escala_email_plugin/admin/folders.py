"""The folders of a mailbox: which are synchronised, and what each of them is."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import View
from wagtail.admin import messages

from ..models import EmailAccount, Folder
from ..sync.choose import choose
from ..sync.folders import FIRST, LEFT_OUT
from .orders import order_by_mode
from .owner import MayConnectMixin


class FolderForm(forms.Form):
    """What a person may say of a folder. Compared with what was shown, not with what is there by now."""

    synced = forms.BooleanField(label=gettext_lazy("Synchronise"), required=False, show_hidden_initial=True)
    role = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        required=False,
        choices=Folder.Role.choices,
        show_hidden_initial=True,
    )

    def __init__(self, folder: Folder, data: Any = None):
        self.folder = folder
        initial = {"synced": folder.synced, "role": folder.role}
        super().__init__(data, initial=initial, prefix=f"folder-{folder.pk}")

    def chosen(self) -> dict[str, Any]:
        """What the person changed, for ``choose``."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


@dataclass(frozen=True)
class Row:
    """A folder in the list."""

    folder: Folder
    stored: int
    form: FolderForm

    @property
    def why_left_out(self) -> str:
        """Why nothing of it is brought in; "" where it is."""
        folder = self.folder
        if folder.synced or folder.gone_at:
            return ""
        if folder.synced_chosen or folder.role not in LEFT_OUT:
            return _("Left out, because you chose so.")
        return _("Left out, because it is: %(role)s.") % {"role": folder.get_role_display()}


def folder_rows(account: EmailAccount) -> list[Row]:
    """The folders as they are listed: those one looks for first, what is left out, what is gone."""
    here = account.locations.filter(gone_at=None).order_by().values_list("folder")
    stored = dict(here.annotate(number=Count("message", distinct=True)))
    folders = sorted(account.folders.all(), key=_place)
    return [Row(folder, stored.get(folder.pk, 0), FolderForm(folder)) for folder in folders]


def _place(folder: Folder) -> tuple:
    rank = FIRST.index(folder.role) if folder.role in FIRST else len(FIRST)
    return folder.gone_at is not None, not folder.synced, rank, folder.name.casefold()


class FoldersView(MayConnectMixin, View):
    """Keep what was chosen."""

    about_mail = True

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        account = self.own_account()
        forms = [FolderForm(folder, request.POST) for folder in self._folders(account)]
        changed = [form for form in forms if form.is_valid() and form.has_changed()]
        if sum(form.chosen().get("role") == Folder.Role.SENT for form in changed) > 1:
            messages.error(request, _("Only one folder can be the one of sent mail. Nothing was changed."))
            return self.back()
        for form in changed:
            self._choose(form)
        if changed:
            order_by_mode(account, account.mode)
            text = ngettext(
                "%(number)s folder was changed.", "%(number)s folders were changed.", len(changed)
            )
            messages.success(request, text % {"number": len(changed)})
        else:
            messages.info(request, _("No folder was changed."))
        return self.back()

    def _folders(self, account: EmailAccount) -> list[Folder]:
        """Those the page listed. Raises Http404 for one that is not the account's."""
        ids = set(self.request.POST.getlist("folder"))
        if not all(one.isdecimal() and len(one) < 19 for one in ids):
            raise Http404
        found = list(account.folders.filter(pk__in=ids, gone_at=None))
        known = {str(pk) for pk in account.folders.filter(pk__in=ids).values_list("pk", flat=True)}
        if known != ids:
            raise Http404
        return found

    def _choose(self, form: FolderForm) -> None:
        """Keep it, and say which folder is no longer the one of sent mail because of it."""
        for former in choose(form.folder, **form.chosen()):
            text = _("“%(new)s” is the folder of sent mail now, and “%(former)s” an ordinary one.")
            messages.info(self.request, text % {"new": form.folder.name, "former": former.name})
