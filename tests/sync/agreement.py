"""Whether what is stored is what the model says."""

from collections import Counter
from collections.abc import Collection

from escala_email_plugin.models import Address, Location, Lookup, Message, Quarantined, Run, Thread
from escala_email_plugin.sync.audit import audit

from .model import Box, Mail, Model


def stored() -> set[str]:
    """The subjects of all that is stored."""
    return set(Message.objects.values_list("subject", flat=True))


def rests() -> None:
    """Nothing is under way, waits for its turn or was set aside."""
    assert not Lookup.objects.exists()
    assert not Address.objects.filter(sought=True).exists()
    assert not Quarantined.objects.exists()
    assert not Run.objects.filter(state=Run.State.RUNNING).exists()


def on_places(model: Model, looked_at: Collection[tuple[int, Mail]]) -> None:
    """Everything wanted has its places, and they show its Bcc.

    What was wanted when somebody looked (``looked_at``: account, mail) may have some, nothing else.
    """
    for box in model.boxes:
        wanted = Counter(_told(folder, mail) for folder, mail in box.synced() if model.is_wanted(box, mail))
        former = Counter(
            _told(folder, mail)
            for folder, mail in box.synced()
            if not model.is_wanted(box, mail) and (box.account.pk, mail) in looked_at
        )
        live = Counter(
            (place.folder.name, place.message.subject, _hidden(place))
            for place in _places(box).filter(gone_at=None, folder__gone_at=None)
        )
        assert not wanted - live, f"missing: {wanted - live}"
        assert not live - wanted - former, f"too many: {live - wanted - former}"


def on_messages(model: Model) -> None:
    """One message for all copies of a mail, with the people of that mail."""
    subjects = Counter(Message.objects.values_list("subject", flat=True))
    assert set(subjects.values()) <= {1}, subjects
    for message in Message.objects.prefetch_related("participants__address"):
        shown = {one.address.value for one in message.participants.all() if one.role != "bcc"}
        assert shown == model.mail(message.subject).shown


def on_threads(model: Model, seen: Collection[str]) -> None:
    """Threads are torn nowhere, and joined nowhere but where what was ever stored (``seen``) joins them."""
    threads = [set(one.messages.values_list("subject", flat=True)) for one in Thread.objects.all()]
    assert all(threads)
    for together in model.conversations(stored()):
        assert any(together <= thread for thread in threads), f"torn: {together}"
    possible = model.conversations(seen)
    for thread in threads:
        assert any(thread <= together for together in possible), f"joined: {thread}"


def with_the_audit(model: Model) -> None:
    """The audit finds nothing to do either."""
    for box in model.boxes:
        found = audit(box.account.pk).result
        assert (found["missing"], found["refilled"], found["gone"]) == (0, 0, 0), found


def concerning(model: Model) -> set[str]:
    """The subjects of what is stored and has to do with a contact in a mailbox that holds or held it."""
    return {
        place.message.subject
        for box in model.boxes
        for place in _places(box)
        if model.has_to_do_with_a_contact(box, model.mail(place.message.subject, _hidden(place)))
    }


def _told(folder: str, mail: Mail) -> tuple[str, str, frozenset[str]]:
    return folder, mail.subject, mail.hidden


def _places(box: Box):
    places = box.account.locations.select_related("folder", "message")
    return places.prefetch_related("bcc_participants__address")


def _hidden(place: Location) -> frozenset[str]:
    return frozenset(person.address.value for person in place.bcc_participants.all())
