"""The doctor on the site: settings, keys, database, clocks, processes, attachments, mail."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from django.core.checks import Info
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone, translation
from huey.contrib.djhuey import HUEY

from escala_email_plugin.management.doctor import attachments, clock, examine, processes, settings
from escala_email_plugin.models import Beat, Folder, SearchEntry
from escala_email_plugin.privacy import erase_person
from escala_email_plugin.sync.lease import claim
from escala_email_plugin.sync.watch import open_files
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


def change(site, **values) -> None:
    site.ESCALA_EMAIL = {**site.ESCALA_EMAIL, **values}


def test_where_all_is_well_every_check_says_so(well):
    findings = list(examine())
    assert {one.level.name for one in findings} == {"OK"}
    assert len({one.check for one in findings}) >= 14


def test_what_the_system_checks_say_is_told_unless_it_is_silenced(well, found, monkeypatch):
    change(well, LEASE_SECONDS=10, MODULES={})
    told = found("settings")
    assert [level for level, _says, _remedy in told] == ["wrong", "wrong"]
    assert told[0][1].startswith("escala_email.W001: ")
    well.SILENCED_SYSTEM_CHECKS = ["escala_email.W001", "escala_email.W004"]
    assert [level for level, *_ in found("settings")] == ["ok"]
    monkeypatch.setattr(settings.checks, "run_checks", lambda tags: [Info("It could be better.")])
    assert [level for level, *_ in found("settings")] == ["advice"]


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_authorities_that_cannot_be_read_are_named(well, found, tmp_path, content):
    file = tmp_path / "authority.pem"
    if content is not None:
        file.write_text(content)
    change(well, CA_FILE=str(file))
    ((level, says, _remedy),) = found("certificates")
    assert level == "wrong"
    assert "CA_FILE" in says


def test_a_secret_no_key_reads_and_one_under_an_older_key_are_told(well, found, seller, colleague):
    (old,) = well.ESCALA_EMAIL["SECRET_KEYS"]
    mine = account(seller, secret=Fernet(Fernet.generate_key()).encrypt(b"pw").decode())
    account(colleague, "marcos@andina.test")
    new = Fernet.generate_key().decode()
    change(well, SECRET_KEYS=[new, old])
    told = found("keys")
    assert [level for level, *_ in told] == ["ok", "advice", "wrong"]
    assert told[0][1] == "2 in the settings; 1 secrets can be read."
    assert "rotate_keys" in told[1][2]
    assert f"account {mine.pk}." in told[2][1]
    assert new not in str(told)


def test_a_lost_key_of_who_was_erased_is_told(well, found):
    erase_person.order(["canario@cliente.test"])
    (old,) = well.ESCALA_EMAIL["SECRET_KEYS"]
    assert [level for level, *_ in found("keys")] == ["ok"]
    new = Fernet.generate_key().decode()
    change(well, SECRET_KEYS=[new, old])
    (_, (level, says, remedy)) = found("keys")
    assert (level, "erased" in says, "rotate_keys" in remedy) == ("advice", True, True)
    change(well, SECRET_KEYS=[new])
    (_, (level, says, remedy)) = found("keys")
    assert (level, "no mail is brought in" in says, "rotate_keys" in remedy) == ("wrong", True, True)


@pytest.mark.parametrize("keys", [[], ["short-and-wrong"], None])
def test_keys_that_are_none_are_told_and_not_printed(well, found, keys):
    change(well, SECRET_KEYS=keys)
    ((level, says, _remedy),) = found("keys")
    assert level == "wrong"
    assert "short-and-wrong" not in says


def test_a_migration_that_was_not_run_is_named(well, found):
    newest = MigrationRecorder.Migration.objects.filter(app="escala_email").latest("name")
    newest.delete()
    ((level, says, remedy),) = found("database")
    assert level == "wrong"
    assert newest.name in says
    assert "migrate" in remedy


# The clocks


@pytest.mark.parametrize("ahead", [timedelta(minutes=-7), timedelta(minutes=7)])
def test_a_clock_that_is_not_the_databases_is_told(well, found, monkeypatch, ahead):
    monkeypatch.setattr(clock, "_database_now", lambda: datetime.now(UTC) + ahead)
    assert [(level, "420 seconds" in says) for level, says, _ in found("clock")] == [("wrong", True)]


def test_a_sign_of_life_from_the_future_is_told(well, found):
    Beat.objects.filter(name="watcher").update(at=timezone.now() + timedelta(hours=1))
    assert [level for level, *_ in found("clock")] == ["ok", "wrong"]
    assert "watcher" in found("clock")[1][1]


# Worker and watcher


def test_a_worker_that_never_came_and_one_that_is_gone_are_told(well, found):
    Beat.objects.filter(name="worker").update(at=timezone.now() - timedelta(minutes=14))
    ((level, says, remedy),) = found("worker")
    assert (level, says) == ("wrong", "It was there 14 minutes ago, and not since.")
    assert "run_huey" in remedy
    Beat.objects.filter(name="worker").delete()
    assert found("worker")[0][:2] == ("wrong", "None was ever there.")


def test_a_worker_that_is_busy_for_an_hour_is_not_taken_for_dead(well, found, seller):
    Beat.objects.filter(name="worker").update(at=timezone.now() - timedelta(hours=1))
    lease = claim(account(seller).pk)
    assert found("worker")[0][0] == "ok"
    lease.release()
    assert found("worker")[0][0] == "wrong"


def test_without_huey_and_where_it_is_immediate_there_is_no_worker(well, found, monkeypatch):
    monkeypatch.setattr(HUEY, "_immediate", True)
    assert found("worker")[0][0] == "wrong"
    del well.HUEY
    assert found("worker")[0][:2] == ("wrong", "Huey is not set up.")


def test_orders_that_pile_up_are_told(well, found, monkeypatch):
    monkeypatch.setattr(HUEY.storage, "queue_size", lambda: 1000)
    assert found("queue") == [("advice", "1000 orders wait.", found("queue")[0][2])]
    assert "workers" in found("queue")[0][2]


def test_a_queue_that_is_down_keeps_no_other_check_from_its_turn(well, found, monkeypatch):
    def down():
        raise OSError("redis://user:password@queue")

    monkeypatch.setattr(HUEY.storage, "queue_size", down)
    levels = [level for level, *_ in found("worker")]
    assert levels == ["ok", "unknown"]
    assert "password" not in str(found("worker"))
    assert found("account")


def test_a_watcher_that_died_is_missed_and_one_that_was_stopped_is_not(well, found):
    Beat.objects.filter(name="watcher").update(at=timezone.now() - timedelta(hours=2))
    assert found("watcher")[0][:2] == ("wrong", "It was there 2 hours ago, and not since.")
    Beat.objects.filter(name="watcher").delete()
    assert found("watcher")[0][0] == "advice"


def test_a_limit_of_open_files_below_the_mailboxes_is_told(well, found, seller, monkeypatch):
    account(seller)
    monkeypatch.setattr(open_files, "room", lambda: 0)
    ((level, says, _remedy),) = found("open files")
    assert level == "advice"
    assert "ulimit" in says
    assert processes.limits is open_files


# Attachments


def storage(site, place) -> None:
    options = {"location": str(place), "base_url": None}
    backend = "django.core.files.storage.FileSystemStorage"
    site.STORAGES = {**site.STORAGES, "escala_email": {"BACKEND": backend, "OPTIONS": options}}


def test_a_file_is_kept_and_leaves_nothing_behind(well, found, tmp_path):
    storage(well, tmp_path)
    assert [level for level, *_ in found("attachments")] == ["ok"]
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_takes_no_files_is_told(well, found, tmp_path):
    (tmp_path / "file").write_text("")
    storage(well, tmp_path / "file")
    ((level, says, _remedy),) = found("attachments")
    assert level == "wrong"
    assert str(tmp_path) not in says


def test_a_file_that_comes_back_as_another_is_told(well, found, tmp_path, monkeypatch):
    storage(well, tmp_path)
    monkeypatch.setattr(attachments, "ContentFile", lambda content: _other())
    assert found("attachments")[0][0] == "wrong"
    assert list(tmp_path.iterdir()) == []


def _other():
    from django.core.files.base import ContentFile

    return ContentFile(b"another")


def test_a_place_below_what_the_web_server_serves_is_told(well, found, tmp_path):
    storage(well, tmp_path / "media" / "attachments")
    well.MEDIA_ROOT = tmp_path / "media"
    told = found("attachments")
    assert [level for level, *_ in told] == ["ok", "wrong"]
    assert "MEDIA_ROOT" in told[1][1]


# Forms and mail


def test_a_mailbox_with_more_folders_than_a_form_may_have_fields_is_told(well, found, seller):
    mine = account(seller)
    Folder.objects.bulk_create(Folder(account=mine, name=f"{n}") for n in range(40))
    well.DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
    ((level, says, remedy),) = found("forms")
    assert level == "wrong"
    assert f"account {mine.pk} " in says
    assert "10000" in remedy
    well.DATA_UPLOAD_MAX_NUMBER_FIELDS = None
    assert found("forms")[0][0] == "ok"


@pytest.mark.parametrize("kind", ["console", "dummy", "filebased", "locmem"])
def test_a_mail_backend_that_sends_nothing_is_told(well, found, kind, tmp_path):
    well.EMAIL_BACKEND = f"django.core.mail.backends.{kind}.EmailBackend"
    well.EMAIL_FILE_PATH = str(tmp_path)
    ((level, says, _remedy),) = found("mail")
    assert level == "wrong"
    assert kind in says


def test_djangos_own_sender_and_links_without_a_host_are_told(well, found):
    well.DEFAULT_FROM_EMAIL = "webmaster@localhost"
    del well.WAGTAILADMIN_BASE_URL
    assert [found(check)[0][0] for check in ("sender", "links")] == ["wrong", "wrong"]


def test_it_speaks_one_language(well, found, seller):
    account(seller, state="waiting", trouble="port_closed")
    with translation.override("es"):
        ((_level, says, _remedy),) = found("account")
    assert "waiting for the provider" in says
    assert "refuses connections" in says


def test_older_mail_that_cannot_be_searched_yet_is_told(well, found, seller):
    mine = account(seller)
    stored(mine, letter(minutes=1), letter(minutes=2))
    SearchEntry.objects.order_by("pk").first().delete()
    ((level, says, remedy),) = found("search")
    assert level == "advice"
    assert "50%" in says
    assert "reindex" in remedy
