"""The broker's users and what their groups may do."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from wagtail.users.models import UserProfile

from sandbox.accounts import DOMAIN, STAFF

SALES = "Ventas"
ADMINISTRATORS = "Administradores"

#: What sellers may do besides working with every record of the CRM.
SALES_PERMISSIONS = (
    ("wagtailadmin", "access_admin"),
    ("escala_email", "connect_personal_account"),
    ("escala_email", "view_shared_mail"),
)


def hire() -> None:
    """Make the groups and the users of ``accounts.STAFF``, each with the admin in their language."""
    groups = {True: administrators(), False: sales()}
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
        user.groups.add(groups[one.administrator])
        UserProfile.objects.create(user=user, preferred_language=one.language)


def sales() -> Group:
    """The sellers' group."""
    group, _ = Group.objects.get_or_create(name=SALES)
    allowed = Q(content_type__app_label="crm")
    for app_label, codename in SALES_PERMISSIONS:
        allowed |= Q(content_type__app_label=app_label, codename=codename)
    group.permissions.set(Permission.objects.filter(allowed))
    return group


def administrators() -> Group:
    """The administrators' group: everything."""
    group, _ = Group.objects.get_or_create(name=ADMINISTRATORS)
    group.permissions.set(Permission.objects.all())
    return group
