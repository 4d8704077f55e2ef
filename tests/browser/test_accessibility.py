"""In a browser: axe finds nothing on any page of the plugin's, nor in any state of a record's conversations.

Which addresses are pages is found by asking all of them; a page that is added later is looked at, too.
"""

import itertools
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect
from wagtail.users.models import UserProfile

from escala_email_plugin.models import CaptureAddress, EmailAccount, Erasure, Folder, Quarantined
from escala_email_plugin.privacy.access.asking import ask
from sandbox.crm.models import Person, Policy
from tests.admin.beginnings import begin
from tests.admin.surfaces import filled, patterns
from tests.browser.test_first_sync import log_in
from tests.making import account, letter, stored

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: What asks a mail server, or leads to another site.
APART = {"consent", "consent_callback", "why", "probe", "discover", "original"}


@pytest.fixture(autouse=True)
def wagtail(transactional_db):
    begin()


@pytest.fixture
def world(seller, colleague, administrator):
    """Mail in every state: read in full, shown in part, hidden; a mailbox of each kind; one set aside."""
    ana = Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    mine = account(administrator, "admin@andina.test", last_success=timezone.now())
    for kind in ("shared", "marketing", "capture"):
        account(None, f"{kind}@andina.test", kind=kind)
    hers = account(seller, shares=True, level=2)
    other = account(colleague, "marcos@andina.test")
    stored(
        mine,
        letter(
            to="admin@andina.test",
            subject="Cotización",
            html="<p>Hola</p><img src='https://fuera.test/a.png'><a href='https://fuera.test'>https://banco.test</a>",
            attachments=[("cotizacion.pdf", "application/pdf", b"%PDF-1.4"), ("foto.png", "image/png", b"x")],
            message_id="a@x.test",
        ),
        letter(
            "admin@andina.test",
            "ana@cliente.test",
            "Re: Cotización",
            "Claro.\n\nEl 3 de marzo, Ana escribió:\n> Hola\n",
            message_id="b@x.test",
            reply_to="a@x.test",
            minutes=5,
        ),
    )
    stored(hers, letter(subject="Compartido en parte", minutes=9, message_id="c@x.test"))
    hidden = stored(
        other, letter(to="marcos@andina.test", subject="Oculto", minutes=12, message_id="d@x.test")
    )
    ask(administrator, ana, hidden[0].pk)
    folder = Folder.objects.filter(account=mine).first()
    Quarantined.objects.create(
        folder=folder, uidvalidity=7, uid=99, error="read", raw=b"x", next_try=timezone.now()
    )
    CaptureAddress.objects.create(user=administrator, token="abcdefghij")
    Erasure.objects.create(digest="x" * 64)
    return ana


def is_page(response) -> bool:
    return (
        response.status_code == 200
        and not response.streaming
        and response.content.lstrip().lower().startswith(b"<!doctype html>")
        and b"data-wagtail-sidebar" in response.content
    )


def pages(user) -> list[str]:
    """Every address below ``email/`` that answers ``user`` with a page."""
    client = Client()
    client.force_login(user)
    person = Person.objects.get()
    values = {
        "app_label": ["crm"],
        "model_name": ["person"],
        "pk": [str(person.pk)],
        "kind": list(EmailAccount.Kind.values),
    }
    found = []
    for name, parameters in patterns("escala_email_plugin.admin.urls"):
        if name.rpartition(":")[2] in APART:
            continue
        for url in filled(f"escala_email:{name.rpartition(':')[2]}", parameters, values, [1, 2, 3]):
            if is_page(client.get(url)):
                found.append(url)
    return found


def faults(page, context=None) -> list[str]:
    """What axe finds: rule, element, and what is wrong with it."""
    found = Axe().run(page, context).response["violations"]
    return [
        f"{one['id']}: {node['html'][:200]} — {node['failureSummary'][:300]}"
        for one in found
        for node in one["nodes"]
    ]


def told(found: dict[str, list[str]]) -> str:
    return "\n".join(f"{where}: {one}" for where, some in found.items() for one in some)


def theme(page, name: str) -> None:
    page.emulate_media(color_scheme=name, reduced_motion="reduce")


def test_axe_finds_nothing_on_any_page_in_light_and_dark(page, site, world, administrator):
    log_in(page, site, "admin")
    UserProfile.objects.update(theme="system")
    urls = pages(administrator)
    assert len(urls) > 15
    found = {}
    for url, scheme in itertools.product(urls, ("light", "dark")):
        theme(page, scheme)
        page.goto(site + url)
        if some := faults(page):
            found[f"{url} ({scheme})"] = some
    assert not found, told(found)


@pytest.fixture(params=[(375, "light"), (375, "dark"), (1440, "light"), (1440, "dark")], ids=str)
def looking(request, page, site, world, administrator):
    """The record's own page in a window of each kind, and what notes what axe finds there under a name."""
    width, scheme = request.param
    log_in(page, site, "admin")
    UserProfile.objects.update(theme="system")
    theme(page, scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(site + reverse("crm_people:edit", args=[world.pk]))
    page.get_by_role("tab", name="E-mail", exact=True).click()
    expect(page.locator(".escala-conversation").first).to_be_visible()
    found = {}

    def note(name: str, context: str = "main") -> None:
        if some := faults(page, context):
            found[name] = some

    note.found = found
    return note


def test_axe_finds_nothing_in_any_state_of_the_list(page, looking):
    looking("list and hidden lines", None)
    page.locator(".escala-filters__toggle").click()
    words = page.get_by_label("Search in the conversations", exact=True)
    words.fill("Cotización")
    expect(page.locator(".escala-emails mark").first).to_be_visible()
    looking("found")
    words.fill("nadalodice")
    expect(page.get_by_text("No conversation matches.").last).to_be_visible()
    looking("no match")
    page.locator(".escala-filters__keys").dispatch_event("click")
    expect(page.locator("#keyboard-shortcuts-dialog [data-escala-keys]")).to_be_visible()
    looking("keys", "#keyboard-shortcuts-dialog")
    page.keyboard.press("Escape")
    page.route(re.compile("/email/records/"), lambda route: route.abort())
    words.fill("Cotización otra")
    expect(page.get_by_text("The conversations could not be loaded.")).to_be_visible()
    looking("failed")
    assert not looking.found, told(looking.found)


def test_axe_finds_nothing_in_any_state_of_a_conversation(page, looking):
    conversation = page.locator(".escala-conversation").filter(has_text="Cotización")
    conversation.locator("summary").first.click()
    expect(conversation.locator(".escala-message[open] iframe.escala-message__body").last).to_be_visible()
    looking("opened", None)
    conversation.get_by_role("button", name="Unfold all", exact=True).click()
    expect(conversation.locator(".escala-pictures").first).to_be_visible()
    conversation.locator(".escala-message__to > summary").first.click()
    conversation.locator(".escala-ties > summary").click()
    expect(conversation.get_by_placeholder("Name of a record")).to_be_visible()
    looking("unfolded, with pictures to ask for, and ties")
    menu = conversation.locator(".escala-message").first.get_by_role("button", name="More about this message")
    menu.click()
    expect(conversation.get_by_role("button", name="Why is this here?")).to_be_visible()
    expect(conversation.locator(".tippy-box")).to_have_css("opacity", "1")
    looking("menu", ".escala-emails")
    page.keyboard.press("Escape")
    expect(conversation.get_by_role("button", name="Why is this here?")).to_be_hidden()
    assert conversation.evaluate("one => one.open"), "Escape in a menu closes the menu alone."
    menu.click()
    conversation.get_by_role("button", name="Why is this here?").click()
    expect(conversation.locator(".escala-why-here").first).to_be_visible()
    looking("why here")
    assert not looking.found, told(looking.found)


def test_axe_finds_nothing_wherever_else_conversations_stand(page, site, looking, world):
    alone = Person.objects.create(first_name="Sin", last_name="Correo")
    day = timezone.localdate()
    policy = Policy.objects.create(number="P-1", holder=world, insurer="A", start=day, end=day, premium=1)
    page.goto(site + reverse("escala_email:record", args=["crm", "person", world.pk]))
    expect(page.locator(".escala-conversation").first).to_be_visible()
    looking("full page", None)
    page.goto(site + reverse("escala_email:record", args=["crm", "person", alone.pk]))
    expect(page.get_by_text("This record has no e-mail address.")).to_be_visible()
    looking("empty")
    page.goto(site + reverse("crm_policies:edit", args=[policy.pk]))
    page.get_by_role("button", name="Toggle emails").click()
    expect(page.locator(".escala-side .escala-conversation").first).to_be_visible()
    looking("side panel", ".escala-side")
    page.goto(site + reverse("escala_email:search") + "?q=cotizacion")
    expect(page.locator(".escala-search mark").first).to_be_visible()
    looking("search", None)
    page.goto(site + reverse("crm_people:index"))
    expect(page.locator("td .w-status").filter(has_text="Waiting for").first).to_be_visible()
    looking("counters", "table")
    assert not looking.found, told(looking.found)
