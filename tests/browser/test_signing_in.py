"""Sign in with the stand-in Google in Chromium: cancel, allow, lose the access, give it back by one click."""

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import expect

from escala_email_plugin import tasks
from escala_email_plugin.models import EmailAccount, Message
from sandbox.crm.models import Person
from tests.making import at, letter

from .test_first_sync import log_in

pytestmark = [pytest.mark.browser, pytest.mark.dovecot, pytest.mark.django_db(transaction=True)]


def test_a_seller_signs_in_with_google_and_heals_a_lost_access_with_one_click(
    page, site, seller, provider, token_mailbox
):
    cache.clear()
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    token_mailbox.append(letter(to=token_mailbox.user, subject="Antes"))
    provider.accounts.insert(0, "somebody@else.test")
    log_in(page, site, seller.username)
    page.goto(site + at("account"))

    page.get_by_role("button", name="Sign in with Google").click()
    page.get_by_role("button", name="Cancelar").click()
    expect(page.get_by_text("You cancelled the sign-in with Google. Nothing has changed.")).to_be_visible()

    # Without the tick nothing is connected.
    page.get_by_role("button", name="Sign in with Google").click()
    page.get_by_label(token_mailbox.user).check()
    page.get_by_label("Leer y enviar tu correo").uncheck()
    page.get_by_role("button", name="Permitir").click()
    expect(page.get_by_text("Google did not give access to the mail")).to_be_visible()

    page.get_by_role("button", name="Sign in with Google").click()
    page.get_by_label(token_mailbox.user).check()
    page.get_by_role("button", name="Permitir").click()
    expect(page.get_by_text(f"{token_mailbox.user} is connected.")).to_be_visible()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text("Last synchronised")).to_be_visible()
    mine = EmailAccount.objects.get()

    provider.grants.withdraw(token_mailbox.user)
    token_mailbox.append(letter(to=token_mailbox.user, subject="Entretanto", minutes=1))
    EmailAccount.objects.update(access_ends=None)
    tasks.sync_account(mine.pk)
    # The banner on top offers the same.
    again = page.get_by_role("button", name="Sign in with Google again").last
    page.goto(site + at("account"))
    expect(again).to_be_visible()
    again.click()
    # The account is chosen already.
    expect(page.get_by_label(token_mailbox.user)).to_be_checked()
    page.get_by_label("somebody@else.test").check()
    page.get_by_role("button", name="Permitir").click()
    expect(page.get_by_text("At Google you chose somebody@else.test")).to_be_visible()
    again.click()
    page.get_by_role("button", name="Permitir").click()
    expect(page.get_by_text("Its synchronisation goes on where it was.")).to_be_visible()
    expect(page.locator(".escala-status__state--connected")).to_be_visible()
    for _ in range(300):
        if Message.objects.count() == 2:
            break
        page.wait_for_timeout(100)
    assert {one.subject for one in Message.objects.all()} == {"Antes", "Entretanto"}
    assert EmailAccount.objects.get().pk == mine.pk
    assert page.url == site + reverse("escala_email:account", args=["personal"])
