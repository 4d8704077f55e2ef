from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("escala_email", "0007_search"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="participant",
            name="escala_email_person_when",
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["automatic", "id"], name="escala_email_message_automatic"),
        ),
        migrations.AddIndex(
            model_name="participant",
            index=models.Index(
                fields=["address", "-sent_at", "-message", "role", "location"],
                name="escala_email_person_when",
            ),
        ),
        migrations.AddIndex(
            model_name="participant",
            index=models.Index(fields=["message", "role", "address"], name="escala_email_message_people"),
        ),
    ]
