"""The Django app: its label is in every permission, table and URL name."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EscalaEmailConfig(AppConfig):
    name = "escala_email_plugin"
    label = "escala_email"
    verbose_name = _("E-mail")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from . import checks, record_index, signals, users, worker  # noqa: F401

        record_index.connect()
        users.connect()
        signals.reconnect_needed.connect(worker.tell, dispatch_uid="escala_email.tell")
