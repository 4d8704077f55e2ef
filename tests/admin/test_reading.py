"""The timeline's fragments: what they show, to whom, and at what cost."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from escala_email_plugin.models import Attachment, Message
from escala_email_plugin.reading import walk
from sandbox.crm.models import Person
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db

US = "lucia@andina.test"


@pytest.fixture
def ana():
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def mine(seller):
    return account(seller, US)


def place(record) -> list:
    return [record._meta.app_label, record._meta.model_name, record.pk]


def timeline(record) -> str:
    return reverse("escala_email:timeline", args=place(record))


def body(record, message) -> str:
    return reverse("escala_email:body", args=[*place(record), message.pk])


def thread(record, message) -> str:
    return reverse("escala_email:thread", args=[*place(record), message.thread_id])


def download(record, attachment) -> str:
    return reverse("escala_email:attachment", args=[*place(record), attachment.pk])


def test_conversations_are_listed_newest_first(client, seller, mine, ana):
    stored(mine, letter(subject="Vieja"), letter(subject="Nueva", minutes=60))
    client.force_login(seller)
    page = client.get(timeline(ana)).content.decode()
    assert page.index("Nueva") < page.index("Vieja")


def test_a_conversation_is_listed_once_with_its_newest_message(client, seller, mine, ana):
    stored(
        mine,
        letter(subject="Consulta", text="Primera pregunta", message_id="a@x.test"),
        letter(
            US,
            "ana@cliente.test",
            "Re: Consulta",
            "Respuesta",
            message_id="b@x.test",
            reply_to="a@x.test",
            minutes=5,
        ),
    )
    client.force_login(seller)
    page = client.get(timeline(ana)).content.decode()
    assert page.count('<details class="escala-conversation"') == 1
    assert "Re: Consulta" in page
    assert "Primera pregunta" not in page


def test_a_record_without_mail_says_what_to_do(client, seller, ana):
    client.force_login(seller)
    assert reverse("escala_email:settings") in client.get(timeline(ana)).content.decode()


def test_pages_follow_one_another_without_gap_or_repetition(client, seller, mine, ana, settings):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "TIMELINE_PAGE": 3}
    # Several in the same minute: the position must tell them apart.
    stored(mine, *[letter(subject=f"Asunto {n:02}", minutes=n // 4) for n in range(10)])
    client.force_login(seller)
    url, seen = timeline(ana), []
    while url:
        page = client.get(url)
        seen += [one.newest.message.subject for one in page.context["page"].items]
        following = page.context["page"].next
        url = f"{timeline(ana)}?before={following.text}" if following else None
    assert len(seen) == 10
    assert sorted(seen) == sorted(set(seen))
    assert [int(one[-2:]) // 4 for one in seen] == sorted((n // 4 for n in range(10)), reverse=True)


@pytest.mark.parametrize("position", ["x", "1", "1-", "-1", "99999999999999999999999-1", "1-x", "1-2-3"])
def test_a_position_nobody_gave_out_is_not_found(client, seller, ana, position):
    client.force_login(seller)
    assert client.get(timeline(ana), {"before": position}).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_mail(
    client, seller, mine, ana, django_assert_max_num_queries
):
    stored(
        mine,
        *[letter(subject=f"{n}", minutes=n, attachments=[("a.txt", "text/plain", b"x")]) for n in range(2)],
    )
    client.force_login(seller)
    client.get(timeline(ana))
    with django_assert_max_num_queries(15) as few:
        client.get(timeline(ana))
    stored(mine, *[letter(subject=f"{n}", minutes=n, cc=f"p{n}@otra.test") for n in range(2, 19)])
    with django_assert_max_num_queries(len(few)):
        client.get(timeline(ana))


@pytest.mark.parametrize("stride", [1, 3, 400])
def test_a_long_conversation_does_not_hide_the_others(
    client, seller, mine, ana, settings, monkeypatch, stride
):
    """The index is walked in strides; whatever their length, each thread shows once, in its place."""
    monkeypatch.setattr(walk, "STRIDE", stride)
    monkeypatch.setattr(walk, "EACH", stride)
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "TIMELINE_PAGE": 2}
    long = [
        letter(
            subject=f"Largo {n}", message_id=f"l{n}@x.test", reply_to="l0@x.test" if n else None, minutes=n
        )
        for n in range(12)
    ]
    stored(mine, *long, letter(subject="Vieja", minutes=-5), letter(subject="Media", minutes=6))
    client.force_login(seller)
    first = client.get(timeline(ana)).context["page"]
    assert [one.newest.message.subject for one in first.items] == ["Largo 11", "Media"]
    assert [one.count for one in first.items] == [12, 1]
    second = client.get(timeline(ana), {"before": first.next.text}).context["page"]
    assert [one.newest.message.subject for one in second.items] == ["Vieja"]


def test_a_thread_with_a_number_no_database_has_is_not_found(client, seller, ana):
    client.force_login(seller)
    url = reverse("escala_email:thread", args=[*place(ana), 10**30])
    assert client.get(url).status_code == 404


def test_of_very_many_people_some_are_named_and_the_others_counted(client, seller, mine, ana):
    crowd = ", ".join(f"p{n}@otra.test" for n in range(500))
    (message,) = stored(mine, letter(cc=crowd))
    client.force_login(seller)
    for url in (timeline(ana), thread(ana, message)):
        page = client.get(url).content.decode()
        assert len(page) < 20_000
        assert "p0@otra.test" in page or url == timeline(ana)
    assert "and 462 more" in client.get(thread(ana, message)).content.decode()


def test_a_document_that_claims_to_be_inside_the_text_is_listed(client, seller, mine, ana):
    raw = (
        b"From: ana@cliente.test\r\nTo: lucia@andina.test\r\nMessage-ID: <i@x.test>\r\n"
        b'Content-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n'
        b'<p>Adjunto <img src="cid:pdf@x"></p>\r\n--b\r\nContent-Type: application/pdf; name="poliza.pdf"\r\n'
        b"Content-ID: <pdf@x>\r\nContent-Disposition: inline\r\n\r\n%PDF\r\n--b--\r\n"
    )
    (message,) = stored(mine, raw)
    client.force_login(seller)
    assert "poliza.pdf" in client.get(thread(ana, message)).content.decode()
    assert client.get(timeline(ana)).context["page"].items[0].has_files


def test_a_message_without_a_word_says_so(client, seller, mine, ana):
    messages = stored(mine, letter(text="\n"), letter(text="\n", html="<style>p{}</style>", minutes=1))
    client.force_login(seller)
    for message in messages:
        assert "(no text)" in client.get(body(ana, message)).content.decode()


def test_a_thread_shows_its_messages_oldest_first_with_the_last_one_open(client, seller, mine, ana):
    first, _ = stored(
        mine,
        letter(text="Uno", message_id="a@x.test"),
        letter(US, "ana@cliente.test", text="Dos", message_id="b@x.test", reply_to="a@x.test", minutes=5),
    )
    client.force_login(seller)
    page = client.get(thread(ana, first)).content.decode()
    assert page.index("Uno") < page.index("Dos")
    assert page.count(" open>") == 1
    assert page.index(" open>") > page.index("Uno")


def test_a_long_thread_is_paged(client, seller, mine, ana):
    raws = [
        letter(
            text=f"Mensaje {n:02}", message_id=f"m{n}@x.test", reply_to="m0@x.test" if n else None, minutes=n
        )
        for n in range(35)
    ]
    first, *_ = stored(mine, *raws)
    client.force_login(seller)
    page = client.get(thread(ana, first))
    top, gap, last = page.context["opened"].items
    assert (top.letter.message.snippet[-2:], last.letter.message.snippet[-2:]) == ("00", "34")
    assert [line.letter.message.snippet[-2:] for line in gap.lines] == [f"{n:02}" for n in range(25, 34)]
    assert (gap.number, page.context["opened"].count) == (33, 35)
    earlier = client.get(thread(ana, first), {"before": gap.more.text})
    assert [line.letter.message.snippet[-2:] for line in earlier.context["lines"]] == [
        f"{n:02}" for n in range(1, 25)
    ]
    assert earlier.context["more"] is None


def test_a_body_is_a_document_that_can_neither_fetch_nor_run(client, seller, mine, ana):
    (message,) = stored(
        mine,
        letter(
            html='<p onclick="x()">Hola</p><script>alert(1)</script><img src="https://evil.test/pixel.gif">'
            '<a href="javascript:alert(1)">mal</a><a href="https://ok.test/">bien</a>'
        ),
    )
    client.force_login(seller)
    response = client.get(body(ana, message))
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-same-origin" in policy
    assert "allow-scripts" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Content-Type-Options"] == "nosniff"
    text = response.content.decode()
    assert "Hola" in text
    for bad in ("<script", "onclick", "evil.test", "javascript:"):
        assert bad not in text
    assert 'href="https://ok.test/"' in text


def test_a_picture_inside_the_text_shows_without_a_request(client, seller, mine, ana):
    raw = (
        b"From: ana@cliente.test\r\nTo: lucia@andina.test\r\nMessage-ID: <i@x.test>\r\n"
        b'Content-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n'
        b'<p>Logo <img src="cid:logo@x" alt="logo"></p>\r\n--b\r\nContent-Type: image/png\r\n'
        b"Content-ID: <logo@x>\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        b"iVBORw0KGgo=\r\n--b--\r\n"
    )
    (message,) = stored(mine, raw)
    client.force_login(seller)
    assert 'src="data:image/png;base64,iVBORw0KGgo="' in client.get(body(ana, message)).content.decode()


def test_a_plain_text_is_escaped(client, seller, mine, ana):
    (message,) = stored(mine, letter(text="<b>no</b> https://ok.test/ fin"))
    client.force_login(seller)
    text = client.get(body(ana, message)).content.decode()
    assert "&lt;b&gt;no" in text
    assert 'href="https://ok.test/"' in text


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("factura.pdf", "application/pdf"),
        ("mal.html", "text/html"),
        ("mal.svg", "image/svg+xml"),
        ("ñandú \u202efdp.exe", "application/x-msdownload"),
        ('a"; filename="b.html', "text/plain"),
    ],
)
def test_an_attachment_is_always_a_download_of_no_type(client, seller, mine, ana, name, kind):
    stored(mine, letter(attachments=[(name, kind, b"<script>alert(1)</script>")]))
    client.force_login(seller)
    response = client.get(download(ana, Attachment.objects.get()))
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "\u202e" not in response["Content-Disposition"]
    assert b"".join(response.streaming_content) == b"<script>alert(1)</script>"


def test_a_file_the_storage_lost_is_not_found(client, seller, mine, ana):
    stored(mine, letter(attachments=[("a.pdf", "application/pdf", b"x")]))
    attachment = Attachment.objects.get()
    attachment.file.storage.delete(attachment.file.name)
    client.force_login(seller)
    assert client.get(download(ana, attachment)).status_code == 404


class TestWhoSeesNothing:
    """Every fragment, asked for by somebody who must not see it."""

    @pytest.fixture(autouse=True)
    def mail(self, mine, ana):
        self.ana = ana
        (self.message,) = stored(
            mine,
            letter(subject="Secreto", text="Muy secreto", attachments=[("s.pdf", "application/pdf", b"s")]),
        )

    def urls(self, record=None) -> list[str]:
        record = record or self.ana
        return [
            thread(record, self.message),
            body(record, self.message),
            download(record, Attachment.objects.get()),
        ]

    def test_its_owner_sees_it(self, client, seller):
        client.force_login(seller)
        assert "Secreto" in client.get(timeline(self.ana)).content.decode()
        assert [client.get(url).status_code for url in self.urls()] == [200, 200, 200]

    @pytest.mark.parametrize("who", ["colleague", "administrator"])
    def test_others_find_nothing(self, client, request, who):
        client.force_login(request.getfixturevalue(who))
        page = client.get(timeline(self.ana))
        assert page.status_code == 200
        assert "Secreto" not in page.content.decode()
        assert [client.get(url).status_code for url in self.urls()] == [404, 404, 404]

    def test_who_may_not_see_the_record_sees_no_mail_either(self, client, seller):
        seller.user_permissions.remove(
            *Permission.objects.filter(content_type__app_label="crm", codename__endswith="_person")
        )
        client.force_login(seller)
        for url in [timeline(self.ana), *self.urls()]:
            response = client.get(url, headers={"x-requested-with": "XMLHttpRequest"})
            assert response.status_code == 403
            assert b"ecreto" not in response.content

    def test_who_is_not_logged_in_is_asked_to(self, client):
        for url in [timeline(self.ana), *self.urls()]:
            assert client.get(url).status_code == 302

    def test_another_records_page_does_not_show_it(self, client, seller):
        other = Person.objects.create(first_name="Berta", last_name="Ruiz", email="berta@otra.test")
        client.force_login(seller)
        assert "Secreto" not in client.get(timeline(other)).content.decode()
        assert [client.get(url).status_code for url in self.urls(other)] == [404, 404, 404]

    @pytest.mark.parametrize(
        "path",
        [
            "auth/user/1",
            "escala_email/emailaccount/1",
            "crm/personemail/1",
            "no/such/1",
            "crm/person/x",
            "crm/person/999",
        ],
    )
    def test_what_is_no_record_of_a_declared_module_is_not_found(self, client, administrator, path):
        client.force_login(administrator)
        root = timeline(self.ana).partition("crm/person")[0]
        assert client.get(f"{root}{path}/").status_code == 404


def test_shared_mail_shows_to_who_may_read_it_and_see_the_record(client, seller, ana):
    stored(account(None, "ventas@andina.test"), letter(to="ventas@andina.test", subject="Para ventas"))
    client.force_login(seller)
    assert "Para ventas" in client.get(timeline(ana)).content.decode()


def test_a_subject_full_of_markup_is_text(client, seller, mine, ana):
    stored(
        mine, letter('"<img src=x onerror=alert(1)>" <ana@cliente.test>', subject="<script>alert(1)</script>")
    )
    client.force_login(seller)
    page = client.get(timeline(ana)).content.decode()
    assert "<script>" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_a_name_that_looks_like_an_address_is_not_shown_for_one(client, seller, mine, ana):
    stored(mine, letter('"jefe@banco.test" <ana@cliente.test>'))
    client.force_login(seller)
    assert "jefe@banco.test" not in client.get(timeline(ana)).content.decode()


def test_a_message_to_the_records_person_only_in_another_part_of_the_thread_stays_out(
    client, seller, mine, ana
):
    """Somebody may see Ana and not Berta: Ana's page shows Ana's messages of the thread."""
    first, _ = stored(
        mine,
        letter(text="A las dos", message_id="a@x.test", cc="Berta <berta@otra.test>"),
        letter(
            US, "berta@otra.test", text="Solo a Berta", message_id="b@x.test", reply_to="a@x.test", minutes=5
        ),
    )
    assert Message.objects.values("thread").distinct().count() == 1
    client.force_login(seller)
    page = client.get(thread(ana, first)).content.decode()
    assert "A las dos" in page
    assert "Solo a Berta" not in page
