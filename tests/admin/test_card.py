"""What a message is besides its text: to whom it is shown, how, and whatever stands in the file."""

import re
from email.message import EmailMessage

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

from escala_email_plugin.visibility import Level
from tests.admin.timelines import text
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

MEETING = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
METHOD:{method}
BEGIN:VEVENT
UID:1@cliente.test
DTSTAMP:20261101T120000Z
{dates}
SUMMARY:{summary}
LOCATION:{location}
DESCRIPTION:{description}
SEQUENCE:{sequence}
ORGANIZER;CN=Ana Gómez:mailto:ana@cliente.test
ATTENDEE;CN=Lucía;PARTSTAT={answer}:mailto:lucia@andina.test
END:VEVENT
END:VCALENDAR
"""
DATES = "DTSTART:20261124T150000Z\nDTEND:20261124T160000Z"
STATUS = """\
Reporting-MTA: dns; mx.cliente.test

Final-Recipient: rfc822; {who}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {words}
"""


def meeting(dates=DATES, method="REQUEST", summary="Revisión", location="Sala 2", **values) -> bytes:
    told = {"description": "Flota", "sequence": 0, "answer": "NEEDS-ACTION", **values}
    made = MEETING.format(dates=dates, method=method, summary=summary, location=location, **told)
    return made.replace("\n", "\r\n").encode()


def status(who="luis@otra.test", action="failed", code="5.1.1", words="No such user") -> bytes:
    return STATUS.format(who=who, action=action, status=code, words=words).replace("\n", "\r\n").encode()


def with_part(
    content: bytes, content_type: str = "text/calendar", name: str = "invite.ics", **values
) -> bytes:
    """A message with a part that no mail library would let us write so."""
    raw = letter(**{"text": "Hola.\n", **values})
    head, _, body = raw.partition(b"\r\n\r\n")
    head = re.sub(rb"Content-[^\r]*(\r\n[ \t][^\r]*)*\r\n|MIME-Version[^\r]*\r\n", b"", head + b"\r\n")
    return (
        head
        + b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="=b"\r\n\r\n'
        + b"--=b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        + body
        + f"\r\n--=b\r\nContent-Type: {content_type}\r\n".encode()
        + f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'.encode()
        + content
        + b"\r\n--=b--\r\n"
    )


@pytest.fixture
def card(seller, ana, look):
    """``card(raw)``: what the card of a message says to its owner."""
    mine = account(seller)

    def card(raw: bytes):
        (message,) = stored(mine, raw)
        response = look(seller, "card", message.pk)
        assert response.status_code == 200
        return response

    return card


def test_an_invitation_tells_what_when_where_and_who(card):
    response = card(with_part(meeting()))
    said = text(response)
    for part in ("Invitation to a meeting.", "Revisión", "Sala 2", "Ana Gómez", "Lucía", "no answer yet"):
        assert part in said
    assert "Tuesday, Nov. 24, 2026" in said
    assert "1 person invited" in said
    assert "Add to calendar" in said
    assert "<form" not in response.content.decode()


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ("DTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261125", "Tuesday, Nov. 24, 2026, all day"),
        (
            "DTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261127",
            "Tuesday, Nov. 24, 2026 – Thursday, Nov. 26, 2026, all day",
        ),
        ("DTSTART:20261124T101500", "Tuesday, Nov. 24, 2026, 10:15 a.m. (in the time of the place)"),
        (
            "DTSTART:20261124T090000\nDTEND:20261125T103000",
            "Tuesday, Nov. 24, 2026, 9 a.m. – Wednesday, Nov. 25, 2026, 10:30 a.m. (in the time of",
        ),
        ("DTSTART:20261124T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=10", "Every 2 weeks, 10 times"),
        (
            "DTSTART:20261124T090000\nRRULE:FREQ=DAILY;UNTIL=20261201T090000",
            "Every day until Tuesday, Dec. 1",
        ),
        ("DTSTART:20261124T090000\nRRULE:FREQ=SECONDLY", "Several times"),
        ("DTSTART:99991231T235959Z\nDTEND:99991231T235959Z", "No date that can be read"),
        ("X-NO-DATE:1", "No date that can be read"),
        ("DTSTART:00010101T000000\nDTEND:99991231T235959", "0001"),
    ],
)
def test_its_time_is_written_out(card, dates, said):
    found = text(card(with_part(meeting(dates))))
    if "99991231T235959Z" in dates:  # east of Greenwich it cannot be told, west of it it can
        assert said in found or "9999" in found
    else:
        assert said in found


def test_its_time_is_in_the_readers_zone_and_language(card, seller):
    profile = UserProfile.get_for_user(seller)
    profile.current_time_zone, profile.preferred_language = "Asia/Tokyo", "es"
    profile.save()
    said = text(card(with_part(meeting())))
    assert "miércoles, 25 de noviembre de 2026, 00:00 – 01:00 (JST, UTC+09:00)" in said


@pytest.mark.parametrize(
    ("values", "said", "is_kept"),
    [
        ({"method": "CANCEL"}, "This meeting was cancelled.", False),
        ({"sequence": 3}, "This meeting was changed.", True),
        ({"method": "REPLY", "answer": "ACCEPTED"}, "Lucía\N{POP DIRECTIONAL ISOLATE} accepted.", False),
        ({"method": "REPLY", "answer": "DECLINED"}, "Lucía\N{POP DIRECTIONAL ISOLATE} declined.", False),
        ({"method": "COUNTER"}, "Lucía\N{POP DIRECTIONAL ISOLATE} proposes another time.", False),
        ({"method": "DECLINECOUNTER"}, "The proposed time was not accepted.", False),
        ({"method": "PUBLISH"}, "Calendar entry.", True),
        ({"method": "NONSENSE"}, "Calendar entry.", True),
    ],
)
def test_what_the_mail_says_of_it_is_told(card, values, said, is_kept):
    found = text(card(with_part(meeting(**values))))
    assert said in found
    assert ("Add to calendar" in found) == is_kept


def test_of_several_people_the_answers_are_counted(card):
    more = [f"ATTENDEE;PARTSTAT={one}:mailto:p{one}@x.test" for one in ("ACCEPTED", "DECLINED", "TENTATIVE")]
    said = text(card(with_part(meeting("\n".join([DATES, *more])))))
    assert "4 people invited" in said
    assert "1 accepted, 1 declined, 1 perhaps" in said


def test_the_same_invitation_as_text_and_as_file_is_one_card(card):
    raw = letter(
        attachments=[("a.ics", "text/calendar", meeting()), ("b.ics", "application/octet-stream", meeting())]
    )
    assert card(raw).content.count(b"escala-card--meeting") == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"BEGIN:VCALENDAR", b"\x00\xff" * 500, b"BEGIN:VCALENDAR\r\n" * 500, b"A" * 2_000_000],
    ids=["empty", "begun", "noise", "deep", "large"],
)
def test_an_invitation_that_cannot_be_read_is_offered_as_a_file(card, content):
    said = text(card(with_part(content)))
    assert "cannot be shown here" in said
    assert "Download it" in said


def test_a_file_that_the_storage_has_lost_is_told(seller, ana, look):
    (message,) = stored(account(seller), with_part(meeting()))
    file = message.attachments.get().file
    file.storage.delete(file.name)
    assert "cannot be shown here" in text(look(seller, "card", message.pk))


ATTACK = '<script>alert(1)</script>"onmouseover=x \N{RIGHT-TO-LEFT OVERRIDE}txt.exe'


def test_nothing_of_an_invitation_runs_and_only_true_links_are_links(card):
    bad = "javascript:alert(1) data:text/html,x ftp://a.test/ https://bank.test@evil.test/ http://127.0.0.1/"
    html = card(
        with_part(meeting(summary=ATTACK, location=f"https://salas.test/a?b=1 {bad}", description=ATTACK))
    ).content.decode()
    assert "<script" not in html
    assert re.findall(r'<a href="(http[^"]*)"', html) == ["https://salas.test/a?b=1"]
    assert 'rel="noopener noreferrer nofollow"><bdi>salas.test/…</bdi>' in html
    assert set(re.findall(r'href="(\w+):', html)) == {"https"}
    assert '"onmouseover' not in html


def test_a_link_that_would_count_as_a_click_on_our_own_mail_is_text(card, settings):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "TRACKING_URLS": ["https://crm.test/t/"]}
    html = card(with_part(meeting(location="https://crm.test/t/click/1"))).content.decode()
    assert "crm.test/t/click/1" in html
    assert 'href="https://crm.test' not in html


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, ["could not be delivered.", "There is no such address.", "No such user", "5.1.1"]),
        ({"action": "delayed", "code": "4.4.1"}, ["is delayed", "Its server does not answer."]),
        ({"action": "delivered", "code": "2.0.0"}, ["was delivered."]),
        ({"code": "5.7.26"}, ["refused it"]),
        ({"who": ATTACK, "words": ATTACK}, ["could not be delivered", "alert(1)"]),
    ],
)
def test_a_report_tells_what_became_of_the_mail(card, values, said):
    response = card(with_part(status(**values), "message/delivery-status", "details.txt"))
    assert "<script" not in response.content.decode()
    for part in said:
        assert part in text(response)


def test_a_report_about_several_counts_them(card):
    group = b"\r\nFinal-Recipient: rfc822; %s\r\nAction: %s\r\nStatus: 5.2.2\r\n"
    content = status() + group % (b"b@x.test", b"failed") + group % (b"c@x.test", b"delivered")
    said = text(card(with_part(content, "message/delivery-status", "details.txt")))
    assert "could not be delivered to 2 of 3 recipients" in said
    assert said.count("The mailbox is full.") == 1  # of who got it there is no reason to tell


def test_a_read_receipt_is_called_so(card):
    content = b"Final-Recipient: rfc822; ana@cliente.test\r\nDisposition: manual-action/x; displayed\r\n"
    assert "Read receipt" in text(card(with_part(content, "message/disposition-notification", "receipt.txt")))


def test_a_report_without_an_outcome_is_no_card(card):
    assert text(card(with_part(b"Nothing: here\r\n", "message/delivery-status", "details.txt"))).strip() == ""


def attached(html: str = "", body: str = "Adentro.\n") -> bytes:
    inner = EmailMessage()
    inner["From"], inner["To"] = "Berta Ruiz <berta@otra.test>", "luis@otra.test"
    inner["Subject"], inner["Bcc"] = "Condiciones <b>", "oculta@otra.test"
    inner["Date"] = "Tue, 24 Nov 2026 10:00:00 +0000"
    inner.set_content(html or body, subtype="html" if html else "plain")
    return inner.as_bytes()


def test_an_attached_message_is_told_with_its_text(card):
    response = card(with_part(attached(), "message/rfc822", "c.eml"))
    said = text(response)
    for part in (
        "Attached message",
        "Berta Ruiz",
        "berta@otra.test",
        "luis@otra.test",
        "Condiciones",
        "Adentro.",
    ):
        assert part in said
    assert "Condiciones &lt;b&gt;" in response.content.decode()
    assert "oculta" not in said


def test_the_html_of_an_attached_message_is_only_its_words(card):
    html = card(
        with_part(attached("<p>Hola</p><img src=//x.test/p.gif><script>alert(1)</script>"), "message/rfc822")
    ).content.decode()
    assert "Hola" in html
    assert "<img" not in html
    assert "<script" not in html
    assert "x.test" not in html


def test_the_message_that_a_report_returns_is_called_so(card):
    report = with_part(status(), "message/delivery-status", "d.txt")
    both = b"\r\n--=b\r\nContent-Type: message/rfc822\r\n\r\n" + attached() + b"\r\n--=b--\r\n"
    said = text(card(report.replace(b"\r\n--=b--\r\n", both)))
    assert "The mail that it is about" in said
    assert "Attached message" not in said


def test_what_somebody_attached_stands_below_the_own_words_and_what_a_report_brings_back_above(card):
    mail = with_part(attached(), "message/rfc822", "c.eml")
    assert places(card(mail)) == ([], ["Attached message"])
    report = b"\r\n--=b\r\nContent-Type: message/delivery-status\r\n\r\n" + status() + b"\r\n--=b--\r\n"
    assert places(card(mail.replace(b"\r\n--=b--\r\n", report))) == (["The mail that it is about"], [])
    assert places(card(with_part(meeting())))[1] == []


def places(response) -> tuple[list[str], list[str]]:
    """What of attached messages is said above the text and below it."""
    above, _, below = response.content.decode().partition('data-part="below"')
    return re.findall(WORDS, above), re.findall(WORDS, below)


WORDS = ">(Attached message|The mail that it is about)<"


def test_a_long_attached_message_is_cut_and_that_is_said(card):
    said = text(card(with_part(attached(body="palabra " * 5_000), "message/rfc822")))
    assert "It is longer. Download it to see all of it." in said
    assert len(said) < 22_000


FORWARD = """\
Mira esto.

---------- Forwarded message ---------
De: Berta Ruiz <berta@otra.test>
Date: mar, 24 nov 2026 a las 10:00
Subject: Condiciones
To: <ana@cliente.test>

Adentro.
"""


def test_a_forwarded_message_is_called_so_where_that_is_certain(card):
    said = text(card(letter(subject="Fwd: Condiciones", text=FORWARD)))
    assert "Forwarded message" in said
    assert "Berta Ruiz" in said
    assert text(card(letter(subject="Fwd: nada", text="Sin nada citado.\n"))).strip() == ""
    assert text(card(letter(subject="Re: Condiciones", text=FORWARD))).strip() == ""


def test_an_ordinary_message_has_none_and_does_not_ask(seller, ana, look, client):
    plain, invited, forward = stored(
        account(seller),
        letter(attachments=[("poliza.pdf", "application/pdf", b"%PDF-1")], message_id="a@x.test"),
        with_part(meeting(), reply_to="a@x.test", minutes=1),
        letter(subject="Fwd: Condiciones", text=FORWARD, reply_to="a@x.test", minutes=2),
    )
    html = look(seller, "thread", plain.thread_id).content.decode()
    asks = {
        message: reverse("escala_email:card", args=["crm", "person", ana.pk, message.pk]) in html
        for message in (plain, invited, forward)
    }
    assert asks == {plain: False, invited: True, forward: True}
    assert text(look(seller, "card", plain.pk)).strip() == ""


@pytest.mark.parametrize("level", [Level.NOTHING, Level.PEOPLE, Level.SUBJECT, Level.EVERYTHING])
def test_only_who_sees_all_of_a_message_gets_its_cards(seller, colleague, ana, look, level):
    mine = account(seller, shares=True, level=level)
    (message,) = stored(mine, with_part(meeting(summary="Zafiro"), subject="Fwd: algo"))
    response = look(colleague, "card", message.pk)
    thread = look(colleague, "thread", message.thread_id).content.decode()
    is_whole = level == Level.EVERYTHING
    assert response.status_code == (200 if is_whole else 404)
    assert (b"Zafiro" in response.content) == is_whole
    assert ("escala-cards" in thread) == is_whole


def test_cards_cost_the_same_however_many_there_are(seller, ana, look, django_assert_max_num_queries):
    mine = account(seller)
    one, many = stored(
        mine,
        with_part(meeting()),
        letter(
            subject="Fwd: x",
            message_id="m@x.test",
            attachments=[(f"{n}.ics", "text/calendar", meeting(summary=f"Cita {n}")) for n in range(12)],
        ),
    )
    look(seller, "card", one.pk)
    with django_assert_max_num_queries(16) as few:
        look(seller, "card", one.pk)
    with django_assert_max_num_queries(len(few)):
        response = look(seller, "card", many.pk)
    assert response.content.count(b"escala-card--meeting") == 5
