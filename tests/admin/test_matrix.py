"""Every address of the plugin's, asked by everybody, of their own mailbox and of somebody else's.

``EXPECTED`` says of each who gets an answer ("yes") and who hears that there is no such thing ("none", 404).
Whoever is not named is refused (403). An address that is not in the table fails.
"""

import re
from contextlib import contextmanager

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core import serializers
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, resolve, reverse
from django.utils import timezone

from escala_email_plugin import permissions, roles
from escala_email_plugin.admin import trying
from escala_email_plugin.models import (
    AccessRequest,
    Address,
    CaptureAddress,
    EmailAccount,
    Erasure,
    Folder,
    Grant,
    ModuleSwitch,
    Policy,
    Quarantined,
    RecordThread,
    Rule,
    Run,
    ShownSender,
    ThreadLevel,
    Visit,
)
from escala_email_plugin.privacy import erase_person
from escala_email_plugin.sync.capture import invitation
from escala_email_plugin.sync.capture.invitation import Invitation
from sandbox.crm.models import Person
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

SALES = [one.rpartition(".")[2] for one in permissions.SALES]

#: The CRM's own permission, which no group of the plugin's holds.
RECORDS = "view_person"

SCRIPT = {"x-requested-with": "XMLHttpRequest"}

#: Everybody who may ask, with their permissions.
PEOPLE = {
    "stranger": None,  # not logged in
    "client": [],  # logged in to the site, not to the admin
    "outsider": ["access_admin"],
    "seller": ["access_admin", *SALES, RECORDS],
    "colleague": ["access_admin", *SALES, RECORDS],
    "former": ["access_admin"],  # has a mailbox of their own, and may not connect one any more
    "team_viewer": ["access_admin", "view_team_mail", RECORDS],  # looks at what others share
    "shared_manager": ["access_admin", "manage_shared_account"],
    "marketing_manager": ["access_admin", "manage_marketing_account"],
    "capture_manager": ["access_admin", "manage_capture_account"],
    "health_viewer": ["access_admin", "view_health"],
    "privacy_manager": ["access_admin", "manage_privacy"],
    "eraser": ["access_admin", "erase_person"],
    "sales": [RECORDS],  # and what the group gives
    "administration": [RECORDS],  # likewise
    "superuser": None,
}
#: Who is in a group, as the migration makes it.
MEMBERS = {"sales": "Ventas", "administration": "Administradores"}
IN_THE_ADMIN = [name for name in PEOPLE if name not in ("stranger", "client")]
#: Who may see the record and connect a mailbox of their own, and has none; some of them may do more.
OTHER_SELLERS = ("colleague", "sales", "administration", "superuser")
OTHERS_WITH_RECORDS = (*OTHER_SELLERS, "team_viewer")


def yes(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "yes")


def none(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "none")


#: What needs no mailbox.
ANY = {
    "personal": yes("seller", *OTHER_SELLERS),
    "shared": yes("shared_manager", "administration", "superuser"),
    "marketing": yes("marketing_manager", "administration", "superuser"),
    "capture": yes("capture_manager", "administration", "superuser"),
}
#: What is about the mailbox that is connected: of all who may, the seller alone has a personal one.
MINE = ANY | {"personal": yes("seller") | none(*OTHER_SELLERS)}
#: What is about mail that is brought in.
MAIL = MINE | {
    "marketing": none("marketing_manager", "administration", "superuser"),
    "capture": none("capture_manager", "administration", "superuser"),
}
#: What is about sending.
SENDING = MINE | {"capture": none("capture_manager", "administration", "superuser")}
#: What shows mail: who manages the shared mailbox does not read it.
READ = MAIL | {"shared": yes("administration", "superuser")}
#: What the owner of a personal mailbox decides, and nobody of any other.
OWN = MAIL | {"shared": none("shared_manager", "administration", "superuser")}


def and_former(table: dict[str, dict[str, str]], outcome=yes) -> dict[str, dict[str, str]]:
    """Also for who has a mailbox and may not connect one any more."""
    return table | {"personal": table["personal"] | outcome("former")}


#: By the name of the address: the methods it has, and by kind who gets what.
OF_A_MAILBOX = {
    "account": ("get", and_former(ANY)),
    "status": ("get", and_former(MINE)),
    "connect": ("get post", ANY),
    "connected": ("get", MINE),
    "discover": ("get post", ANY),
    "probe": ("get post", ANY),
    "consent": ("post", ANY),
    "mode": ("post", MAIL),
    "disconnect": ("post", and_former(MINE)),
    "test_stored": ("post", MINE),
    "send_test": ("post", SENDING),
    "signature": ("get post", SENDING),
    "sharing": ("post", and_former(OWN)),
    "reach": ("get", and_former(OWN)),
    "erase": ("get post", and_former(MINE, none)),
    "stored": ("get", and_former(MAIL)),
    "preview": ("post", MAIL),
    "start": ("post", MAIL),
    "folders": ("post", MAIL),
    "bring_in": ("post", MAIL),
    "lists": ("get post", MAIL),
    "lists_take_off": ("post", MAIL),
    "lists_export": ("get", MAIL),
    "set_aside": ("get", and_former(MAIL)),
    "retry_all": ("post", MAIL),
    "retry": ("post", MAIL),
    "eml": ("get", and_former(READ, none)),
    "completeness": ("get", and_former(MAIL)),
    "check": ("post", MAIL),
    "stop_check": ("post", MAIL),
    "why": ("get post", and_former(READ)),
}
#: The seller's message is nobody else's, whoever may see the record that it is about.
OF_A_MESSAGE = yes("seller") | none(*OTHERS_WITH_RECORDS)
#: A question to the seller, and what the seller granted, are the seller's to answer and to take back.
OF_A_QUESTION = yes("seller") | none(*OTHERS_WITH_RECORDS, "former")
#: What is decided for everybody.
DECIDE = yes("privacy_manager", "administration", "superuser")
OF_NO_MAILBOX = {
    "settings": (
        "get",
        yes("seller", *OTHER_SELLERS, "former", "shared_manager", "marketing_manager", "capture_manager"),
    ),
    "common_lists": ("get post", yes("privacy_manager", "administration", "superuser")),
    "common_lists_take_off": ("post", yes("privacy_manager", "administration", "superuser")),
    "common_lists_export": ("get", yes("privacy_manager", "administration", "superuser")),
    "capture": ("get", yes("seller", *OTHER_SELLERS)),
    # The link was sent to the seller.
    "create_contact": ("get post", yes("seller") | none(*OTHER_SELLERS)),
    "make_capture": ("post", yes("seller", *OTHER_SELLERS)),
    "banner": ("get", yes(*IN_THE_ADMIN)),
    "consent_callback": ("get", yes(*IN_THE_ADMIN)),
    "health": ("get", yes("health_viewer", "administration", "superuser")),
    "health_json": ("get", yes("health_viewer", "administration", "superuser")),
    "policy": ("get post", DECIDE),
    "leavers": ("get", DECIDE),
    "remove_leaver": ("get post", DECIDE),
    "erase_person": ("get post", yes("eraser", "administration", "superuser")),
    "erasures": ("get post", yes("eraser", "administration", "superuser")),
    "erasure": ("get post", yes("eraser", "administration", "superuser")),
    "erasure_report": ("get", yes("eraser", "administration", "superuser")),
    "erasure_report_json": ("get", yes("eraser", "administration", "superuser")),
    "search": ("get", yes("seller", *OTHERS_WITH_RECORDS, "former")),
    "timeline": ("get", yes("seller", *OTHERS_WITH_RECORDS)),
    "record": ("get", yes("seller", *OTHERS_WITH_RECORDS)),
    "visit": ("post", yes("seller", *OTHERS_WITH_RECORDS)),
    "modules": ("get post", yes("administration", "superuser")),
    "looking": ("get", yes("seller", *OTHERS_WITH_RECORDS)),
    "newer": ("get", yes("seller", *OTHERS_WITH_RECORDS)),
    "linked": ("get", OF_A_MESSAGE),
    "thread": ("get", OF_A_MESSAGE),
    "thread_level": ("post", OF_A_MESSAGE),
    "ties": ("get post", OF_A_MESSAGE),
    "ties_search": ("get", OF_A_MESSAGE),
    "left_out": ("get", yes("seller", *OTHERS_WITH_RECORDS)),
    "body": ("get", OF_A_MESSAGE),
    "card": ("get", OF_A_MESSAGE),
    "pictures": ("post", OF_A_MESSAGE),
    "why_here": ("get", OF_A_MESSAGE),
    "message_source": ("get", OF_A_MESSAGE),
    "print_message": ("get", OF_A_MESSAGE),
    "print_thread": ("get", OF_A_MESSAGE),
    "thread_read": ("post", OF_A_MESSAGE),
    "message_eml": ("get", OF_A_MESSAGE),
    "attachment": ("get", OF_A_MESSAGE),
    "attachment_view": ("get", OF_A_MESSAGE),
    # Only what is hidden can be asked for.
    "ask": ("post", yes(*OTHERS_WITH_RECORDS) | none("seller")),
    "access": ("get", yes("seller", "former", *OTHERS_WITH_RECORDS)),
    "access_answer": ("get post", OF_A_QUESTION),
    "access_take_back": ("post", OF_A_QUESTION),
    "access_take_back_all": ("post", OF_A_QUESTION),
}
CASES = [(name, kind) for name in OF_A_MAILBOX for kind in ANY] + [(name, "") for name in OF_NO_MAILBOX]

#: Where a server is asked, which no transaction may be held open for.
ASKS_SERVERS = {
    *("connect", "probe", "discover", "consent_callback", "disconnect", "erase"),
    *("test_stored", "send_test", "why", "remove_leaver", "message_source", "message_eml"),
}

#: What a POST must say so that it is about something.
POSTED = {
    "ties": {"how": "tie"},
    "bring_in": {"address": "ana@cliente.test"},
    "modules": {"module": "crm.Person", "switch": "off"},
    "thread_read": {"until": "0-0"},
}

#: An id that no row has, nor any row could have.
NO_ID = (987654321, 10**30)


def expected(name: str, kind: str, method: str, who: str) -> int | str:
    """The status, or "yes"."""
    methods, people = OF_A_MAILBOX[name] if kind else OF_NO_MAILBOX[name]
    outcome = (people[kind] if kind else people).get(who)
    if outcome is None:
        # The way in has no other method, for nobody.
        return 405 if name == "settings" and method == "post" and who in IN_THE_ADMIN else 403
    if method in methods:
        return "yes" if outcome == "yes" else 404
    # What is there for no mailbox of a kind is not there by any method.
    return 404 if outcome == "none" and kind in ("marketing", "capture") else 405


def names() -> set[str]:
    """Of all addresses of the plugin, as Django resolves them."""

    def walk(patterns):
        for one in patterns:
            if hasattr(one, "url_patterns"):
                yield from walk(one.url_patterns)
            else:
                yield one.name

    return set(walk(get_resolver("escala_email_plugin.admin.urls").url_patterns))


@pytest.fixture
def people(db):
    """Everybody, by name, and ``None`` who is not logged in."""
    roles.make()
    made = {}
    for name, codenames in PEOPLE.items():
        users = get_user_model().objects
        if name == "superuser":
            made[name] = users.create_superuser(name, f"{name}@example.test", name)
        elif codenames is None:
            made[name] = None
        else:
            made[name] = users.create_user(name, f"{name}@example.test", name)
            made[name].user_permissions.set(Permission.objects.filter(codename__in=codenames))
        if name in MEMBERS:
            made[name].groups.add(Group.objects.get(name=MEMBERS[name]))
    return made


@pytest.fixture
def mailboxes(people):
    """One of each kind, by kind; what is about mail has a message that was set aside."""
    made = {
        "personal": account(people["seller"], "lucia@andina.test", last_success=timezone.now()),
        "shared": account(address="ventas@andina.test", last_success=timezone.now()),
        "marketing": account(address="noticias@andina.test", kind="marketing", mode="off"),
        "capture": account(address="crm@andina.test", kind="capture"),
    }
    account(people["former"], "antes@andina.test")
    made["left"] = account(None, "ida@andina.test", kind="personal")
    erase_person.order(["otra@persona.test"], people["superuser"])
    for holder in (made["personal"], made["shared"]):
        folder = Folder.objects.create(account=holder, name="INBOX", uidvalidity=7)
        Quarantined.objects.create(
            folder=folder, uidvalidity=7, uid=99, error="x", raw=b"From: a@b.test", next_try=timezone.now()
        )
        Rule.objects.create(account=holder, kind=Rule.Kind.NEVER_DOWNLOAD, pattern="ana@cliente.test")
    return made


@pytest.fixture
def ana(mailboxes, people):
    """A record, with a message of the seller's."""
    person = Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    (message,) = stored(
        mailboxes["personal"], letter(attachments=[("poliza.pdf", "application/pdf", b"%PDF-1.4")])
    )
    _let_in(mailboxes["personal"], message, person, people["outsider"])
    return person


def _let_in(holder, message, person, user) -> None:
    """Somebody asked, and was granted something else: who they are changes nothing for the others."""
    AccessRequest.objects.create(
        asker=user, account=holder, message=message, record=person, asked_at=timezone.now()
    )
    other = Address.objects.create(value="otra@cliente.test")
    Grant.objects.create(account=holder, user=user, address=other)


@pytest.fixture(autouse=True)
def nobody_is_asked(monkeypatch):
    """No mail server: what is asked here is who may ask."""
    monkeypatch.setattr(trying, "tried", lambda account: [])
    monkeypatch.setattr(trying, "send_test", lambda *args: None)


def addresses(name: str, kind: str, mailboxes, ana) -> list[str]:
    """Of what is there, and of what is not."""
    if name == "consent":
        return [reverse("escala_email:consent", args=[kind, "google"])]
    if name == "consent_callback":
        return [reverse("escala_email:consent_callback", args=["google"])]
    if name == "remove_leaver":
        of_who_is_here = mailboxes["personal"].pk
        ids = [mailboxes["left"].pk, of_who_is_here, *NO_ID]
        return [reverse("escala_email:remove_leaver", args=[pk]) for pk in ids]
    if name == "create_contact":
        link = invitation.made(mailboxes["personal"].owner, Invitation("nueva@cliente.test", "Nueva"))
        return [reverse("escala_email:create_contact", args=[one]) for one in (link, "nonsense")]
    if kind:
        ids = _ids(name, mailboxes[kind])
        return [reverse(f"escala_email:{name}", args=[kind, *([pk] if pk else [])]) for pk in ids]
    if name in ("erasure", "erasure_report", "erasure_report_json"):
        ids = [Erasure.objects.get().pk, *NO_ID]
        return [reverse(f"escala_email:{name}", args=[pk]) for pk in ids]
    if name in _ACCESS_IDS:
        ids = [_ACCESS_IDS[name](mailboxes["personal"]), *NO_ID]
        return [reverse(f"escala_email:{name}", args=[pk]) for pk in ids]
    if name not in ("timeline", "left_out", "record", "visit", *_QUERIES, *_MESSAGE_IDS):
        return [reverse(f"escala_email:{name}")]
    ids = [_MESSAGE_IDS[name](mailboxes["personal"]), *NO_ID] if name in _MESSAGE_IDS else [None]
    place = ["crm", "person", ana.pk]
    found = [reverse(f"escala_email:{name}", args=[*place, *([pk] if pk else [])]) for pk in ids]
    return [one + _QUERIES.get(name, "") for one in found]


def _ids(name, holder) -> list:
    if name == "erase":
        return [holder.pk, *NO_ID]
    if name in ("retry", "eml"):
        row = Quarantined.objects.filter(folder__account=holder).first()
        return [row.pk if row else NO_ID[0], *NO_ID]
    return [None]


def _message(holder):
    return holder.locations.get().message


#: What a fragment is asked with.
_QUERIES = {"looking": "?after=0", "newer": "?shown=0-0"}

_MESSAGE_IDS = {
    "thread": lambda holder: _message(holder).thread_id,
    "linked": lambda holder: _message(holder).thread_id,
    "thread_level": lambda holder: _message(holder).thread_id,
    "ties": lambda holder: _message(holder).thread_id,
    "ties_search": lambda holder: _message(holder).thread_id,
    "body": lambda holder: _message(holder).pk,
    "card": lambda holder: _message(holder).pk,
    "pictures": lambda holder: _message(holder).pk,
    "why_here": lambda holder: _message(holder).pk,
    "message_source": lambda holder: _message(holder).pk,
    "print_message": lambda holder: _message(holder).pk,
    "print_thread": lambda holder: _message(holder).thread_id,
    "thread_read": lambda holder: _message(holder).thread_id,
    "message_eml": lambda holder: _message(holder).pk,
    "ask": lambda holder: _message(holder).pk,
    "attachment": lambda holder: _message(holder).attachments.get().pk,
    "attachment_view": lambda holder: _message(holder).attachments.get().pk,
}


_ACCESS_IDS = {
    "access_answer": lambda holder: holder.access_requests.get().pk,
    "access_take_back": lambda holder: holder.grants.get().pk,
    "access_take_back_all": lambda holder: holder.grants.get().pk,
}


@contextmanager
def undone():
    """Whatever happens in it has not happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def asked_by(user) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def state() -> str:
    """All rows that a page could change."""
    rows = [
        row
        for model in (
            *(AccessRequest, CaptureAddress, EmailAccount, Erasure, Folder, Grant, ModuleSwitch, Policy),
            *(Quarantined, RecordThread, Rule, Run, ShownSender, ThreadLevel, Visit),
        )
        for row in model.objects.order_by("pk")
    ]
    return serializers.serialize("json", rows)


def test_the_table_knows_every_address():
    assert names() == {*OF_A_MAILBOX, *OF_NO_MAILBOX}


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_each_gets_what_is_theirs_and_nobody_learns_what_is_somebody_elses(
    name, kind, people, mailboxes, ana
):
    there, *not_there = addresses(name, kind, mailboxes, ana)
    data = POSTED.get(name, {})
    for who, user in people.items():
        client = asked_by(user)
        for method in ("get", "post"):
            before = state()
            with undone():
                response = getattr(client, method)(there, data if method == "post" else {}, headers=SCRIPT)
                if method == "get":
                    assert state() == before, f"{who} changed something by a GET"
            found = response.status_code
            wanted = expected(name, kind, method, who)
            assert (found < 400) if wanted == "yes" else found == wanted, (who, method, there, found, wanted)
            if found < 400:
                assert {"no-cache", "no-store"} & set(re.split(r",\s*", response.headers["Cache-Control"]))
            for url in not_there:
                answer = getattr(client, method)(url, data if method == "post" else {}, headers=SCRIPT)
                same = 404 if wanted == "yes" else found
                assert answer.status_code == same, (who, method, url, answer.status_code)


@pytest.mark.parametrize(("name", "kind"), [one for one in CASES if one[1] in ("personal", "")])
def test_a_browser_that_is_refused_learns_no_more_than_a_script(name, kind, people, mailboxes, ana):
    there, *_not_there = addresses(name, kind, mailboxes, ana)
    for who in ("stranger", "client", "outsider"):
        if expected(name, kind, "get", who) == 403:
            response = asked_by(people[who]).get(there)
            assert response.status_code == 302, (who, response.status_code)
            assert response.url.split("?")[0] in (reverse("wagtailadmin_home"), reverse("wagtailadmin_login"))


@pytest.mark.parametrize(("name", "kind"), [one for one in CASES if one[0] in OF_A_MAILBOX])
def test_a_post_without_the_pages_token_changes_nothing(name, kind, people, mailboxes, ana):
    methods, by_kind = OF_A_MAILBOX[name]
    if "post" not in methods:
        return
    (url, *_not_there), before = addresses(name, kind, mailboxes, ana), state()
    for who in by_kind[kind]:
        client = Client(enforce_csrf_checks=True)
        client.force_login(people[who])
        assert client.post(url, {"mode": "off"}, headers=SCRIPT).status_code == 403
    assert state() == before


@pytest.mark.parametrize("name", sorted({*OF_A_MAILBOX, *OF_NO_MAILBOX}))
def test_no_transaction_of_the_hosts_waits_for_a_server(name, mailboxes, ana):
    kind = "personal" if name in OF_A_MAILBOX else ""
    view = resolve(addresses(name, kind, mailboxes, ana)[0].split("?")[0]).func
    assert bool(getattr(view, "_non_atomic_requests", None)) == (name in ASKS_SERVERS)
