"""A person is erased: what is theirs alone goes, and the mail of others stays without them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escala_email_plugin.models import (
    AccessRequest,
    Address,
    Attachment,
    Erasure,
    Grant,
    Location,
    Lookup,
    Message,
    Participant,
    Quarantined,
    Rule,
    Run,
    ShownSender,
    Tally,
    Thread,
)
from escala_email_plugin.privacy import erase_person
from escala_email_plugin.privacy.person_holdings import what_there_is
from escala_email_plugin.sync import erased, forget
from escala_email_plugin.sync.capture import address
from escala_email_plugin.sync.capture.holder import holder
from sandbox.crm.models import Person
from tests.making import account, letter, stored

from .everything import everything

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("attachments")]

CANARY, NAME = "canario@cliente.test", "Canaria Plumón"
LUIS = "Luis Pérez <luis@cliente.test>"
SENDER = f"{NAME} <{CANARY}>"


@pytest.fixture(autouse=True)
def contacts():
    """Two: who is erased, and one who stays."""
    Person.objects.create(first_name="Canaria", last_name="Plumón", email=CANARY)
    return Person.objects.create(first_name="Luis", last_name="Pérez", email="luis@cliente.test")


@pytest.fixture
def mine(seller):
    return account(seller)


def gone(*people: str, user=None) -> list[Erasure]:
    """Erased to the end, and no contact of the CRM any more."""
    Person.objects.filter(email__in=people).delete()
    rows = erase_person.order(people, user)
    assert all(erase_person.erase(row.pk) for row in rows)
    return list(Erasure.objects.filter(pk__in=[row.pk for row in rows]))


def nothing_of_them() -> None:
    left = everything()
    assert "canari" not in left
    assert "plum" not in left


def test_what_is_the_persons_alone_goes(mine):
    stored(
        mine,
        letter(SENDER, attachments=[("canaria.pdf", "application/pdf", b"canario")]),
        letter("lucia@andina.test", CANARY, bcc="jefe@andina.test"),
    )
    (row,) = gone(CANARY)
    assert not any(model.objects.exists() for model in (Message, Thread, Location, Attachment, Participant))
    assert row.report == {"removed": 2, "places": 2, "attachments": 1}
    assert row.finished_at is not None
    nothing_of_them()


def test_what_another_contact_takes_part_in_stays_without_the_person(mine):
    html = f'<p>Hola, <a href="mailto:canario%40cliente.test">{NAME}</a> &lt;CANARIO&#64;Cliente.test&gt;</p>'
    (message,) = stored(
        mine,
        letter(
            SENDER,
            LUIS,
            subject=f"Póliza de {NAME}",
            text=f"Luis:\n\nSoy {NAME}, {CANARY}.\n",
            html=html,
            cc="juana.canario@cliente.com.test",
            attachments=[("dni.pdf", "application/pdf", b"mine")],
        ),
    )
    key = message.key
    (row,) = gone(CANARY)
    message.refresh_from_db()
    assert message.key == key
    assert message.subject == "Póliza de […]"
    assert message.text == "Luis:\n\nSoy […], […].\n"
    assert message.html.strip() == '<p>Hola, <a href="mailto:[…]">[…]</a> &lt;[…]&gt;</p>'
    assert message.snippet == "Luis: Soy […], […]."
    people = dict(message.participants.values_list("address__value", "name"))
    assert people == {"luis@cliente.test": "Luis Pérez", "juana.canario@cliente.com.test": ""}
    assert not message.attachments.exists()  # they sent it
    assert row.report == {"redacted": 1, "attachments": 1}
    assert "plum" not in everything()


def test_what_others_sent_them_stays_but_for_texts_that_tell(mine):
    mail = letter(SENDER, "x@y.test", subject="Dentro")
    (message,) = stored(
        mine,
        letter(
            LUIS,
            SENDER,
            attachments=[
                ("foto.png", "image/png", b"\x89PNG"),
                ("ficha.vcf", "text/vcard", f"EMAIL:{CANARY}".encode()),
                ("precios.csv", "text/csv", b"a;b"),
                (f"Contrato {NAME}.pdf", "application/pdf", b"%PDF"),
                ("mail.txt", "text/plain", mail),
            ],
        ),
    )
    gone(CANARY)
    names = sorted(message.attachments.values_list("name", flat=True))
    assert names == ["Contrato […].pdf", "foto.png", "precios.csv"]
    nothing_of_them()


def test_who_quotes_them_later_quotes_nobody(mine):
    first = letter(SENDER, "lucia@andina.test", message_id="a@x.test", subject="Oferta")
    answer = letter(
        "Lucía <lucia@andina.test>",
        LUIS,
        subject="Re: Oferta",
        text=f"Luis, mira:\n\n> El lunes, Plumón, Canaria <{CANARY}> escribió:\n> hola\n",
        message_id="b@x.test",
    )
    elsewhere = letter(LUIS, "lucia@andina.test", subject="CANARIO@cliente.test", minutes=5)
    signed = letter(LUIS, "lucia@andina.test", text=f"Con {NAME} (canario@cliente.test).\n", minutes=8)
    neighbour = letter(LUIS, "lucia@andina.test", text=f"Con {NAME}, xcanario@cliente.test.\n", minutes=9)
    by_name = letter(LUIS, "lucia@andina.test", subject=f"¿Y {NAME}?", minutes=6)
    both = letter(LUIS, "lucia@andina.test", cc=SENDER, reply_to="b@x.test", message_id="c@x.test", minutes=7)
    _first, quoting, mention, same_name, _both, about, other = stored(
        mine, first, answer, elsewhere, by_name, both, signed, neighbour
    )
    (row,) = gone(CANARY)
    quoting.refresh_from_db()
    assert quoting.text == "Luis, mira:\n\n> El lunes, […] <[…]> escribió:\n> hola\n"
    mention.refresh_from_db()
    assert mention.subject == "[…]"
    about.refresh_from_db()
    assert about.text == "Con […] ([…]).\n"
    other.refresh_from_db()
    assert other.text == f"Con {NAME}, xcanario@cliente.test.\n"
    # Somebody else may be called so: without the address nobody can tell.
    same_name.refresh_from_db()
    assert same_name.subject == f"¿Y {NAME}?"
    assert (row.report["removed"], row.report["redacted"]) == (1, 4)
    assert CANARY not in everything().replace(f"x{CANARY}", "")


def test_two_addresses_of_one_person_keep_no_message_for_each_other(mine):
    Person.objects.create(first_name="C", last_name="P", email="casa@cliente.test")
    stored(mine, letter(SENDER, "casa@cliente.test"))
    gone(CANARY, "casa@cliente.test")
    assert not Message.objects.exists()


def test_a_contact_who_left_a_moment_ago_keeps_the_message(mine, contacts):
    (message,) = stored(mine, letter(SENDER, LUIS))
    contacts.delete()
    gone(CANARY)
    assert Message.objects.get() == message
    assert not Participant.objects.filter(address__value=CANARY).exists()


def test_the_name_of_somebody_else_with_the_same_name_is_theirs(mine):
    stored(mine, letter(SENDER, f'{NAME} <luis@cliente.test>, "{CANARY} por Docs" <docs@x.test>'))
    gone(CANARY)
    names = set(Participant.objects.values_list("name", flat=True))
    assert names == {NAME, "[…] por Docs"}


def test_a_bcc_that_only_one_copy_shows_goes_too(mine, colleague):
    theirs = account(colleague, "marcos@andina.test")
    raw = letter("lucia@andina.test", LUIS, bcc=CANARY)
    stored(mine, raw)
    stored(theirs, raw.replace(b"Bcc: canario@cliente.test\r\n", b""))
    gone(CANARY)
    assert Message.objects.count() == 1
    assert Location.objects.count() == 2
    nothing_of_them()


def test_what_was_decided_about_the_address_goes(mine, seller, colleague, contacts):
    (message,) = stored(mine, letter(SENDER))
    row = Address.objects.get(value=CANARY)
    Rule.objects.create(account=mine, pattern=CANARY)
    Rule.objects.create(kind="not_contact", pattern=CANARY)
    kept = Rule.objects.create(pattern="cliente.test")
    Grant.objects.create(account=mine, user=colleague, address=row)
    Lookup.objects.update_or_create(account=mine, address=row)
    Tally.objects.create(account=mine, address=row, checked_at=timezone.now())
    ShownSender.objects.create(user=colleague, address=row)
    about = {"account": mine, "record": contacts, "asked_at": timezone.now()}
    AccessRequest.objects.create(asker=colleague, message=message, **about)
    senders = [{"address": CANARY, "messages": 3}, {"address": "otro@x.test", "messages": 1}]
    tallies = {"kept": {"whole": {"tallies": {CANARY: [1, 0], "otro@x.test": [1, 0]}}}}
    for result in ({"senders": senders, "unticked": [CANARY]}, tallies):
        Run.objects.create(account=mine, kind="preview", result=result)
    (row,) = gone(CANARY)
    assert list(Rule.objects.all()) == [kept]
    assert not any(model.objects.exists() for model in (Grant, Lookup, Tally, ShownSender, AccessRequest))
    first, second = Run.objects.filter(kind="preview").order_by("pk").values_list("result", flat=True)
    assert first == {"senders": senders[1:], "unticked": []}
    assert second["kept"]["whole"]["tallies"] == {"otro@x.test": [1, 0]}
    names = ("requests", "grants", "rules", "searches", "tallies", "senders")
    counted = {name: row.report.get(name) for name in names}
    assert counted == {"requests": 1, "grants": 1, "rules": 2, "searches": 1, "tallies": 1, "senders": 1}
    nothing_of_them()


@pytest.mark.parametrize(
    ("raw", "goes"),
    [
        (letter(SENDER, LUIS), True),
        (letter(LUIS, f'"x" <{CANARY}>'), True),
        (letter(LUIS, reply_to="a@b.test") + b"\r\nOn Monday Canario@Cliente.test wrote", True),
        (b"\xff\xfe\x00" + b"x" * 100, False),
        (letter(LUIS), False),
    ],
)
def test_what_was_set_aside_with_its_bytes_goes_if_it_names_them(mine, raw, goes):
    stored(mine, letter(LUIS))
    folder = mine.folders.get()
    Quarantined.objects.create(
        folder=folder, uidvalidity=7, uid=90, error="x", raw=raw, next_try=timezone.now()
    )
    Quarantined.objects.create(folder=folder, uidvalidity=7, uid=91, error="x", next_try=timezone.now())
    gone(CANARY)
    assert Quarantined.objects.filter(uid=90).exists() is not goes
    assert Quarantined.objects.filter(uid=91).exists()


def test_a_record_that_still_has_the_address_keeps_it_and_no_mail(mine):
    stored(mine, letter(SENDER))
    (row,) = erase_person.order([CANARY])
    assert erase_person.erase(row.pk)
    assert not Message.objects.exists()
    assert Address.objects.filter(value=CANARY, sought=False).exists()
    Person.objects.filter(email=CANARY).delete()
    erase_person.tidy()
    nothing_of_them()


def test_the_row_of_an_address_goes_after_a_day_and_not_before(mine):
    stored(mine, letter(SENDER))
    gone(CANARY)
    erase_person.tidy()
    row = Address.objects.filter(value__endswith=erase_person.NOWHERE)
    assert row.exists()
    forget.forget()
    assert row.exists()
    row.update(left_at=timezone.now() - timedelta(days=2))
    erase_person.tidy()
    assert not row.exists()


def test_a_night_in_between_takes_no_address_from_who_is_still_being_erased(mine):
    stored(mine, letter(LUIS, subject=f"Datos de {CANARY}"))
    Rule.objects.create(pattern=CANARY)
    Person.objects.filter(email=CANARY).delete()
    (row,) = erase_person.order([CANARY])
    erase_person.tidy()
    assert erase_person.erase(row.pk)
    assert not Rule.objects.exists()
    nothing_of_them()


def test_what_there_is_is_counted_before(mine, colleague):
    theirs = account(colleague, "marcos@andina.test")
    stored(mine, letter(SENDER), letter(SENDER, LUIS, attachments=[("a.txt", "text/plain", b"x")]))
    stored(
        theirs, letter(SENDER), letter(SENDER, subject="Otra", attachments=[("b.txt", "text/plain", b"x")])
    )
    Rule.objects.create(pattern=CANARY)
    there = what_there_is([CANARY])
    assert (there.removed, there.redacted, there.mailboxes, there.is_more) == (2, 1, 2, False)
    assert there.more == {"places": 3, "attachments": 1, "rules": 1}
    (row,) = gone(CANARY)
    assert (row.report["removed"], row.report["redacted"]) == (2, 1)
    assert what_there_is([CANARY]).removed == 0


def test_it_is_counted_up_to_a_bound(mine, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr("escala_email_plugin.privacy.person_holdings.MOST", 3)
    stored(mine, *(letter(SENDER, minutes=n) for n in range(5)))
    with django_assert_max_num_queries(25):
        there = what_there_is([CANARY])
    assert (there.removed, there.is_more) == (3, True)


def test_what_was_set_aside_is_read_once_however_many_addresses_a_person_has(
    mine, django_assert_max_num_queries
):
    stored(mine, letter(LUIS))
    rows = {"folder": mine.folders.get(), "uidvalidity": 7, "error": "x", "next_try": timezone.now()}
    for uid in (90, 91, 92):
        Quarantined.objects.create(uid=uid, raw=letter(LUIS, f"{uid}@x.test, {uid}@y.test"), **rows)
    people = [f"{uid}@{host}.test" for uid in (90, 91, 93) for host in "xyz"]
    Rule.objects.create(pattern=people[0])
    with django_assert_max_num_queries(8 + 5 * len(people)):
        there = what_there_is(people)
    assert there.more == {"set_aside": 2, "rules": 1}


def test_whoever_is_not_here_is_not_fetched_from_now_on_either():
    (row,) = gone("nadie@cliente.test")
    assert row.report == {}
    assert erased.among({"nadie@cliente.test", "otro@cliente.test"}) == {"nadie@cliente.test"}


def test_nothing_of_the_address_is_in_the_row_that_remembers(mine):
    (row,) = gone(CANARY)
    assert len(row.digest) == 64
    assert CANARY not in str(row) + repr(row) + str(row.report)


def test_a_mailbox_here_is_nobody_to_erase(mine):
    with pytest.raises(erase_person.OwnMailbox):
        erase_person.order([CANARY, mine.address])
    assert not Erasure.objects.exists()


def test_a_row_that_stands_for_no_mailbox_keeps_nobody_from_being_erased(mine, colleague):
    """A user may have had the person's address in their own login for a while, and captured with it."""
    colleague.email = CANARY
    row = holder(colleague)
    assert row.address == CANARY
    (erasure,) = gone(CANARY)
    assert erasure.finished_at
    row.refresh_from_db()
    assert row.address == ""
    nothing_of_them()


def test_who_captures_with_the_address_is_nobody_to_erase(colleague):
    address.current(colleague)
    with pytest.raises(erase_person.OwnMailbox):
        erase_person.order([colleague.email])


def test_erased_again_is_looked_for_anew_and_counted_on(mine, seller):
    stored(mine, letter(SENDER))
    (row,) = gone(CANARY, user=seller)
    (again,) = gone(CANARY)
    assert (again.pk, again.erased_by, again.report["removed"]) == (row.pk, seller, 1)


def test_a_shift_that_is_over_goes_on_where_it_was(mine, monkeypatch):
    monkeypatch.setattr("escala_email_plugin.privacy.traces.BATCH", 2)
    stored(
        mine,
        *(letter(SENDER, minutes=n) for n in range(5)),
        *(letter(LUIS, CANARY, minutes=n) for n in (5, 6)),
    )
    (row,) = erase_person.order([CANARY])
    shifts = 1
    while not erase_person.erase(row.pk, shift=0):
        shifts += 1
        assert row.pk in erase_person.due()
    assert shifts > 5
    row.refresh_from_db()
    assert (row.report["removed"], row.report["redacted"]) == (5, 2)
    assert erase_person.AT not in row.report
    assert erase_person.due() == []


def test_who_is_allowed_again_is_looked_for_where_a_record_has_the_address(mine):
    gone(CANARY)
    Person.objects.create(first_name="C", last_name="P", email=CANARY)
    Address.objects.update(sought=False)
    assert erase_person.allow_again(CANARY)
    assert Address.objects.get(value=CANARY).sought
    assert not erase_person.allow_again(CANARY)


def test_what_was_erased_is_still_told_of_who_is_allowed_again(mine, seller):
    stored(mine, letter(SENDER))
    (row,) = gone(CANARY)
    assert erase_person.allow_again(CANARY, seller)
    row.refresh_from_db()
    assert (row.report["removed"], row.lifted_by) == (1, seller)
    assert row.lifted_at > row.finished_at
    assert erase_person.report(row)["allowed_again_by"] == seller.get_username()
    assert erase_person.find(CANARY) == row
    assert CANARY not in erased.now()
    assert CANARY not in erased.finished()
    assert erased.when([CANARY]) is None


def test_who_was_allowed_again_can_be_erased_again_in_a_row_of_its_own(mine):
    (first,) = gone(CANARY)
    erase_person.allow_again(CANARY)
    stored(mine, letter(SENDER))
    (second,) = gone(CANARY)
    assert second.pk != first.pk
    assert second.report["removed"] == 1
    assert erase_person.find(CANARY) == second
    assert CANARY in erased.now()
    assert erased.when([CANARY]) == second.erased_at
    assert erase_person.allow_again(CANARY)
    assert Erasure.objects.exclude(lifted_at=None).count() == 2
    assert erase_person.find(CANARY) == second


def test_a_key_that_knows_only_who_was_allowed_again_may_be_lost(settings):
    from cryptography.fernet import Fernet

    gone(CANARY)
    erase_person.allow_again(CANARY)
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "SECRET_KEYS": [Fernet.generate_key().decode()]}
    assert erased.is_key_good()
    (row,) = gone(CANARY)
    assert erase_person.find(CANARY) == row


def test_nobody_is_allowed_again_before_all_is_gone():
    erase_person.order([CANARY])
    with pytest.raises(erase_person.StillErasing):
        erase_person.allow_again(CANARY)
    assert Erasure.objects.exists()


def test_an_erasure_is_found_by_its_address_alone():
    assert erase_person.find(CANARY) is None
    (row,) = gone(CANARY)
    assert erase_person.find(CANARY) == row
    assert erase_person.find("otro@cliente.test") is None
