"""Why is a message not here? Asked of the server and of our rows, answered by the rules of now.

``why_here`` answers the contrary. Nothing is written, neither here nor there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F

from .. import addresses, conf
from ..mail.patterns import Patterns
from ..models import EmailAccount, Location, Message, Quarantined, Rule
from . import age, erased, labels, people, rules
from .decide import Reason, decide
from .inquiry import Hit, Inquiry, shown
from .question import Question, readings
from .why_here import why_stored

__all__ = ["Explanation", "Explanations", "explain", "why_stored"]

#: Messages explained at most: the newest.
MOST = 20


@dataclass(frozen=True)
class Explanation:
    """What became of one place of a message, and why.

    ``code``: stored · set_aside (``error`` says why) · contact_not_yet (it concerns a contact and is still
    to be read) · no_contact · own_only (only the mailbox's own address is a record's) · never_download and
    not_contact (``entries`` of a list) · erased (somebody in it was, at ``erased_at``) · left_out_folder ·
    too_old (mail of that age is not kept) ·
    not_looked_at (no synchronisation has come there yet) · too_large · gone (we hold it, the server does not
    any more) · mode_off (nothing is synchronised).
    ``addresses``: those that decided. ``uid``: None where the server did not show it.
    """

    folder: str
    uid: int | None
    subject: str
    sender: str
    sent_at: datetime | None
    code: str
    addresses: tuple[str, ...] = ()
    message_id: int | None = None
    error: str = ""
    erased_at: datetime | None = None
    entries: tuple[rules.Entry, ...] = ()


class Explanations(list[Explanation]):
    """The newest first. ``is_partial``: not every folder could be looked into, so there may be more."""

    is_partial = False


def explain(account: EmailAccount, text: str) -> Explanations:
    """What became of the messages that ``text`` means: an address, a Message-ID or a subject.

    Takes some twenty seconds at most. Raises ImapError where the server cannot be asked at all.
    """
    questions, found = readings(text), Explanations()
    if questions and account.state != EmailAccount.State.DISCONNECTED:
        found = _at_the_server(account, questions)
    if not found:
        found.extend(_here(account, questions))
    return found


def _at_the_server(account: EmailAccount, questions: Iterable[Question]) -> Explanations:
    found = Explanations()
    with Inquiry(account) as inquiry:
        places = inquiry.places()
        for question in questions:
            hits = list(inquiry.hits(places, question))
            if hits:
                found.extend(_explained(account, hits))
                break
    found.is_partial = inquiry.is_partial
    found.sort(key=lambda one: one.sent_at.timestamp() if one.sent_at else 0, reverse=True)
    del found[MOST:]
    return found


def _explained(account: EmailAccount, hits: list[Hit]) -> Iterator[Explanation]:
    named = [people.named(hit.raw) for hit in hits]
    now = rules.of(account, addresses.known(set().union(*named)))
    unwanted, oldest = labels.left_out(account), age.oldest()
    for hit, some in zip(hits, named, strict=True):
        decision = decide(some, now)
        told = Explanation(
            folder=hit.place.name,
            uid=hit.uid,
            subject=hit.subject,
            sender=hit.sender,
            sent_at=hit.sent_at,
            code=str(decision.reason),
            addresses=tuple(sorted(decision.matched)),
        )
        own = tuple(sorted(some.intersection(now.contacts, now.own)))
        if ours := _ours(account, hit, told):
            yield ours
        elif decision.reason == Reason.ERASED:  # no more than that: who it was is not told again
            yield replace(told, addresses=(), erased_at=erased.when(decision.matched))
        elif listed := _listed(account, told, some):  # before its folder: ticking that would bring nothing
            yield listed
        elif hit.place.is_left_out or (
            hit.detail and labels.is_left_out(hit.place.role, hit.detail, unwanted)
        ):
            yield replace(told, code="left_out_folder")
        elif decision.take and age.is_before(hit.sent_at, oldest):
            yield replace(told, code="too_old")
        elif decision.take:
            yield replace(told, code=_still(account, hit))
        elif decision.reason == Reason.NO_CONTACT and own:
            yield replace(told, code="own_only", addresses=own)
        else:
            yield told


def _listed(account: EmailAccount, told: Explanation, people: set[str]) -> Explanation | None:
    """What a list has to do with it; None where nothing.

    Who is no contact for everybody has no row among the records' addresses: to the decision, a stranger.
    """
    if told.code == Reason.NEVER_DOWNLOAD:
        entries = rules.entries_for(account, Rule.Kind.NEVER_DOWNLOAD, told.addresses)
        return replace(told, entries=tuple(entries))
    if told.code not in (Reason.NOT_CONTACT, Reason.NO_CONTACT):
        return None
    entries = rules.entries_for(account, Rule.Kind.NOT_CONTACT, people)
    addresses = sorted(Patterns(one.pattern for one in entries).among(people))
    code = str(Reason.NOT_CONTACT)
    return replace(told, code=code, addresses=tuple(addresses), entries=tuple(entries)) if entries else None


def _ours(account: EmailAccount, hit: Hit, told: Explanation) -> Explanation | None:
    """What our rows say of the place: stored, or set aside; None where they say nothing."""
    if hit.place.row is None:
        return None
    here = {"folder": hit.place.row, "uidvalidity": hit.uidvalidity, "uid": hit.uid}
    place = Location.objects.filter(**here, account=account, gone_at=None).first()
    if place is not None:
        return replace(told, code="stored", message_id=place.message_id)
    aside = Quarantined.objects.filter(**here).defer("raw").first()
    if aside is None:
        return None
    return replace(told, code="too_large" if aside.error == "too_large" else "set_aside", error=aside.error)


def _still(account: EmailAccount, hit: Hit) -> str:
    """Why a message that is to be taken is not here."""
    folder = hit.place.row
    if account.mode != EmailAccount.Mode.TOTAL:
        return "mode_off"
    if hit.detail and hit.detail.size > conf.get("MAX_MESSAGE_BYTES"):
        return "too_large"
    if folder is None or folder.uidvalidity != hit.uidvalidity:
        return "not_looked_at"
    looked_at = folder.scanned_from <= hit.uid < folder.scanned_to
    return "contact_not_yet" if looked_at else "not_looked_at"


def _here(account: EmailAccount, questions: Iterable[Question]) -> list[Explanation]:
    """The messages of this account that are meant, where the server showed none."""
    for question in questions:
        if found := list(question.stored(account)[:MOST]):
            return [_held(account, message) for message in found]
    return []


def _held(account: EmailAccount, message: Message) -> Explanation:
    places = message.locations.filter(account=account).select_related("folder")
    place = places.order_by(F("gone_at").desc(nulls_first=True)).first()
    sender = message.participants.filter(role="from").select_related("address").order_by("pk").first()
    return Explanation(
        # What was captured lies in no folder of the mailbox.
        folder=place.folder.name if place.folder.account_id == account.pk else "",
        uid=None,
        subject=message.subject,
        sender=shown(sender.name, sender.address.value) if sender else "",
        sent_at=message.sent_at,
        code="gone" if place.gone_at else "stored",
        message_id=message.pk,
    )
