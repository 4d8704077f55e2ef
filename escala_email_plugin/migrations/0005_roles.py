"""Make the groups that a site begins with (``roles``): once, so that a site that changes them keeps its choice."""

from django.db import migrations

from escala_email_plugin import roles


def make(apps, schema_editor):
    roles.make(apps, schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [
        ("escala_email", "0004_privacy"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0003_admin_managed"),
    ]

    # Back again: the groups have members by then, and may have other permissions. They stay.
    operations = [migrations.RunPython(make, migrations.RunPython.noop, elidable=False)]
