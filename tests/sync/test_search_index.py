"""What is searched follows what is stored, in the transaction that changes it."""

import pytest
from django.db import transaction

from escala_email_plugin.models import Message, SearchEntry
from escala_email_plugin.reading.search import candidates
from escala_email_plugin.sync import removal, search_index
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(seller, ana):
    return account(seller)


def words(message) -> set[str]:
    """As the database holds them, whichever it is."""
    held = SearchEntry.objects.values_list("words", flat=True).get(pk=message.pk)
    return set(held.replace("'", " ").split())


def everything(mine):
    return stored(
        mine,
        letter(
            subject="Cotización de flota",
            text="El camión rojo.\n",
            attachments=[("PolizaFinal2026.pdf", "application/pdf", b"x")],
            bcc="oculta@tercero.test",
        ),
    )[0]


def test_a_message_is_found_by_subject_text_people_and_file_names_without_case_or_accents(mine):
    message = everything(mine)
    for text in (
        "COTIZACION",
        "camión",
        "camion",
        "gómez",
        "ana@cliente.test",
        "final",
        "2026",
        "PolizaFinal2026.pdf",
    ):
        assert candidates(text) == [message.pk], text


def test_a_beginning_of_three_letters_finds_a_word_and_a_shorter_one_only_itself(mine):
    message = everything(mine)
    assert candidates("cot") == [message.pk]
    assert candidates("co") == []
    assert candidates("de") == [message.pk]
    assert candidates("otizacion") == []


def test_all_words_must_be_there_wherever_they_stand(mine):
    message = everything(mine)
    assert candidates("rojo cotizacion poliza") == [message.pk]
    assert candidates("rojo cotizacion verde") == []


def test_nobody_is_found_by_a_bcc(mine):
    everything(mine)
    assert candidates("oculta") == []


def test_an_html_message_without_a_text_is_found_by_its_words_and_by_no_tag(mine):
    (message,) = stored(mine, letter())
    Message.objects.filter(pk=message.pk).update(text="", html="<blockquote>camioneta</blockquote>")
    search_index.refresh([message.pk])
    assert candidates("camioneta") == [message.pk]
    assert candidates("blockquote") == []


def test_the_words_of_the_subject_and_of_the_people_stand_apart(mine):
    held = words(everything(mine))
    assert {".cotizacion", ".gomez", "-gomez", "camion"} <= held
    assert not {"-cotizacion", ".camion", "-camion", ".poliza", "-oculta", ".oculta", "oculta"} & held


def test_the_search_can_be_narrowed_to_the_mail_of_an_address(mine):
    message = everything(mine)
    (other,) = stored(mine, letter("otro@cliente.test", cc="ana@cliente.test", subject="Cotización"))
    numbers = dict(message.participants.values_list("address__value", "address"))
    assert candidates("cotizacion", [numbers["oculta@tercero.test"]]) == [message.pk]
    assert set(candidates("cotizacion", [numbers["ana@cliente.test"]])) == {message.pk, other.pk}
    # Another number that begins alike is another address.
    assert candidates("cotizacion", [int(f"{numbers['ana@cliente.test']}0")]) == []


def test_a_bcc_that_another_copy_shows_narrows_too(mine, colleague):
    raw = letter(subject="Cotización", cc="marcos@andina.test", message_id="x@cliente.test")
    (message,) = stored(mine, raw)
    theirs = account(colleague, "marcos@andina.test")
    shown = letter(
        subject="Cotización", cc="marcos@andina.test", message_id="x@cliente.test", bcc="b@cliente.test"
    )
    stored(theirs, shown)
    (number,) = message.participants.filter(role="bcc").values_list("address", flat=True)
    assert candidates("cotizacion", [number]) == [message.pk]


def test_what_is_stripped_of_its_texts_is_found_by_subject_and_people_only(mine):
    message = everything(mine)
    with transaction.atomic():
        removal.lock([message.pk])
        removal.strip([message.pk])
    assert candidates("camion") == candidates("final") == []
    assert candidates("cotizacion ana") == [message.pk]


def test_what_is_made_whole_again_is_found_by_its_text_again(mine):
    message = everything(mine)
    removal.strip([message.pk])
    everything(mine)
    assert candidates("camion") == candidates("final") == [message.pk]


def test_what_is_removed_leaves_no_entry(mine):
    message = everything(mine)
    with transaction.atomic():
        removal.remove([message.pk], removal.lock([message.pk]))
    assert candidates("cotizacion") == []
    assert not SearchEntry.objects.exists()


def test_what_is_rolled_back_is_not_found(mine):
    with transaction.atomic():
        everything(mine)
        transaction.set_rollback(True)
    assert candidates("cotizacion") == []


def test_a_host_that_deletes_messages_leaves_no_entry(mine):
    everything(mine)
    Message.objects.all().delete()
    assert not SearchEntry.objects.exists()


def test_a_text_without_end_and_ten_thousand_people_fit_into_the_index(mine):
    people = ", ".join(f"Persona{n} Ñuñez{n} <correo{n}@lugar{n}.test>" for n in range(3_000))
    text = " ".join(f"{n}日本語ñ" for n in range(60_000))
    (message,) = stored(mine, letter(subject="Ñ" * 5_000 + " zeta", text=text, cc=people))
    assert candidates("ana") == [message.pk]


# What was stored before


def test_older_mail_is_added_downwards_and_each_message_once(mine, monkeypatch):
    monkeypatch.setattr(search_index, "BATCH", 2)
    messages = stored(mine, *(letter(subject=f"Cotización {n}", minutes=n) for n in range(5)))
    SearchEntry.objects.all().delete()
    assert not search_index.is_complete()
    assert search_index.share_done() == 0
    assert not search_index.add_earlier(shift=0)
    assert set(candidates("cotizacion")) == {one.pk for one in messages[3:]}
    assert 0 < search_index.share_done() < 1
    stored(mine, letter(subject="Cotización nueva", minutes=9))
    assert search_index.add_earlier(shift=60)
    assert search_index.is_complete()
    assert len(candidates("cotizacion")) == 6


def test_a_rebuild_writes_the_entries_that_a_synchronisation_wrote(mine):
    message = everything(mine)
    before = words(message)
    SearchEntry.objects.update(words=" otra ")
    assert list(search_index.rebuild()) == [1]
    assert words(message) == before


def test_without_mail_everything_is_found():
    assert search_index.is_complete()
    assert search_index.share_done() == 1
    assert search_index.add_earlier(shift=0)
