"""Answer a question: this message, this conversation, this contact, or no. The last answer counts.

Whoever the mailbox belongs to now decides. What is granted is granted of all of the owner's personal
mailboxes, as sharing is one decision for all of them.
"""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ...models import AccessRequest, Address, EmailAccount, Grant, Message, Thread
from ...modules import may_see, module_of
from .refused import Refused

Answer = AccessRequest.Answer


def answerable(account: EmailAccount) -> bool:
    """Whether somebody is here who may answer for the mailbox."""
    owner = account.owner
    return bool(owner and owner.is_active and account.left_at is None and account.erase_at is None)


def waiting() -> Q:
    """The questions that wait for an answer of somebody who may give it (``answerable``)."""
    return Q(
        answer="",
        account__owner__is_active=True,
        account__kind=EmailAccount.Kind.PERSONAL,
        account__left_at=None,
        account__erase_at=None,
    )


def asked_of(owner: Any) -> QuerySet[AccessRequest]:
    """The questions that are ``owner``'s to answer, answered ones among them."""
    return AccessRequest.objects.filter(
        account__owner=owner, account__kind=EmailAccount.Kind.PERSONAL, account__erase_at=None
    )


def open_for(owner: Any) -> QuerySet[AccessRequest]:
    """Those that wait for an answer, the oldest first. Nobody answers who has left, or is asked by them."""
    return asked_of(owner).filter(answer="", asker__is_active=True).order_by("asked_at", "pk")


def record_for(user: Any, request: AccessRequest) -> Any:
    """The record that the question is about, where ``user`` may see it; else None."""
    model = request.content_type.model_class()
    if model is None or module_of(model) is None:
        return None
    record = model._default_manager.filter(pk=request.object_id).first()
    return record if record is not None and may_see(user, record) else None


def addresses_of(request: AccessRequest) -> QuerySet[Address]:
    """The record's addresses of now, which “this contact” means.

    None of our own mailboxes: whoever writes one into a record must not be granted all of its mail.
    """
    ours = EmailAccount.objects.values("address")
    return (
        Address.objects.filter(
            records__content_type=request.content_type_id, records__object_id=request.object_id
        )
        .exclude(value__in=ours)
        .order_by("value")
    )


def answer(owner: Any, request: AccessRequest, answer: str, addresses: Collection[int] | None = None) -> bool:
    """Answer a question; returns whether that changed anything. An earlier answer to it is replaced.

    ``addresses``: the ids of those of the contact that ``owner`` was shown; what the record got since is
    not granted. None: all of them. Raises AccessRequest.DoesNotExist for a question that is not the
    owner's to answer, Refused with a sentence for one that cannot be answered so.
    """
    with transaction.atomic():
        # The thread first, as whoever removes its messages does: nobody joins it to another meanwhile.
        thread = _lock_thread(request)
        row = asked_of(owner).select_for_update(of=("self",)).select_related("asker").get(pk=request.pk)
        if not row.asker.is_active:
            raise Refused(_("Whoever asked is not here any more; there is nothing to answer."))
        changed = _replace(row, owner, _things(row, owner, answer, thread, addresses))
        if not changed and row.answer == answer:
            return False
        AccessRequest.objects.filter(pk=row.pk).update(answer=answer, answered_at=timezone.now())
    return True


def _lock_thread(request: AccessRequest) -> int:
    """Keep the message's conversation as it is until the transaction ends: a sync that joins it to another
    waits, and joins the answer along. Raises DoesNotExist.
    """
    while True:
        found = Message.objects.filter(pk=request.message_id).values_list("thread", flat=True).first()
        if found is None:
            raise AccessRequest.DoesNotExist
        if Thread.objects.select_for_update(no_key=True).filter(pk=found).first() is not None:
            return found


def _things(
    row: AccessRequest, owner: Any, answer: str, thread: int, addresses: Collection[int] | None
) -> list[tuple[str, int]]:
    """``(field, id)`` of what the answer opens. Raises Refused, and ValueError for what is no answer."""
    match Answer(answer):
        case Answer.MESSAGE:
            return [("message_id", row.message_id)]
        case Answer.THREAD:
            return [("thread_id", thread)]
        case Answer.CONTACT:
            return [("address_id", pk) for pk in _of_the_contact(row, owner, addresses)]
    return []


def _of_the_contact(row: AccessRequest, owner: Any, shown: Collection[int] | None) -> list[int]:
    if record_for(owner, row) is None:
        raise Refused(_("You may not see this contact, so you can only answer for this mail."))
    found = [pk for pk in addresses_of(row).values_list("pk", flat=True) if shown is None or pk in shown]
    if not found:
        raise Refused(_("This contact has none of these addresses any more. Look again, then answer."))
    return found


def _replace(row: AccessRequest, owner: Any, things: list[tuple[str, int]]) -> bool:
    """Have the question's grants be of these things; returns whether they were not."""
    accounts = EmailAccount.objects.filter(owner=owner, kind=EmailAccount.Kind.PERSONAL, erase_at=None)
    wanted = {(account, *one) for account in accounts.values_list("pk", flat=True) for one in things}
    held = {_key(grant): grant.pk for grant in Grant.objects.filter(request=row)}
    gone, missing = held.keys() - wanted, wanted - held.keys()
    Grant.objects.filter(pk__in=[held[key] for key in gone]).delete()
    for account, field, pk in sorted(missing):
        # What another question granted is this one's from now on: the last answer counts.
        Grant.objects.update_or_create(
            account_id=account, user=row.asker, **{field: pk}, defaults={"request": row}
        )
    return bool(gone or missing)


def _key(grant: Grant) -> tuple[int, str, int]:
    field = next(one for one in ("message_id", "thread_id", "address_id") if getattr(grant, one))
    return grant.account_id, field, getattr(grant, field)
