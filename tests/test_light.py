"""What works all day carries no library that only a page needs: each is megabytes in every process."""

import subprocess
import sys

import pytest

#: A process with everything that the worker and the watcher import.
AT_WORK = """
import django, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
import escala_email_plugin.tasks, escala_email_plugin.management.commands.escala_email
print(*sys.modules)
"""


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    return set(subprocess.check_output([sys.executable, "-c", AT_WORK], text=True).split())


@pytest.mark.parametrize(
    "name",
    [
        "jwt",  # reads who gave a consent
        "dns.resolver",  # finds the servers of an address
        "icalendar",  # reads invitations
        "escala_email_plugin.admin.urls",
    ],
)
def test_the_worker_and_the_watcher_do_not_load(loaded, name):
    assert "escala_email_plugin.sync.watch" in loaded
    assert name not in loaded
