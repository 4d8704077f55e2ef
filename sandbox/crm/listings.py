"""Listings whose search takes several words."""

from django.db.models import Q
from wagtail.admin.views.generic import IndexView


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


class PersonIndexView(WordsIndexView):
    related = ("company",)


class OpportunityIndexView(WordsIndexView):
    related = ("contact",)


class PolicyIndexView(WordsIndexView):
    related = ("holder",)
