"""Who sees what: the rule itself. What the pages make of it: tests/admin/test_reading.py."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from escala_email_plugin.models import Grant, Location, Message, Participant, Rule, ThreadLevel
from escala_email_plugin.visibility import Level
from sandbox.crm.models import Person, PersonEmail
from tests.making import DAY, account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


def seen(user) -> set[str]:
    return set(Message.objects.visible_to(user).values_list("subject", flat=True))


def on_record(record, user) -> set[str]:
    content_type = ContentType.objects.get_for_model(record)
    messages = Message.objects.of_record(content_type, record.pk, user).visible_to(user)
    return set(messages.values_list("subject", flat=True))


def test_personal_mail_is_its_owners_alone(seller, colleague, administrator):
    stored(account(seller), letter(subject="Secreto"))
    assert seen(seller) == {"Secreto"}
    assert seen(colleague) == seen(administrator) == set()


def test_shared_mail_is_for_those_with_the_permission(seller, outsider):
    stored(account(None, "ventas@andina.test"), letter(to="ventas@andina.test", subject="Para todos"))
    assert seen(seller) == {"Para todos"}
    assert seen(outsider) == set()


def test_marketing_mail_shows_to_nobody(seller, administrator):
    marketing = account(None, "boletin@andina.test", kind="marketing")
    stored(marketing, letter(to="boletin@andina.test", subject="Campaña"))
    assert seen(seller) == seen(administrator) == set()


def test_a_permission_that_is_taken_away_takes_the_past_along(seller, django_user_model):
    stored(account(None, "ventas@andina.test"), letter(to="ventas@andina.test", subject="Para todos"))
    seller.user_permissions.remove(Permission.objects.get(codename="view_shared_mail"))
    assert seen(django_user_model.objects.get(pk=seller.pk)) == set()


def test_a_message_two_accounts_hold_shows_through_either(seller, colleague):
    raw = letter(to="lucia@andina.test, marcos@andina.test", subject="A los dos")
    stored(account(seller), raw)
    stored(account(colleague, "marcos@andina.test"), raw)
    assert Message.objects.count() == 1
    assert seen(seller) == seen(colleague) == {"A los dos"}


def test_a_disconnected_account_keeps_showing_its_history_to_its_owner(seller):
    mine = account(seller)
    stored(mine, letter(subject="De antes"))
    mine.state = "disconnected"
    mine.save()
    assert seen(seller) == {"De antes"}


def test_nobody_sees_anything_without_being_logged_in_and_active(seller):
    stored(account(seller), letter())
    seller.is_active = False
    assert seen(seller) == seen(AnonymousUser()) == set()


def test_a_records_messages_are_those_with_one_of_its_addresses(seller, ana):
    stored(
        account(seller),
        letter(subject="De Ana"),
        letter("lucia@andina.test", "ana@cliente.test", "A Ana", minutes=1),
        letter("Berta <berta@otra.test>", subject="Copia", cc="ana@cliente.test", minutes=2),
        letter("Berta <berta@otra.test>", subject="Sin ella", minutes=3),
    )
    assert on_record(ana, seller) == {"De Ana", "A Ana", "Copia"}


def test_whoever_gets_a_second_address_gets_its_mail(seller, ana):
    stored(account(seller), letter("Ana <ana@casa.test>", subject="Desde casa"))
    assert on_record(ana, seller) == set()
    PersonEmail.objects.create(person=ana, address="ana@casa.test")
    assert on_record(ana, seller) == {"Desde casa"}


def test_a_bcc_counts_only_for_who_holds_the_copy_that_shows_it(seller, colleague, ana):
    plain = letter("lucia@andina.test", "marcos@andina.test", "Oculto", message_id="h@andina.test")
    with_bcc = letter(
        "lucia@andina.test",
        "marcos@andina.test",
        "Oculto",
        message_id="h@andina.test",
        bcc="ana@cliente.test",
    )
    stored(account(seller), with_bcc, folder="Sent")
    stored(account(colleague, "marcos@andina.test"), plain)
    assert Message.objects.count() == 1
    assert Participant.objects.filter(role="bcc").count() == 1
    assert on_record(ana, seller) == {"Oculto"}
    assert on_record(ana, colleague) == set()
    assert seen(colleague) == {"Oculto"}


def test_a_name_that_is_anothers_address_brings_nobody_in(seller, ana):
    stored(account(seller), letter('"ana@cliente.test" <eve@otra.test>', subject="Engaño"))
    assert on_record(ana, seller) == set()


# What colleagues see.


def levels(user) -> dict[str, int]:
    return dict(Message.objects.with_level(user).values_list("subject", "level"))


def test_of_a_mailbox_that_is_not_shared_colleagues_learn_only_that_there_is_something(seller, colleague):
    stored(account(seller), letter(subject="Secreto"))
    assert list(Message.objects.visible_to(colleague, Level.PEOPLE)) == []
    assert Message.objects.hidden_from(colleague).count() == 1


def test_who_may_not_see_what_colleagues_share_does_not_even_learn_that(seller, outsider):
    stored(account(seller, shares=True), letter())
    assert list(Message.objects.visible_to(outsider, Level.NOTHING)) == []
    assert list(Message.objects.hidden_from(outsider)) == []


@pytest.mark.parametrize("level", Level)
def test_a_shared_mailbox_shows_as_much_as_its_owner_says(seller, colleague, administrator, level):
    stored(account(seller, shares=True, level=level), letter(subject="Póliza"))
    assert levels(colleague) == levels(administrator) == {"Póliza": level}
    assert levels(seller) == {"Póliza": Level.EVERYTHING}


def test_a_change_acts_on_the_past_at_once(seller, colleague):
    mine = account(seller)
    stored(mine, letter(subject="De antes"))
    mine.shares = True
    mine.save()
    assert seen(colleague) == {"De antes"}
    mine.shares = False
    mine.save()
    assert seen(colleague) == set()


@pytest.mark.parametrize("shares", [True, False])
def test_what_was_decided_for_a_conversation_counts_instead_of_the_mailbox(seller, colleague, shares):
    mine = account(seller, shares=shares)
    apart, _other = stored(
        mine, letter(subject="Aparte"), letter("Berta <b@otra.test>", subject="Otra", minutes=1)
    )
    ThreadLevel.objects.create(account=mine, thread=apart.thread, level=Level.SUBJECT)
    assert levels(colleague) == {
        "Aparte": Level.SUBJECT,
        "Otra": Level.EVERYTHING if shares else Level.NOTHING,
    }


def test_a_message_shows_at_the_best_level_of_the_mailboxes_that_hold_it(seller, colleague, administrator):
    raw = letter(to="lucia@andina.test, marcos@andina.test", subject="A los dos")
    stored(account(seller, shares=True, level=Level.PEOPLE), raw)
    stored(account(colleague, "marcos@andina.test", shares=True, level=Level.SUBJECT), raw)
    assert levels(administrator) == {"A los dos": Level.SUBJECT}


@pytest.mark.parametrize("scope", ["message", "thread", "address"])
def test_what_is_granted_to_one_colleague_is_granted_to_nobody_else(
    seller, colleague, administrator, ana, scope
):
    mine = account(seller)
    granted, _other = stored(
        mine, letter(subject="Concedido"), letter("Berta <b@otra.test>", subject="Otro", minutes=1)
    )
    of = {
        "message": granted,
        "thread": granted.thread,
        "address": granted.participants.get(role="from").address,
    }
    Grant.objects.create(account=mine, user=colleague, **{scope: of[scope]})
    assert seen(colleague) == {"Concedido"}
    assert levels(colleague)["Otro"] == Level.NOTHING
    assert seen(administrator) == set()


def test_a_grant_opens_only_the_copies_of_who_granted(seller, colleague, administrator):
    raw = letter(to="marcos@andina.test", subject="De Marcos")
    (message,) = stored(account(colleague, "marcos@andina.test"), raw)
    Grant.objects.create(account=account(seller), user=administrator, thread=message.thread)
    assert seen(administrator) == set()


def test_who_has_left_sees_nothing_that_was_granted(seller, colleague):
    mine = account(seller)
    (message,) = stored(mine, letter())
    Grant.objects.create(account=mine, user=colleague, message=message)
    colleague.is_active = False
    assert seen(colleague) == set()


def test_of_who_left_only_what_was_shared_still_shows(seller, colleague):
    mine = account(seller, left_at=DAY)
    (message,) = stored(mine, letter(subject="De quien se fue"))
    assert list(Message.objects.hidden_from(colleague)) == []
    ThreadLevel.objects.create(account=mine, thread=message.thread, level=Level.EVERYTHING)
    assert levels(colleague) == {"De quien se fue": Level.EVERYTHING}
    mine.left_rule = "subject"
    mine.save()
    assert levels(colleague) == {"De quien se fue": Level.SUBJECT}


def test_a_bcc_is_told_only_to_who_reads_that_copy_in_full(seller, colleague):
    mine = account(seller, shares=True, level=Level.SUBJECT)
    stored(mine, letter("lucia@andina.test", "ana@cliente.test", bcc="berta@otra.test"), folder="Sent")
    berta = Participant.objects.filter(address__value="berta@otra.test")
    assert not berta.known_to(colleague).exists()
    mine.level = Level.EVERYTHING
    mine.save()
    assert berta.known_to(colleague).exists()


def test_of_each_place_it_can_be_told_how_much_it_shows_and_why(seller, colleague, administrator):
    mine, raw = account(seller, shares=True, level=Level.PEOPLE), letter()
    (message,) = stored(mine, raw)
    stored(account(None, "ventas@andina.test"), raw)

    def explained(user):
        rows = message.locations.explained_to(user).order_by("pk")
        return list(rows.values_list("level", "team_level", "by_thread", "granted"))

    shared = (Level.EVERYTHING, Level.NOTHING, False, False)
    assert explained(seller) == [(Level.EVERYTHING, Level.PEOPLE, False, False), shared]
    assert explained(colleague) == [(Level.PEOPLE, Level.PEOPLE, False, False), shared]
    ThreadLevel.objects.create(account=mine, thread=message.thread, level=Level.NOTHING)
    assert explained(colleague)[0] == (Level.NOTHING, Level.NOTHING, True, False)
    Grant.objects.create(account=mine, user=colleague, thread=message.thread)
    assert explained(colleague)[0] == (Level.EVERYTHING, Level.NOTHING, True, True)
    assert explained(administrator)[0] == (Level.NOTHING, Level.NOTHING, True, False)


def test_to_who_is_not_here_nothing_is_explained(seller, outsider):
    (message,) = stored(account(seller, shares=True), letter())
    seller.is_active = False
    for user in (seller, outsider, AnonymousUser()):
        assert list(message.locations.explained_to(user)) == []


def test_the_newest_hidden_message_of_a_thread_has_no_newer_hidden_one(seller, colleague, ana):
    mine = account(seller)
    old, new, shown = stored(
        mine,
        letter(message_id="a@x.test"),
        letter(message_id="b@x.test", reply_to="a@x.test", minutes=1),
        letter(message_id="c@x.test", reply_to="a@x.test", minutes=2),
    )
    Grant.objects.create(account=mine, user=colleague, message=shown)
    of = (ContentType.objects.get_for_model(ana), ana.pk, colleague)
    assert list(Message.objects.hidden_from(colleague).newest_hidden_of_thread(*of)) == [new]
    assert list(Message.objects.visible_to(colleague).newest_of_thread(*of)) == [shown]
    assert old.thread_id == new.thread_id == shown.thread_id


# Who is no contact for one mailbox


def of(person, user, at_least=Level.NOTHING):
    user = get_user_model().objects.get(pk=user.pk)  # as another request would
    place = (ContentType.objects.get_for_model(person), person.pk, user)
    return set(Message.objects.of_record(*place, at_least).visible_to(user, at_least))


def no_contact(holder, pattern="ana@cliente.test"):
    return Rule.objects.create(account=holder, kind=Rule.Kind.NOT_CONTACT, pattern=pattern)


@pytest.mark.parametrize("pattern", ["ana@cliente.test", "cliente.test", "*.cliente.test"])
def test_the_copies_of_who_says_that_somebody_is_no_contact_are_not_on_that_page(
    seller, colleague, ana, pattern
):
    mine = account(seller, shares=True)
    (message,) = stored(mine, letter())
    assert of(ana, seller) == of(ana, colleague) == {message}
    rule = no_contact(mine, pattern)
    assert of(ana, seller) == of(ana, colleague) == set()
    assert set(Message.objects.visible_to(seller)) == {message}
    rule.delete()
    assert of(ana, seller) == {message}


def test_it_stays_on_the_pages_of_the_others_who_take_part(seller, ana):
    luis = Person.objects.create(first_name="Luis", last_name="Díaz", email="luis@otra.test")
    mine = account(seller)
    (message,) = stored(mine, letter(cc="luis@otra.test"))
    no_contact(mine)
    assert (of(ana, seller), of(luis, seller)) == (set(), {message})


def test_what_a_colleague_says_of_somebody_changes_nothing_in_my_copy(seller, colleague, ana):
    mine, theirs = account(seller), account(colleague, "marcos@andina.test", shares=True)
    (message,) = stored(mine, letter())
    stored(theirs, letter())
    no_contact(theirs)
    assert of(ana, seller) == {message}
    assert of(ana, colleague, Level.PEOPLE) == set()


def test_a_copy_that_shows_less_does_not_lend_its_place_to_one_that_shows_more(
    seller, colleague, administrator, ana
):
    shared, private = account(seller, shares=True), account(colleague, "marcos@andina.test")
    (message,) = stored(shared, letter())
    stored(private, letter())
    no_contact(shared)
    assert of(ana, administrator, Level.PEOPLE) == of(ana, administrator, Level.EVERYTHING) == set()
    assert of(ana, administrator) == {message}


def test_a_bcc_is_linked_by_the_copy_that_shows_it_alone(seller, ana):
    mine, shared = account(seller), account(address="ventas@andina.test")
    stored(shared, letter("x@otra.test", "y@otra.test", bcc="ana@cliente.test"))
    stored(mine, letter("x@otra.test", "y@otra.test", bcc="ana@cliente.test"))
    assert len(of(ana, seller)) == 1
    no_contact(mine)
    assert len(of(ana, seller)) == 1
    no_contact(shared)
    assert of(ana, seller) == set()


def test_where_no_mailbox_says_so_it_costs_one_question_a_request(seller, ana, django_assert_num_queries):
    no_contact(None, "andina.test")  # of the organisation: that is settled where the rows are kept
    place = (ContentType.objects.get_for_model(ana), ana.pk, seller)
    list(Message.objects.visible_to(seller))  # Django remembers permissions
    # Each time also what was tied to the record by hand.
    with django_assert_num_queries(3):
        list(Message.objects.of_record(*place))
    with django_assert_num_queries(2):
        list(Message.objects.of_record(*place))


def test_what_a_hosts_users_have_by_the_same_names_is_not_asked(seller, colleague, monkeypatch):
    """A host may call a relation of its users "shows"."""
    (message,) = stored(account(seller), letter())
    user = type(seller)
    for name in ("shows", "explained"):
        monkeypatch.setattr(user, name, lambda *_args: Q(pk__isnull=False), raising=False)
    assert list(Message.objects.visible_to(seller)) == [message]
    assert list(Message.objects.visible_to(colleague)) == []
    assert [one.level for one in Location.objects.explained_to(colleague)] == [Level.NOTHING]
