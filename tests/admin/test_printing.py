"""What stands on the page that is printed beside the texts: invitations, reports, attached messages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from escala_email_plugin.admin import printed_cards
from escala_email_plugin.visibility import Level
from tests.admin.test_card import attached, meeting, status, with_part
from tests.admin.timelines import text
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

REPORT = "message/delivery-status"


@pytest.fixture
def printed(seller, ana, look):
    """``printed(*raw)``: the page on which their conversation is printed for its owner."""
    mine = account(seller)

    def printed(*raw: bytes):
        response = look(seller, "print_thread", stored(mine, *raw)[0].thread_id)
        assert response.status_code == 200
        return response

    return printed


def test_invitations_reports_and_attached_messages_are_on_paper_without_anything_to_click(printed):
    response = printed(
        with_part(meeting(location="https://salas.test/a"), message_id="a@x.test"),
        with_part(status(), REPORT, "d.txt", reply_to="a@x.test", minutes=1),
        with_part(attached(), "message/rfc822", "c.eml", reply_to="a@x.test", minutes=2),
    )
    said = text(response)
    for part in (
        *("Revisión", "Tuesday, Nov. 24, 2026", "https://salas.test/a", "Ana Gómez", "no answer yet"),
        *("could not be delivered.", "There is no such address.", "No such user"),
        *("Attached message", "Condiciones", "berta@otra.test", "Adentro."),
    ):
        assert part in said
    html = response.content.decode()
    assert "<a " not in html
    assert "<details" not in html
    assert html.count("<button") == 1  # that prints


def test_an_attached_message_is_printed_below_the_senders_own_words_and_a_returned_one_with_its_report(
    printed,
):
    html = printed(with_part(attached(), "message/rfc822", "c.eml")).content.decode()
    assert html.index("</iframe>") < html.index("Attached message")
    report = with_part(status(), REPORT, "d.txt", subject="Devuelto")
    both = b"\r\n--=b\r\nContent-Type: message/rfc822\r\n\r\n" + attached() + b"\r\n--=b--\r\n"
    html = printed(report.replace(b"\r\n--=b--\r\n", both)).content.decode()
    assert html.index("The mail that it is about") < html.index("<iframe")
    assert "Adentro." not in html


def test_what_a_meeting_is_about_is_printed_where_the_mail_itself_says_nothing(printed):
    assert "Flota" not in text(printed(with_part(meeting(description="Flota"))))
    assert "Flota" in text(printed(with_part(meeting(description="Flota"), text="", subject="Otra")))


@pytest.mark.parametrize("level", [Level.PEOPLE, Level.SUBJECT, Level.EVERYTHING])
def test_only_who_sees_all_of_a_message_gets_its_cards_on_paper(seller, colleague, ana, look, level):
    (message,) = stored(account(seller, shares=True, level=level), with_part(meeting(summary="Zafiro")))
    page = look(colleague, "print_thread", message.thread_id)
    assert page.status_code == 200
    assert ("Zafiro" in text(page)) == (level == Level.EVERYTHING)


def test_a_page_reads_only_so_much_and_names_the_rest(printed, monkeypatch):
    monkeypatch.setattr(printed_cards, "BUDGET", 600)
    said = text(
        printed(
            with_part(meeting(summary="Primera"), message_id="a@x.test"),
            with_part(meeting(summary="Segunda"), name="dos.ics", reply_to="a@x.test", minutes=1),
        )
    )
    assert "Primera" in said
    assert "Segunda" not in said
    assert "“dos.ics” cannot be shown here." in said


def test_cards_on_paper_cost_no_query(seller, ana, look, django_assert_num_queries):
    plain, invited = stored(
        account(seller), letter(subject="Una"), with_part(meeting(), subject="Otra", message_id="b@x.test")
    )
    look(seller, "print_message", plain.pk)
    with CaptureQueriesContext(connection) as few:
        look(seller, "print_message", plain.pk)
    with django_assert_num_queries(len(few)):
        assert "Revisión" in text(look(seller, "print_message", invited.pk))
