"""All that Wagtail's admin is told, as a table of contents.

Imported during start-up, in every command and worker: nothing here may query or reverse
when it is imported.
"""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from .admin.menu import EmailsMenuItem, MayMenuItem, QuestionsMenuItem
from .permissions import MANAGE_PRIVACY, SWITCH_MODULES, VIEW_HEALTH


@hooks.register("register_admin_urls")
def admin_urls():
    """Every page and fragment, behind Wagtail's own check for an admin session."""
    return [path("email/", include("escala_email_plugin.admin.urls"))]


@hooks.register("register_settings_menu_item")
def settings_menu_item():
    """Settings › Emails."""
    return EmailsMenuItem(
        _("Emails"), reverse("escala_email:settings"), name="escala-emails", icon_name="mail", order=900
    )


@hooks.register("register_settings_menu_item")
def privacy_menu_item():
    """Settings › E-mail privacy."""
    return MayMenuItem(
        MANAGE_PRIVACY,
        _("E-mail privacy"),
        reverse("escala_email:policy"),
        name="escala-privacy",
        icon_name="lock",
        order=901,
    )


@hooks.register("register_settings_menu_item")
def lists_menu_item():
    """Settings › Left out of e-mail."""
    return MayMenuItem(
        MANAGE_PRIVACY,
        _("Left out of e-mail"),
        reverse("escala_email:common_lists"),
        name="escala-lists",
        icon_name="no-view",
        order=902,
    )


@hooks.register("register_admin_menu_item")
def questions_menu_item():
    """Access to mail, while a colleague waits for an answer."""
    return QuestionsMenuItem(
        _("Access to mail"), reverse("escala_email:access"), name="escala-access", icon_name="key", order=890
    )


@hooks.register("register_settings_menu_item")
def erased_menu_item():
    """Settings › Erase a person's mail."""
    from .admin.erasing_links import menu_item

    return menu_item()


@hooks.register("register_settings_menu_item")
def modules_menu_item():
    """Settings › E-mail on records."""
    return MayMenuItem(
        SWITCH_MODULES,
        _("E-mail on records"),
        reverse("escala_email:modules"),
        name="escala-modules",
        icon_name="table",
        order=904,
    )


@hooks.register("register_reports_menu_item")
def health_menu_item():
    """Reports › Mailboxes."""
    return MayMenuItem(
        VIEW_HEALTH,
        _("Mailboxes"),
        reverse("escala_email:health"),
        name="escala-health",
        icon_name="mail",
        order=900,
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


@hooks.register("register_snippet_listing_buttons")
def listing_buttons(snippet, user, next_url=None):
    """From a snippet's row to its record's conversations."""
    from .admin.listing_button import email_buttons

    return email_buttons(snippet, user)


@hooks.register("construct_homepage_panels")
def mailboxes_panel(request, panels):
    """How one's own mailbox is, and all of them, on the admin's home."""
    from .admin.dashboard import MailboxesPanel

    panels.append(MailboxesPanel(request))


@hooks.register("before_edit_user")
def before_edit_user(request, user):
    """What would become of somebody's mailbox, before they are deactivated."""
    from .admin.user_warnings import warn

    warn(request, user)


@hooks.register("before_delete_user")
def before_delete_user(request, user):
    """What becomes of somebody's mailbox, before they are deleted."""
    from .admin.user_warnings import warn

    warn(request, user)


@hooks.register("after_bulk_action")
def after_bulk_action(request, action_type, objects, action):
    """Users who were switched off or on together: by an update that no signal sees."""
    from .admin.user_warnings import follow

    follow(action_type)


@hooks.register("insert_global_admin_js")
def banner_script():
    """The banner for who must connect a mailbox again."""
    from .admin.banner import script

    return script()


@hooks.register("register_admin_search_area")
def search_area():
    """Emails, beside Wagtail's own searches."""
    from .admin.search import area

    return area()


#: What the timeline shows and Wagtail has not.
ICONS = ("attachment", "print", "received", "sent")


@hooks.register("register_icons")
def icons(icons):
    """Those of the timeline that Wagtail has not."""
    return [*icons, *(f"escala_email/icons/escala-{name}.svg" for name in ICONS)]


@hooks.register("register_log_actions")
def log_actions(actions):
    """Who connected, disconnected and removed which mailbox."""
    from .admin import audit_log

    audit_log.register(actions)


@hooks.register("register_permissions")
def permissions():
    """The plugin's own permissions, for the Groups form: in the order of ``permissions.OWN``."""
    from django.contrib.auth.models import Permission
    from django.db.models import Case, Value, When

    from .permissions import OWN

    codenames = [one.rpartition(".")[2] for one in OWN]
    found = Permission.objects.filter(content_type__app_label="escala_email", codename__in=codenames)
    # Wagtail joins all hooks' querysets and keeps an order that one has, so this is everybody's usual one.
    ranks = [When(codename=name, then=Value(rank)) for rank, name in enumerate(codenames, 1)]
    in_order = Case(*ranks, default=Value(0))
    return found.order_by("content_type__app_label", "content_type__model", in_order, "codename")
