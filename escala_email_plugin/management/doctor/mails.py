"""Whether the mail that tells owners what is wrong would arrive, and lead back."""

from collections.abc import Iterator

from django.conf import settings
from django.core.mail import get_connection

from .finding import Finding, Level

#: Django's backends that send nothing anywhere.
NOWHERE = ("console", "dummy", "filebased", "locmem")


def backend() -> Iterator[Finding]:
    """Whether the site's own mail goes anywhere."""
    name = type(get_connection(fail_silently=True)).__module__
    if name.startswith("django.core.mail.backends.") and name.rpartition(".")[2] in NOWHERE:
        says = f"The site's own mail goes nowhere ({name.rpartition('.')[2]}): no owner is told to reconnect."
        yield Finding("mail", Level.WRONG, says, "Set EMAIL_BACKEND and EMAIL_HOST.")
    else:
        yield Finding("mail", Level.OK, "The site's own mail has a way out.")


def sender() -> Iterator[Finding]:
    """Whether it has a sender that other servers believe."""
    if settings.DEFAULT_FROM_EMAIL == "webmaster@localhost":
        says = "The site's own mail comes from webmaster@localhost, which other servers refuse."
        yield Finding("sender", Level.WRONG, says, "Set DEFAULT_FROM_EMAIL.")
    else:
        yield Finding("sender", Level.OK, "DEFAULT_FROM_EMAIL is set.")


def links() -> Iterator[Finding]:
    """Whether links in mails have a host."""
    if getattr(settings, "WAGTAILADMIN_BASE_URL", None):
        yield Finding("links", Level.OK, "WAGTAILADMIN_BASE_URL is set.")
    else:
        says = "WAGTAILADMIN_BASE_URL is not set: links in mails lead nowhere."
        yield Finding("links", Level.WRONG, says, "Set it to the address of Wagtail's admin.")
