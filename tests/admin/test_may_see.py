"""The host's own permission to see a record, at every address and wherever a record is named."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

import escala_email_plugin
from escala_email_plugin.admin import preview, urls
from escala_email_plugin.admin.records import records_of
from escala_email_plugin.admin.why import answers
from escala_email_plugin.models import Message, Quarantined
from escala_email_plugin.sync.why import Explanation
from sandbox.crm.models import Person, PersonEmail
from tests.host.models import Dossier
from tests.making import account, at, letter, stored

pytestmark = pytest.mark.django_db

SCRIPT = {"x-requested-with": "XMLHttpRequest"}


@pytest.fixture
def mine(seller, colleague):
    """The seller's mailbox, with mail of somebody whose record is the colleague's; both own their records."""
    for user in (seller, colleague):
        user.user_permissions.add(Permission.objects.get(codename="add_dossier"))
    mine = account(seller)
    stored(mine, letter(attachments=[("poliza.pdf", "application/pdf", b"x")]))
    return mine


def addresses(record) -> list[str]:
    """Every address below the record's, of the mail that is there: also those that come to be one day."""
    message = Message.objects.get()
    ids = {
        "thread_id": message.thread_id,
        "message_id": message.pk,
        "attachment_id": message.attachments.get().pk,
    }
    place = {"app_label": "host", "model_name": "dossier", "pk": record.pk}
    found = []
    for one in urls.record:
        names = re.findall(r"<(?:\w+:)?(\w+)>", str(one.pattern))
        values = {name: ids.get(name, 1) for name in names}
        found.append(reverse(f"escala_email:{one.name}", kwargs={**place, **values}))
    return found


def asked_by(user, url, method="get"):
    client = Client()
    client.force_login(user)
    return getattr(client, method)(url, headers=SCRIPT)


def test_no_address_of_a_record_answers_who_may_not_see_it(seller, colleague, mine):
    theirs = Dossier.objects.create(owner=colleague, email="ana@cliente.test")
    assert len(addresses(theirs)) == len(urls.record)
    for url in addresses(theirs):
        for method in ("get", "post"):
            assert asked_by(seller, url, method).status_code == 403, (method, url)


def test_who_owns_the_record_is_answered(seller, mine):
    own = Dossier.objects.create(owner=seller, email="ana@cliente.test")
    answered = [url for url in addresses(own) if asked_by(seller, url).status_code == 200]
    assert len(answered) >= 5  # the timeline, the thread, the body, why it is here, the attachment


def refuse(user, record) -> bool:
    return False


def test_a_function_of_the_hosts_closes_every_address_for_a_superuser_too(settings, administrator, mine):
    own = Dossier.objects.create(owner=administrator, email="ana@cliente.test")
    options = {"addresses": ["email"], "may_see": f"{__name__}.refuse"}
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "MODULES": {"host.Dossier": options}}
    for url in addresses(own):
        assert asked_by(administrator, url).status_code == 403, url


@pytest.fixture
def hidden_ana(settings):
    """A person whom the host shows to nobody, with another address that is in no mail."""
    ana = Person.objects.create(first_name="Ana", last_name="Innombrable", email="ana@cliente.test")
    PersonEmail.objects.create(person=ana, address="otra@secreta.test")
    people = {"addresses": ["email", "other_emails__address"], "may_see": refuse}
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "MODULES": {"crm.Person": people}}
    return ana


def test_a_record_is_named_to_nobody_who_may_not_see_it(seller, hidden_ana):
    assert records_of(["ana@cliente.test"], seller) == {}
    (told,) = answers([_stored_one()], seller)
    assert told.decided_by == [("ana@cliente.test", [])]


def _stored_one() -> Explanation:
    return Explanation("INBOX", 1, "Póliza", "Ana", None, "stored", ("ana@cliente.test",))


def test_the_pages_of_ones_own_mailbox_name_no_record_that_one_may_not_see(client, seller, hidden_ana):
    mine = account(seller)
    stored(mine, letter())
    folder = mine.folders.get()
    Quarantined.objects.create(
        folder=folder, uidvalidity=7, uid=99, error="x", raw=letter(), next_try=folder.locations.get().arrived
    )
    mine.runs.create(
        kind="preview",
        state="done",
        result={"senders": [{"address": "ana@cliente.test", "messages": 1, "involved": 1}], "messages": 1},
    )
    assert preview.is_answered(preview.newest_preview(mine))
    client.force_login(seller)
    for mode in ("total", "preview"):
        type(mine).objects.filter(pk=mine.pk).update(mode=mode)
        for name in ("account", "status", "stored", "set_aside", "completeness", "why"):
            page = client.get(at(name)).content.decode()
            assert "Innombrable" not in page, name
            assert "otra@secreta.test" not in page, name


#: Where the host's records are looked up, or led to, for somebody; and what asks there whether they may.
LOOKS_UP_RECORDS = {
    "admin/records.py": "may_see(",
    "privacy/access/answering.py": "may_see(",
    "admin/access_rows.py": "record_for(",  # of the one above
    "admin/ask.py": "RecordMixin",  # of admin/record.py
    "admin/record_page.py": "RecordMixin",
    "admin/ties.py": "may_see(",
    "modules.py": "may_see(",  # itself, and what is only counted
    "reading/belonging.py": "may_see(",
    "reading/counter_sets.py": "may_see(",
    "reading/find_records.py": "may_see(",
    "admin/create_contact.py": "records_of(",  # of admin/records.py; else only what the user made just now
}


def test_records_are_looked_up_where_somebody_asks_who_may_see_them_and_nowhere_else():
    package = Path(escala_email_plugin.__file__).parent
    means = re.compile(
        r"_default_manager|model_class\(|AdminURLFinder|get_object_for_this_type|GenericForeignKey"
    )
    found = {
        str(file.relative_to(package))
        for file in package.rglob("*.py")
        if means.search(file.read_text()) and file.parent.name not in ("migrations", "tables")
    }
    assert found == set(LOOKS_UP_RECORDS)
    for name, guard in LOOKS_UP_RECORDS.items():
        assert guard in (package / name).read_text(), name
