"""The list of a record's conversations: its rows, what it is narrowed to, and what came meanwhile."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from escala_email_plugin.admin.around_conversations import mailboxes
from escala_email_plugin.models import Message, Participant
from escala_email_plugin.privacy.ties import tie, untie
from escala_email_plugin.reading.position import Position
from escala_email_plugin.visibility import Level
from sandbox.crm.models import Person
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

US = "lucia@andina.test"


@pytest.fixture
def mine(seller):
    return account(seller, US)


@pytest.fixture
def team(colleague):
    """A colleague's mailbox, of which all is hidden."""
    return account(colleague, "marcos@andina.test", kind="personal")


def html(response) -> str:
    return response.content.decode()


def position(message) -> str:
    return Position(message.sent_at, message.pk).text


# Rows


def test_a_row_names_the_people_with_their_addresses_for_who_hears_it(look, seller, mine):
    stored(mine, letter())
    row = html(look(seller))
    assert 'title="ana@cliente.test"><bdi>Ana Gómez</bdi>' in row
    assert '<span class="w-sr-only"> (ana@cliente.test)</span>' in row


def test_a_name_that_is_another_address_is_not_shown_as_a_name(look, seller, mine):
    stored(mine, letter('"jefe@banco.test" <ana@cliente.test>'))
    row = html(look(seller))
    assert "<bdi>ana@cliente.test</bdi>" in row
    assert "<bdi>jefe@banco.test" not in row


def test_a_row_says_by_which_of_our_mailboxes_it_is_seen(look, seller, mine):
    shared = account(address="ventas@andina.test")
    stored(mine, letter(subject="Mío"))
    stored(shared, letter(to="ventas@andina.test", subject="De todos", minutes=1))
    row = html(look(seller))
    assert f'title="{US}"' in row.split("escala-conversation__mailbox", 2)[2]
    assert 'title="ventas@andina.test"' in row.split("escala-conversation__mailbox", 2)[1]


def test_a_mailbox_that_hides_its_copy_is_not_named(look, seller, mine, team):
    raw = letter(to=f"{US}, marcos@andina.test")
    stored(mine, raw)
    stored(team, raw)
    row = html(look(seller))
    assert row.count("escala-conversation__mailbox") == 1
    assert "marcos" not in row.split("escala-conversation__mailbox")[1].split("</summary>")[0]


def test_nothing_of_a_row_is_markup(look, seller, mine):
    attack = "<img src=x onerror=alert(1)>"
    stored(mine, letter(f'"{attack}" <ana@cliente.test>', subject=f'">{attack}', text=attack))
    row = html(look(seller, q="img"))
    assert "<img" not in row
    assert row.count("onerror") == 3


def test_the_exact_moment_is_told_in_the_readers_time_zone(look, seller, mine):
    from wagtail.users.models import UserProfile

    UserProfile.objects.create(user=seller, current_time_zone="America/Lima", preferred_language="es")
    stored(mine, letter())
    assert 'title="3 de marzo de 2026 a las 04:00"' in html(look(seller))


# Filters


def test_what_is_searched_for_is_marked_in_what_is_shown(look, seller, mine):
    stored(mine, letter(subject="Cotización de la flota"))
    assert "Cotización de la <mark>flota</mark>" in html(look(seller, q="flota"))


def test_a_list_that_is_narrowed_says_so_and_offers_to_clear_it(look, seller, mine):
    stored(mine, letter())
    page = html(look(seller, direction="in"))
    assert "1 conversation matches." in page
    assert "escala-list#clear" in page
    assert "escala-list#clear" not in html(look(seller))


def test_a_narrowed_list_does_not_ask_to_connect_a_mailbox(look, seller):
    page = html(look(seller, direction="in"))
    assert "No conversation matches." in page
    assert reverse("escala_email:settings") not in page


@pytest.mark.parametrize(
    "query", [{"mailbox": "x"}, {"since": "ayer"}, {"q": "\0"}, {"direction": "<"}, {"mailbox": "9" * 40}]
)
def test_nonsense_in_the_address_narrows_nothing_and_breaks_nothing(look, seller, mine, query):
    stored(mine, letter())
    response = look(seller, **query)
    assert response.status_code == 200
    assert len(response.context["page"].items) == 1


def test_the_choices_of_mailboxes_are_those_the_reader_may_see_by(
    seller, colleague, mine, team, outsider, django_assert_num_queries
):
    account(address="ventas@andina.test")
    account(address="noticias@andina.test", kind="marketing")
    seller = type(seller).objects.get(pk=seller.pk)
    seller.get_all_permissions()
    with django_assert_num_queries(1):
        labels = [one.label for one in mailboxes(seller)]
    assert labels == [US, "ventas@andina.test", "marcos (marcos@andina.test)"]
    assert list(mailboxes(outsider)) == []


# What came meanwhile


@pytest.fixture
def asked(look, seller):
    """asked(shown, after): the answer to whether there is anything newer."""

    def asked(shown, after="", user=seller):
        return look(user, "newer", shown=shown, after=after).json()

    return asked


def test_a_page_tells_where_what_is_newer_begins(look, seller, mine):
    message, _older = stored(mine, letter(minutes=5), letter(subject="Antes"))
    assert f'data-newest="{position(message)}"' in html(look(seller))


def test_new_mail_is_counted_once_it_is_there(asked, seller, mine):
    (first,) = stored(mine, letter())
    shown = position(first)
    quiet = asked(shown)
    assert (quiet["count"], quiet["after"]) == (0, first.pk)
    stored(mine, letter(subject="Nueva", minutes=3))
    assert asked(shown) == {"count": 1, "after": first.pk + 1, "said": "1 new message"}
    assert asked(shown, first.pk)["count"] == 1


def test_mail_that_comes_late_is_announced_but_not_what_an_old_mailbox_brings(asked, mine):
    (first,) = stored(mine, letter(minutes=600))
    shown, after = position(first), asked(position(first))["after"]
    stored(mine, letter(subject="Tarde", minutes=599))
    assert asked(shown, after)["count"] == 1
    after = asked(shown, after)["after"]
    stored(mine, letter(subject="De hace un mes", minutes=-60 * 24 * 30))
    assert asked(shown, after)["count"] == 0


def test_a_message_of_the_year_2100_does_not_silence_the_others(asked, mine):
    (first,) = stored(mine, letter())
    late = timezone.now() + timedelta(days=365 * 75)
    Message.objects.filter(pk=first.pk).update(sent_at=late)
    Participant.objects.filter(message=first).update(sent_at=late)
    shown = Position(late, first.pk).text
    after = asked(shown)["after"]
    (second,) = stored(mine, letter(subject="Nueva"))
    now = timezone.now()
    Message.objects.filter(pk=second.pk).update(sent_at=now)
    Participant.objects.filter(message=second).update(sent_at=now)
    assert asked(shown, after)["count"] == 1


@pytest.mark.parametrize(("level", "count"), [(Level.NOTHING, 0), (Level.PEOPLE, 1), (Level.SUBJECT, 1)])
def test_of_a_colleagues_mail_only_what_is_shown_is_announced(asked, mine, team, level, count):
    (first,) = stored(mine, letter())
    shown, after = position(first), asked(position(first))["after"]
    type(team).objects.filter(pk=team.pk).update(shares=True, level=level)
    (theirs,) = stored(team, letter(to="marcos@andina.test", subject="Ajena", minutes=1))
    answer = asked(shown, after)
    assert answer["count"] == count
    assert answer["after"] == (theirs.pk if count else after)


def test_mail_of_another_record_is_not_announced(asked, mine):
    from sandbox.crm.models import Person

    Person.objects.create(first_name="Eva", last_name="Díaz", email="eva@cliente.test")
    (first,) = stored(mine, letter())
    stored(mine, letter("eva@cliente.test", minutes=1))
    assert asked(position(first))["count"] == 0


def test_where_nothing_is_shown_the_next_message_is_new(look, asked, seller, mine):
    shown = html(look(seller)).split('data-newest="')[1].split('"')[0]
    after = asked(shown)["after"]
    assert after == 0
    (first,) = stored(mine, letter())
    now = timezone.now()
    Message.objects.filter(pk=first.pk).update(sent_at=now)
    Participant.objects.filter(message=first).update(sent_at=now)
    assert asked(shown, after)["count"] == 1


@pytest.mark.parametrize(
    "query", [{}, {"shown": "x"}, {"shown": "0-0", "after": "x"}, {"shown": "0-0", "after": "9" * 30}]
)
def test_a_place_nobody_gave_out_is_not_found(look, seller, query):
    assert look(seller, "newer", **query).status_code == 404


def test_what_was_left_out_by_hand_is_no_news_and_what_was_tied_is(asked, look, seller, mine, ana):
    berta = Person.objects.create(first_name="Berta", last_name="Ruiz", email="berta@cliente.test")
    (message,) = stored(mine, letter())
    untie(seller, ana, message.thread_id)
    tie(seller, berta, message.thread_id)
    shown = Position(message.sent_at - timedelta(minutes=1), 0).text
    assert asked(shown)["count"] == 0
    assert look(seller, "newer", record=berta, shown=shown).json()["count"] == 1


def test_asking_costs_one_query_more_than_knowing_the_record(
    look, seller, mine, django_assert_max_num_queries
):
    messages = stored(mine, *[letter(subject=f"{n}", minutes=n) for n in range(9)])
    shown = position(messages[0])
    look(seller, "newer", shown=shown)
    with django_assert_max_num_queries(11) as few:
        look(seller, "newer", shown=shown)
    stored(mine, *[letter(subject=f"{n}", minutes=n, cc=f"p{n}@otra.test") for n in range(9, 30)])
    with django_assert_max_num_queries(len(few)):
        assert look(seller, "newer", shown=shown).json()["count"] == 29


# A link to one conversation


def test_a_link_brings_the_conversation_with_its_newest_message(look, seller, mine):
    first, _second = stored(
        mine,
        letter(subject="Consulta", message_id="a@x.test"),
        letter(subject="Re: Consulta", message_id="b@x.test", reply_to="a@x.test", minutes=5),
    )
    row = html(look(seller, "linked", first.thread_id))
    assert "Re: Consulta" in row
    assert row.count('<details class="escala-conversation"') == 1
    assert "<form" not in row
    assert " name=" not in row


def test_a_conversation_of_somebody_else_is_not_brought(look, seller, mine, team):
    (other,) = stored(mine, letter("eva@otra.test", subject="De otra persona"))
    (hidden,) = stored(team, letter(to="marcos@andina.test", subject="Ajena"))
    for message in (other, hidden):
        assert look(seller, "linked", message.thread_id).status_code == 404
    assert look(seller, "linked", 10**30).status_code == 404
