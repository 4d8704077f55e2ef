"""How much of a message is shown: all of it, or without its text, or people and date alone."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from escala_email_plugin.models import AccessRequest, Attachment, Grant, Location, ThreadLevel
from escala_email_plugin.visibility import Level
from sandbox.crm.models import Person
from tests.admin.timelines import lines, text
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

LETTER = letter(
    "Ana Gómez <ana@cliente.test>",
    "Lucía <lucia@andina.test>",
    "Asunto reservado",
    "Texto reservado\n",
    attachments=[("reservado.pdf", "application/pdf", b"x")],
    bcc="oculto@otra.test",
)


@pytest.fixture
def mine(seller):
    return account(seller)


def share(mine, level) -> None:
    mine.shares, mine.level = True, level
    mine.save()


@pytest.mark.parametrize(
    ("level", "subject", "rest"),
    [(Level.PEOPLE, False, False), (Level.SUBJECT, True, False), (Level.EVERYTHING, True, True)],
)
def test_every_surface_shows_as_much_as_the_level_says(mine, seller, colleague, look, level, subject, rest):
    (message,) = stored(mine, LETTER)
    share(mine, level)
    page, opened = look(colleague), look(colleague, "thread", message.thread_id)
    for response in (page, opened):
        assert "Ana Gómez" in text(response)
        assert ("Texto reservado" in text(response)) == rest
    assert ("Asunto reservado" in text(page)) == subject
    assert ("reservado.pdf" in text(opened)) == rest
    assert ("With attachments" in text(page)) == ("With attachments" in text(opened)) == rest
    assert ("oculto@otra.test" in text(opened)) == rest
    assert ("<iframe" in opened.content.decode()) == rest
    status = 200 if rest else 404
    assert look(colleague, "body", message.pk).status_code == status
    assert look(colleague, "attachment", Attachment.objects.get().pk).status_code == status
    assert look(colleague, "why_here", message.pk).status_code == 200


@pytest.mark.parametrize("level", [Level.PEOPLE, Level.SUBJECT])
def test_a_letter_carries_nothing_that_its_reader_may_not_see(mine, colleague, look, level):
    (message,) = stored(mine, LETTER)
    share(mine, level)
    for item in (
        look(colleague).context["page"].items[0].newest,
        look(colleague, "thread", message.thread_id).context["opened"].items[0].letter,
    ):
        carried = {field.attname: getattr(item.message, field.attname) for field in message._meta.fields}
        told = {name for name, value in carried.items() if value == getattr(message, name) and value}
        # "Size" and the like would tell of the text.
        assert told == {"id", "thread_id", "sent_at", *(["subject"] if level == Level.SUBJECT else [])}
        assert item.attachments == []
        assert not {"text", "html"} & item.message.get_deferred_fields()


def test_a_message_shown_in_part_says_what_of_it_and_by_whom(mine, seller, colleague, look):
    seller.first_name, seller.last_name = "Lucía", "Paz"
    seller.save()
    (message,) = stored(mine, LETTER)
    share(mine, Level.SUBJECT)
    opened = text(look(colleague, "thread", message.thread_id))
    assert "Shared by Lucía Paz: subject, people and date." in opened
    share(mine, Level.PEOPLE)
    assert "Shared by Lucía Paz: people and date." in text(look(colleague, "thread", message.thread_id))
    assert "The subject is not shared" in text(look(colleague))


def test_of_a_message_in_two_mailboxes_the_better_one_counts(mine, seller, colleague, administrator, look):
    raw = letter(to="lucia@andina.test, marcos@andina.test", subject="A los dos", text="Hola los dos\n")
    (message,) = stored(mine, raw)
    stored(account(colleague, "marcos@andina.test", shares=True), raw)
    share(mine, Level.PEOPLE)
    opened = look(administrator, "thread", message.thread_id)
    assert opened.context["opened"].items[0].letter.is_whole
    assert opened.context["opened"].items[0].letter.shared_by == "lucia and marcos"


def test_files_and_counts_are_those_of_what_is_shown(mine, colleague, look):
    """Of a conversation of three one is shown in full, one in part and one not at all."""
    whole, part, _nothing = stored(
        mine,
        letter(subject="Uno", message_id="a@x.test"),
        letter(
            subject="Dos",
            message_id="b@x.test",
            reply_to="a@x.test",
            minutes=1,
            attachments=[("a.pdf", "application/pdf", b"x")],
        ),
        letter(subject="Tres", message_id="c@x.test", reply_to="a@x.test", minutes=2),
    )
    # The second lies in a mailbox, too, that shows its subject.
    other = account(None, "otra@andina.test", kind="personal", shares=True, level=Level.SUBJECT)
    Location.objects.filter(message=part).update(account=other)
    Grant.objects.create(account=mine, user=colleague, message=whole)
    shown, line = look(colleague).context["page"].items
    assert (line.is_hidden, shown.newest.message.subject) == (True, "Dos")
    assert (shown.count, shown.has_files) == (2, False)


def test_what_a_colleague_holds_is_gone_only_once_it_has_left_there(mine, colleague, look):
    (message,) = stored(mine, LETTER)
    share(mine, Level.EVERYTHING)
    assert "No longer in the mailbox" not in text(look(colleague, "thread", message.thread_id))
    Location.objects.update(gone_at=timezone.now())
    assert "No longer in the mailbox" in text(look(colleague, "thread", message.thread_id))
    share(mine, Level.SUBJECT)
    assert "No longer in the mailbox" not in text(look(colleague, "thread", message.thread_id))


def test_what_a_colleague_wrote_is_sent_by_us(mine, colleague, look):
    stored(mine, letter("lucia@andina.test", "ana@cliente.test"))
    share(mine, Level.PEOPLE)
    assert look(colleague).context["page"].items[0].newest.from_us


def test_a_bcc_brings_no_page_to_who_may_not_read_it(mine, colleague, look):
    """Nor a line: that Berta got a copy is a part of what is hidden."""
    berta = Person.objects.create(first_name="Berta", last_name="Ruiz", email="berta@otra.test")
    stored(mine, letter("lucia@andina.test", "ana@cliente.test", bcc="berta@otra.test"), folder="Sent")
    assert lines(look(colleague, record=berta)) == []
    share(mine, Level.SUBJECT)
    assert lines(look(colleague, record=berta)) == []
    share(mine, Level.EVERYTHING)
    assert lines(look(colleague, record=berta)) == ["Póliza"]


def badge(response) -> str:
    return response.context["page"].items[0].newest.badge.label


def test_a_badge_tells_who_else_sees_it(mine, seller, colleague, look):
    (message,) = stored(mine, LETTER)
    assert badge(look(seller)) == "Private"
    Grant.objects.create(account=mine, user=colleague, message=message)
    assert badge(look(colleague)) == "Granted to you"
    share(mine, Level.EVERYTHING)
    assert badge(look(seller)) == badge(look(colleague)) == "Shared with the team"
    ThreadLevel.objects.create(account=mine, thread=message.thread, level=Level.SUBJECT)
    assert badge(look(seller)) == "Shared in part"
    Grant.objects.all().delete()
    assert badge(look(colleague)) == "Only subject and people"
    assert "lucia shares no more of it." in text(look(colleague))
    ThreadLevel.objects.update(level=Level.PEOPLE)
    assert badge(look(colleague)) == "Only people and date"
    stored(account(None, "ventas@andina.test"), LETTER)
    assert badge(look(seller)) == badge(look(colleague)) == "Shared mailbox"


def test_what_a_colleague_shares_of_my_message_is_no_secret_of_mine(mine, seller, colleague, look):
    stored(mine, LETTER)
    stored(account(colleague, "marcos@andina.test", shares=True), LETTER)
    assert badge(look(seller)) == "Shared with the team"


def test_the_number_of_queries_of_a_conversation_does_not_grow_with_it(
    mine, seller, colleague, look, django_assert_max_num_queries
):
    def replies(start, end):
        some = [letter(message_id=f"r{n}@x.test", reply_to="r0@x.test", minutes=n) for n in range(start, end)]
        return stored(mine, *some)

    message, *_ = replies(0, 12)
    share(mine, Level.SUBJECT)
    for user in (seller, colleague):
        look(user, "thread", message.thread_id)
    with django_assert_max_num_queries(12) as few:
        look(colleague, "thread", message.thread_id)
    replies(12, 40)
    with django_assert_max_num_queries(len(few)):
        assert look(colleague, "thread", message.thread_id).context["opened"].count == 40


@pytest.mark.parametrize("level", [Level.PEOPLE, Level.SUBJECT])
def test_beside_what_is_shown_in_part_one_can_ask_for_the_rest(mine, seller, colleague, look, ana, level):
    (message,) = stored(mine, LETTER)
    share(mine, level)
    url = reverse("escala_email:ask", args=["crm", "person", ana.pk, message.pk])
    opened = look(colleague, "thread", message.thread_id)
    assert url in opened.content.decode()
    assert "Ask lucia for access to the message of 03/03/2026" in opened.content.decode()
    client = Client()
    client.force_login(colleague)
    assert "You asked lucia for access." in text(
        client.post(url, headers={"x-requested-with": "XMLHttpRequest"})
    )
    assert "no answer yet." in text(look(colleague, "thread", message.thread_id))
    AccessRequest.objects.update(answer="no")
    assert "the answer was no." in text(look(colleague, "thread", message.thread_id))
    mine.left_at = timezone.now()
    mine.save()
    assert url not in look(colleague, "thread", message.thread_id).content.decode()
    assert "the answer was no." not in text(look(colleague, "thread", message.thread_id))


def test_what_is_shown_whole_is_not_asked_for(mine, seller, colleague, look):
    (message,) = stored(mine, LETTER)
    share(mine, Level.EVERYTHING)
    for user in (seller, colleague):
        assert "Ask for access" not in look(user, "thread", message.thread_id).content.decode()
