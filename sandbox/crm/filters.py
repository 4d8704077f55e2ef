"""What the listings are filtered by: the records' own fields, and their e-mail."""

from wagtail.admin.filters import WagtailFilterSet

from escala_email_plugin.admin.counter_filters import EmailFilterSetMixin

from .models import Company, Opportunity, Person


class PersonFilterSet(EmailFilterSetMixin, WagtailFilterSet):
    class Meta:
        model = Person
        fields = ["company"]


class CompanyFilterSet(EmailFilterSetMixin, WagtailFilterSet):
    email_filters = ["waiting", "messages"]

    class Meta:
        model = Company
        fields = ["city"]


class OpportunityFilterSet(EmailFilterSetMixin, WagtailFilterSet):
    email_filters = ["waiting", "last_contacted"]

    class Meta:
        model = Opportunity
        fields = ["stage", "closing_date"]
