"""A page of the CRM's own: what there is of a company, with its e-mail by a template tag."""

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.permissions import policy_registry

from .models import Company, Policy


class CompanyCardView(WagtailAdminTemplateMixin, DetailView):
    """A company for reading: its people, their policies, and what was written."""

    model = Company
    template_name = "crm/company_card.html"
    page_title = _("Card")
    header_icon = "group"

    def get_object(self, queryset=None):
        company = super().get_object(queryset)
        policy = policy_registry.get_by_type(Company)
        if not policy.user_has_any_permission_for_instance(self.request.user, {"view", "change"}, company):
            raise PermissionDenied
        return company

    def get_breadcrumbs_items(self):
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("crm_companies:index"), "label": _("Companies")},
            {"url": "", "label": str(self.object)},
        ]

    def get_context_data(self, **kwargs):
        policies = Policy.objects.filter(holder__company=self.object).select_related("holder")
        return super().get_context_data(policies=policies, **kwargs)
