"""The sandbox as a worker in production runs it: no debugging, nothing loaded that a host would not have
installed, and no budget that would stop a measurement.

``ESCALA_BENCH_DATABASE`` is JSON for ``DATABASES["default"]``; without it the run's own SQLite file is used.
"""

import json
import os
import sys

if "ESCALA_BENCH_DATABASE" not in os.environ:
    # The tests have them installed, and Wagtail and Huey load what they find: 15 MB.
    sys.modules.update({"psycopg": None, "redis": None})

from escala_email_plugin import conf
from sandbox.settings import *  # noqa: F403
from sandbox.settings import DATABASES, ESCALA_EMAIL

DEBUG = False

if told := os.environ.get("ESCALA_BENCH_DATABASE"):
    DATABASES = {"default": json.loads(told)}

ESCALA_EMAIL = {
    **ESCALA_EMAIL,
    **{name: 0 for name in ("BYTES_PER_HOUR", "COMMANDS_PER_HOUR") if name in conf.DEFAULTS},
}
