"""The signature: what is kept of it, and what a hostile post does not do."""

import json

import pytest
from django.urls import include, path
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Locale, Page, Site

from escala_email_plugin.models import EmailAccount
from sandbox.urls import urlpatterns as crm_urls
from tests.making import account, at

pytestmark = pytest.mark.django_db


#: A site that has pages, too.
urlpatterns = [*crm_urls, path("", include("wagtail.urls"))]


def draft(*texts, entities=None, ranges=()):
    """What Draftail posts."""
    blocks = [
        {
            "key": f"k{n}",
            "text": text,
            "type": "unstyled",
            "depth": 0,
            "inlineStyleRanges": [],
            "entityRanges": list(ranges),
            "data": {},
        }
        for n, text in enumerate(texts)
    ]
    return json.dumps({"blocks": blocks, "entityMap": entities or {}})


def link(data, text="enlace"):
    entities = {"0": {"type": "LINK", "mutability": "MUTABLE", "data": data}}
    return draft(text, entities=entities, ranges=[{"key": 0, "offset": 0, "length": len(text)}])


@pytest.fixture
def save(client, seller):
    account(seller)
    client.force_login(seller)

    def save(posted):
        response = client.post(at("signature"), {"signature": posted} if posted is not None else {})
        assert response.status_code == 302
        return EmailAccount.objects.get().signature

    return save


def test_what_was_written_is_kept_as_html_and_shown(client, save):
    kept = save(draft("Lucía", "Andina <Seguros>"))
    assert kept == "<p>Lucía</p><p>Andina &lt;Seguros&gt;</p>"
    assert kept in client.get(at("account")).content.decode()
    assert "Andina" in client.get(at("signature")).content.decode()


@pytest.mark.parametrize(
    "posted", [None, "", "x", "[]", "7", "null", '{"blocks": 7}', '{"blocks": [{}]}', draft(""), draft(" ")]
)
def test_an_empty_or_broken_post_is_an_empty_signature(save, posted):
    assert save(posted) == ""


def test_a_link_is_kept(save):
    assert 'href="https://andina.test/"' in save(link({"url": "https://andina.test/"}))


def test_a_page_of_the_site_is_linked_by_its_whole_address(save, settings):
    settings.ROOT_URLCONF = __name__
    # Whichever test came before: it may have emptied the tables, the tree of pages with them.
    Locale.objects.get_or_create(language_code=get_supported_content_language_variant(settings.LANGUAGE_CODE))
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    page = root.get_children().first() or root.add_child(title="Home", slug="home")
    Site.objects.update_or_create(
        is_default_site=True, defaults={"root_page": page, "hostname": "andina.test"}
    )
    kept = save(link({"id": page.pk, "parentId": 1, "url": "/"}))
    assert 'href="http://testserver/"' in kept
    assert "linktype" not in kept


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.test", " JaVaScRiPt:x"])
def test_a_link_that_does_something_else_is_none(save, url):
    kept = save(link({"url": url}))
    assert "enlace" in kept
    assert "script" not in kept.lower()
    assert "data:" not in kept


def test_a_page_there_is_none_of_is_no_link(save):
    kept = save(link({"id": 999_999, "url": "/x/"}))
    assert "None" not in kept


def test_what_lies_in_the_row_is_cleaned_when_it_is_shown(client, seller):
    account(seller, signature='<p onclick="x()">Hola<img src=x onerror=y()></p><script>alert(7)</script>')
    client.force_login(seller)
    page = client.get(at("account")).content.decode()
    assert "<p>Hola</p>" in page
    for part in ("onclick", "onerror", "alert(7)"):
        assert part not in page


def test_one_that_is_too_long_is_refused(client, seller):
    account(seller)
    client.force_login(seller)
    response = client.post(at("signature"), {"signature": draft("x" * 20_000)})
    assert response.context["form"].errors["signature"] == ["This is too long for a signature."]


def test_it_is_of_the_mailbox_that_is_connected(client, seller, manager):
    client.force_login(seller)
    assert client.get(at("signature")).status_code == 404
    assert client.post(at("signature"), {"signature": draft("x")}).status_code == 404
    shared = account(address="ventas@andina.test")
    client.force_login(manager)
    client.post(at("signature", kind="shared"), {"signature": draft("Ventas")})
    shared.refresh_from_db()
    assert shared.signature == "<p>Ventas</p>"
