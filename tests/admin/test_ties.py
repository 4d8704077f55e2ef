"""In an opened conversation somebody says by hand which records it is about."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from wagtail.models import ModelLogEntry

from escala_email_plugin.models import ModuleSwitch, RecordThread
from escala_email_plugin.privacy.ties import tie, untie
from escala_email_plugin.visibility import Level
from sandbox.crm.models import Claim, Company, Opportunity, Person, Policy
from tests.admin.timelines import lines, text
from tests.making import DAY, account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(seller):
    return account(seller)


@pytest.fixture
def message(mine, ana):
    return stored(mine, letter(subject="Póliza secreta"))[0]


@pytest.fixture
def sale(ana):
    berta = Person.objects.create(first_name="Berta", last_name="Ruiz", email="berta@cliente.test")
    return Opportunity.objects.create(name="Flota de camiones", contact=berta)


@pytest.fixture
def decide(client):
    def decide(user, record, thread, how):
        client.force_login(user)
        meta = record._meta
        url = reverse("escala_email:ties", args=[meta.app_label, meta.model_name, record.pk, thread])
        return client.post(url, {"how": how})

    return decide


def test_a_conversation_is_taken_from_a_record_and_undo_is_offered_at_once(
    seller, ana, message, decide, look
):
    answer = decide(seller, ana, message.thread_id, "untie")
    assert "This conversation is not on the page of Ana Gómez any more." in text(answer)
    assert 'data-escala-ties-how-param="back"' in answer.content.decode()
    assert lines(look(seller)) == []
    assert "1 conversation was left out by hand" in text(look(seller))
    decide(seller, ana, message.thread_id, "back")
    assert lines(look(seller)) == ["Póliza secreta"]
    assert "left out by hand" not in text(look(seller))


def test_it_is_tied_to_another_record_and_untied_from_it(seller, ana, sale, message, decide, look):
    assert lines(look(seller, record=sale)) == []
    assert "From now on" in text(decide(seller, sale, message.thread_id, "tie"))
    assert lines(look(seller, record=sale)) == ["Póliza secreta"]
    menu = text(look(seller, "ties", message.thread_id))
    assert "Tied by hand to" in menu
    assert "Flota de camiones" in menu
    decide(seller, sale, message.thread_id, "back")
    assert "Tied by hand to" not in text(look(seller, "ties", message.thread_id))


def test_what_is_left_out_is_listed_with_the_way_back(seller, ana, message, look):
    untie(seller, ana, message.thread_id)
    page = look(seller, "left_out")
    assert "Póliza secreta" in text(page)
    assert 'data-escala-ties-how-param="back"' in page.content.decode()


def test_who_is_shown_a_part_of_what_is_left_out_sees_that_part_and_no_button(
    seller, colleague, mine, ana, message, look
):
    untie(seller, ana, message.thread_id)
    assert "No conversation is left out any more." in text(look(colleague, "left_out"))
    mine.shares, mine.level = True, Level.PEOPLE
    mine.save()
    page = look(colleague, "left_out")
    assert "Ana Gómez" in text(page)
    assert "Póliza" not in text(page)
    assert "button" not in page.content.decode()


@pytest.mark.parametrize("level", [Level.NOTHING, Level.PEOPLE, Level.SUBJECT])
def test_who_does_not_read_it_in_full_finds_no_such_page(
    seller, colleague, mine, ana, message, look, decide, level
):
    mine.shares, mine.level = True, level
    mine.save()
    for answer in (
        look(colleague, "ties", message.thread_id),
        look(colleague, "ties_search", message.thread_id, q="Ana"),
        decide(colleague, ana, message.thread_id, "untie"),
    ):
        assert answer.status_code == 404
    assert not RecordThread.objects.exists()


def test_a_record_that_somebody_may_not_see_is_neither_found_nor_named(
    seller, ana, sale, message, look, settings
):
    tie(seller, sale, message.thread_id)
    settings.ESCALA_EMAIL = {
        **settings.ESCALA_EMAIL,
        "MODULES": {
            **settings.ESCALA_EMAIL["MODULES"],
            "crm.Opportunity": {"addresses": ["contact__email"], "may_see": lambda user, record: False},
        },
    }
    assert "Flota" not in text(look(seller, "ties", message.thread_id))
    assert "Flota" not in text(look(seller, "ties_search", message.thread_id, q="flota"))


def test_records_are_found_by_each_word_of_what_they_are_called(seller, ana, sale, message, look):
    Company.objects.create(name="Camiones del Sur")
    found = look(seller, "ties_search", message.thread_id, q="camiones").context["found"]
    assert {one.name for one in found} == {"Flota de camiones", "Camiones del Sur"}
    found = look(seller, "ties_search", message.thread_id, q="flota camiones").context["found"]
    assert [(one.name, one.kind) for one in found] == [("Flota de camiones", "Opportunity")]
    assert not look(seller, "ties_search", message.thread_id, q="berta@cliente").context["found"]


def test_a_record_that_was_found_says_of_what_kind_it_is_and_whose(seller, sale, message, look):
    policy = Policy.objects.create(
        number="PYM-1380", holder=sale.contact, insurer="Seguros", branch="car", start=DAY, end=DAY, premium=1
    )
    Claim.objects.create(number="S-1380", policy=policy, happened=DAY)
    Company.objects.create(name="Taller 1380")
    found = look(seller, "ties_search", message.thread_id, q="1380")
    assert {(one.name, one.kind, one.whose) for one in found.context["found"]} == {
        ("PYM-1380", "Policy", "Berta Ruiz"),
        ("S-1380", "Claim", "Berta Ruiz"),
        ("Taller 1380", "Company", ""),
    }
    assert "PYM-1380 Policy · Berta Ruiz" in text(found)


def test_whose_a_record_is_costs_no_query_for_each(
    seller, sale, message, look, django_assert_max_num_queries
):
    def find():
        return look(seller, "ties_search", message.thread_id, q="flota")

    find()
    with django_assert_max_num_queries(40) as one:
        find()
    for n in range(7):
        contact = Person.objects.create(first_name=f"Eva {n}", last_name="Sol", email=f"eva{n}@cliente.test")
        Opportunity.objects.create(name=f"Flota {n}", contact=contact)
    with django_assert_max_num_queries(len(one)):
        assert len({one.whose for one in find().context["found"]}) == 8


def test_whose_a_record_is_is_not_told_to_who_may_not_see_them(seller, sale, message, look, settings):
    modules = settings.ESCALA_EMAIL["MODULES"]
    people = {**modules["crm.Person"], "may_see": lambda user, record: record != sale.contact}
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "MODULES": {**modules, "crm.Person": people}}
    found = look(seller, "ties_search", message.thread_id, q="flota")
    assert [(one.name, one.whose) for one in found.context["found"]] == [("Flota de camiones", "")]


@pytest.mark.parametrize("text_of", ["", " ", "\0", "%", "x" * 5000, "'; --", "нет"])
def test_whatever_is_searched_for_there_is_an_answer(seller, ana, message, look, text_of):
    answer = look(seller, "ties_search", message.thread_id, q=text_of)
    assert (answer.status_code, answer.context["found"]) == (200, [])


def test_no_more_records_are_found_than_can_be_looked_through(seller, ana, message, look):
    Company.objects.bulk_create(Company(name=f"Camiones {n}") for n in range(60))
    assert len(look(seller, "ties_search", message.thread_id, q="camiones").context["found"]) == 8


def test_a_module_that_is_off_is_neither_searched_nor_named(seller, ana, sale, message, look, decide):
    tie(seller, sale, message.thread_id)
    sales = ContentType.objects.get_for_model(Opportunity)
    ModuleSwitch.objects.create(content_type=sales, is_on=False)
    assert "Flota" not in text(look(seller, "ties", message.thread_id))
    assert "Flota" not in text(look(seller, "ties_search", message.thread_id, q="flota"))
    assert decide(seller, sale, message.thread_id, "back").status_code == 404


@pytest.mark.parametrize("how", ["", "x", "tie "])
def test_what_is_no_decision_is_refused(seller, ana, message, decide, how):
    assert decide(seller, ana, message.thread_id, how).status_code == 400


def test_a_thread_with_a_number_no_database_has_is_not_found(seller, ana, message, decide, look):
    assert decide(seller, ana, 10**30, "tie").status_code == 404
    assert look(seller, "ties", 10**30).status_code == 404


def test_the_records_log_tells_that_it_was_done_and_not_of_what(seller, ana, message, decide):
    for how in ("tie", "untie", "back"):
        decide(seller, ana, message.thread_id, how)
    entries = ModelLogEntry.objects.filter(action__startswith="escala_email.").order_by("pk")
    assert [one.action.rpartition(".")[2] for one in entries] == ["tie", "untie", "tie_back"]
    for entry in entries:
        assert (entry.user, entry.label, entry.data) == (seller, "Ana Gómez", {})


def test_ties_of_a_model_that_the_host_took_away_are_in_nobodys_way(seller, message, look):
    gone = ContentType.objects.create(app_label="gone", model="gone")
    RecordThread.objects.create(content_type=gone, object_id="1", thread=message.thread, is_tied=True)
    assert look(seller, "ties", message.thread_id).status_code == 200
