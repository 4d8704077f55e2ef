"""The Django app: its label is in every permission, table and URL name."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EscalaEmailConfig(AppConfig):
    name = "escala_email_plugin"
    label = "escala_email"
    verbose_name = _("E-mail")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from . import checks, record_index, relinking, signals, users, worker  # noqa: F401

        record_index.connect()
        users.connect()
        signals.reconnect_needed.connect(worker.tell, dispatch_uid="escala_email.tell")
        signals.access_asked.connect(worker.tell_of_request, dispatch_uid="escala_email.tell_of_request")
        signals.no_contacts_changed.connect(relinking.follow, dispatch_uid="escala_email.relink")
