"""Nothing of mail that is hidden comes out, whatever somebody asks for: every address, the log, mails, tasks.

Lucía shares nothing. Marcos, and a superuser, ask for everything there is, with the ids of her messages.
An address that is added later is asked for too.
"""

import contextlib
import io
import itertools
import json
import logging
import re
from urllib.parse import quote, quote_plus

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from huey.contrib.djhuey import HUEY
from wagtail.models import ModelLogEntry

from escala_email_plugin.admin import trying
from escala_email_plugin.models import Attachment, Grant, Message, Quarantined, Thread, ThreadLevel
from escala_email_plugin.visibility import Level
from sandbox.crm.models import Opportunity, Person
from tests.admin.beginnings import begin
from tests.admin.surfaces import body, filled, patterns, settled
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

#: Each stands in one part of the hidden messages, and nowhere else.
FORBIDDEN = {
    "subject": "Zafiro",
    "text": "topacio",
    "html": "amatista",
    "file name": "rubi-reservado",
    "file": "esmeralda",
    "third party": "testigo@tercero.test",
    "third party's name": "Turquesa",
    "bcc": "oculta@tercero.test",
    "sender's name": "Granate",
    "message id": "obsidiana",
    "folder": "Carpeta-opalo",
    "set aside": "jaspe",
}

#: Who is refused hears so, and is not sent to a page that says so.
SCRIPT = {"x-requested-with": "XMLHttpRequest"}

#: What asks servers, or sends one elsewhere: nothing of ours is in what comes of it.
APART = {"escala_email:consent", "escala_email:consent_callback"}

#: To ask for access to a hidden message is what its id is given for.
KNOWS_HIDDEN = {"ask"}

#: Ids that nothing has.
NOTHING = 987654321

#: What forms may be sent, beside nothing.
SENT = {
    "level": "3",
    "how": "untie",
    "scope": "thread",
    "answer": "contact",
    "address": "ana@cliente.test",
    "after": "0",
    "until": "0-0",
    "confirm": "on",
}


def secret(number: int) -> bytes:
    return letter(
        "Granate <ana@cliente.test>",
        "lucia@andina.test",
        f"Zafiro {number}",
        "topacio\n",
        html="<p>amatista</p>",
        message_id=f"obsidiana{number}@cliente.test",
        reply_to="obsidiana0@cliente.test" if number else None,
        minutes=-number,
        cc="Turquesa <testigo@tercero.test>",
        bcc="oculta@tercero.test",
        attachments=[("rubi-reservado.pdf", "application/pdf", b"esmeralda")],
    )


@pytest.fixture
def mine(seller):
    return account(seller, last_success=timezone.now())


@pytest.fixture
def ana(db):
    ana = Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    Opportunity.objects.create(name="Flota", contact=ana)
    return ana


@pytest.fixture
def berta(db):
    """A record whose address got a Bcc."""
    return Person.objects.create(first_name="Berta", last_name="Ruiz", email="oculta@tercero.test")


@pytest.fixture
def hidden(mine, ana):
    """The newest of a conversation of messages of which Marcos is to learn nothing, and one set aside."""
    messages = stored(mine, secret(0), folder="Carpeta-opalo")
    Quarantined.objects.create(
        folder=mine.folders.get(), uidvalidity=7, uid=99, error="x", raw=b"jaspe", next_try=timezone.now()
    )
    return messages[0]


@pytest.fixture
def others(colleague, hidden):
    """What Marcos has himself, so that his pages show something."""
    own = account(colleague, "marcos@andina.test", last_success=timezone.now())
    stored(own, letter(to="marcos@andina.test", subject="De Marcos", minutes=9))
    return own


@pytest.fixture(params=["colleague", "administrator"])
def who(request, others):
    return request.getfixturevalue(request.param)


@pytest.fixture(autouse=True)
def wagtail(db):
    begin()


@pytest.fixture(autouse=True)
def nobody_is_asked(monkeypatch):
    """No mail server: what is asked here is what comes out."""
    monkeypatch.setattr(trying, "tried", lambda account: [])
    monkeypatch.setattr(trying, "send_test", lambda *args: None)


def ids(message) -> dict[str, list]:
    """What parameters are filled in with, of a hidden message."""
    holder = message.locations.get().account
    return {
        "message_id": [message.pk],
        "thread_id": [message.thread_id],
        "attachment_id": [message.attachments.get().pk],
        "account_id": [holder.pk],
        "row_id": [Quarantined.objects.get(folder__account=holder).pk],
    }


def of_nothing(values: dict[str, list]) -> dict[str, list]:
    """The same with ids of nothing: another one for each, so that there are as many addresses."""
    other = dict(
        zip(dict.fromkeys(one for some in values.values() for one in some), itertools.count(NOTHING))
    )
    return {name: [other[one] for one in some] for name, some in values.items()}


def ours(values: dict[str, list], ana) -> dict[str, list[str]]:
    """Every address of the plugin's, by name. ``values``: by the name of a parameter."""
    about = {
        "app_label": ["crm"],
        "model_name": ["person"],
        "pk": [ana.pk],
        "kind": ["personal", "shared", "marketing", "capture"],
        "provider": ["google"],
    }
    # A parameter that nobody thought of gets each id, as number and as text.
    unknown = [*dict.fromkeys(one for some in values.values() for one in some), "x"]
    found = {}
    for name, parameters in patterns("escala_email_plugin.admin.urls"):
        assert name != "?", "An address without a name cannot be looked at."
        found[name] = filled(f"escala_email:{name}", parameters, about | values, unknown)
        assert found[name], f"No address of {name} could be made of {parameters}."
    return found


@contextlib.contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def entering(user) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(user)
    return client


def told(content: bytes | str) -> set[str]:
    """What of the forbidden is in it, as it is or as JSON and addresses write it."""
    text = content.decode(errors="replace") if isinstance(content, bytes) else content
    text = text.replace("%40", "@").replace("&#64;", "@").replace("\\u0040", "@").lower()
    return {part for part, words in FORBIDDEN.items() if words.lower() in text}


def asked(client: Client, urls: dict[str, list[str]], methods=("get", "post")):
    """``(name, method, url, status, content)`` of everything; whatever a POST does has not happened."""
    for name, some in urls.items():
        for url in some if f"escala_email:{name}" not in APART else ():
            for method, data in [("get", {"after": "0", "shown": "0-0"}), ("post", {}), ("post", SENT)]:
                if method in methods:
                    with undone():
                        client.cookies.pop("messages", None)
                        response = getattr(client, method)(url, data, headers=SCRIPT)
                        content = body(response)
                        yield name, method, url, response.status_code, content


def test_what_is_forbidden_is_there_to_be_found(mine, hidden, ana, client, seller):
    """Else the tests below could not fail."""
    client.force_login(seller)
    found = set()
    for _name, _method, _url, _status, content in asked(client, ours(ids(hidden), ana), methods=("get",)):
        found |= told(content)
    assert found == FORBIDDEN.keys()


def test_no_address_of_the_plugin_tells_anything_or_opens_anything(
    who, mine, hidden, ana, berta, caplog, mailoutbox, django_capture_on_commit_callbacks
):
    stored(mine, *map(secret, range(1, 30)), folder="Carpeta-opalo")
    every, client = Message.objects.filter(locations__account=mine), entering(who)
    caplog.set_level(logging.DEBUG)
    HUEY.flush()
    every_url = ours(ids(hidden), ana)
    # Beside those of one record, all others are the same.
    of_berta = {
        name: [url for url in some if "/records/" in url] for name, some in ours(ids(hidden), berta).items()
    }
    assert len(list(filter(None, of_berta.values()))) > 5
    for urls in (every_url, of_berta):
        answers = asked(client, urls)
        while True:
            with django_capture_on_commit_callbacks(execute=True):
                answer = next(answers, None)
                if answer is None:
                    break
                _name, method, url, status, content = answer
                assert told(content) == set(), (method, url, status)
                # Still inside: what it changed has not been undone.
                assert not every.visible_to(who, Level.PEOPLE).exists(), (method, url)
                assert not Grant.objects.exists(), (method, url)
                assert not ThreadLevel.objects.exists(), (method, url)
                assert told(history()) == set(), (method, url)
    assert told(caplog.text) == set()
    assert told(repr([(task.name, task.args, task.kwargs) for task in HUEY.pending()])) == set()
    theirs = [one for one in mailoutbox if "lucia@example.test" not in one.to]
    assert told(repr([(one.subject, one.body, one.alternatives) for one in theirs])) == set()


def history() -> str:
    """All that Wagtail's log holds."""
    return repr([(entry.label, entry.data, entry.message) for entry in ModelLogEntry.objects.all()])


def test_what_is_hidden_is_as_if_it_did_not_exist(who, hidden, ana):
    """The same status and the same bytes, but for the id."""
    client, there, not_there = entering(who), ours(ids(hidden), ana), ours(of_nothing(ids(hidden)), ana)
    by_id = {name for name in there if there[name] != not_there[name]}
    assert by_id >= {"thread", "thread_level", "body", "why_here", "attachment", "erase", "retry", "eml"}
    for name in by_id - KNOWS_HIDDEN:
        one = list(asked(client, {name: there[name]}))
        other = list(asked(client, {name: not_there[name]}))
        assert len(one) == len(other)
        for (_, method, url, status, content), (_, _, _, status_of_nothing, nothing) in zip(
            one, other, strict=True
        ):
            assert status == status_of_nothing, (method, url)
            assert settled(content) == settled(nothing), (method, url)


def test_pages_do_not_grow_with_what_is_hidden(others, mine, colleague, hidden, ana, berta):
    """Of one conversation with one hidden message, and with thirty."""
    client = entering(colleague)

    def sizes():
        urls = ours(ids(hidden), ana)
        return {
            (name, method, settled(url.encode()), number): settled(content)
            for number, (name, method, url, _status, content) in enumerate(asked(client, urls, ("get",)))
        }

    before = sizes()
    stored(mine, *map(secret, range(1, 30)), folder="Carpeta-opalo")
    assert Message.objects.filter(thread=hidden.thread).count() == 30
    after = sizes()
    assert [key for key in before if before[key] != after[key]] == []


#: Of Wagtail's own: what ends a session or begins one, and what fails to be seen failing.
ENTRANCE = re.compile(r"logout|login|password_reset|error_test")


def test_no_page_of_the_host_tells_anything(who, mine, hidden, ana, caplog):
    """Listings, records, their history, exports, reports, the home page: everything that can be asked for."""
    stored(mine, *map(secret, range(1, 5)), folder="Carpeta-opalo")
    caplog.set_level(logging.DEBUG)
    client, looked_at = entering(who), set()
    for name, parameters in patterns():
        is_records = name.startswith("crm_people")
        if name.startswith("escala_email:") or ENTRANCE.search(name) or (parameters and not is_records):
            continue
        for url in filled(name, parameters, {"pk": [ana.pk], "object_id": [ana.pk]}, [ana.pk]):
            for query in ({}, {"export": "csv"}, {"export": "xlsx"}) if is_records else ({},):
                response = client.get(url, query)
                assert told(body(response)) == set(), url
                looked_at.add((name.rpartition(":")[2], response.status_code))
    expected = {"wagtailadmin_home", "index", "edit", "history", "site_history", "inspect", "delete"}
    assert expected - {"inspect"} <= {name for name, status in looked_at if status == 200}
    assert told(caplog.text) == set()


@pytest.mark.parametrize("name", ["search", "timeline", "record"])
def test_a_search_for_hidden_words_is_answered_as_one_for_words_that_nobody_wrote(who, hidden, ana, name):
    place = [] if name == "search" else ["crm", "person", ana.pk]
    client, url = entering(who), reverse(f"escala_email:{name}", args=place)

    def answer(words: str) -> bytes:
        content = settled(body(client.get(url, {"q": words}, headers=SCRIPT)))
        for one in {words, quote_plus(words), quote(words), words.replace("@", "%40")}:
            content = content.replace(one.encode(), b"(words)")
        return content

    for words in (*FORBIDDEN.values(), "Zafiro Granate", "testigo", "amat"):
        assert answer(words) == answer("palabrainexistente"), words


@pytest.mark.parametrize("verb", [["health"], ["reindex"], ["doctor"]])
def test_what_commands_print_holds_nobodys_mail(hidden, others, verb):
    output = io.StringIO()
    with contextlib.suppress(CommandError):  # what needs a person
        call_command("escala_email", *verb, stdout=output, stderr=output)
    assert output.getvalue()
    assert told(output.getvalue()) == set()


def test_objects_in_logs_and_histories_are_called_by_their_numbers(hidden):
    objects = [*Message.objects.all(), *Thread.objects.all(), *Attachment.objects.all()]
    objects += [*hidden.participants.all(), *hidden.locations.all(), *Quarantined.objects.all()]
    assert told(json.dumps([f"{one} {one!r}" for one in objects])) == set()
