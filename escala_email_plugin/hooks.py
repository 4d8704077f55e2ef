"""All that Wagtail's admin is told, as a table of contents.

Imported during start-up, in every command and worker: nothing here may query or reverse
when it is imported.
"""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem


@hooks.register("register_admin_urls")
def admin_urls():
    """Every page and fragment, behind Wagtail's own check for an admin session."""
    return [path("email/", include("escala_email_plugin.admin.urls"))]


class EmailsMenuItem(MenuItem):
    """Settings › Emails, for who may connect a mailbox."""

    def is_shown(self, request):
        from .admin.kinds import kinds_of

        return bool(kinds_of(request.user))


@hooks.register("register_settings_menu_item")
def settings_menu_item():
    """Settings › Emails."""
    return EmailsMenuItem(
        _("Emails"), reverse("escala_email:settings"), name="escala-emails", icon_name="mail", order=900
    )


class QuestionsMenuItem(MenuItem):
    """Access to mail, with how many questions wait; for who has one to answer."""

    def is_shown(self, request):
        from .admin.access_menu import waiting

        return waiting(request) > 0

    def render_component(self, request):
        from .admin.access_menu import label

        component = super().render_component(request)
        component.label = label(request)
        return component


@hooks.register("register_admin_menu_item")
def questions_menu_item():
    """Access to mail, while a colleague waits for an answer."""
    return QuestionsMenuItem(
        _("Access to mail"), reverse("escala_email:access"), name="escala-access", icon_name="key", order=890
    )


class HealthMenuItem(MenuItem):
    """Reports › Mailboxes, for who may see how all of them are."""

    def is_shown(self, request):
        from .permissions import VIEW_HEALTH

        return request.user.has_perm(VIEW_HEALTH)


@hooks.register("register_reports_menu_item")
def health_menu_item():
    """Reports › Mailboxes."""
    return HealthMenuItem(
        _("Mailboxes"), reverse("escala_email:health"), name="escala-health", icon_name="mail", order=900
    )


@hooks.register("register_account_menu_item")
def account_menu_item(request):
    """My account › More actions › Emails."""
    from .admin.kinds import kinds_of

    if not kinds_of(request.user):
        return None
    return {
        "url": reverse("escala_email:settings"),
        "label": _("Emails"),
        "help_text": _("Connect your mailbox, and see how far its synchronisation is."),
    }


@hooks.register("construct_homepage_panels")
def mailboxes_panel(request, panels):
    """How one's own mailbox is, and all of them, on the admin's home."""
    from .admin.dashboard import MailboxesPanel

    panels.append(MailboxesPanel(request))


@hooks.register("insert_global_admin_js")
def banner_script():
    """The banner for who must connect a mailbox again."""
    from .admin.banner import script

    return script()


@hooks.register("register_icons")
def icons(icons):
    """Those of the timeline that Wagtail has not."""
    return [*icons, *(f"escala_email/icons/escala-{name}.svg" for name in ("attachment", "received", "sent"))]


@hooks.register("register_log_actions")
def log_actions(actions):
    """Who connected, disconnected and removed which mailbox."""
    from .admin import audit_log

    audit_log.register(actions)


@hooks.register("register_permissions")
def permissions():
    """The plugin's own permissions, for the Groups form."""
    from django.contrib.auth.models import Permission

    from .permissions import OWN

    codenames = [one.rpartition(".")[2] for one in OWN]
    return Permission.objects.filter(content_type__app_label="escala_email", codename__in=codenames)
