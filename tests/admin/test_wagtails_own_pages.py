"""Wagtail's own pages and indexes tell nothing of anybody's mail, whatever is searched for."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from wagtail.models import ModelLogEntry, ReferenceIndex
from wagtail.search.index import get_indexed_models

from escala_email_plugin import roles
from escala_email_plugin.admin import audit_log
from escala_email_plugin.models import Attachment, EmailAccount, Message
from sandbox.crm.models import Person
from tests.admin.beginnings import begin
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

SUBJECT, TEXT, THIRD, FILE = "Ultrasecreto", "Palabra reservada", "tercera@oculta.test", "contrato-oculto.pdf"
MAILBOX = "lucia@andina.test"


@pytest.fixture(autouse=True)
def wagtail(db):
    begin()


@pytest.fixture
def ana(seller):
    """A record, and a seller's mail with it: once in the mailbox that is connected, which shares nothing."""
    ana = Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    raw = letter(
        "Ana <ana@cliente.test>",
        f"{MAILBOX}, Tercera <{THIRD}>",
        SUBJECT,
        TEXT,
        attachments=[(FILE, "application/pdf", b"x")],
    )
    stored(account(seller, MAILBOX, signature="<p>Firma reservada</p>"), raw)
    assert Attachment.objects.get().name == FILE
    return ana


@pytest.fixture
def told():
    """What may stand on no page of Wagtail's own."""
    holder = EmailAccount.objects.get()
    return [SUBJECT, TEXT, THIRD, FILE, MAILBOX, "Firma reservada", holder.secret, "correct horse"]


@pytest.fixture
def people(colleague, outsider, administrator):
    """Who is not the owner: somebody without any right, a colleague, who has both groups, and a superuser."""
    roles.make()
    both = get_user_model().objects.create_user("ambas", "ambas@example.test")
    both.groups.set(Group.objects.filter(name__in=roles.ROLES))
    both.user_permissions.set(
        Permission.objects.filter(content_type__app_label__in=["crm", "auth", "wagtailcore"])
    )
    return [outsider, colleague, both, administrator]


def pages() -> list[str]:
    """Every page of the admin that is not the plugin's and needs no argument."""

    def walk(resolver, namespaces=()):
        for one in resolver.url_patterns:
            if hasattr(one, "url_patterns"):
                inner = (*namespaces, one.namespace) if one.namespace else namespaces
                yield from walk(one, inner)
            elif one.name and "escala_email" not in namespaces:
                yield ":".join((*namespaces, one.name))

    found = []
    for name in dict.fromkeys(walk(get_resolver("wagtail.admin.urls"))):
        try:
            found.append(reverse(name))
        except NoReverseMatch:
            continue
    return found


def of_the_record(ana) -> list[str]:
    names = ("edit", "delete", "usage", "history", "history_results", "copy")
    urls = [reverse(f"crm_people:{name}", args=[ana.pk]) for name in names]
    groups = [reverse("wagtailusers_groups:edit", args=[one.pk]) for one in Group.objects.all()]
    users = [reverse("wagtailusers_users:edit", args=[one.pk]) for one in get_user_model().objects.all()]
    return urls + groups + users


def asked_by(user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.mark.slow
def test_no_page_of_wagtails_tells_of_somebodys_mail_nor_finds_it(ana, told, people):
    urls = [*pages(), *of_the_record(ana)]
    assert len(urls) > 60
    assert reverse("wagtailadmin_reports:site_history") in urls
    read = 0
    for user in people:
        client = asked_by(user)
        for url in urls:
            # A search may repeat what was asked for, and tells nothing else.
            for query, forbidden in (({}, told), ({"q": SUBJECT}, told[1:]), ({"q": THIRD}, told[:2])):
                answer = client.get(url, query, headers={"x-requested-with": "XMLHttpRequest"})
                if answer.status_code != 200 or answer.streaming:
                    continue
                read += 1
                found = [word for word in forbidden if word in answer.content.decode(errors="replace")]
                assert not found, (user.username, url, query, found)
    assert read > 100


def test_every_entry_of_wagtails_log_names_no_mail_and_whose_mailbox_it_is_to_nobody(
    rf, ana, told, people, seller
):
    for action in audit_log.ACTIONS:
        audit_log.write(EmailAccount.objects.get(), action)
    assert ModelLogEntry.objects.count() == len(audit_log.ACTIONS)
    outsider, colleague, *_others = people
    history = reverse("wagtailadmin_reports:site_history")
    page = asked_by(colleague).get(history).content.decode()
    assert "Mailbox disconnected" in page
    assert [word for word in told if word in page] == []
    page = asked_by(outsider).get(history).content.decode()
    assert "Mailbox disconnected" not in page


def test_mail_counts_as_no_use_of_a_record_and_is_in_no_index(ana):
    assert Message.objects.exists()
    ReferenceIndex.create_or_update_for_object(Message.objects.get())
    assert not ReferenceIndex.objects.exists()
    ours = [one for one in get_indexed_models() if one._meta.app_label == "escala_email"]
    assert ours == []
