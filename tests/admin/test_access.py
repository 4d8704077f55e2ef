"""Access to mail: the button, the three lists, the page that the mail leads to, and who is shown what."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry

from escala_email_plugin.admin import access
from escala_email_plugin.models import AccessRequest, Grant, Message
from escala_email_plugin.privacy.access.answering import answer as say
from escala_email_plugin.privacy.access.asking import ask
from sandbox.crm.models import Person, PersonEmail
from tests.making import account, at, letter, stored

pytestmark = pytest.mark.django_db

SCRIPT = {"x-requested-with": "XMLHttpRequest"}
LISTS = reverse("escala_email:access")


@pytest.fixture
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def mine(seller):
    return account(seller)


@pytest.fixture
def hidden(mine, ana):
    first, _reply = stored(
        mine,
        letter(subject="Secreto", message_id="a@x.test", minutes=6),
        letter(subject="Respuesta", message_id="b@x.test", reply_to="a@x.test", minutes=5),
    )
    return first


@pytest.fixture
def question(hidden, colleague, ana):
    (made,) = ask(colleague, ana, hidden.pk)
    return made


def asking(record, message) -> str:
    return reverse("escala_email:ask", args=["crm", "person", record.pk, message.pk])


def answering(question) -> str:
    return reverse("escala_email:access_answer", args=[question.pk])


def shown(client, user, url=LISTS) -> str:
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def post(client, user, url, **data):
    client.force_login(user)
    return client.post(url, data)


def readable(user) -> set[str]:
    return set(Message.objects.visible_to(user).values_list("subject", flat=True))


# The button of the grey line.


def test_the_button_asks_and_its_answer_says_whom(client, colleague, hidden, ana):
    client.force_login(colleague)
    response = client.post(asking(ana, hidden), headers=SCRIPT)
    fragment = response.content.decode().strip()
    assert fragment.startswith("<")
    assert "You asked lucia for access." in fragment
    assert "Secreto" not in fragment
    assert AccessRequest.objects.get().asker == colleague


def test_without_a_script_it_leads_back_to_the_record(client, colleague, hidden, ana):
    response = post(client, colleague, asking(ana, hidden))
    assert response.url == reverse("crm_people:edit", args=[ana.pk])
    assert "You asked lucia for access." in shown(client, colleague, response.url)


def test_a_refusal_is_a_sentence(client, seller, colleague, question, hidden, ana):
    say(seller, question, "no")
    client.force_login(colleague)
    response = client.post(asking(ana, hidden), headers=SCRIPT)
    assert "lucia answered no. Talk to them if you need it." in response.content.decode()


def test_who_clicks_without_end_is_asked_to_wait(client, colleague, hidden, ana):
    client.force_login(colleague)
    answers = [client.post(asking(ana, hidden), headers=SCRIPT).content.decode() for _ in range(22)]
    assert "very often" in answers[-1]
    assert "very often" not in answers[0]


@pytest.mark.parametrize("message_id", [987654321, 10**30])
def test_what_is_not_hidden_is_not_there_as_what_does_not_exist(
    client, seller, colleague, hidden, ana, message_id
):
    unknown = reverse("escala_email:ask", args=["crm", "person", ana.pk, message_id])
    assert post(client, seller, asking(ana, hidden)).status_code == 404
    assert post(client, colleague, unknown).status_code == 404


def test_a_message_of_another_record_is_not_asked_for_by_this_one(client, colleague, hidden):
    berta = Person.objects.create(first_name="Berta", email="berta@otra.test")
    assert post(client, colleague, asking(berta, hidden)).status_code == 404


def test_a_record_that_one_may_not_see_is_refused_before_its_mail(client, outsider, hidden, ana):
    client.force_login(outsider)
    assert client.post(asking(ana, hidden), headers=SCRIPT).status_code == 403
    assert not AccessRequest.objects.exists()


def test_a_get_asks_nothing(client, colleague, hidden, ana):
    client.force_login(colleague)
    assert client.get(asking(ana, hidden)).status_code == 405
    assert not AccessRequest.objects.exists()


# The lists.


def test_empty_lists_say_what_will_stand_there(client, seller):
    page = shown(client, seller)
    for sentence in (
        "Nobody is waiting for an answer of yours.",
        "You have granted nothing to single colleagues.",
        "You have asked for nothing.",
    ):
        assert sentence in page


def test_the_owner_reads_of_which_mail_and_contact_it_is(client, seller, question):
    page = shown(client, seller)
    for part in ("marcos asks to see this mail", "Secreto", "Ana Gómez", "ana@cliente.test"):
        assert part in page
    assert "This conversation (2)" in page


def test_the_list_grants_nothing_by_itself_and_leads_to_each_answer_explained(client, seller, question):
    page = shown(client, seller)
    assert f'action="{answering(question)}"' not in page
    links = re.findall(rf'href="{answering(question)}\?answer=(\w+)">(.*?)</a>', page)
    names = {answer: re.sub(r"<[^>]+>", "", name) for answer, name in links}
    assert names == {
        "message": "This message: marcos, March 3, 2026",
        "thread": "This conversation (2): marcos, March 3, 2026",
        "contact": "This contact: marcos, March 3, 2026",
        "no": "No: marcos, March 3, 2026",
    }


def test_who_asked_reads_the_day_and_whose_and_nothing_of_the_mail(client, colleague, question):
    page = shown(client, colleague)
    assert "A mail of lucia, March 3, 2026" in page
    assert "Waiting for an answer" in page
    for part in ("Secreto", "Hola", "ana@cliente.test"):
        assert part not in page


def test_nobody_else_reads_of_it(client, administrator, manager, question):
    assert "Secreto" not in shown(client, administrator)
    assert "marcos" not in shown(client, administrator)
    client.force_login(manager)
    assert client.get(LISTS, headers=SCRIPT).status_code == 403


def test_an_owner_who_may_not_see_the_contact_is_not_told_which_it_is(client, mine, outsider, question, ana):
    mine.owner = outsider
    mine.save()
    for url in (LISTS, answering(question)):
        page = shown(client, outsider, url)
        assert "Secreto" in page  # it is their own mail
        assert "· on the page of" not in page
        assert reverse("crm_people:edit", args=[ana.pk]) not in page
        assert 'value="contact"' not in page
        assert "answer=contact" not in page


def test_who_asked_and_may_no_longer_see_the_contact_is_not_told_which_it_was(
    client, colleague, question, django_user_model
):
    colleague.user_permissions.remove(*colleague.user_permissions.filter(content_type__app_label="crm").all())
    page = shown(client, django_user_model.objects.get(pk=colleague.pk))
    assert "A mail of lucia" in page
    assert "Gómez" not in page


@pytest.mark.parametrize(("chosen", "state"), [("thread", "You can read it"), ("no", "The answer was no")])
def test_who_asked_reads_how_it_was_answered(client, seller, colleague, question, chosen, state):
    say(seller, question, chosen)
    assert state in shown(client, colleague)


def test_who_asked_reads_that_it_was_taken_back(client, seller, colleague, question):
    say(seller, question, "thread")
    post(client, seller, reverse("escala_email:access_take_back", args=[Grant.objects.get().pk]))
    assert "You can no longer read it" in shown(client, colleague)


def test_an_owner_who_left_closes_the_question_with_a_sentence(client, seller, colleague, question):
    seller.delete()
    page = shown(client, colleague)
    assert "A mail of lucia" in page
    assert "Nobody who could answer is here any more" in page


def test_a_question_that_needs_no_answer_any_more_says_so(client, seller, mine, question):
    mine.shares = True
    mine.save()
    assert "They can already read it" in shown(client, seller)


def test_long_lists_come_in_pages(client, seller, colleague, mine, ana, monkeypatch):
    monkeypatch.setattr(access, "ROWS", 2)
    for message in stored(
        mine, *[letter(subject=f"Nr {n}.", message_id=f"m{n}@x.test", minutes=n) for n in range(3)]
    ):
        ask(colleague, ana, message.pk)
    assert re.findall(r"Nr \d", shown(client, seller)) == ["Nr 0", "Nr 1"]
    assert re.findall(r"Nr \d", shown(client, seller, LISTS + "?questions=2")) == ["Nr 2"]
    assert re.findall(r"Nr \d", shown(client, seller, LISTS + "?questions=x")) == ["Nr 0", "Nr 1"]


def test_a_page_of_questions_costs_the_same_however_many_follow(client, seller, colleague, mine, ana):
    def queries(first, last) -> int:
        raws = [letter(message_id=f"m{n}@x.test", minutes=n) for n in range(first, last)]
        for message in stored(mine, *raws):
            ask(colleague, ana, message.pk)
        client.force_login(seller)
        client.get(LISTS)  # what a process asks once
        with CaptureQueriesContext(connection) as context:
            client.get(LISTS)
        return len(context)

    assert queries(0, access.ROWS + 2) == queries(access.ROWS + 2, 2 * access.ROWS)


# The answer.


@pytest.mark.parametrize("chosen", ["message", "thread", "contact", "no"])
def test_the_link_of_the_mail_only_shows_the_answer_chosen(client, seller, colleague, question, chosen):
    page = shown(client, seller, f"{answering(question)}?answer={chosen}")
    checked = re.findall(r'value="(\w+)" checked', page)
    assert checked == [chosen]
    question.refresh_from_db()
    assert question.answer == ""
    assert readable(colleague) == set()


@pytest.mark.parametrize("nonsense", ["", "all", "<script>"])
def test_a_link_with_nonsense_chooses_nothing(client, seller, question, nonsense):
    page = shown(client, seller, f"{answering(question)}?answer={nonsense}")
    assert "checked" not in page
    assert "<script>&" not in page


def test_who_is_not_logged_in_logs_in_and_comes_back(client, question):
    url = f"{answering(question)}?answer=thread"
    response = client.get(url)
    assert response.status_code == 302
    assert response.url.startswith(reverse("wagtailadmin_login"))
    assert "answer%3Dthread" in response.url


def test_the_answer_opens_it_and_says_so(client, seller, colleague, question):
    response = post(client, seller, answering(question), answer="thread")
    assert response.url == LISTS
    assert "marcos can read this conversation now." in shown(client, seller)
    assert readable(colleague) == {"Secreto", "Respuesta"}


def test_a_replayed_answer_changes_nothing_and_says_so(client, seller, question):
    post(client, seller, answering(question), answer="thread")
    before = Grant.objects.values().get()
    post(client, seller, answering(question), answer="thread")
    assert Grant.objects.values().get() == before
    assert "nothing has changed" in shown(client, seller)
    assert ModelLogEntry.objects.filter(action="escala_email.grant_access").count() == 1


def test_the_answer_of_another_tab_replaces_the_first_visibly(client, seller, colleague, question):
    post(client, seller, answering(question), answer="thread")
    assert "You answered “This conversation”" in shown(client, seller, answering(question))
    post(client, seller, answering(question), answer="no")
    page = shown(client, seller)
    assert "Your earlier answer is replaced by this one." in page
    assert "What I answered with no" in page
    assert readable(colleague) == set()


def test_a_no_to_what_is_shared_says_that_it_can_still_be_read(client, seller, mine, question):
    mine.shares = True
    mine.save()
    page = shown(client, seller, answering(question))
    assert "Changes nothing about what they can already read." in page
    assert f'href="{at("account")}#escala-sharing-section"' in page
    post(client, seller, answering(question), answer="no")
    page = shown(client, seller)
    assert "You answered no, but marcos can still read this mail" in page
    assert "marcos is shown that" not in page


def test_a_no_that_replaces_the_answer_that_opened_it_hides_it_and_says_so(client, seller, question):
    say(seller, question, "thread")
    assert "Changes nothing about" not in shown(client, seller, answering(question))
    post(client, seller, answering(question), answer="no")
    assert "You answered no. marcos is shown that." in shown(client, seller)


@pytest.mark.parametrize(
    "data", [{}, {"answer": "all"}, {"answer": "thread", "address": "x"}, {"answer": ""}]
)
def test_what_is_no_answer_is_said_and_opens_nothing_but_what_was_chosen(client, seller, question, data):
    post(client, seller, answering(question), **data)
    assert Grant.objects.count() == (1 if data.get("answer") == "thread" else 0)


def test_only_the_addresses_that_were_shown_are_granted(client, seller, colleague, question, ana, mine):
    page = shown(client, seller, answering(question))
    shown_ids = re.findall(r'name="address" value="(\d+)"', page)
    stored(mine, letter("Banco <banco@banco.test>", subject="Privado", minutes=70))
    PersonEmail.objects.create(person=ana, address="banco@banco.test")
    post(client, seller, answering(question), answer="contact", address=shown_ids)
    assert readable(colleague) == {"Secreto", "Respuesta"}


def test_a_contact_without_any_address_shown_is_not_granted(client, seller, question):
    post(client, seller, answering(question), answer="contact")
    assert not Grant.objects.exists()
    assert "Look again" in shown(client, seller, answering(question))


def test_an_address_of_somebody_else_is_not_granted_by_its_id(client, seller, question, mine):
    (other,) = stored(mine, letter("Berta <b@otra.test>", subject="De Berta", minutes=70))
    address = other.participants.get(role="from").address
    post(client, seller, answering(question), answer="contact", address=[address.pk])
    assert not Grant.objects.exists()


@pytest.mark.parametrize("name", ["access_answer", "access_take_back", "access_take_back_all"])
def test_what_is_somebody_elses_is_not_there(client, name, seller, administrator, colleague, question, mine):
    grant = Grant.objects.create(account=mine, user=colleague, thread=question.message.thread)
    pk = question.pk if name == "access_answer" else grant.pk
    for user in (administrator, colleague):
        response = post(client, user, reverse(f"escala_email:{name}", args=[pk]), answer="thread")
        assert response.status_code == 404
    question.refresh_from_db()
    assert question.answer == ""
    assert Grant.objects.count() == 1


def test_of_who_asked_and_left_the_page_says_so(client, seller, colleague, question):
    colleague.is_active = False
    colleague.save()
    page = shown(client, seller, answering(question))
    assert "there is nothing to answer" in page
    assert "radio" not in page
    post(client, seller, answering(question), answer="thread")
    assert not Grant.objects.exists()


# Taking back.


def test_what_was_granted_is_listed_and_taken_back(client, seller, colleague, question):
    say(seller, question, "thread")
    page = shown(client, seller)
    assert "A conversation" in page
    assert "Secreto" in page  # the newest of it
    (url,) = re.findall(r'action="(\S+take-back/\d+/)"', page)
    post(client, seller, url)
    assert "Taken back: marcos no longer reads it in your mailbox." in shown(client, seller)
    assert readable(colleague) == set()


@pytest.mark.parametrize("first", ["message", "contact"])
def test_taking_back_says_what_another_answer_still_opens(client, seller, colleague, question, ana, first):
    reply = Message.objects.get(subject="Respuesta")
    second = AccessRequest.objects.create(
        asker=colleague, account=question.account, message=reply, record=ana, asked_at=question.asked_at
    )
    say(seller, question, first)
    say(seller, second, "thread")
    post(client, seller, reverse("escala_email:access_take_back", args=[question.grants.get().pk]))
    assert readable(colleague) == {"Secreto", "Respuesta"}
    page = shown(client, seller)
    assert "marcos can still read some of it, by what you share or by another answer of yours." in page
    assert "no longer reads it" not in page


def test_taking_everything_back_says_what_sharing_still_opens(client, seller, mine, question):
    say(seller, question, "thread")
    mine.shares = True
    mine.save()
    post(client, seller, reverse("escala_email:access_take_back_all", args=[Grant.objects.get().pk]))
    assert "marcos can still read some of it" in shown(client, seller)


def test_of_what_the_colleague_has_in_their_own_mailbox_the_owner_is_told_nothing(
    client, seller, colleague, question
):
    say(seller, question, "contact")
    stored(account(colleague, "marcos@andina.test"), letter(subject="Secreto", message_id="a@x.test"))
    assert readable(colleague) >= {"Secreto"}
    post(client, seller, reverse("escala_email:access_take_back", args=[Grant.objects.get().pk]))
    assert "Taken back: marcos no longer reads it in your mailbox." in shown(client, seller)


def test_everything_of_one_colleague_goes_at_once(client, seller, colleague, question, ana):
    reply = Message.objects.get(subject="Respuesta")
    second = AccessRequest.objects.create(
        asker=colleague, account=question.account, message=reply, record=ana, asked_at=question.asked_at
    )
    say(seller, question, "message")
    say(seller, second, "message")
    page = shown(client, seller)
    (url,) = re.findall(r'action="(\S+/all/)"', page)
    post(client, seller, url)
    assert readable(colleague) == set()


def test_to_whom_it_was_granted_and_who_left_is_marked(client, seller, colleague, question):
    say(seller, question, "contact")
    colleague.is_active = False
    colleague.save()
    page = shown(client, seller)
    assert "Is not here any more, and reads nothing of it." in page
    assert "ana@cliente.test" in page


# The log.


@pytest.mark.parametrize(("chosen", "action"), [("contact", "grant_access"), ("no", "refuse_access")])
def test_the_log_tells_who_and_what_and_nothing_of_the_mail(
    client, seller, colleague, question, chosen, action
):
    page = shown(client, seller, answering(question))
    ids = re.findall(r'name="address" value="(\d+)"', page)
    post(client, seller, answering(question), answer=chosen, address=ids)
    entry = ModelLogEntry.objects.get()
    assert (entry.action, entry.user) == (f"escala_email.{action}", seller)
    assert entry.data == {"kind": "personal", "answer": chosen, "user": str(colleague.pk)}
    assert entry.label == "Personal mailbox"


def test_taking_back_is_in_the_log_once(client, seller, question):
    say(seller, question, "thread")
    url = reverse("escala_email:access_take_back", args=[Grant.objects.get().pk])
    post(client, seller, url)
    assert post(client, seller, url).status_code == 404
    assert [one.action for one in ModelLogEntry.objects.all()] == ["escala_email.take_back_access"]


# The ways in.


def menu(page: str) -> list[str]:
    return re.findall(r'"label": "(Access to mail[^"]*)"', page)


def test_the_menu_says_how_many_wait_and_only_to_whom(client, seller, administrator, question):
    home = reverse("wagtailadmin_home")
    assert menu(shown(client, seller, home)) == ["Access to mail (1)"]
    assert menu(shown(client, administrator, home)) == []
    say(seller, question, "no")
    assert menu(shown(client, seller, home)) == []


def test_who_asked_finds_their_questions_in_the_menu_answered_or_not(client, seller, colleague, question):
    home = reverse("wagtailadmin_home")
    assert menu(shown(client, colleague, home)) == ["Access to mail"]
    say(seller, question, "no")
    assert menu(shown(client, colleague, home)) == ["Access to mail"]


def test_who_asked_and_may_no_longer_look_at_the_page_is_not_led_there(client, manager, question):
    AccessRequest.objects.update(asker=manager)
    assert menu(shown(client, manager, reverse("wagtailadmin_home"))) == []


def test_the_menu_costs_one_query_of_every_page(client, colleague, question):
    client.force_login(colleague)
    with CaptureQueriesContext(connection) as context:
        client.get(reverse("wagtailadmin_home"))
    assert len([one for one in context if AccessRequest._meta.db_table in one["sql"]]) == 1


def test_the_mailbox_page_leads_there(client, seller, question):
    page = shown(client, seller, at("account"))
    assert "1 question of a colleague waits for your answer." in page
    assert LISTS in page


def test_who_has_no_mailbox_connected_finds_the_way_too(client, colleague):
    assert LISTS in shown(client, colleague, at("account"))
