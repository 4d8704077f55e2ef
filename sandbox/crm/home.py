"""The dashboard: how many records there are, and which policies end soon."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.ui.components import Component
from wagtail.permissions import policy_registry

from .models import Company, Opportunity, Person, Policy

#: A renewal is worth a call this many days before the policy ends.
RENEWAL_DAYS = 60


def may_list(user, model):
    """Whether ``user`` may open the listing of ``model``."""
    policy = policy_registry.get_by_type(model)
    return policy.user_has_any_permission(user, {"add", "change", "delete", "view"})


class RecordsSummaryItem(SummaryItem):
    """The number of one model's records, linked to their listing."""

    template_name = "crm/records_summary.html"

    def __init__(self, request, model, listing, icon, order):
        super().__init__(request)
        self.model, self.listing, self.icon, self.order = model, listing, icon, order

    @classmethod
    def all(cls, request):
        """One item for each model of the CRM."""
        return [
            cls(request, Person, "crm_people:index", "user", 10),
            cls(request, Company, "crm_companies:index", "group", 20),
            cls(request, Opportunity, "crm_opportunities:index", "crosshairs", 30),
            cls(request, Policy, "crm_policies:index", "clipboard-list", 40),
        ]

    def is_shown(self):
        return may_list(self.request.user, self.model)

    def get_context_data(self, parent_context):
        return {
            "count": self.model.objects.count(),
            "icon": self.icon,
            "label": self.model._meta.verbose_name_plural,
            "url": reverse(self.listing),
        }


class RenewalsPanel(Component):
    """The policies that end within the next weeks, the first to end on top."""

    order = 100
    template_name = "crm/renewals_panel.html"

    def __init__(self, request):
        self.request = request

    def get_context_data(self, parent_context):
        context = super().get_context_data(parent_context)
        if may_list(self.request.user, Policy):
            today = timezone.localdate()
            context["policies"] = Policy.objects.filter(
                end__range=(today, today + timedelta(days=RENEWAL_DAYS))
            ).select_related("holder")[:10]
        return context
