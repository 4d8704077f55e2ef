"""What an owner shares: one decision for all of their mailboxes, and whom it is about."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import Group, Permission

from escala_email_plugin import roles
from escala_email_plugin.holders import holders
from escala_email_plugin.models import EmailAccount, Message, ThreadLevel
from escala_email_plugin.permissions import VIEW_TEAM_MAIL
from escala_email_plugin.privacy import sharing
from escala_email_plugin.privacy.sharing import Choice, choice_of, choose, reach
from escala_email_plugin.sync.connection import Wanted, connect
from escala_email_plugin.visibility import Level
from sandbox.crm.models import Person
from tests.making import account, at_once, letter, stored

pytestmark = pytest.mark.django_db

BEFORE = "antes@andina.test"


@pytest.fixture
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def mine(seller):
    """The connected mailbox, and one of before."""
    account(seller, BEFORE, state="disconnected")
    return account(seller)


def seen(user, at_least=Level.EVERYTHING) -> set[str]:
    return set(Message.objects.visible_to(user, at_least).values_list("subject", flat=True))


def test_at_first_nothing_is_shared(seller, mine):
    assert choice_of(seller) == Choice(shares=False, level=Level.EVERYTHING)
    assert choice_of(seller).shown == Level.NOTHING


def test_a_choice_counts_for_every_mailbox_of_the_owner_and_for_the_past(seller, colleague, mine):
    stored(EmailAccount.objects.get(address=BEFORE), letter(subject="De antes"))
    stored(mine, letter(subject="De ahora", minutes=1))
    assert seen(colleague) == set()
    assert choose(seller, Choice(True, Level.EVERYTHING))
    assert seen(colleague) == {"De antes", "De ahora"}
    assert choose(seller, Choice(True, Level.SUBJECT))
    assert seen(colleague) == set()
    assert seen(colleague, Level.SUBJECT) == {"De antes", "De ahora"}
    assert choose(seller, Choice(False, Level.EVERYTHING))
    assert seen(colleague, Level.PEOPLE) == set()


def test_it_counts_for_nobody_elses_mailbox_nor_for_one_of_all(seller, colleague, mine):
    theirs = account(colleague, "marcos@andina.test")
    common = account(None, "ventas@andina.test")
    choose(seller, Choice(True, Level.EVERYTHING))
    for one in (theirs, common):
        one.refresh_from_db()
        assert not one.shares


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (Choice(False, 3), Choice(False, 1), False),
        (Choice(False, 3), Choice(True, 0), False),
        (Choice(True, 2), Choice(True, 2), False),
        (Choice(True, 2), Choice(True, 1), True),
        (Choice(True, 1), Choice(False, 1), True),
    ],
)
def test_what_makes_no_difference_to_colleagues_is_no_change(seller, mine, before, after, changed):
    choose(seller, before)
    assert choose(seller, after) is changed
    assert choice_of(seller) == replace(after, shares=bool(after.shown))


def test_to_share_nothing_is_not_to_share(seller, mine):
    choose(seller, Choice(True, Level.NOTHING))
    assert choice_of(seller) == Choice(False, Level.NOTHING)


def test_a_mailbox_that_is_connected_later_is_shared_as_was_decided_last(seller, mine):
    choose(seller, Choice(True, Level.PEOPLE))
    EmailAccount.objects.filter(pk=mine.pk).update(state="disconnected")
    new = connect("personal", seller, Wanted("nueva@andina.test", "nueva@andina.test", "secreto"))
    assert (new.shares, new.level) == (True, Level.PEOPLE)


def test_whose_first_mailbox_it_is_shares_nothing(colleague, seller, mine):
    choose(seller, Choice(True, Level.EVERYTHING))
    new = connect("personal", colleague, Wanted("nueva@andina.test", "nueva@andina.test", "secreto"))
    assert not new.shares


def test_a_mailbox_of_all_is_never_shared_by_who_connects_it(seller, mine):
    choose(seller, Choice(True, Level.EVERYTHING))
    new = connect("shared", seller, Wanted("ventas@andina.test", "ventas@andina.test", "secreto"))
    assert not new.shares


@pytest.mark.django_db(transaction=True)
def test_a_mailbox_that_is_connected_while_its_owner_stops_sharing_is_not_shared(seller):
    account(seller, BEFORE, state="disconnected", shares=True)
    turn = iter(["stop", "connect"])

    def act():
        if next(turn) == "stop":
            return choose(seller, Choice(False, Level.EVERYTHING))
        return connect("personal", seller, Wanted("nueva@andina.test", "nueva@andina.test", "secreto")).shares

    assert at_once(act) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_who_stops_sharing_while_a_mailbox_is_connected_stops_it_for_that_one_too(seller):
    account(seller, BEFORE, state="disconnected", shares=True)
    turn = iter(["connect", "stop"])

    def act():
        if next(turn) == "stop":
            return choose(seller, Choice(False, Level.EVERYTHING))
        return connect("personal", seller, Wanted("nueva@andina.test", "nueva@andina.test", "secreto")).shares

    assert at_once(act) == (True, True)
    assert not EmailAccount.objects.filter(shares=True).exists()


def test_the_conversations_on_record_pages_are_counted_once_each(seller, mine, ana):
    first, *_others = stored(
        mine,
        letter(subject="Uno", message_id="a@x.test"),
        letter(subject="Re: Uno", minutes=1, message_id="b@x.test", reply_to="a@x.test"),
        letter(subject="Dos", minutes=2),
    )
    stored(mine, letter("Nadie <nadie@otra.test>", subject="Sin contacto", minutes=3))
    stored(EmailAccount.objects.get(address=BEFORE), letter(subject="Tres", minutes=4))
    assert reach(seller).conversations == 3
    ThreadLevel.objects.create(account=mine, thread=first.thread, level=Level.NOTHING)
    assert reach(seller).conversations == 2, "what was decided apart does not follow the switch"


def test_a_bcc_of_somebody_elses_copy_brings_none_of_mine_to_a_record(seller, colleague, mine, ana):
    theirs = account(colleague, "marcos@andina.test")
    raw = {"to": "otro@empresa.test", "subject": "Copia", "message_id": "c@x.test"}
    stored(theirs, letter("Ana <otra@x.test>", bcc="ana@cliente.test", **raw))
    stored(mine, letter("Ana <otra@x.test>", **raw))
    assert Message.objects.count() == 1
    assert (reach(colleague).conversations, reach(seller).conversations) == (1, 0)


def test_more_than_can_be_counted_at_once_are_said_to_be_more(seller, mine, ana, monkeypatch):
    monkeypatch.setattr(sharing, "MOST", 2)
    stored(mine, *(letter(subject=f"Tema {n}", minutes=n) for n in range(3)))
    found = reach(seller)
    assert (found.conversations, found.is_more) == (2, True)


def test_colleagues_are_the_others_who_are_here_and_may_see_what_is_shared(
    seller, colleague, outsider, administrator, django_user_model
):
    roles.make()
    newcomer = django_user_model.objects.create_user("nueva")
    newcomer.groups.add(Group.objects.get(name="Ventas"), Group.objects.get(name="Administradores"))
    gone = django_user_model.objects.create_user("ida", is_active=False)
    gone.user_permissions.add(Permission.objects.get(codename="view_team_mail"))
    assert set(holders(VIEW_TEAM_MAIL)) == {seller, colleague, administrator, newcomer}
    assert reach(seller).colleagues == 3


def test_whom_it_is_about_is_found_in_three_queries(seller, mine, ana, django_assert_num_queries):
    stored(mine, letter())
    with django_assert_num_queries(3):
        reach(seller)
