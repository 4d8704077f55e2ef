"""What the second host adds to Wagtail's admin."""

from django.urls import path
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from .models import Customer
from .viewsets import CustomerViewSet, DossierViewSet, ProjectView

register_snippet(Customer, viewset=CustomerViewSet)


@hooks.register("register_admin_viewset")
def dossiers():
    return DossierViewSet()


@hooks.register("register_admin_urls")
def project():
    return [path("host/projects/<int:pk>/", ProjectView.as_view(), name="host_project")]
