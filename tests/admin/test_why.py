"""Why is a message here, or not? The question on the settings page, asked of a real Dovecot."""

import pytest
from django.urls import reverse

from escala_email_plugin.admin import attempts, why
from escala_email_plugin.models import EmailAccount, Rule
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.why import Explanation, Explanations
from sandbox.crm.models import Company, Person
from tests.making import account, account_at, at, letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def ask(client, seller):
    client.force_login(seller)

    def ask(text, fragment=True) -> str:
        headers = {"x-requested-with": "XMLHttpRequest"} if fragment else {}
        return client.post(at("why"), {"asked": text}, headers=headers).content.decode()

    return ask


@pytest.mark.dovecot
class TestAtAServer:
    @pytest.fixture
    def mine(self, mailbox, seller, ana):
        mailbox.append(letter("Ana <ana@cliente.test>", mailbox.user, "Renovación", message_id="r@x.test"))
        mailbox.append(letter("Boletín <b@boletin.test>", mailbox.user, "Oferta del mes"))
        mailbox.append(letter("Banco <b@banco.test>", "ana@cliente.test", "Extracto"), "Junk")
        mine = account_at(mailbox, seller)
        assert sync_account(mine.pk)
        return mine

    def test_what_is_here_names_the_contact_and_leads_to_it(self, mine, ask, ana):
        html = ask("Renovación")
        assert "It is here, because a contact takes part in it." in html
        assert "ana@cliente.test" in html
        assert reverse("crm_people:edit", args=[ana.pk]) in html

    def test_a_newsletter_is_not_here_because_nobody_of_it_is_a_contact(self, mine, ask):
        html = ask("b@boletin.test")
        assert "Oferta del mes" in html
        assert "No contact takes part in it" in html

    def test_what_lies_in_a_folder_that_is_left_out_says_so(self, mine, ask):
        assert "Its folder is left out." in ask("Extracto")

    def test_whose_mail_is_never_downloaded_is_named(self, mailbox, mine, ask):
        Rule.objects.create(account=mine, pattern="b@boletin.test")
        html = ask("b@boletin.test")
        assert "whose mail is never downloaded: b@boletin.test." in html
        assert "The entry “b@boletin.test” is on this mailbox&#x27;s own list." in html

    def test_whom_everybody_counts_as_no_contact_is_named_with_the_entry(self, mailbox, mine, ask):
        Rule.objects.create(kind=Rule.Kind.NOT_CONTACT, pattern="*.boletin.test")
        html = ask("b@boletin.test")
        assert "On a list of who is no contact stands: b@boletin.test." in html
        assert "The entry “*.boletin.test” is on the list for everybody." in html

    def test_without_the_script_the_answer_is_a_page(self, mine, ask):
        html = ask("Renovación", fragment=False)
        assert "<!doctype html>" in html.lower()
        assert 'value="Renovación"' in html
        assert "It is here" in html

    def test_what_is_not_in_the_mailbox_was_not_found(self, mine, ask):
        assert "No message of this mailbox was found for “Nada de esto”." in ask("Nada de esto")

    def test_a_server_that_cannot_be_asked_says_why(self, mine, ask):
        EmailAccount.objects.update(imap_port=1)
        assert "refuses connections on port 1" in ask("Renovación")


@pytest.fixture
def told(monkeypatch):
    """What the verb is to say, without a server."""
    from escala_email_plugin.sync.why import Explanations

    def tell(*codes, partial=False, **values):
        found = Explanations(
            Explanation(
                **{"folder": "INBOX", "uid": 1, "subject": "A", "sender": "B", "sent_at": None, "code": code}
                | values
            )
            for code in codes
        )
        found.is_partial = partial
        monkeypatch.setattr(why, "explain", lambda account, text: found)

    return tell


@pytest.mark.parametrize(
    "code",
    [
        *("stored", "set_aside", "contact_not_yet", "no_contact", "never_download", "own_only"),
        "not_contact",
        *("left_out_folder", "not_looked_at", "too_large", "gone", "mode_off"),
    ],
)
def test_every_code_has_a_sentence_of_its_own(seller, ask, told, code):
    account(seller)
    told(code, "unheard_of", addresses=("ana@cliente.test",))
    html = ask("x")
    assert f"escala-answers__why--{code}" in html
    assert html.count("Nobody can tell.") == 1
    assert "%(" not in html


def test_a_token_that_has_ended_is_renewed_at_once(seller, ask, ordered, django_capture_on_commit_callbacks):
    mine = account(seller, provider="google")
    with django_capture_on_commit_callbacks(execute=True):
        page = ask("ana@cliente.test")
    assert "Ask again in a moment" in page
    assert ordered == [("renew_access", mine.pk)]


def test_a_server_is_not_asked_all_the_time(seller, ask, monkeypatch):
    monkeypatch.setattr(attempts, "_minute", lambda: 1)
    monkeypatch.setitem(attempts.A_MINUTE, "ask", 2)
    asked = []
    monkeypatch.setattr(why, "explain", lambda *args: asked.append(args) or Explanations())
    account(seller)
    pages = [ask("ana@cliente.test") for _ in range(3)]
    assert len(asked) == 2
    assert "Wait a minute" in pages[-1]


def test_an_empty_question_is_not_asked(seller, ask, monkeypatch):
    monkeypatch.setattr(why, "explain", lambda *args: pytest.fail("somebody was asked"))
    account(seller)
    assert "Type an address" in ask("   ")


def test_a_very_long_question_is_cut(seller, ask, monkeypatch):
    from escala_email_plugin.sync.why import Explanations

    asked = []
    monkeypatch.setattr(why, "explain", lambda account, text: asked.append(text) or Explanations())
    account(seller)
    ask("x" * 5000)
    assert [len(text) for text in asked] == [why.LONGEST]


def test_what_could_not_be_looked_into_is_not_hidden(seller, ask, told):
    account(seller)
    told(partial=True)
    assert "there may be more" in ask("x")


def test_markup_in_mail_and_question_is_text(seller, ask, told):
    account(seller)
    told("no_contact", subject="<script>1</script>", sender="<img src=x>", folder="<b>")
    html = ask("<script>2</script>")
    told()
    html += ask("<script>2</script>")
    for bad in ("<script>", "<img", "<b>"):
        assert bad not in html


def test_a_record_one_may_not_see_is_not_named(client, colleague, ana, told):
    """Marcos may see companies alone."""
    Company.objects.create(name="Cliente S.A.", email="ana@cliente.test")
    people = [one for one in colleague.user_permissions.all() if one.codename.endswith("_person")]
    colleague.user_permissions.remove(*people)
    account(colleague)
    told("stored", addresses=("ana@cliente.test",))
    client.force_login(colleague)
    html = client.post(at("why"), {"asked": "x"}, headers={"x-requested-with": "XMLHttpRequest"})
    assert "Cliente S.A." in html.content.decode()
    assert "Gómez" not in html.content.decode()


def test_many_answers_cost_no_more_queries_than_one(client, seller, ana, told, django_assert_max_num_queries):
    account(seller)
    client.force_login(seller)
    told("stored", addresses=("ana@cliente.test",))
    client.post(at("why"), {"asked": "x"})
    with django_assert_max_num_queries(20) as few:
        client.post(at("why"), {"asked": "x"})
    for n in range(5):
        Person.objects.create(first_name="Ana", last_name=f"{n}", email="ana@cliente.test")
    told(*["stored"] * 10, addresses=("ana@cliente.test",))
    with django_assert_max_num_queries(len(few)):
        client.post(at("why"), {"asked": "x"})
