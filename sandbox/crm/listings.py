"""Listings whose search takes several words."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.views.generic import IndexView
from wagtail.admin.widgets.button import Button

from escala_email_plugin.admin.viewsets import EmailListingMixin


class WordsIndexView(IndexView):
    """A listing that finds the records in which every word of the search occurs somewhere.

    “ana pérez” finds the person although no single field holds both words, and a
    person with three addresses that match is listed once.
    """

    #: Foreign keys that the columns show.
    related = ()

    def get_base_queryset(self):
        return super().get_base_queryset().select_related(*self.related)

    def search_queryset(self, queryset):
        found = self.model.objects.all()
        for word in self.search_query.split():
            anywhere = Q()
            for field in self.search_fields:
                anywhere |= Q(**{f"{field}__icontains": word})
            found = found.filter(pk__in=self.model.objects.filter(anywhere).values("pk"))
        return queryset.filter(pk__in=found.values("pk")) if self.is_searching else queryset


class PersonIndexView(EmailListingMixin, WordsIndexView):
    related = ("company",)


class CompanyIndexView(EmailListingMixin, WordsIndexView):
    """With a way to the page that this CRM has of a company beside its form."""

    def get_list_more_buttons(self, instance):
        url = reverse("crm_company_card", args=[instance.pk])
        return [*super().get_list_more_buttons(instance), Button(_("Card"), url, icon_name="doc-full")]


class OpportunityIndexView(WordsIndexView):
    related = ("contact",)


class PolicyIndexView(WordsIndexView):
    related = ("holder",)
