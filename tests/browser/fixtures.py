"""A Chromium, a site and a worker, for tests that click."""

import os
import shutil

import pytest
from playwright.sync_api import expect

# What is awaited comes at once or never; a busy machine may take its time all the same.
expect.set_options(timeout=30_000)

# Playwright's own loop runs in the test's thread; Django need not fear it, for nobody awaits.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The machine's own Chromium: none is downloaded. As root it must do without its sandbox."""
    found = os.environ.get("ESCALA_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    assert found, "No Chromium was found; tests/run installs one, or says how to."
    arguments = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]
    if os.getuid() == 0:
        arguments.append("--no-sandbox")
    return {**browser_type_launch_args, "executable_path": found, "args": arguments}


@pytest.fixture
def worker():
    """A Huey worker that does what the site orders, until the test ends."""
    from huey.contrib.djhuey import HUEY

    from escala_email_plugin import tasks  # noqa: F401 (the worker must know them)

    HUEY.flush()
    consumer = HUEY.create_consumer(workers=1, periodic=False, initial_delay=0.05, max_delay=0.2)
    consumer.start()
    yield consumer
    consumer.stop(graceful=True)


@pytest.fixture
def site(live_server, settings, worker):
    """The site's address."""
    settings.ALLOWED_HOSTS = ["*"]
    return live_server.url
