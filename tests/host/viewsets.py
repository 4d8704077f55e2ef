"""The second host's pages, each with the documented line: a snippet, a model, and one of its own."""

from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView
from wagtail.admin.views.generic import EditView, WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.snippets.views.snippets import EditView as SnippetEditView
from wagtail.snippets.views.snippets import SnippetViewSet

from escala_email_plugin.admin.viewsets import EmailSidePanelMixin, EmailViewSetMixin

from .models import Customer, Dossier, Project


class CustomerEditView(EmailSidePanelMixin, SnippetEditView):
    """With the conversations beside the form, too."""


class CustomerViewSet(EmailViewSetMixin, SnippetViewSet):
    model = Customer
    edit_view_class = CustomerEditView


class DossierEditView(EmailSidePanelMixin, EditView):
    """The same."""


class DossierViewSet(EmailViewSetMixin, ModelViewSet):
    model = Dossier
    name = "host_dossiers"
    form_fields = ["owner", "email"]
    edit_view_class = DossierEditView


class ProjectView(WagtailAdminTemplateMixin, TemplateView):
    """A page of the host's own."""

    template_name = "host/project.html"
    page_title = "Project"

    def get_context_data(self, **kwargs):
        project = get_object_or_404(Project, pk=self.kwargs["pk"])
        return super().get_context_data(project=project, nothing=Project(), **kwargs)
