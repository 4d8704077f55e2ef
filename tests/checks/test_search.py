"""The system check of what mail is searched by."""

from django.db import connection

from escala_email_plugin.checks import search


def test_an_sqlite_with_its_full_text_index_is_not_minded():
    assert search.has_fts5()
    assert search.check_full_text() == []


def test_an_sqlite_without_it_is_named_and_another_database_is_not_asked(monkeypatch):
    class Without:
        def execute(self, statement):
            raise search.sqlite3.OperationalError("no such module: fts5")

        def close(self):
            pass

    monkeypatch.setattr(search.sqlite3, "connect", lambda place: Without())
    found = [one.id for one in search.check_full_text()]
    assert found == (["escala_email.E012"] if connection.vendor == "sqlite" else [])
