"""What a host's own templates may use: ``{% load escala_email %}{% email_timeline record %}``."""

from typing import Any

from django import template
from django.db.models import Model
from django.forms import Media
from django.template import RequestContext
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ..admin.panels import bound_panel
from ..modules import may_see

register = template.Library()


@register.simple_tag(takes_context=True)
def email_timeline(context: RequestContext, record: Any) -> SafeString | str:
    """The conversations of ``record``, with their script and style, on a page inside Wagtail's admin.

    Nothing for who may not see the record, or not enter the admin; nothing of a record that is not saved, or
    whose module is not declared or switched off. Raises KeyError where the template has no ``request``.
    """
    request = context["request"]
    if not isinstance(record, Model) or not request.user.has_perm("wagtailadmin.access_admin"):
        return ""
    number = getattr(request, "_escala_timelines", 0) + 1
    panel = bound_panel(record, request, f"escala-timeline-{number}")
    if not panel.is_shown() or not may_see(request.user, record):
        return ""
    request._escala_timelines = number
    # A script twice would do no harm, and costs.
    brought = _brought(panel.media) if number == 1 else ""
    return format_html("{}{}", brought, panel.render_html(context))


def _brought(media: Media) -> SafeString:
    """Style and scripts in the middle of a page: these wait for Wagtail's, which stand at its end."""
    scripts = format_html_join(
        "", '<script src="{}" defer></script>', ((media.absolute_path(path),) for path in media._js)
    )
    return format_html("{}{}", SafeString("".join(media.render_css())), scripts)
