"""The plugin's addresses in Wagtail's admin, all below ``email/``."""

from django.urls import include, path

from . import health, reading, settings

app_name = "escala_email"

record = [
    path("", reading.TimelineView.as_view(), name="timeline"),
    path("threads/<int:thread_id>/", reading.ThreadView.as_view(), name="thread"),
    path("messages/<int:message_id>/body/", reading.BodyView.as_view(), name="body"),
    path("attachments/<int:attachment_id>/", reading.AttachmentView.as_view(), name="attachment"),
]

urlpatterns = [
    path("settings/", settings.EmailSettingsView.as_view(), name="settings"),
    path("settings/personal/status/", settings.StatusView.as_view(), name="status"),
    path("settings/personal/connect/", settings.ConnectView.as_view(), name="connect"),
    path("settings/personal/test/", settings.ProbeView.as_view(), name="probe"),
    path("settings/personal/mode/", settings.ModeView.as_view(), name="mode"),
    path("settings/personal/disconnect/", settings.DisconnectView.as_view(), name="disconnect"),
    path("health/", health.HealthView.as_view(), name="health"),
    path("records/<str:app_label>/<str:model_name>/<str:pk>/", include(record)),
]
