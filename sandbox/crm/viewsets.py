"""The CRM's listings and forms, as data."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, ObjectList, TabbedInterface
from wagtail.admin.ui.tables import Column, NumberColumn
from wagtail.admin.views.generic import EditView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.snippets.views.snippets import SnippetViewSet

from escala_email_plugin.admin.counter_columns import email_columns
from escala_email_plugin.admin.panels import EmailInspectMixin, EmailPanel
from escala_email_plugin.admin.viewsets import EmailSidePanelMixin, EmailViewSetMixin

from .filters import CompanyFilterSet, OpportunityFilterSet, PersonFilterSet
from .listings import CompanyIndexView, OpportunityIndexView, PersonIndexView, PolicyIndexView
from .models import MOST_OTHER_EMAILS, Claim, Company, Opportunity, Person, Policy


def tabs(*details):
    """Two tabs: a record's own fields, and its e-mail."""
    return TabbedInterface(
        [
            ObjectList(details, heading=_("Details")),
            ObjectList([EmailPanel()], heading=_("E-mail")),
        ]
    )


class PersonViewSet(ModelViewSet):
    model = Person
    index_view_class = PersonIndexView
    icon = "user"
    name = "crm_people"
    url_prefix = "crm/people"
    menu_label = _("People")
    list_display = [
        "__str__",
        Column("company", label=_("Company"), sort_key="company__name"),
        Column("position", label=_("Position")),
        Column("email", label=_("E-mail"), sort_key="email"),
        Column("phone", label=_("Phone")),
        *email_columns("last_contacted", "waiting"),
    ]
    filterset_class = PersonFilterSet
    search_fields = ["first_name", "last_name", "email", "other_emails__address", "company__name"]
    list_export = ["first_name", "last_name", "company", "position", "email", "phone"]
    edit_handler = tabs(
        FieldRowPanel([FieldPanel("first_name"), FieldPanel("last_name")]),
        FieldRowPanel([FieldPanel("company"), FieldPanel("position")]),
        FieldRowPanel([FieldPanel("email"), FieldPanel("phone")]),
        InlinePanel(
            "other_emails",
            [FieldPanel("address")],
            heading=_("Other e-mail addresses"),
            label=_("E-mail address"),
            max_num=MOST_OTHER_EMAILS,
        ),
    )


class CompanyViewSet(ModelViewSet):
    model = Company
    index_view_class = CompanyIndexView
    icon = "group"
    name = "crm_companies"
    url_prefix = "crm/companies"
    menu_label = _("Companies")
    list_display = ["__str__", "tax_id", "city", "email", "phone", *email_columns("messages", "waiting")]
    filterset_class = CompanyFilterSet
    search_fields = ["name", "tax_id", "email", "city"]
    list_export = ["name", "tax_id", "city", "email", "phone", "website"]
    edit_handler = tabs(
        FieldRowPanel([FieldPanel("name"), FieldPanel("tax_id")]),
        FieldRowPanel([FieldPanel("email"), FieldPanel("phone")]),
        FieldRowPanel([FieldPanel("website"), FieldPanel("city")]),
    )


class OpportunityViewSet(EmailViewSetMixin, ModelViewSet):
    """One word in the line above gives it the tab and the button."""

    model = Opportunity
    index_view_class = OpportunityIndexView
    icon = "crosshairs"
    name = "crm_opportunities"
    url_prefix = "crm/opportunities"
    menu_label = _("Opportunities")
    list_display = [
        "__str__",
        Column("contact", label=_("Contact"), sort_key="contact__last_name"),
        Column("get_stage_display", label=_("Stage"), sort_key="stage"),
        NumberColumn("amount", label=_("Amount"), sort_key="amount"),
        Column("closing_date", label=_("Closing date"), sort_key="closing_date"),
        *email_columns("last_contacted", "waiting"),
    ]
    filterset_class = OpportunityFilterSet
    search_fields = ["name", "contact__first_name", "contact__last_name", "contact__company__name"]
    list_export = ["name", "contact", "stage", "amount", "closing_date"]
    panels = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("contact"), FieldPanel("stage")]),
        FieldRowPanel([FieldPanel("amount"), FieldPanel("closing_date")]),
    ]


class PolicyInspectView(EmailInspectMixin, InspectView):
    """A policy for reading, with the holder's conversations below."""


class PolicyEditView(EmailSidePanelMixin, EditView):
    """A policy for changing, with the holder's conversations beside it."""


class PolicyViewSet(ModelViewSet):
    model = Policy
    index_view_class = PolicyIndexView
    icon = "clipboard-list"
    name = "crm_policies"
    url_prefix = "crm/policies"
    menu_label = _("Policies")
    list_display = [
        "__str__",
        Column("holder", label=_("Policyholder"), sort_key="holder__last_name"),
        Column("insurer", label=_("Insurer"), sort_key="insurer"),
        Column("get_branch_display", label=_("Line of business"), sort_key="branch"),
        Column("end", label=_("Valid until"), sort_key="end"),
        NumberColumn("premium", label=_("Premium"), sort_key="premium"),
    ]
    list_filter = ["branch", "insurer", "end"]
    search_fields = ["number", "insurer", "holder__first_name", "holder__last_name", "holder__company__name"]
    list_export = ["number", "holder", "insurer", "branch", "start", "end", "premium"]
    inspect_view_enabled = True
    inspect_view_class = PolicyInspectView
    edit_view_class = PolicyEditView
    panels = [
        FieldRowPanel([FieldPanel("number"), FieldPanel("holder")]),
        FieldRowPanel([FieldPanel("insurer"), FieldPanel("branch")]),
        FieldRowPanel([FieldPanel("start"), FieldPanel("end")]),
        FieldPanel("premium"),
    ]


class CrmViewSetGroup(ModelViewSetGroup):
    menu_label = _("CRM")
    menu_icon = "table"
    menu_order = 100
    items = (PersonViewSet, CompanyViewSet, OpportunityViewSet, PolicyViewSet)


class ClaimViewSet(EmailViewSetMixin, SnippetViewSet):
    model = Claim
    icon = "warning"
    add_to_admin_menu = True
    menu_label = _("Claims")
    menu_order = 110
    list_display = [
        "__str__",
        Column("policy", label=_("Policy"), sort_key="policy__number"),
        Column("policy.holder", label=_("Policyholder"), sort_key="policy__holder__last_name"),
        Column("happened", label=_("Date of the loss"), sort_key="happened"),
        Column("get_state_display", label=_("State"), sort_key="state"),
    ]
    list_filter = ["state"]
    search_fields = ["number", "policy__number", "policy__holder__last_name"]
    panels = [
        FieldRowPanel([FieldPanel("number"), FieldPanel("policy")]),
        FieldRowPanel([FieldPanel("happened"), FieldPanel("state")]),
        FieldPanel("what"),
    ]
