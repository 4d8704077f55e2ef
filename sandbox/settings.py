"""Settings of the sandbox: a Wagtail admin on SQLite with the plugin in it."""

import os

from sandbox import places
from sandbox.accounts import DOMAIN
from sandbox.keys import keys
from sandbox.provider.server import settings_for

# A sandbox on loopback is there to be looked into.
DEBUG = True
SECRET_KEY = keys().django
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]

INSTALLED_APPS = [
    "sandbox.crm",
    "escala_email_plugin",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.microsoft",
    "huey.contrib.djhuey",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.snippets",
    "wagtail.users",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "sandbox.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [places.SANDBOX / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": places.DATABASE,
        # The web server and the worker write to one file: wait for one another instead of failing.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "es"
LOCALE_PATHS = [places.SANDBOX / "locale"]
LANGUAGES = [("es", "Español"), ("en", "English")]
TIME_ZONE = "America/Bogota"
USE_TZ = True

STATIC_URL = "/static/"
MEDIA_URL = "/media/"
MEDIA_ROOT = places.MEDIA
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    # No URL leads here: attachments are read through the plugin, which asks who may.
    "escala_email": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": places.ATTACHMENTS, "base_url": None},
    },
}

HUEY = {
    "huey_class": "huey.SqliteHuey",
    "name": "sandbox",
    "immediate": False,
    "connection": {"filename": str(places.QUEUE)},
    # An idle worker looks for new work every second at least; Huey's own limit is ten.
    "consumer": {"workers": 2, "worker_type": "thread", "max_delay": 1.0},
}

WAGTAIL_SITE_NAME = "Andina Seguros"
WAGTAILADMIN_BASE_URL = os.environ.get("SANDBOX_URL", "http://localhost:8000")
# Where the clients are. Wagtail would offer all that the machine knows, and some of those, such as
# “localtime”, make browsers fail.
WAGTAIL_USER_TIME_ZONES = [
    "America/Argentina/Buenos_Aires",
    "America/Asuncion",
    "America/Bogota",
    "America/Caracas",
    "America/Chicago",
    "America/Costa_Rica",
    "America/Denver",
    "America/Guatemala",
    "America/Guayaquil",
    "America/La_Paz",
    "America/Lima",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/Montevideo",
    "America/New_York",
    "America/Panama",
    "America/Santiago",
    "America/Santo_Domingo",
    "America/Sao_Paulo",
    "America/Toronto",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/Lisbon",
    "Europe/London",
    "Europe/Madrid",
    "Europe/Paris",
    "UTC",
]
# Nothing here asks the network for anything.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# The stand-in for Google and Microsoft; allauth reads this once, when it is imported.
SOCIALACCOUNT_PROVIDERS = settings_for(f"http://127.0.0.1:{os.environ.get('SANDBOX_PROVIDER_PORT', 8990)}")
_MAIL = {
    "imap": ("localhost", int(os.environ.get("SANDBOX_IMAP_PORT", 8993)), "tls"),
    "smtp": ("localhost", int(os.environ.get("SANDBOX_SMTP_PORT", 8465)), "tls"),
}

# What the CRM itself has to say lies in files: the sandbox sends nothing to the world.
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = places.OUTBOX
DEFAULT_FROM_EMAIL = f"Andina Seguros <crm@{DOMAIN}>"

ESCALA_EMAIL = {
    "MODULES": {
        "crm.Person": {"addresses": ["email", "other_emails__address"]},
        "crm.Company": {"addresses": ["email", "people__email", "people__other_emails__address"]},
        "crm.Opportunity": {"addresses": ["contact__email", "contact__other_emails__address"]},
        "crm.Policy": {
            "addresses": ["holder__email", "holder__other_emails__address"],
            "search_fields": ["number", "insurer", "holder__first_name", "holder__last_name"],
        },
        "crm.Claim": {"addresses": ["policy__holder__email", "policy__holder__other_emails__address"]},
    },
    "SECRET_KEYS": [keys().mailboxes],
    # The sandbox's mail server has a certificate of its own private authority.
    "CA_FILE": places.AUTHORITY,
    # It is on this machine, on ports that need no privileges.
    "PRIVATE_SERVERS": ["127.0.0.0/8", "::1"],
    "MAIL_PORTS": ["1-65535"],
    # Who types an address of the broker's finds its servers, and nobody else's are asked for.
    "DISCOVERY": ["table"],
    "MAIL_SERVERS": {DOMAIN: _MAIL},
    "PROVIDERS": {"google": _MAIL, "microsoft": _MAIL},
}
