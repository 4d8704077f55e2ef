"""What Wagtail's migrations put into a new database, and a test with a real server does not leave there."""

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Collection, Locale, Page, Site


def begin() -> None:
    """Make what is lacking of it: Wagtail's own pages fail without."""
    Locale.objects.get_or_create(language_code="en")
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")
    if Page.get_first_root_node() is None:
        root = Page.add_root(title="Root", slug="root", content_type=ContentType.objects.get_for_model(Page))
        Site.objects.create(hostname="localhost", root_page=root, is_default_site=True)
