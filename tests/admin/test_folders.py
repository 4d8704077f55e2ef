"""The folders of a mailbox: how they are listed, and that only one's own are changed."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from escala_email_plugin.models import Folder
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(seller):
    return account(seller, last_success=timezone.now())


@pytest.fixture
def inbox(mine):
    return Folder.objects.create(
        account=mine, name="INBOX", role="inbox", scanned_from=1, scanned_to=90, uidvalidity=7, exists=1204
    )


@pytest.fixture
def junk(mine):
    return Folder.objects.create(account=mine, name="Basura", role="junk", synced=False)


@pytest.fixture
def shown(client, seller):
    client.force_login(seller)
    return lambda: client.get(reverse("escala_email:account", args=["personal"])).content.decode()


@pytest.fixture
def save(client, seller, shown, django_capture_on_commit_callbacks):
    """Post the form as the page shows it, with changes; returns the response."""

    def save(html=None, **changes):
        given = posted(html or shown()) | changes
        values = {name: one for name, one in given.items() if one is not None}
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(
                reverse("escala_email:folders", args=["personal"]),
                {name: one for name, one in values.items() if one is not None},
            )

    return save


def posted(html: str) -> dict:
    """What a browser would post of the form of folders."""
    form = re.search(r'<form class="escala-folders".*?</form>', html, flags=re.S)[0]
    values: dict = {"folder": re.findall(r'name="folder" value="(\d+)"', form)}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r'name="([^"]*)"', tag)[1]
        if name not in ("folder", "csrfmiddlewaretoken") and ('"checkbox"' not in tag or " checked" in tag):
            values[name] = re.search(r'value="([^"]*)"', tag)[1] if " value=" in tag else "on"
    for name, options in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', form, flags=re.S):
        values[name] = re.search(r'value="([^"]*)" selected', options)[1]
    return values


def rows(html: str) -> list[str]:
    form = re.search(r'<form class="escala-folders".*?</form>', html, flags=re.S)[0]
    return re.findall(r"<li.*?</li>", form, flags=re.S)


def now(folder) -> Folder:
    return Folder.objects.get(pk=folder.pk)


def test_each_folder_says_what_it_holds_and_why_it_is_left_out(mine, inbox, junk, shown):
    stored(mine, letter())
    Folder.objects.create(account=mine, name="Vieja", gone_at=timezone.now())
    Folder.objects.create(account=mine, name="Listas", synced=False, synced_chosen=True)
    first, chosen, left, gone = sorted(rows(shown()), key=lambda row: "gone" in row)
    assert "1,204 messages." in first
    assert "1 stored." in first
    assert "Basura" in chosen
    assert "Left out, because it is: Junk." in chosen
    assert "Left out, because you chose so." in left
    assert "No longer in the mailbox since" in gone
    assert "<select" not in gone


def test_the_inbox_stands_before_a_folder_of_sent_mail_whatever_they_are_called(mine, inbox, shown):
    Folder.objects.create(account=mine, name="Archive", role="sent")
    html = shown()
    assert html.index("Synchronise: INBOX") < html.index("Synchronise: Archive")


def test_what_is_saved_unchanged_chooses_nothing(save, inbox, junk, ordered):
    assert save().status_code == 302
    assert not Folder.objects.filter(synced_chosen=True).exists()
    assert not Folder.objects.filter(role_chosen=True).exists()
    assert ordered == []


def test_unticking_leaves_a_folder_out_and_ticking_brings_one_in(save, mine, inbox, junk, ordered):
    save(**{f"folder-{inbox.pk}-synced": None, f"folder-{junk.pk}-synced": "on"})
    assert (now(inbox).synced, now(inbox).synced_chosen) == (False, True)
    assert (now(junk).synced, now(junk).synced_chosen) == (True, True)
    assert not Folder.objects.filter(role_chosen=True).exists()
    assert ordered == [("sync_account", mine.pk)]


def test_a_role_is_chosen(save, mine, inbox, junk, ordered):
    sent = Folder.objects.create(account=mine, name="Correo mandado")
    save(**{f"folder-{sent.pk}-role": "sent"})
    assert (now(sent).role, now(sent).role_chosen) == ("sent", True)
    assert not now(inbox).role_chosen


def test_what_the_server_changed_meanwhile_is_no_choice_of_the_person(save, shown, mine, inbox, ordered):
    html = shown()
    Folder.objects.filter(pk=inbox.pk).update(role="archive", synced=False)
    save(html)
    assert (now(inbox).role_chosen, now(inbox).synced_chosen) == (False, False)


def test_a_folder_that_came_meanwhile_is_left_alone(save, shown, mine, inbox, ordered):
    html = shown()
    new = Folder.objects.create(account=mine, name="Nueva")
    save(html)
    assert (now(new).synced, now(new).synced_chosen) == (True, False)


def test_a_folder_that_went_meanwhile_harms_nothing(save, shown, inbox, junk, ordered):
    html = shown()
    Folder.objects.filter(pk=junk.pk).update(gone_at=timezone.now())
    assert save(html, **{f"folder-{junk.pk}-synced": "on"}).status_code == 302
    assert not now(junk).synced


@pytest.mark.parametrize("value", ["x", "-1", "999999", "9" * 40, ""])
def test_a_folder_there_is_none_of_is_not_found(save, inbox, ordered, value):
    assert save(folder=[value]).status_code == 404


def test_a_colleagues_folder_is_not_found_and_not_changed(save, inbox, colleague, ordered):
    theirs = Folder.objects.create(account=account(colleague, "marcos@andina.test"), name="INBOX")
    response = save(folder=[str(inbox.pk), str(theirs.pk)], **{f"folder-{theirs.pk}-role": "junk"})
    assert response.status_code == 404
    assert now(theirs).synced


def test_a_role_there_is_none_of_changes_nothing(save, inbox, ordered):
    save(**{f"folder-{inbox.pk}-role": "boss", f"folder-{inbox.pk}-synced": None})
    assert (now(inbox).role, now(inbox).synced) == ("inbox", True)


def test_a_missing_folder_of_sent_mail_is_asked_for(shown, inbox):
    assert "Choose which one it is" in shown()
    Folder.objects.filter(pk=inbox.pk).update(role="sent")
    assert "Choose which one it is" not in shown()


def test_a_name_full_of_markup_is_text(shown, mine):
    Folder.objects.create(account=mine, name='"><script>alert(1)</script>')
    assert "<script>alert" not in shown()


def test_a_second_folder_of_sent_mail_takes_the_place_of_the_first_and_says_so(mine, inbox, save):
    former = Folder.objects.create(account=mine, name="Sent", role="sent")
    chosen = Folder.objects.create(account=mine, name="Enviados")
    response = save(**{f"folder-{chosen.pk}-role": "sent"})
    said = [one.message.strip() for one in response.wsgi_request._messages._queued_messages]
    assert "“Enviados” is the folder of sent mail now, and “Sent” an ordinary one." in said
    former.refresh_from_db()
    assert former.role == ""


def test_two_folders_of_sent_mail_at_once_are_refused(mine, inbox, save):
    some = [Folder.objects.create(account=mine, name=name) for name in ("Enviados", "Sent")]
    response = save(**{f"folder-{one.pk}-role": "sent" for one in some})
    said = [one.message.strip() for one in response.wsgi_request._messages._queued_messages]
    assert said == ["Only one folder can be the one of sent mail. Nothing was changed."]
    assert not Folder.objects.filter(role="sent").exists()
