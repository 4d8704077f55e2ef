"""What stands below a message as its files, and who gets a paper clip: not what its card tells already."""

import pytest

from escala_email_plugin.reading.letters import letters
from tests.admin.test_card import attached, meeting, status
from tests.admin.timelines import lines
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

HEAD = b"From: a@x.test\r\nTo: b@x.test\r\nSubject: Hola\r\n\r\n"
REPORT = ("message/delivery-status", "", status())
RETURNED = ("message/rfc822", "", attached())
PDF = ("application/pdf", "poliza.pdf", b"%PDF")


def with_parts(*parts, **values) -> bytes:
    """A message with parts ``(type, name or "", content)``."""
    head, _, _ = letter(**values).partition(b"\r\nContent-Type")
    made = head + b'\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="=b"\r\n\r\n'
    for kind, name, content in [("text/plain", "", b"Hola."), *parts]:
        told = f'Content-Disposition: attachment; filename="{name}"\r\n' if name else ""
        made += f"--=b\r\nContent-Type: {kind}\r\n{told}\r\n".encode() + content + b"\r\n"
    return made + b"--=b--\r\n"


@pytest.mark.parametrize(
    ("parts", "listed"),
    [
        ([REPORT], []),
        ([REPORT, RETURNED], []),
        ([REPORT, ("text/rfc822-headers", "", HEAD)], []),
        ([("message/disposition-notification", "", b"Disposition: x/y; displayed\r\n")], []),
        ([("text/calendar", "", meeting())], []),
        ([("text/x-vcalendar", "", meeting())], []),
        ([("text/calendar", "", meeting()), PDF], ["poliza.pdf"]),
        ([REPORT, RETURNED, PDF], ["poliza.pdf"]),
        # What a person attached, or may have.
        ([RETURNED], ["Condiciones b.eml"]),
        ([("text/calendar", "invite.ics", meeting())], ["invite.ics"]),
        ([("text/calendar", "attachment-1.pdf.ics", meeting())], ["attachment-1.pdf.ics"]),
        ([("text/plain", "attachment-1.txt", b"x")], ["attachment-1.txt"]),
        ([("application/octet-stream", "", b"x")], ["attachment-1.bin"]),
    ],
)
def test_what_a_card_tells_is_no_file_and_gives_no_clip_and_is_not_found_as_one(
    seller, ana, look, parts, listed
):
    (message,) = stored(account(seller), with_parts(*parts, subject="Una"))
    (shown,) = letters([message], seller, whole=True)
    assert [one.name for one in shown.files] == listed
    assert len(shown.attachments) == len(parts)
    (row,) = look(seller).context["page"].items
    assert row.has_files == bool(listed)
    assert lines(look(seller, files="1")) == (["Una"] if listed else [])


def test_what_is_beyond_the_cards_is_listed(seller, ana):
    parts = [("text/calendar", "", meeting(summary=f"Cita {number}")) for number in range(7)]
    (message,) = stored(account(seller), with_parts(*parts))
    (shown,) = letters([message], seller, whole=True)
    assert [one.name for one in shown.files] == ["attachment-6.ics", "attachment-7.ics"]


def test_a_report_on_one_message_hides_no_mail_that_is_attached_to_another(seller, ana, look):
    stored(
        account(seller),
        with_parts(REPORT, subject="Informe", message_id="a@x.test"),
        with_parts(RETURNED, subject="Re: Informe", reply_to="a@x.test", minutes=1),
        with_parts(REPORT, RETURNED, subject="Otro informe", message_id="b@x.test", minutes=2),
    )
    has_files = {one.newest.message.subject: one.has_files for one in look(seller).context["page"].items}
    assert has_files == {"Re: Informe": True, "Otro informe": False}
