"""The line that stands for a hidden conversation: who of us, which day, and a way to ask."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from escala_email_plugin.models import AccessRequest, Address, Grant, Message, Participant, Rule, ThreadLevel
from escala_email_plugin.privacy.access.asking import ask
from escala_email_plugin.reading import walk
from escala_email_plugin.reading.position import day_of
from escala_email_plugin.visibility import Level
from sandbox.crm.models import Person, PersonEmail
from tests.admin.timelines import lines, text
from tests.making import DAY, account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(seller):
    seller.first_name = "Lucía"
    seller.save()
    return account(seller)


@pytest.fixture
def marcos(colleague):
    return account(colleague, "marcos@andina.test")


def reply(number, to="t0@x.test", **values):
    """A message of one conversation, at the minute of its number."""
    return letter(
        subject=f"Hilo {number}",
        message_id=f"t{number}@x.test",
        reply_to=to if number else None,
        **{"minutes": number, **values},
    )


def test_it_tells_who_of_us_and_the_day_and_nothing_else(mine, colleague, look):
    stored(mine, letter(subject="Secreto"))
    page = look(colleague)
    assert lines(page) == ["Lucía"]
    html = page.content.decode()
    assert "Conversation of Lucía, not shared with you" in html
    assert "03/03/2026" in html
    assert 'datetime="2026-03-03"' in html
    for secret in ("Secreto", "ana@cliente.test", "Gómez", "lucia@", "09:00", "9 a.m."):
        assert secret not in html


@pytest.mark.parametrize("days", [0, 1])
def test_of_today_and_yesterday_no_hour_is_told(mine, colleague, look, days):
    stored(mine, letter())
    for model in (Message, Participant):
        model.objects.update(sent_at=timezone.now() - timedelta(days=days))
    found = text(look(colleague))
    assert ("Today", "Yesterday")[days] in found
    assert not re.search(r"\d:\d\d", found)


def test_it_stands_last_in_its_day_and_pages_follow_without_gap(
    mine, marcos, colleague, look, settings, monkeypatch
):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "TIMELINE_PAGE": 3}
    stored(mine, *[letter(subject=f"S{n}", minutes=n // 3 * -500) for n in range(12)])
    from_ana = {"sender": "Ana <ana@cliente.test>", "to": "marcos@andina.test"}
    stored(marcos, *[letter(subject=f"M{n}", minutes=n // 3 * -400, **from_ana) for n in range(12)])
    for stride in (1, 2, 400):
        monkeypatch.setattr(walk, "STRIDE", stride)
        monkeypatch.setattr(walk, "EACH", stride)
        found, positions, before = [], [], {}
        while True:
            page = look(colleague, **before).context["page"]
            found += [one.message_id if one.is_hidden else one.newest.message.pk for one in page.items]
            if page.next is None:
                break
            positions.append(page.next)
            before = {"before": page.next.text}
        assert found == _by_day(mine)
        assert {one.is_veiled for one in positions} == {True, False}


def _by_day(mine):
    """The messages, newest day first; in each those that are hidden last, in the order of their numbers."""

    def place(one):
        is_hidden = one.locations.get().account == mine
        return day_of(one.sent_at), not is_hidden, DAY if is_hidden else one.sent_at, one.pk

    return [one.pk for one in sorted(Message.objects.all(), key=place, reverse=True)]


def test_neither_its_place_nor_a_page_that_somebody_makes_up_tells_the_hour(mine, marcos, colleague, look):
    """Whoever writes mails of their own between which it stands learns no more than the day."""
    from_ana = {"sender": "Ana <ana@cliente.test>", "to": "marcos@andina.test"}
    stored(marcos, *[letter(subject=f"M{n}", minutes=n * 60, **from_ana) for n in range(5)])
    (secret,) = stored(mine, letter())
    made_up = [f"{round((DAY + timedelta(minutes=90 * n)).timestamp()) * 1_000_000}-1" for n in range(-2, 6)]
    pages = set()
    for minutes in (-200, 0, 65, 130, 500):
        Message.objects.filter(pk=secret.pk).update(sent_at=DAY + timedelta(minutes=minutes))
        secret.participants.update(sent_at=DAY + timedelta(minutes=minutes))
        pages.add(tuple(tuple(lines(look(colleague, before=one))) for one in ("", *made_up)))
    assert len(pages) == 1
    assert all("Lucía" in page for page in next(iter(pages)))


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Lima", "Etc/GMT+12"])
def test_the_readers_time_zone_does_not_tell_the_hour(mine, colleague, look, ana, zone):
    """Else whoever changes it again and again sees where the day ends."""
    (message,) = stored(mine, letter())
    UserProfile.objects.create(user=colleague, current_time_zone=zone)
    assert 'datetime="2026-03-03"' in look(colleague).content.decode()
    AccessRequest.objects.create(asker=colleague, account=mine, message=message, record=ana, asked_at=DAY)
    client = Client()
    client.force_login(colleague)
    assert "A mail of Lucía, March 3, 2026" in text(client.get(reverse("escala_email:access")))


def test_a_position_that_nobody_gave_out_is_not_there(mine, colleague, look, settings):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "TIMELINE_PAGE": 1}
    stored(mine, letter(), letter(minutes=5))
    more = re.search(r'data-before="([^"]+)"', look(colleague).content.decode())[1]
    assert lines(look(colleague, before=more)) == ["Lucía"]
    for wrong in (f"{more}A", "d", "d-", "d20260303", "d20261303-1", f"d{'9' * 5000}-1", "g" + "x" * 5000):
        assert look(colleague, before=wrong).status_code == 404
    for wrong in ("d99991231-1", "253402300799000000-1", "-62135596800000000-1"):
        assert look(colleague, before=wrong).status_code == 404


def test_a_conversation_has_one_line_however_many_messages_are_hidden(mine, colleague, look):
    stored(mine, *[reply(n) for n in range(3)])
    one = look(colleague)
    assert lines(one) == ["Lucía"]
    size = len(one.content)
    stored(mine, *[reply(n) for n in range(3, 33)])
    assert lines(look(colleague)) == ["Lucía"]
    # The id of its newest message is all that may differ.
    assert abs(len(look(colleague).content) - size) <= 2


def test_what_is_hidden_of_a_conversation_is_not_betrayed_by_what_is_shown(mine, colleague, look):
    shown, *_others = stored(
        mine, *[reply(n, attachments=[("a.pdf", "application/pdf", b"x")] if n else []) for n in range(4)]
    )
    Grant.objects.create(account=mine, user=colleague, message=shown)
    page = look(colleague)
    assert lines(page) == ["Hilo 0", "Lucía"]
    conversation, line = page.context["page"].items
    assert (conversation.count, conversation.has_files) == (1, False)
    opened = look(colleague, "thread", shown.thread_id)
    assert [one.letter.message.subject for one in opened.context["opened"].items] == ["Hilo 0"]
    assert not re.search(rf"messages/{line.message_id}/|-{line.message_id}\"", opened.content.decode())
    assert (
        f"/threads/{shown.thread_id}/"
        not in page.content.decode().split('class="escala-hidden"')[1].split("<details")[0]
    )


def test_the_newest_hidden_message_is_the_one_on_every_page(mine, colleague, look, settings):
    """Older hidden ones of the same conversation make no line on a later page."""
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "TIMELINE_PAGE": 2}
    shown, *_ = stored(
        mine,
        *[reply(n, minutes=(n - 4) * 14_400) for n in range(5)],
        letter(subject="Vieja", minutes=-50_400),
    )
    Grant.objects.create(account=mine, user=colleague, message=shown)
    first = look(colleague)
    assert lines(first) == ["Lucía", "Lucía"]
    second = look(colleague, before=first.context["page"].next.text)
    assert lines(second) == ["Hilo 0"]
    assert second.context["page"].next is None


def test_a_line_names_all_who_hold_it_and_no_other(mine, marcos, administrator, look):
    raw = letter(to="lucia@andina.test, marcos@andina.test")
    stored(mine, raw)
    stored(marcos, raw, letter(subject="Solo Marcos", minutes=9))
    assert lines(look(administrator)) == ["marcos", "Lucía and marcos"]


def test_of_a_mailbox_without_an_owner_a_line_names_nobody_known(mine, colleague, look):
    stored(mine, letter())
    type(mine).objects.update(owner=None)  # and nobody has noticed it yet
    assert lines(look(colleague)) == ["A former colleague"]


def test_of_who_left_there_is_no_line_and_what_was_shared_names_them(mine, seller, colleague, look):
    _hidden, shared = stored(mine, letter(), letter(subject="Compartida", minutes=5))
    ThreadLevel.objects.create(account=mine, thread=shared.thread, level=Level.EVERYTHING)
    mine.left_at, mine.former_owner = timezone.now(), "Lucía Paz"
    mine.owner = None
    mine.save()
    page = look(colleague)
    assert lines(page) == ["Compartida"]
    assert "Lucía Paz shares it with the team." in text(page)


def test_who_may_not_see_what_colleagues_share_gets_no_line(mine, colleague, look, django_user_model):
    stored(mine, letter())
    colleague.user_permissions.remove(colleague.user_permissions.get(codename="view_team_mail"))
    assert lines(look(django_user_model.objects.get(pk=colleague.pk))) == []


def test_what_was_asked_stands_in_place_of_the_button(mine, marcos, colleague, administrator, look, ana):
    raw = letter(to="lucia@andina.test, marcos@andina.test")
    (message,) = stored(mine, raw)
    stored(marcos, raw)
    values = {"asker": administrator, "message": message, "record": ana}
    AccessRequest.objects.create(account=mine, asked_at=DAY, **values)
    assert "You asked on 03/03/2026, no answer yet." in text(look(administrator))
    AccessRequest.objects.update(answer="no")
    standing = look(administrator).context["page"].items[0].standing
    # Marcos, who holds it too, has not been asked.
    assert (standing.asked_at, standing.refused) == (None, False)
    AccessRequest.objects.create(account=marcos, asked_at=DAY, answer="no", **values)
    assert "You asked, and the answer was no." in text(look(administrator))


def test_the_no_of_who_holds_it_in_two_mailboxes_is_told(mine, seller, colleague, look, ana):
    """They are asked once, and answer for both."""
    (message,) = stored(mine, letter())
    stored(account(seller, "antes@andina.test", state="disconnected"), letter())
    AccessRequest.objects.create(
        asker=colleague, account=mine, message=message, record=ana, asked_at=DAY, answer="no"
    )
    assert "You asked, and the answer was no." in text(look(colleague))


@pytest.mark.parametrize("answer", ["", "no"])
def test_what_became_of_a_question_leads_to_all_of_ones_questions(mine, colleague, look, ana, answer):
    (message,) = stored(mine, letter())
    AccessRequest.objects.create(
        asker=colleague, account=mine, message=message, record=ana, asked_at=DAY, answer=answer
    )
    page = look(colleague).content.decode()
    assert f'href="{reverse("escala_email:access")}#escala-access-asked-section"' in page


def test_where_nobody_could_answer_there_is_no_button(mine, colleague, look):
    stored(mine, letter())
    type(mine).objects.update(owner=None)  # and nobody has noticed it yet
    assert "Ask for access" not in look(colleague).content.decode()


def test_what_another_asked_says_nothing_to_me(mine, colleague, administrator, look, ana):
    (message,) = stored(mine, letter())
    AccessRequest.objects.create(asker=administrator, account=mine, message=message, record=ana, asked_at=DAY)
    assert "You asked" not in text(look(colleague))


def test_above_lines_stands_what_helps_and_nothing_that_is_wrong(mine, colleague, look):
    empty = look(colleague)
    assert "Your mailbox is not connected yet." in text(empty)
    stored(mine, letter())
    assert "Your mailbox is not connected yet." in text(look(colleague))
    account(colleague, "marcos@andina.test", last_success=timezone.now())
    Address.objects.update(sought=False)
    assert "There is no mail" not in text(look(colleague))
    Message.objects.all().delete()
    assert "There is no mail" in text(look(colleague))


def test_mail_of_others_with_nobody_of_the_record_changes_nothing(mine, colleague, look):
    before = look(colleague).content
    Person.objects.create(first_name="Berta", last_name="Ruiz", email="berta@otra.test")
    stored(mine, letter("Berta <berta@otra.test>"))
    assert look(colleague).content == before


def test_the_number_of_queries_grows_neither_with_lines_nor_with_hidden_mail(
    mine, marcos, colleague, look, django_assert_max_num_queries
):
    stored(mine, letter(subject="a"))
    stored(marcos, letter(to="marcos@andina.test", subject="b"))
    look(colleague)
    with django_assert_max_num_queries(16) as few:
        look(colleague)
    stored(mine, *[letter(subject=f"{n}", minutes=n) for n in range(2, 12)], *[reply(n) for n in range(20)])
    with django_assert_max_num_queries(len(few)):
        assert len(look(colleague).context["page"].items) == 13


def test_what_shows_only_by_the_copy_of_who_says_no_contact_is_not_on_that_page(
    mine, marcos, administrator, look
):
    raw = letter(to="lucia@andina.test, marcos@andina.test")
    stored(mine, raw)
    stored(marcos, raw)
    mine.shares = True
    mine.save()
    assert lines(look(administrator)) == ["Póliza"]
    Rule.objects.create(account=mine, kind=Rule.Kind.NOT_CONTACT, pattern="ana@cliente.test")
    assert lines(look(administrator)) == []


def test_a_line_does_not_name_who_says_that_it_is_no_contact_of_theirs(
    mine, marcos, administrator, look, ana
):
    raw = letter(to="lucia@andina.test, marcos@andina.test")
    (message,) = stored(mine, raw)
    stored(marcos, raw)
    Rule.objects.create(account=mine, kind=Rule.Kind.NOT_CONTACT, pattern="ana@cliente.test")
    assert lines(look(administrator)) == ["marcos"]
    assert [one.account for one in ask(administrator, ana, message.pk)] == [marcos]
    # By another address of the record it belongs to hers, too.
    PersonEmail.objects.create(person=ana, address="lucia@andina.test")
    assert lines(look(get_user_model().objects.get(pk=administrator.pk))) == ["Lucía and marcos"]
