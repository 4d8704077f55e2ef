import django.db.models.deletion
from django.db import migrations, models

import escala_email_plugin.tables.words_field

FTS5 = "fts5(words, detail=none, columnsize=0, tokenize=\"ascii tokenchars '_.-@'\")"


class CreateEntries(migrations.CreateModel):
    """The table with the full-text index of the database that it is made in."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        table = schema_editor.quote_name(model._meta.db_table)
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"CREATE VIRTUAL TABLE {table} USING {FTS5}")
            return
        super().database_forwards(app_label, schema_editor, from_state, to_state)
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"CREATE INDEX escala_email_searchentry_words ON {table} USING gin (words)")


class Migration(migrations.Migration):

    dependencies = [
        ('escala_email', '0006_reading'),
    ]

    operations = [
        CreateEntries(
            name='SearchEntry',
            fields=[
                ('message', models.OneToOneField(db_column='rowid', on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search_entry', serialize=False, to='escala_email.message')),
                ('words', escala_email_plugin.tables.words_field.WordsField()),
            ],
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['sent_at', 'id'], name='escala_email_message_when'),
        ),
    ]
