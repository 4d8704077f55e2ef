"""Files: what can be looked at is known by its bytes; all else is saved, by a name that deceives nobody."""

import pytest

from escala_email_plugin.admin.attachment import TEXT
from escala_email_plugin.models import Attachment
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 30


@pytest.fixture
def mine(seller):
    return account(seller)


@pytest.fixture
def viewed(look, seller, mine):
    """``viewed(name, type, content)``: what comes of looking at such a file."""

    def viewed(name, content_type, content):
        stored(mine, letter(attachments=[(name, content_type, content)]))
        return look(seller, "attachment_view", Attachment.objects.latest("pk").pk)

    return viewed


def all_of(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize(
    ("name", "told", "content", "shown_as"),
    [
        ("foto.png", "image/png", PNG, "image/png"),
        ("foto.jpg", "application/octet-stream", PNG, "image/png"),
        ("poliza.pdf", "application/pdf", b"%PDF-1.4\n", "application/pdf"),
        ("notas.txt", "text/plain", "Póliza <b>\n".encode(), "text/plain; charset=utf-8"),
        ("notas.txt", "text/plain", "Póliza <b>\n".encode("latin-1"), "text/plain; charset=utf-8"),
    ],
)
def test_what_does_no_harm_is_shown_in_a_sandbox(viewed, name, told, content, shown_as):
    response = viewed(name, told, content)
    assert response.status_code == 200
    assert response["Content-Type"] == shown_as
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert ("sandbox" in response["Content-Security-Policy"]) == (shown_as != "application/pdf")
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["X-Frame-Options"] in ("DENY", "SAMEORIGIN")
    if shown_as.startswith("text/plain"):
        assert all_of(response).decode() == "Póliza <b>\n"
    else:
        assert all_of(response) == content


@pytest.mark.parametrize(
    ("name", "told", "content"),
    [
        ("mal.svg", "image/svg+xml", b"<svg onload=alert(1)>"),
        ("mal.png", "image/png", b"<svg onload=alert(1)>"),
        ("mal.png", "image/svg+xml", b"<html><script>"),
        ("mal.pdf", "application/pdf", b"<html><script>"),
        ("mal.html", "text/plain", b"<script>"),
        ("mal.js", "text/plain", b"alert(1)"),
        ("mal.xml", "application/xml", b"<?xml?>"),
        ("mal.pdf.exe", "application/pdf", b"%PDF-1.4"),
        ("mal", "text/html", b"<script>"),
        ("vacia.png", "image/png", b""),
        ("hoja.xlsm", "application/octet-stream", b"PK"),
    ],
)
def test_all_else_is_only_saved(viewed, look, seller, name, told, content):
    assert viewed(name, told, content).status_code == 404
    response = look(seller, "attachment", Attachment.objects.get().pk)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment;")


def test_a_long_text_is_cut_between_characters_and_says_so(viewed):
    text = all_of(viewed("largo.txt", "text/plain", ("x" + "ñ" * TEXT).encode())).decode()
    assert "\ufffd" not in text
    assert "Ã" not in text
    assert text.startswith("xñ")
    assert text.endswith("Download it to read the rest.]")


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Windows\\mal.txt", "mal.txt"),
        ("fac\u202etxt.exe", "factxt.exe"),
        ("ñandú.pdf", "utf-8''%C3%B1and%C3%BA.pdf"),
        ("a;b=c.txt", "a;b=c.txt"),
    ],
)
def test_a_name_is_no_path_and_turns_nothing_round(look, seller, mine, name, saved):
    stored(mine, letter(attachments=[(name, "application/octet-stream", b"x")]))
    told = look(seller, "attachment", Attachment.objects.get().pk)["Content-Disposition"]
    assert saved in told
    assert not {"/", "\\", "\r", "\n", "\u202e"} & set(told)


def test_a_thread_lists_files_with_what_they_are(look, seller, mine):
    files = [
        ("foto.png", "image/png", PNG),
        ("factura.pdf.exe", "application/pdf", b"MZ"),
        ("hoja.xlsx", "application/octet-stream", b"PK"),
    ]
    (message,) = stored(mine, letter(attachments=files))
    page = look(seller, "thread", message.thread_id).content.decode()
    for words in ("Picture · ", "Program · ", "Spreadsheet · ", "called as if it were something else"):
        assert words in page
    assert page.count("escala-file__thumbnail") == 1
    assert page.count("in a new tab") == 1


def test_a_large_picture_alone_has_no_thumbnail_and_can_be_opened(look, seller, mine):
    raw = letter(attachments=[("foto.png", "image/png", PNG + b"\x00" * (3 * 2**20))], text="\n")
    (message,) = stored(mine, raw)
    page = look(seller, "thread", message.thread_id).content.decode()
    assert "escala-file__thumbnail" not in page
    assert "View foto.png in a new tab" in page
    assert look(seller, "attachment_view", Attachment.objects.get().pk).status_code == 200


def test_a_file_that_the_storage_lost_is_not_found(viewed, look, seller):
    viewed("foto.png", "image/png", PNG)
    attachment = Attachment.objects.get()
    attachment.file.storage.delete(attachment.file.name)
    assert look(seller, "attachment_view", attachment.pk).status_code == 404
