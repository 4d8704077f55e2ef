"""The whole path in Chromium and in Spanish: log in, connect, watch, read; and who reads nothing."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect
from wagtail.users.models import UserProfile

from escala_email_plugin.models import EmailAccount, Message, Run
from sandbox.crm.models import Person
from tests.making import account, at, letter, stored

pytestmark = [pytest.mark.browser, pytest.mark.dovecot, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def spanish(seller, colleague):
    for user in (seller, colleague):
        UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": "es"})
    assert Permission.objects.exists()


@pytest.fixture
def correspondence(mailbox):
    """A conversation with a contact, some of a thousand other messages."""
    for n in range(60):
        mailbox.append(letter(f"Boletín <b{n}@boletin.test>", mailbox.user, f"Oferta {n}", minutes=-n))
    mailbox.append(
        letter(
            "Ana Gómez <ana@cliente.test>",
            mailbox.user,
            "Renovación de la póliza",
            "¿Cuándo vence?\n",
            message_id="r1@cliente.test",
            html='<p>¿Cuándo <b>vence</b>?</p><img src="http://rastreo.test/p.gif"><script>document.title="mal"</script>',
            attachments=[("Póliza 2026.pdf", "application/pdf", b"%PDF-1.4 prueba")],
        )
    )
    mailbox.append(
        letter(
            f"Lucía <{mailbox.user}>",
            "Ana Gómez <ana@cliente.test>",
            "Re: Renovación de la póliza",
            "Vence el 30 de abril.\n",
            message_id="r2@example.test",
            reply_to="r1@cliente.test",
            minutes=30,
        ),
        "Sent",
    )


def log_in(page, site, name):
    page.goto(f"{site}{reverse('wagtailadmin_login')}")
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(name)
    page.locator("form button[type=submit]").click()
    page.wait_for_url(f"{site}{reverse('wagtailadmin_home')}")


def connect(page, site, mailbox):
    page.goto(site + reverse("escala_email:account", args=["personal"]))
    page.get_by_role("link", name="Conectar email externo").click()
    for name, value in {
        "address": mailbox.user,
        "password": mailbox.password,
        "imap_host": "localhost",
        "imap_port": str(mailbox.imap.port),
        "smtp_host": "localhost",
        "smtp_port": str(mailbox.smtp.port),
    }.items():
        page.locator(f"#id_{name}").fill(value)


def test_a_seller_connects_and_reads_the_conversation_on_the_contacts_page(
    page, site, spanish, mailbox, correspondence, seller, colleague
):
    ana = Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    log_in(page, site, "lucia")
    connect(page, site, mailbox)

    page.get_by_role("button", name="Probar la conexión").click()
    expect(page.locator("li.escala-steps__step--passed")).to_have_count(7)
    assert page.locator("#id_password").input_value() == mailbox.password

    page.get_by_role("button", name="Conectar", exact=True).click()
    page.wait_for_url(re.compile(re.escape(reverse("escala_email:account", args=["personal"]))))
    # It moves by itself: nobody reloads the page.
    expect(page.locator(".escala-preview__headline")).to_contain_text("2")
    assert not Message.objects.exists()
    page.locator("button[form=escala-start]").click()
    facts = page.locator(".escala-status > .escala-status__facts")
    expect(facts).to_contain_text("2")
    expect(page.locator(".escala-status progress")).to_have_count(0)
    expect(page.locator(".escala-status__state").first).to_have_text("Conectado")

    page.goto(site + reverse("crm_people:edit", args=[ana.pk]))
    page.get_by_role("tab", name="Correo", exact=True).click()
    conversation = page.locator(".escala-conversation")
    expect(conversation).to_have_count(1)
    expect(conversation).to_contain_text("Re: Renovación de la póliza")
    conversation.locator("summary").first.click()
    messages = page.locator(".escala-message")
    expect(messages).to_have_count(2)
    newest = messages.nth(1).frame_locator("iframe")
    expect(newest.locator("body")).to_contain_text("Vence el 30 de abril")
    messages.first.locator("summary").first.click()
    oldest = messages.first.frame_locator("iframe")
    expect(oldest.locator("b")).to_have_text("vence")
    with page.expect_download() as download:
        page.get_by_role("link", name="Descargar Póliza 2026.pdf", exact=True).click()
    assert download.value.suggested_filename == "Póliza 2026.pdf"
    assert page.title() != "mal"
    assert not [url for url in asked if "rastreo.test" in url]

    page.context.clear_cookies()
    log_in(page, site, "marcos")
    page.goto(site + reverse("crm_people:edit", args=[ana.pk]))
    page.get_by_role("tab", name="Correo", exact=True).click()
    expect(page.locator(".escala-emails__empty")).to_be_visible()
    expect(page.locator(".escala-conversation")).to_have_count(0)


def test_bad_input_marks_its_field_and_gets_the_focus(page, site, spanish, mailbox, seller):
    log_in(page, site, "lucia")
    connect(page, site, mailbox)
    page.locator("#id_imap_port").fill("0")
    page.get_by_role("button", name="Probar la conexión").click()
    port = page.locator("#id_imap_port")
    expect(port).to_have_attribute("aria-invalid", "true")
    expect(port).to_be_focused()
    expect(page.locator("#id_imap_port-escala-error")).to_have_text("El puerto es un número entre 1 y 65535.")
    port.fill(str(mailbox.imap.port))
    page.get_by_role("button", name="Probar la conexión").click()
    expect(page.locator("li.escala-steps__step--passed")).to_have_count(7)
    expect(page.locator("[aria-invalid=true]")).to_have_count(0)


def test_a_field_with_an_error_is_still_heard_with_its_help(page, site, spanish, mailbox, seller):
    log_in(page, site, "lucia")
    connect(page, site, mailbox)
    password = page.locator("#id_password")
    helped = password.get_attribute("aria-describedby")
    typed = password.input_value()
    password.fill("")
    page.get_by_role("button", name="Probar la conexión").click()
    expect(password).to_have_attribute("aria-describedby", f"id_password-escala-error {helped}")
    password.fill(typed)
    page.get_by_role("button", name="Probar la conexión").click()
    expect(page.locator("li.escala-steps__step--passed")).to_have_count(7)
    expect(password).to_have_attribute("aria-describedby", helped)


def test_a_failed_step_keeps_what_was_typed(page, site, spanish, mailbox, seller):
    log_in(page, site, "lucia")
    connect(page, site, mailbox)
    page.locator("#id_password").fill("equivocada")
    page.get_by_role("button", name="Conectar", exact=True).click()
    expect(page.locator(".escala-steps__step--failed")).to_have_count(1)
    assert page.locator("#id_password").input_value() == "equivocada"
    assert page.locator("#id_address").input_value() == mailbox.user


def test_what_came_between_two_looks_is_counted_on_the_page(page, site, seller):
    """A synchronisation of a second begins and ends between two looks: nothing of it is seen running."""
    mine = account(seller, last_success=timezone.now() - timedelta(minutes=1))
    stored(mine, letter())
    Run.objects.update(state="done", finished_at=timezone.now())
    log_in(page, site, "lucia")
    page.goto(site + at("account"))
    expect(page.locator("dd", has_text=re.compile(r"^\s*1\s*$"))).to_be_visible()
    stored(mine, letter(subject="Nueva", minutes=60))
    Run.objects.update(state="done", finished_at=timezone.now())
    EmailAccount.objects.update(last_success=timezone.now())
    expect(page.locator("dd", has_text=re.compile(r"^\s*2\s*$"))).to_be_visible(timeout=40_000)
