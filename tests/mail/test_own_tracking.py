"""What the CRM itself put into a mail does not fire when the CRM shows it."""

import pytest

from escala_email_plugin.mail.own_tracking import OwnTracking
from escala_email_plugin.mail.safe_html import Manner, shown

OURS = OwnTracking(
    prefixes=("https://crm.test/t/",),
    hosts=("crm.test",),
    target={"https://crm.test/t/c/1": "https://aseguradora.test/"}.get,
)


@pytest.mark.parametrize(
    "url",
    [
        "https://crm.test/t/o/1.gif",
        "http://crm.test/t/o/1.gif",
        "https://CRM.test:443/t/o/1.gif",
        "https://crm.test//t/./o/1.gif",
        "https://crm.test/x/../t/o/1.gif",
        "https://crm.test/%74/o/1.gif",
        "https://crm.test\\t\\o",
        "https://user@crm.test/t/o",
    ],
)
def test_ours_are_known_however_they_are_written(url):
    assert OURS.is_ours(url)


@pytest.mark.parametrize(
    "url",
    ["https://crm.test/x/", "https://otro.test/t/o", "https://crm.test:8443/t/o", "x", "https://[/t/", ""],
)
def test_others_are_not_ours(url):
    assert not OURS.is_ours(url)


def test_our_pixel_is_not_fetched_even_with_pictures_on():
    html = '<img src="https://crm.test/t/o/1.gif" width="300"><img src="https://otro.test/logo.gif">'
    found = shown(html, manner=Manner(remote=True, own=OURS))
    assert "crm.test" not in found.html
    assert "https://otro.test/logo.gif" in found.html
    assert (found.pictures, found.trackers) == (1, 1)


def test_no_picture_is_fetched_from_where_the_reader_is_signed_in():
    found = shown(
        '<img src="https://crm.test/admin/logout/" width="300">', manner=Manner(remote=True, own=OURS)
    )
    assert "crm.test" not in found.html


def test_our_link_leads_where_it_would_have_led():
    found = shown('<a href="https://crm.test/t/c/1">Vea</a>', manner=Manner(own=OURS)).html
    assert 'href="https://aseguradora.test/"' in found
    assert 'title="aseguradora.test"' in found


def test_our_link_of_which_nothing_is_known_is_no_link():
    found = shown('<a href="https://crm.test/t/c/2">Vea</a>', manner=Manner(own=OURS)).html
    assert "href" not in found
    assert "Vea" in found
