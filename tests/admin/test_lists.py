"""The pages of the two lists: pasting, the report, what is stored, taking off, and whose they are."""

import random
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.models import ModelLogEntry

from escala_email_plugin.admin import lists as pages
from escala_email_plugin.models import EmailAccount, Folder, Lookup, Message, RecordAddress, Rule
from sandbox.crm.models import Person
from tests.making import account, at, letter, stored

pytestmark = pytest.mark.django_db

NEVER, NOT_CONTACT = "never", "not_contact"
COMMON = {
    "lists": "escala_email:common_lists",
    "lists_take_off": "escala_email:common_lists_take_off",
    "lists_export": "escala_email:common_lists_export",
}


@pytest.fixture
def mine(seller):
    return account(seller)


@pytest.fixture
def ordered(ordered, monkeypatch):
    from escala_email_plugin import tasks

    monkeypatch.setattr(tasks, "remove_left_out", lambda: ordered.append("remove_left_out"))
    return ordered


@pytest.fixture(params=["own", "common"])
def whose(request):
    return request.param


@pytest.fixture
def holder(whose, mine):
    return mine if whose == "own" else None


@pytest.fixture
def lists_page(client, whose, seller, administrator, mine):
    """``lists_page(name, **data)``: the answer to a POST, or with no data to a GET, of this list's page."""
    client.force_login(seller if whose == "own" else administrator)

    def lists_page(name="lists", query="", **data):
        url = (at(name) if whose == "own" else reverse(COMMON[name])) + query
        return client.post(url, data) if data else client.get(url)

    return lists_page


@pytest.fixture
def commits(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def html(response) -> str:
    return unescape(response.content.decode())


def box(response) -> str:
    return unescape(
        re.search(r'<textarea name="entries"[^>]*>\n?(.*?)</textarea>', response.content.decode(), re.S)[1]
    )


def patterns(holder, kind=NEVER) -> list[str]:
    rows = Rule.objects.filter(account=holder, kind=kind).order_by("pattern")
    return list(rows.values_list("pattern", flat=True))


@pytest.mark.parametrize("kind", [NEVER, NOT_CONTACT])
def test_one_entry_is_added_and_said_so(lists_page, holder, kind):
    response = lists_page(list=kind, entries=" @Banco.TEST ")
    assert response.status_code == 302
    assert patterns(holder, kind) == ["banco.test"]
    told = html(lists_page(query=f"?list={kind}"))
    assert "1 entry was added." in told
    assert ">banco.test<" in told


def test_both_lists_are_explained_side_by_side_with_an_example(lists_page):
    told = html(lists_page())
    for text in (
        "Never download",
        "Not a contact",
        "neither Ana's page nor Bruno's shows it",
        "and not on Bruno's",
    ):
        assert text in told


def test_what_was_not_understood_is_told_and_stays_in_the_box(lists_page, holder):
    response = lists_page(list=NEVER, entries="ana@a.test\n@\n<b>x</b>\n*.com\nana@a.test")
    assert response.status_code == 200
    told = html(response)
    assert patterns(holder) == ["ana@a.test"]
    assert "1 entry was added." in told
    assert "Line 2: <code>@</code> It would mean everybody." in told
    assert "Line 4: <code>*.com</code> It would mean everybody in a country" in told
    assert "@" in box(response).split("\n")
    assert "<b>x</b>" not in response.content.decode()


def test_five_thousand_lines_with_junk_are_read_in_a_few_queries(
    lists_page, holder, django_assert_max_num_queries
):
    chance = random.Random(5)
    junk = ["@", "*", "x@@y", "\x07", "a" * 300, "<script>alert(1)</script>", "hola"]
    lines = [f"Ana {n} <ana{n}@cliente{n % 50}.test>" if n % 10 else chance.choice(junk) for n in range(5000)]
    lists_page()
    with django_assert_max_num_queries(120):
        response = lists_page(list=NEVER, entries="\n".join(lines))
    assert len(patterns(holder)) == 4500
    assert "and 470 more." in html(response)
    assert "<script>alert(1)" not in response.content.decode()
    assert len(box(response).strip("\n").split("\n")) == 500


def test_a_file_is_read_as_the_box_is_and_comes_out_again(lists_page, holder):
    file = SimpleUploadedFile("lista.csv", "\ufeffNombre;Correo\nAna;ana@a.test\n".encode(), "text/csv")
    lists_page(list=NOT_CONTACT, entries="", file=file)
    lists_page(list=NOT_CONTACT, entries="b.test")
    response = lists_page("lists_export", f"?list={NOT_CONTACT}")
    assert response.content.decode() == "ana@a.test\nb.test\n"
    assert response["Content-Type"].startswith("text/plain")
    assert "attachment" in response["Content-Disposition"]


def test_of_a_file_alone_the_lines_are_numbered_as_in_the_file(lists_page, holder):
    file = SimpleUploadedFile("lista.txt", b"ana@a.test\nnombre\n", "text/plain")
    told = html(lists_page(list=NEVER, entries="", file=file))
    assert "Line 2: <code>nombre</code> It is neither an address nor a domain." in told
    assert patterns(holder) == ["ana@a.test"]


def test_an_entry_that_another_one_of_the_same_paste_means_is_on_it_already(lists_page, holder):
    lists_page(list=NEVER, entries="*.x.test\nx.test")
    assert patterns(holder) == ["*.x.test"]
    assert "1 entry was added. 1 was on it already." in html(lists_page())


def test_an_empty_box_and_a_list_that_is_none_add_nothing(lists_page, holder):
    assert "Type or paste an address or a domain." in html(lists_page(list=NEVER, entries=" \n"))
    assert lists_page(list="else", entries="a.test").status_code == 404
    assert not Rule.objects.exists()


def test_what_touches_nothing_stored_is_not_asked_about_and_what_is_there_is_told(lists_page, holder):
    Rule.objects.create(account=holder, pattern="*.banco.test")
    response = lists_page(list=NEVER, entries="banco.test\nx@a.banco.test\n*.banco.test\notra.test")
    assert response.status_code == 302
    assert "1 entry was added. 3 were on it already." in html(lists_page())
    assert patterns(holder) == ["*.banco.test", "otra.test"]


@pytest.mark.parametrize("entry", ["lucia@andina.test", "@andina.test", "*.andina.test"])
def test_a_mailbox_that_is_connected_is_never_left_out_altogether(lists_page, entry):
    response = lists_page(list=NEVER, entries=entry)
    assert "would bring in nothing any more" in html(response)
    assert not Rule.objects.exists()


def test_how_many_stored_messages_are_touched_is_shown_before_and_they_stay_unless_told(
    lists_page, holder, mine, ordered, commits
):
    stored(mine, letter(), letter(subject="Otra"), letter("x@otra.test"))
    response = lists_page(list=NEVER, entries="cliente.test\n@")
    assert "They take part in 2 messages that are stored already." in html(response)
    assert not Rule.objects.exists()
    with commits():
        again = lists_page(
            list=NEVER,
            entries=response.context["adding"].new_text,
            leftover="@",
            confirmed="1",
            stored="keep",
        )
    assert box(again) == "@"
    assert patterns(holder) == ["cliente.test"]
    assert ordered == []
    assert Message.objects.count() == 3
    assert not Rule.objects.exclude(remove_from=None).exists()


def test_what_was_kept_while_one_was_asked_is_not_added_by_the_answer(lists_page, holder, mine):
    stored(mine, letter())
    asked = lists_page(list=NEVER, entries="ana@cliente.test; website.test")
    kept = asked.context["adding"].leftover
    assert kept == "website.test"
    again = lists_page(
        list=NEVER, entries=asked.context["adding"].new_text, leftover=kept, confirmed="1", stored="keep"
    )
    assert patterns(holder) == ["ana@cliente.test"]
    assert box(again) == "website.test"


def test_they_go_where_that_is_chosen(lists_page, holder, mine, ordered, commits):
    from escala_email_plugin.privacy import left_out

    stored(mine, letter(), letter("x@otra.test", subject="Se queda"))
    with commits():
        lists_page(list=NEVER, entries="cliente.test", confirmed="1", stored="remove")
    assert ordered == ["remove_left_out"]
    assert "What is stored is being removed." in html(lists_page())
    left_out.remove()
    assert [one.subject for one in Message.objects.all()] == ["Se queda"]


def test_entries_are_searched_and_paged(lists_page, holder, monkeypatch):
    monkeypatch.setattr(pages, "SIZE", 10)
    Rule.objects.bulk_create(Rule(account=holder, pattern=f"a{n:02}@banco.test") for n in range(25))
    first = html(lists_page())
    assert "25 entries on “Never download”" in first
    assert "Page 1 of 3" in first
    assert "a09@banco.test" in first
    assert "a10@banco.test" not in first
    assert "a24@banco.test" in html(lists_page(query="?list=never&p=3"))
    found = html(lists_page(query="?list=never&q=A1"))
    assert "a15@banco.test" in found
    assert "a20@banco.test" not in found
    assert "No entry has “<b>” in it." in html(lists_page(query="?q=<b>"))
    assert b"<b>" not in lists_page(query="?q=<b>").content


def test_entries_are_taken_off_with_or_without_the_earlier_mail(lists_page, holder, mine, ordered, commits):
    Folder.objects.create(account=mine, name="INBOX")
    rows = [Rule.objects.create(account=holder, pattern=one) for one in ("ana@a.test", "b.test", "c.test")]
    with commits():
        lists_page("lists_take_off", list=NEVER, entry=[rows[1].pk])
    assert patterns(holder) == ["ana@a.test", "c.test"]
    assert not EmailAccount.objects.get().sweep_all
    with commits():
        lists_page("lists_take_off", list=NEVER, entry=[rows[0].pk, "x", "9" * 40], bring_in="1")
    assert Lookup.objects.get().address.value == "ana@a.test"
    with commits():
        lists_page("lists_take_off", list=NEVER, entry=[rows[2].pk], bring_in="1")
    assert EmailAccount.objects.get().sweep_all
    assert "Tick the entries" in html(lists_page(lists_page("lists_take_off", list=NEVER).url and "lists"))


def test_whats_on_the_log_are_numbers(lists_page, holder):
    lists_page(list=NEVER, entries="secreta.test\notra.test")
    lists_page("lists_take_off", list=NEVER, entry=[Rule.objects.first().pk])
    rows = list(ModelLogEntry.objects.order_by("pk"))
    assert [row.action for row in rows] == ["escala_email.list_add", "escala_email.list_take_off"]
    assert [row.data["number"] for row in rows] == [2, 1]
    assert not any(".test" in f"{row.label}{row.data}" for row in rows if row.data.get("kind") == "personal")
    assert not any(
        "secreta" in f"{row.label}{row.data}" or "otra" in f"{row.label}{row.data}" for row in rows
    )


def test_the_own_domain_is_proposed_with_one_click(lists_page, holder):
    told = html(lists_page(query=f"?list={NOT_CONTACT}"))
    assert "andina.test is a domain of your own" in told
    lists_page(list=NOT_CONTACT, entries="andina.test")
    assert patterns(holder, NOT_CONTACT) == ["andina.test"]
    assert "andina.test is a domain of your own" not in html(lists_page(query=f"?list={NOT_CONTACT}"))


# Whose they are


def test_a_colleagues_entries_are_neither_shown_nor_taken_off(client, seller, colleague, mine):
    theirs = account(colleague, "marcos@andina.test")
    rows = [Rule.objects.create(account=holder, pattern="secreta.test") for holder in (theirs, None)]
    client.force_login(seller)
    told = html(client.get(at("lists")))
    assert "secreta.test" not in told
    assert "1 entry of the same list for everybody counts here, too." in told
    client.post(at("lists_take_off"), {"list": NEVER, "entry": [row.pk for row in rows]})
    assert Rule.objects.count() == 2
    assert "secreta" not in client.get(at("lists_export")).content.decode()


def test_without_a_mailbox_there_is_no_list(client, colleague, mine):
    client.force_login(colleague)
    for name in ("lists", "lists_export"):
        assert client.get(at(name)).status_code == 404
    for name in ("lists", "lists_take_off"):
        assert client.post(at(name), {"list": NEVER, "entries": "a.test"}).status_code == 404
    assert not Rule.objects.exists()


def test_the_organisations_list_acts_on_the_records_at_once(client, administrator, commits):
    Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")
    client.force_login(administrator)
    with commits():
        client.post(reverse(COMMON["lists"]), {"list": NOT_CONTACT, "entries": "cliente.test"})
    assert not RecordAddress.objects.exists()
    rule = Rule.objects.get()
    with commits():
        client.post(reverse(COMMON["lists_take_off"]), {"list": NOT_CONTACT, "entry": [rule.pk]})
    assert RecordAddress.objects.exists()


def test_who_decides_for_everybody_finds_it_in_the_menu(client, administrator, seller):
    url = reverse(COMMON["lists"])
    for user, is_there in ((administrator, True), (seller, False)):
        client.force_login(user)
        assert (url in html(client.get(reverse("wagtailadmin_home")))) is is_there
