"""Who sees which mail: the one rule, computed when it is read.

Every surface (timeline, thread, body, attachment, counters) starts from
``Message.objects.visible_to(user)``. Not even a superuser passes it by: personal
mail is its owner's.
"""

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

CONNECT_PERSONAL_ACCOUNT = "escala_email.connect_personal_account"
MANAGE_SHARED_ACCOUNT = "escala_email.manage_shared_account"
MANAGE_MARKETING_ACCOUNT = "escala_email.manage_marketing_account"
VIEW_SHARED_MAIL = "escala_email.view_shared_mail"
VIEW_HEALTH = "escala_email.view_health"

#: By kind of mailbox, who may connect and configure it.
TO_CONNECT = {
    "personal": CONNECT_PERSONAL_ACCOUNT,
    "shared": MANAGE_SHARED_ACCOUNT,
    "marketing": MANAGE_MARKETING_ACCOUNT,
}

#: What the Groups form offers.
OWN = (*TO_CONNECT.values(), VIEW_SHARED_MAIL, VIEW_HEALTH)

#: The roles that make a message somebody's; Sender and Reply-To are only shown.
CORRESPONDENTS = ("from", "to", "cc", "bcc")


def _model(name: str) -> Any:
    return apps.get_model("escala_email", name)


class AccountQuerySet(models.QuerySet):
    """Accounts, and which of them a user reads."""

    def readable_by(self, user: Any) -> "AccountQuerySet":
        """The accounts whose mail ``user`` may read: the user's own, and the shared one by permission."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        readable = Q(kind="personal", owner=user)
        if user.has_perm(VIEW_SHARED_MAIL):
            readable |= Q(kind="shared")
        return self.filter(readable, erase_at=None)


class MessageQuerySet(models.QuerySet):
    """Messages, and which of them a user sees."""

    def visible_to(self, user: Any) -> "MessageQuerySet":
        """The messages that at least one account readable by ``user`` holds or held."""
        held = _model("Location").objects.filter(message=OuterRef("pk"), account__in=_readable(user))
        return self.filter(Exists(held))

    def of_record(self, content_type: Any, object_id: Any, user: Any) -> "MessageQuerySet":
        """The messages with one of the record's addresses in them, as far as ``user`` may know.

        A Bcc counts only for those who hold the copy that shows it. Found from the addresses' own index.
        """
        return self.filter(pk__in=_concerned(content_type, object_id, user).values("message"))

    def newest_of_thread(self, content_type: Any, object_id: Any, user: Any) -> "MessageQuerySet":
        """Those than which the thread has none newer of this record that ``user`` sees."""
        concerned = _concerned(content_type, object_id, user).filter(message=OuterRef("pk"))
        newer = _model("Message").objects.filter(
            Q(sent_at__gt=OuterRef("sent_at")) | Q(sent_at=OuterRef("sent_at"), pk__gt=OuterRef("pk")),
            Exists(concerned),
            thread=OuterRef("thread"),
        )
        return self.filter(~Exists(newer.visible_to(user)))


class ParticipantQuerySet(models.QuerySet):
    """People of messages, and which of them a user may know of."""

    def known_to(self, user: Any) -> "ParticipantQuerySet":
        """Everybody but the Bcc of copies that ``user`` does not hold."""
        return self.filter(Q(location=None) | Q(location__account__in=_readable(user)))


def _readable(user: Any) -> Any:
    return _model("EmailAccount").objects.readable_by(user).values("pk")


def _concerned(content_type: Any, object_id: Any, user: Any) -> Any:
    """The participants who are one of the record's addresses and known to ``user``."""
    return (
        _model("Participant")
        .objects.known_to(user)
        .filter(
            address__records__content_type=content_type,
            address__records__object_id=str(object_id),
            role__in=CORRESPONDENTS,
        )
    )
