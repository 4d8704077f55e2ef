"""What messages are found by."""

from django.db import models

from .messages import Message
from .words_field import WordsField


class SearchEntry(models.Model):
    """The words of a message, once each; how they are spelt is ``sync.search_index``'s.

    In PostgreSQL a table with a GIN index; in SQLite a virtual table of FTS5, whose key is called ``rowid``
    and which keeps no foreign key: messages are deleted by Django, and their entries with them.
    """

    message = models.OneToOneField(
        Message, models.CASCADE, primary_key=True, db_column="rowid", related_name="search_entry"
    )
    words = WordsField()

    wagtail_reference_index_ignore = True

    def __str__(self):
        return f"SearchEntry {self.pk}"
