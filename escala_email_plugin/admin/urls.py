"""The plugin's addresses in Wagtail's admin, all below ``email/``."""

from django.urls import include, path, re_path

from ..servers.providers import PROVIDERS
from . import (
    access,
    access_answer,
    ask,
    attachment,
    banner,
    body,
    capture,
    completeness,
    connecting,
    consent,
    conversation,
    conversations,
    create_contact,
    discovering,
    erasing,
    erasing_people,
    erasure_report,
    erasures,
    folders,
    health,
    leavers,
    left_out,
    lists,
    looking,
    policy,
    preview,
    set_aside,
    settings,
    sharing,
    signature,
    thread_levels,
    trying,
    why,
    why_here,
)

app_name = "escala_email"

#: The ids of ``servers.providers``.
PROVIDER = "|".join(PROVIDERS)

account = [
    path("", settings.AccountView.as_view(), name="account"),
    path("status/", settings.StatusView.as_view(), name="status"),
    path("connect/", connecting.ConnectView.as_view(), name="connect"),
    path("connect/done/", connecting.ConnectedView.as_view(), name="connected"),
    path("discover/", discovering.DiscoverView.as_view(), name="discover"),
    path("test/", connecting.ProbeView.as_view(), name="probe"),
    re_path(f"^consent/(?P<provider>{PROVIDER})/$", consent.ConsentView.as_view(), name="consent"),
    path("mode/", settings.ModeView.as_view(), name="mode"),
    path("disconnect/", settings.DisconnectView.as_view(), name="disconnect"),
    path("try/", trying.TestStoredView.as_view(), name="test_stored"),
    path("send-test/", trying.SendTestView.as_view(), name="send_test"),
    path("signature/", signature.SignatureView.as_view(), name="signature"),
    path("sharing/", sharing.SharingView.as_view(), name="sharing"),
    path("erase/<int:account_id>/", erasing.EraseView.as_view(), name="erase"),
    path("stored/", settings.StoredView.as_view(), name="stored"),
    path("preview/", preview.PreviewView.as_view(), name="preview"),
    path("start/", preview.StartView.as_view(), name="start"),
    path("folders/", folders.FoldersView.as_view(), name="folders"),
    path("bring-in/", left_out.BringInView.as_view(), name="bring_in"),
    path("lists/", lists.OwnListsView.as_view(), name="lists"),
    path("lists/take-off/", lists.OwnTakeOffView.as_view(), name="lists_take_off"),
    path("lists/file/", lists.OwnExportView.as_view(), name="lists_export"),
    path("set-aside/", set_aside.SetAsideView.as_view(), name="set_aside"),
    path("set-aside/retry/", set_aside.RetryView.as_view(), name="retry_all"),
    path("set-aside/<int:row_id>/retry/", set_aside.RetryView.as_view(), name="retry"),
    path("set-aside/<int:row_id>/eml/", set_aside.DownloadView.as_view(), name="eml"),
    path("completeness/", completeness.CompletenessView.as_view(), name="completeness"),
    path("check/", completeness.CheckView.as_view(), name="check"),
    path("check/stop/", completeness.StopCheckView.as_view(), name="stop_check"),
    path("why/", why.WhyView.as_view(), name="why"),
]

record = [
    path("", conversations.TimelineView.as_view(), name="timeline"),
    path("looking/", looking.LookingView.as_view(), name="looking"),
    path("threads/<int:thread_id>/", conversation.ThreadView.as_view(), name="thread"),
    path("threads/<int:thread_id>/level/", thread_levels.ThreadLevelView.as_view(), name="thread_level"),
    path("messages/<int:message_id>/body/", body.BodyView.as_view(), name="body"),
    path("messages/<int:message_id>/why/", why_here.WhyHereView.as_view(), name="why_here"),
    path("messages/<int:message_id>/ask/", ask.AskView.as_view(), name="ask"),
    path("attachments/<int:attachment_id>/", attachment.AttachmentView.as_view(), name="attachment"),
]

urlpatterns = [
    path("settings/", settings.EmailsView.as_view(), name="settings"),
    path("settings/personal/capture/", capture.CaptureView.as_view(), name="capture"),
    path("settings/personal/capture/new/", capture.MakeCaptureView.as_view(), name="make_capture"),
    path("capture/contact/<str:token>/", create_contact.CreateContactView.as_view(), name="create_contact"),
    re_path("^settings/(?P<kind>personal|shared|marketing|capture)/", include(account)),
    path("lists/", lists.CommonListsView.as_view(), name="common_lists"),
    path("lists/take-off/", lists.CommonTakeOffView.as_view(), name="common_lists_take_off"),
    path("lists/file/", lists.CommonExportView.as_view(), name="common_lists_export"),
    path("erase-person/", erasing_people.ErasePersonView.as_view(), name="erase_person"),
    path("erased/", erasures.ErasuresView.as_view(), name="erasures"),
    path("erased/<int:erasure_id>/", erasures.ErasureView.as_view(), name="erasure"),
    path("erased/<int:erasure_id>/report/", erasure_report.ReportView.as_view(), name="erasure_report"),
    path(
        "erased/<int:erasure_id>/report.json",
        erasure_report.JSONReportView.as_view(),
        name="erasure_report_json",
    ),
    path("banner/", banner.BannerView.as_view(), name="banner"),
    re_path(
        f"^oauth/(?P<provider>{PROVIDER})/callback/$", consent.CallbackView.as_view(), name="consent_callback"
    ),
    path("health/", health.HealthView.as_view(), name="health"),
    path("health.json", health.HealthJsonView.as_view(), name="health_json"),
    path("access/", access.AccessView.as_view(), name="access"),
    path("access/<int:request_id>/", access_answer.AnswerView.as_view(), name="access_answer"),
    path(
        "access/take-back/<int:grant_id>/",
        access_answer.TakeBackView.as_view(),
        name="access_take_back",
    ),
    path(
        "access/take-back/<int:grant_id>/all/",
        access_answer.TakeBackAllView.as_view(),
        name="access_take_back_all",
    ),
    path("privacy/", policy.PolicyView.as_view(), name="policy"),
    path("privacy/leavers/", leavers.LeaversView.as_view(), name="leavers"),
    path("privacy/leavers/<int:account_id>/", leavers.RemoveLeaverView.as_view(), name="remove_leaver"),
    path("records/<str:app_label>/<str:model_name>/<str:pk>/", include(record)),
]
