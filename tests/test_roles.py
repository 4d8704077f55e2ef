"""The two groups: made once, by a migration, and the site's own from then on."""

from io import StringIO
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from escala_email_plugin import permissions, roles

pytestmark = pytest.mark.django_db

MIGRATION = ("escala_email", "0005_roles")


@pytest.fixture(autouse=True)
def as_a_new_site_has_them(db):
    """A test with a real server leaves a database without the groups that the migration made."""
    roles.make()


def held(name: str) -> set[str]:
    """The permissions of a group, as ``user.has_perm`` takes them."""
    rows = Permission.objects.filter(group__name=name).values_list("content_type__app_label", "codename")
    return {f"{label}.{codename}" for label, codename in rows}


def migrate() -> None:
    """What the migration does, with the models as they were then."""
    loader = MigrationLoader(connection)
    migration = loader.get_migration(*MIGRATION)
    (operation,) = migration.operations
    state = loader.project_state(MIGRATION).apps
    # SQLite has no schema editor inside a transaction; of it only the connection is asked.
    operation.code(state, SimpleNamespace(connection=connection))


def test_a_new_site_has_both_groups_with_all_that_their_role_needs():
    # Wagtail lets whoever gets into the admin choose pictures and documents, where it has them.
    wagtails = {"wagtailimages.choose_image", "wagtaildocs.choose_document"}
    assert held("Ventas") - wagtails == {roles.ACCESS_ADMIN, *permissions.SALES}
    assert held("Administradores") - wagtails == {roles.ACCESS_ADMIN, *permissions.OWN}


def test_sellers_administer_nothing():
    assert not held("Ventas") & set(permissions.ADMINISTRATION)


def test_the_migration_makes_the_permissions_that_it_gives():
    Group.objects.all().delete()
    Permission.objects.filter(content_type__app_label__in=["escala_email", "wagtailadmin"]).delete()
    migrate()
    assert held("Ventas") == {roles.ACCESS_ADMIN, *permissions.SALES}
    assert held("Administradores") == {roles.ACCESS_ADMIN, *permissions.OWN}


def test_a_group_of_that_name_that_a_site_has_already_is_left_as_it_is():
    Group.objects.all().delete()
    ours = Group.objects.create(name="Ventas")
    ours.permissions.add(Permission.objects.get(codename="view_person"))
    migrate()
    assert held("Ventas") == {"crm.view_person"}
    assert held("Administradores") == {roles.ACCESS_ADMIN, *permissions.OWN}


def test_what_was_given_by_hand_before_stays(seller, django_user_model):
    group = Group.objects.create(name="Vendedores de antes")
    group.permissions.add(Permission.objects.get(codename="view_shared_mail"))
    before = seller.get_all_permissions()
    migrate()
    assert held("Vendedores de antes") == {"escala_email.view_shared_mail"}
    assert django_user_model.objects.get(pk=seller.pk).get_all_permissions() == before


def test_a_site_that_renames_trims_or_deletes_them_keeps_its_choice():
    Group.objects.filter(name="Ventas").update(name="Sales")
    Group.objects.get(name="Sales").permissions.set(Permission.objects.filter(codename="view_team_mail"))
    Group.objects.get(name="Administradores").delete()
    call_command("migrate", verbosity=0)
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert held("Sales") == {"escala_email.view_team_mail"}
    assert not Group.objects.filter(name__in=roles.ROLES).exists()


def test_a_database_that_has_no_groups_gets_none(settings):
    class Elsewhere:
        def allow_migrate(self, db, app_label, **hints):
            return app_label != "auth"

    Group.objects.all().delete()
    settings.DATABASE_ROUTERS = [Elsewhere()]
    migrate()
    assert not Group.objects.exists()


def test_who_had_the_groups_before_gives_them_the_permissions_by_a_word():
    Group.objects.filter(name="Administradores").delete()
    Group.objects.get(name="Ventas").permissions.set(Permission.objects.filter(codename="view_person"))
    output = StringIO()
    call_command("escala_email", "roles", stdout=output)
    assert output.getvalue().splitlines() == [
        "Ventas: has been given its permissions.",
        "Administradores: has been given its permissions.",
    ]
    assert held("Ventas") == {"crm.view_person", roles.ACCESS_ADMIN, *permissions.SALES}
    assert roles.make(extend=True) == []
