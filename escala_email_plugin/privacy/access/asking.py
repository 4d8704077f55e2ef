"""Ask for a message that is not shown, or only in part: one question to each colleague, however often one
clicks.
"""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name

from ... import copies, signals
from ...models import AccessRequest, EmailAccount, Message
from ...visibility import Level
from .answering import answerable, waiting
from .refused import Refused

#: Questions that one person may have open at once: each is a mail to a colleague.
MOST_OPEN = 50


def ask(user: Any, record: Any, message_id: int) -> list[AccessRequest]:
    """Ask for a message that ``user``, who may see ``record``, is not shown there, or only in part.

    Returns the questions that are open now, one for each colleague who is asked; one that was open already
    stays as it is. Raises Message.DoesNotExist for a message that cannot be asked for, whatever the reason:
    beside those shown in part only for the newest hidden one of a conversation, for which there is a line.
    Whoever tries one number after the other counts nothing. Raises Refused where nobody is asked.
    """
    content_type = ContentType.objects.get_for_model(record)
    of = (content_type, record.pk, user)
    message, at_least = _wanted(of, message_id)
    about = {"content_type": content_type, "object_id": str(record.pk)}
    with transaction.atomic():
        holders = _holders(of, message, at_least)
        asked = [_ask_one(user, message, account, about) for account in holders]
    if not asked:
        raise Refused(_("Nobody who could answer is here any more."))
    if all(one.answer == AccessRequest.Answer.NO for one in asked):
        names = ", ".join(get_user_display_name(one.account.owner) for one in asked)
        raise Refused(_("%(names)s answered no. Talk to them if you need it.") % {"names": names})
    return [one for one in asked if not one.answer]


def _wanted(of: tuple, message_id: int) -> tuple[Message, Level]:
    """The message, and how much the mailboxes show of it whose owners are asked. Raises DoesNotExist."""
    messages, user = Message.objects.only("pk").filter(pk=message_id), of[2]
    in_part = messages.of_record(*of, Level.PEOPLE).shown_in_part_to(user).first()
    if in_part is not None:
        return in_part, Level.PEOPLE
    return messages.of_record(*of).hidden_from(user).newest_hidden_of_thread(*of).get(), Level.NOTHING


def _holders(of: tuple, message: Message, at_least: Level) -> list[EmailAccount]:
    """The mailbox to ask for of each colleague by whom so much of the message is shown: a connected one
    before a former one.

    Not of who else holds what is shown in part: that they do, by a blind copy perhaps, would be told. Nor of
    those for whom the record's addresses in it are no contacts.
    """
    user, apart = of[2], {account for _message, account in copies.left_aside(of, [message.pk])}
    places = message.locations.seen_by(user, at_least).exclude(account__in=apart)
    accounts = EmailAccount.objects.of_colleagues(user).filter(
        pk__in=places.values("account"), owner__is_active=True, left_at=None
    )
    disconnected = Case(When(state=EmailAccount.State.DISCONNECTED, then=Value(1)), default=Value(0))
    found: dict[int, EmailAccount] = {}
    for account in accounts.select_related("owner").order_by(disconnected, "-created_at", "-pk"):
        found.setdefault(account.owner_id, account)
    return list(found.values())


def _ask_one(user: Any, message: Message, account: EmailAccount, about: dict[str, Any]) -> AccessRequest:
    """The question to one owner. One that was granted and taken back since is asked anew; a no stays one."""
    mine = AccessRequest.objects.filter(
        asker=user, message=message, account__owner=account.owner_id, account__erase_at=None
    )
    earlier = mine.select_related("account__owner").order_by("-asked_at", "-pk").first()
    if earlier is not None and earlier.answer in ("", AccessRequest.Answer.NO):
        return earlier
    if AccessRequest.objects.filter(waiting(), asker=user).count() >= MOST_OPEN:
        raise Refused(_("You have asked very often. Wait until some of your questions are answered."))
    now = {"asked_at": timezone.now(), "told_at": None, "answer": "", "answered_at": None, **about}
    key = {"asker": user, "message": message, "account": earlier.account if earlier else account}
    asked, _created = AccessRequest.objects.update_or_create(**key, defaults=now)
    transaction.on_commit(
        lambda: signals.access_asked.send_robust(AccessRequest, request_id=asked.pk), robust=True
    )
    return asked


def asked_by(user: Any) -> QuerySet[AccessRequest]:
    """What ``user`` asked, the newest first; each with ``readable``: whether the message can be read now."""
    readable = Message.objects.visible_to(user).filter(pk=OuterRef("message"))
    rows = AccessRequest.objects.filter(asker=user).annotate(readable=Exists(readable))
    return (
        rows.select_related("account__owner", "message", "content_type")
        .defer("message__text", "message__html", "message__subject", "message__snippet")
        .order_by("-asked_at", "-pk")
    )


def state_of(request: AccessRequest) -> str:
    """How a question of ``asked_by`` stands: granted, no, taken_back, open, or over."""
    if request.readable:
        return "granted"
    if request.answer == AccessRequest.Answer.NO:
        return "no"
    if request.answer:
        return "taken_back"
    return "open" if answerable(request.account) else "over"
