"""From the answer to a mail that could not be filed: make a contact of who took part in it."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.log_actions import log

from ..sync.capture.invitation import Invitation, read
from .capture import MayCaptureMixin
from .contact_form import Offer, offers
from .owner import BelowEmailsMixin
from .records import records_of


class CreateContactView(MayCaptureMixin, BelowEmailsMixin, TemplateView):
    """One record, of a module that the user may add to. The link is good for who it was sent to only."""

    template_name = "escala_email/settings/create_contact.html"
    page_title = gettext_lazy("Create a contact")

    def invitation(self) -> Invitation:
        """Whom the link is about. Raises Http404."""
        found = read(self.kwargs["token"], self.request.user)
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._page(self.invitation(), None)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        invitation = self.invitation()
        offer = self._offer(offers(request.user))
        form = offer.form(invitation, request.POST) if offer else None
        if form is None or not form.is_valid():
            return self._page(invitation, form)
        with transaction.atomic():
            record = form.save()
            log(record, "wagtail.create")
        messages.success(request, _("%(name)s was created. The mail is being looked for.") % {"name": record})
        return redirect(AdminURLFinder(request.user).get_edit_url(record) or "wagtailadmin_home")

    def _page(self, invitation: Invitation, form: Any) -> HttpResponse:
        offered = offers(self.request.user)
        offer = self._offer(offered)
        return self.render_to_response(
            self.get_context_data(
                invitation=invitation,
                offers=offered,
                offer=offer,
                form=form or (offer.form(invitation) if offer else None),
                known=records_of([invitation.address], self.request.user).get(invitation.address, []),
            )
        )

    def _offer(self, offered: list[Offer]) -> Offer | None:
        """The one that was chosen, else the first."""
        chosen = self.request.GET.get("module")
        return next((one for one in offered if one.id == chosen), offered[0] if offered else None)
