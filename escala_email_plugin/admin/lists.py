"""The pages of the two lists: of a mailbox's own, and of the organisation's."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from ..models import EmailAccount, Rule
from ..permissions import MANAGE_PRIVACY
from ..privacy import lists
from ..privacy.proposals import own_domains
from . import audit_log
from .list_adding import Adding
from .list_forms import EntriesForm
from .list_words import COMMON, OWN, ListWords
from .orders import order_by_mode
from .owner import BelowEmailsMixin, MayConnectMixin

#: Entries on a page, and characters of what is searched for.
SIZE, LONGEST = 50, 254

#: Digits of an id.
DIGITS = 18


class ChosenListMixin:
    """One of the two lists of somebody, as the request names it."""

    @cached_property
    def chosen(self) -> ListWords:
        """Raises Http404 for a list that is none."""
        named = self.request.POST.get("list") or self.request.GET.get("list") or Rule.Kind.NEVER_DOWNLOAD
        for one in self.words:
            if one.id == named:
                return one
        raise Http404

    def here(self, name: str = "lists", **query: str) -> str:
        """Where the page or action called so is, for the chosen list."""
        return f"{self.url(name)}?{urlencode({'list': self.chosen.id} | query)}"


class OwnMixin(ChosenListMixin, MayConnectMixin):
    """The lists of the mailbox of a kind."""

    about_mail = True
    words = OWN

    @cached_property
    def account(self) -> EmailAccount:
        return self.own_account()

    def url(self, name: str) -> str:
        return reverse(f"escala_email:{name}", args=[self.kind.id])

    def write(self, action: str, **data: Any) -> None:
        audit_log.write(self.account, action, **data)

    def look(self) -> None:
        """Have the mailbox looked into now."""
        order_by_mode(self.account, self.account.mode)


class CommonMixin(ChosenListMixin):
    """The lists of the organisation."""

    words = COMMON
    account = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(MANAGE_PRIVACY):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def url(self, name: str) -> str:
        return reverse(f"escala_email:common_{name}")

    def write(self, action: str, **data: Any) -> None:
        audit_log.write_for_all(action, **data)

    def look(self) -> None:
        """The worker's own round looks into all of them within a minute."""


class ListsPage:
    """A list: its entries, what it does, and the box for more."""

    template_name = "escala_email/lists/lists.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=self._box()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """What is pasted: asked about where it touches stored messages, else added."""
        _account, form = self.account, EntriesForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        adding = Adding(form, self.chosen.id, self.account)
        if adding.must_ask:
            self.template_name = "escala_email/lists/confirm.html"
            return self.render_to_response(self.get_context_data(form=form, adding=adding))
        if adding.new:
            adding.add()
            self.write("list_add", list=self.chosen.id, number=len(adding.new), removes=adding.removes)
        if adding.is_told_in_full:
            messages.success(request, adding.sentence)
            return redirect(self.here())
        return self.render_to_response(self.get_context_data(form=self._box(adding.leftover), adding=adding))

    def _box(self, text: str = "") -> EntriesForm:
        return EntriesForm(initial={"list": self.chosen.id, "entries": text})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = lists.entries(self.account, self.chosen.id)
        asked = self.request.GET.get("q", "").strip()[:LONGEST]
        found = rows.filter(pattern__icontains=asked.lower()) if asked else rows
        return super().get_context_data(
            asked=asked,
            chosen=self.chosen,
            tabs=[(one, f"{self.url('lists')}?list={one.id}") for one in self.words],
            page_obj=self._page(found),
            total=rows.count(),
            own_domains=self._own_domains(),
            here=self.here(),
            take_off_url=self.here("lists_take_off"),
            export_url=self.here("lists_export"),
            account=self.account,
            **self._of_others(),
            **kwargs,
        )

    def _page(self, rows: Any) -> Page:
        return Paginator(rows, SIZE).get_page(self.request.GET.get("p"))

    def _own_domains(self) -> list[str]:
        return own_domains(self.account) if self.chosen.id == Rule.Kind.NOT_CONTACT else []

    def _of_others(self) -> dict[str, Any]:
        """What is for everybody and counts here, too: how much, not what, for that is others' contacts."""
        if self.account is None:
            return {}
        may_manage = self.request.user.has_perm(MANAGE_PRIVACY)
        return {"common": lists.entries(None, self.chosen.id).count(), "may_manage_common": may_manage}


class OwnListsView(OwnMixin, ListsPage, BelowEmailsMixin, TemplateView):
    """Settings › Emails › what one mailbox leaves out."""

    page_title = gettext_lazy("What this mailbox leaves out")


class CommonListsView(CommonMixin, ListsPage, WagtailAdminTemplateMixin, TemplateView):
    """Settings › Left out of e-mail."""

    page_title = gettext_lazy("Left out of e-mail")
    header_icon = "no-view"

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]


class TakeOff(View):
    """Take entries off, and bring in the earlier mail where that is wished."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        pks = [int(one) for one in request.POST.getlist("entry") if one.isdecimal() and len(one) <= DIGITS]
        bring_in = "bring_in" in request.POST
        gone = lists.take_off(pks[:SIZE], self.chosen.id, self.account, bring_in=bring_in)
        if gone:
            self.write("list_take_off", list=self.chosen.id, number=len(gone), brings_in=bring_in)
            if bring_in:
                self.look()
            messages.success(request, _taken_off(len(gone), bring_in))
        else:
            messages.warning(request, _("Tick the entries that are to be taken off."))
        return redirect(self.here())


def _taken_off(number: int, bring_in: bool) -> str:
    text = ngettext("%(number)s entry was taken off.", "%(number)s entries were taken off.", number)
    text %= {"number": number}
    looking = _("The earlier mail is being looked for.")
    return f"{text} {looking}" if bring_in else text


class OwnTakeOffView(OwnMixin, TakeOff):
    pass


class CommonTakeOffView(CommonMixin, TakeOff):
    pass


class Export(View):
    """The list as a text file, an entry a line: what the box takes again."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = lists.entries(self.account, self.chosen.id).values_list("pattern", flat=True)
        response = HttpResponse("".join(f"{one}\n" for one in rows), content_type="text/plain; charset=utf-8")
        name = {"never": "never-download.txt", "not_contact": "not-a-contact.txt"}[self.chosen.id]
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["X-Content-Type-Options"] = "nosniff"
        return response


class OwnExportView(OwnMixin, Export):
    pass


class CommonExportView(CommonMixin, Export):
    pass
