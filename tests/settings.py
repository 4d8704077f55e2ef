"""The tests run the sandbox's CRM as their host, with what must differ."""

import os
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

_SCRATCH = Path(tempfile.mkdtemp(prefix="escala-tests-"))
os.environ.setdefault("SANDBOX_VAR", str(_SCRATCH))

from sandbox.provider.server import settings_for  # noqa: E402
from sandbox.settings import *  # noqa: E402, F403
from sandbox.settings import ESCALA_EMAIL, INSTALLED_APPS, STORAGES  # noqa: E402
from tests import databases, queues  # noqa: E402
from tests.servers.private import free_ports  # noqa: E402

# A file or the URL of a PostgreSQL. A test that starts a worker hands its own places on to it.
_DATABASE = os.environ.get("ESCALA_TEST_DATABASE") or str(_SCRATCH / "db.sqlite3")
_ATTACHMENTS = os.environ.get("ESCALA_TEST_ATTACHMENTS") or str(_SCRATCH / "attachments")

DEBUG = False

# allauth reads where the providers are once, when it is imported: the stand-in listens there later.
PROVIDER_PORT = int(os.environ.get("ESCALA_TEST_PROVIDER") or free_ports(1)[0])
SOCIALACCOUNT_PROVIDERS = settings_for(f"http://127.0.0.1:{PROVIDER_PORT}")

# A second host, with every kind of relation the sandbox has no use for.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.host"]
SECRET_KEY = "tests"
# Sentences are tested in their own language; what is tested in Spanish says so.
LANGUAGE_CODE = "en"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

DATABASES = {"default": databases.configured(_DATABASE, str(_SCRATCH / "test.sqlite3"))}

HUEY = queues.configured(os.environ.get("ESCALA_TEST_QUEUE", ""))

STORAGES = {
    **STORAGES,
    "escala_email": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": _ATTACHMENTS, "base_url": None},
    },
}

ESCALA_EMAIL = {
    **ESCALA_EMAIL,
    "MODULES": {
        **ESCALA_EMAIL["MODULES"],
        "host.Customer": {"addresses": ["email", "billing"]},
        "host.Dossier": {"addresses": ["email"]},
        "host.Project": {"addresses": ["desks__email", "members__email", "labels__email"]},
    },
    "SECRET_KEYS": [os.environ.get("ESCALA_TEST_KEY") or Fernet.generate_key().decode()],
    "CA_FILE": os.environ.get("ESCALA_TEST_CA") or None,
    "PROVIDERS": {},
}

# A test that kills workers does not wait a minute for each.
if _LEASE := os.environ.get("ESCALA_TEST_LEASE"):
    ESCALA_EMAIL |= {"LEASE_SECONDS": int(_LEASE), "OPERATION_DEADLINE": int(_LEASE) // 2}
