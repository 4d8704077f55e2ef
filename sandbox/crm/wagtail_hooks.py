"""What the CRM adds to Wagtail's admin, and what it takes away: this site has no pages."""

from django.urls import path
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from .card import CompanyCardView
from .home import RecordsSummaryItem, RenewalsPanel
from .models import Claim
from .viewsets import ClaimViewSet, CrmViewSetGroup

register_snippet(Claim, viewset=ClaimViewSet)


@hooks.register("register_admin_viewset")
def register_crm():
    return CrmViewSetGroup()


@hooks.register("register_admin_urls")
def register_card():
    return [path("crm/companies/<int:pk>/card/", CompanyCardView.as_view(), name="crm_company_card")]


@hooks.register("construct_main_menu")
def leave_pages_out(request, menu_items):
    menu_items[:] = [item for item in menu_items if item.name not in {"explorer", "images", "documents"}]


# Last: Wagtail's own counters of pages, images and documents are there by then.
@hooks.register("construct_homepage_summary_items", order=1000)
def count_records(request, summary_items):
    summary_items[:] = RecordsSummaryItem.all(request)


# First: in place of Wagtail's own, and before those that other apps add.
@hooks.register("construct_homepage_panels", order=-1)
def show_renewals(request, panels):
    panels[:] = [RenewalsPanel(request)]
