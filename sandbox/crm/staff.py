"""The broker's users, in the plugin's groups, and what those may do with the CRM's own records."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from wagtail.users.models import UserProfile

from escala_email_plugin import roles
from sandbox.accounts import DOMAIN, STAFF

SALES = "Ventas"
ADMINISTRATORS = "Administradores"


def hire() -> None:
    """Make the users of ``accounts.STAFF``, each in a group and with the admin in their language."""
    # The plugin's migration has made them; in tests the data of migrations is sometimes gone.
    roles.make()
    for name in (SALES, ADMINISTRATORS):
        _open_the_crm(Group.objects.get(name=name))
    for one in STAFF:
        user = get_user_model().objects.create_user(
            one.username,
            one.mailbox.address if one.mailbox else f"{one.username}@{DOMAIN}",
            one.password,
            first_name=one.first_name,
            last_name=one.last_name,
            is_superuser=one.administrator,
            is_staff=one.administrator,
        )
        user.groups.add(Group.objects.get(name=ADMINISTRATORS if one.administrator else SALES))
        UserProfile.objects.create(user=user, preferred_language=one.language)


def _open_the_crm(group: Group) -> None:
    """Its members work with every record of the CRM; what they may do with e-mail is the plugin's to say."""
    group.permissions.add(*Permission.objects.filter(content_type__app_label="crm"))
