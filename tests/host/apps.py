"""The second host registers a policy of its own with Wagtail, as a CRM with owners does."""

from django.apps import AppConfig


class HostConfig(AppConfig):
    name = "tests.host"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from wagtail.permission_policies import OwnershipPermissionPolicy
        from wagtail.permissions import register_permission_policy

        from .models import Dossier

        register_permission_policy(Dossier, OwnershipPermissionPolicy(Dossier))
