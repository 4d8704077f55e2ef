"""How people and dates are written in the timeline, and who can be signed in with."""

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.middleware.csrf import get_token
from django.template import RequestContext
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.admin.utils import get_user_display_name

from ..admin.offers import Offers, offers
from ..models import EmailAccount, Participant

register = template.Library()


@register.simple_tag
def person_name(person: Participant) -> SafeString:
    """A person's name, the address on hover. A name that looks like an address is not shown as a name."""
    address = person.address.value
    name = person.name.strip()
    shown = address if not name or "@" in name else name
    return format_html('<span class="escala-person" title="{}">{}</span>', address, shown)


@register.filter
def display_name(user: Any) -> str:
    """What a colleague is called, as everywhere in the admin."""
    return get_user_display_name(user)


@register.filter
def near_date(moment: datetime) -> str:
    """The time for today, “yesterday”, the day for this year, else the whole date."""
    local = timezone.localtime(moment)
    today = timezone.localdate()
    if local.date() == today:
        return date_format(local, "TIME_FORMAT")
    if local.date() == today - timedelta(days=1):
        return _("Yesterday")
    return _near(local, today)


@register.filter
def near_day(day: date) -> str:
    """The same of a day of which no hour is told."""
    today = timezone.localdate()
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return _near(day, today)


def _near(day: date, today: date) -> str:
    if day.year != today.year:
        return date_format(day, "SHORT_DATE_FORMAT")
    # Translators: Django's format of a day and a month in three letters, as in “Mar 5”.
    return date_format(day, pgettext("format of a day in a list", "M j"))


@register.simple_tag(takes_context=True)
def provider_offers(context: RequestContext, account: EmailAccount | None = None) -> Offers:
    """Which providers can be signed in with for the mailbox ``account``."""
    return offers(context.request, account or None)


@register.simple_tag(takes_context=True)
def form_token(context: RequestContext) -> SafeString:
    """A form's CSRF field, also where the page's context ends at an ``only``."""
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(context.request)
    )
