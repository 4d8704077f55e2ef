"""Who sees how much of which mail: the one rule, computed when it is read.

Every surface (timeline, thread, body, attachment, search, counters, export) starts from one of the querysets
here. What is asked for is a level; who forgets to name one gets only what may be read in full. Not even a
superuser passes the rule by: personal mail is its owner's, who decides what colleagues see of it.

What somebody sees of a message is the best that any of its places gives: all of it in one's own mailbox and,
by permission, in the shared one; in a colleague's what the owner shares with the team, what the owner decided
for that conversation instead, or what the owner granted to this person.
"""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from .permissions import VIEW_SHARED_MAIL, VIEW_TEAM_MAIL

#: The roles that make a message somebody's; Sender and Reply-To are only shown.
CORRESPONDENTS = ("from", "to", "cc", "bcc")


class Level(models.IntegerChoices):
    """How much of a message is shown, each more than the one before.

    NOTHING still tells that one of us wrote or received something, who and when.
    """

    NOTHING = 0, _("Nothing")
    PEOPLE = 1, _("People and dates")
    SUBJECT = 2, _("Subject and people")
    EVERYTHING = 3, _("Everything")


class Knowing:
    """Who is asked in place of a user, and knows by itself what each mailbox shows them (``readers``).

    Told by its class: a host's users may have anything by the names of what it knows.
    """


def _model(name: str) -> Any:
    return apps.get_model("escala_email", name)


def is_here(user: Any) -> bool:
    return user.is_authenticated and user.is_active


class AccountQuerySet(models.QuerySet):
    """Accounts, and which of them a user reads."""

    def readable_by(self, user: Any) -> "AccountQuerySet":
        """The accounts all of whose mail ``user`` reads: the user's own, and the shared one by permission."""
        return self.filter(readable(user)) if is_here(user) else self.none()

    def of_colleagues(self, user: Any) -> "AccountQuerySet":
        """The personal accounts of others of which ``user`` may see what their owners share.

        Those of who left are among them.
        """
        return self.filter(of_colleagues(user)) if has_colleagues(user) else self.none()


def has_colleagues(user: Any) -> bool:
    return is_here(user) and user.has_perm(VIEW_TEAM_MAIL)


# Both by a path to the account, too: a join costs less than a subquery in each of the places that ask.


def readable(user: Any, account: str = "") -> Q:
    own = Q(**{f"{account}kind": "personal", f"{account}owner": user.pk})
    if user.has_perm(VIEW_SHARED_MAIL):
        own |= Q(**{f"{account}kind": "shared"})
    return own & Q(**{f"{account}erase_at": None})


def of_colleagues(user: Any, account: str = "") -> Q:
    personal = Q(**{f"{account}kind": "personal", f"{account}erase_at": None})
    return personal & ~Q(**{f"{account}owner": user.pk})


class LocationQuerySet(models.QuerySet):
    """Places of messages, and what a user sees through them."""

    def seen_by(self, user: Any, at_least: int = Level.EVERYTHING) -> "LocationQuerySet":
        """The places that show ``user`` so much of their message, or more.

        With NOTHING also those of which the user only learns that they are.
        """
        return self.filter(_shows(user, at_least)) if is_here(user) else self.none()

    def explained_to(self, user: Any) -> "LocationQuerySet":
        """Those that ``user`` may know of, each with what it shows and why.

        ``level``: how much ``user`` sees through it; ``team_level``: how much all colleagues do, by the
        conversation where ``by_thread``, else by the mailbox; ``granted``: its owner lets ``user`` read it.
        """
        if isinstance(user, Knowing):
            return self.seen_by(user, Level.NOTHING).annotate(**user.explained())
        return self.seen_by(user, Level.NOTHING).annotate(
            level=_level(lambda level: _shows(user, level)),
            team_level=_team_level(),
            by_thread=Exists(decided()),
            granted=Exists(granted(user)),
        )


def _level(seen: Callable[[Level], Any]) -> Case:
    """The highest level at which ``seen`` holds."""
    better = [When(seen(level), then=Value(level)) for level in reversed(Level) if level]
    return Case(*better, default=Value(Level.NOTHING), output_field=IntegerField())


def _shows(user: Any, at_least: int) -> Q:
    """Whether a place shows ``user``, who is here, so much of its message. A ``Reader`` knows by itself."""
    if isinstance(user, Knowing):
        return user.shows(at_least)
    own = readable(user, "account__")
    if not has_colleagues(user):
        return own
    theirs = of_colleagues(user, "account__")
    if at_least > Level.SUBJECT:
        theirs &= ~Q(account__left_rule="subject")
    if at_least > Level.NOTHING:
        return own | (theirs & _shown(user, at_least))
    # Of what somebody who left did not share, nobody can ask for more.
    return own | (theirs & (Q(account__left_at=None) | _shown(user, Level.PEOPLE)))


def _shown(user: Any, at_least: int) -> Q:
    """Whether a colleague's place shows so much: by what all colleagues see of it, or by grant."""
    return Q(GreaterThanOrEqual(_team_level(), Value(at_least))) | Exists(granted(user))


def _team_level() -> Coalesce:
    """How much colleagues see of a place: by what was decided for its conversation, else by its mailbox."""
    return Coalesce(Subquery(decided().values("level")[:1]), by_mailbox("account__"))


def by_mailbox(account: str = "") -> Case:
    """How much colleagues see of a mailbox where nothing else was decided."""
    shared = When(**{f"{account}shares": True}, then=F(f"{account}level"))
    return Case(shared, default=Value(Level.NOTHING))


def decided() -> models.QuerySet:
    return _model("ThreadLevel").objects.filter(
        account=OuterRef("account"), thread=OuterRef("message__thread")
    )


def granted(user: Any) -> models.QuerySet:
    """What lets ``user`` read this place's message in full. A Bcc is nobody's correspondent here."""
    takes_part = _model("Participant").objects.filter(
        message=OuterRef(OuterRef("message")),
        address=OuterRef("address"),
        role__in=CORRESPONDENTS,
        location=None,
    )
    return (
        _model("Grant")
        .objects.filter(account=OuterRef("account"), user=user.pk)
        .filter(
            Q(message=OuterRef("message")) | Q(thread=OuterRef("message__thread")) | Q(Exists(takes_part))
        )
    )


class MessageQuerySet(models.QuerySet):
    """Messages, and how much of which a user sees."""

    def visible_to(self, user: Any, at_least: int = Level.EVERYTHING) -> "MessageQuerySet":
        """The messages of which ``user`` sees so much, or more, through at least one of their places."""
        return self.filter(_seen(user, at_least))

    def hidden_from(self, user: Any) -> "MessageQuerySet":
        """The messages of which ``user`` learns who of us, and when, and nothing else."""
        return self.filter(_seen(user, Level.NOTHING), ~_seen(user, Level.PEOPLE))

    def shown_in_part_to(self, user: Any) -> "MessageQuerySet":
        """The messages of which the user sees something, and not all."""
        return self.filter(_seen(user, Level.PEOPLE), ~_seen(user, Level.EVERYTHING))

    def with_level(self, user: Any) -> "MessageQuerySet":
        """Each with ``level``: how much of it ``user`` sees (``Level``)."""
        return self.annotate(level=_level(lambda level: _seen(user, level)))

    def of_record(
        self, content_type: Any, object_id: Any, user: Any, at_least: int = Level.NOTHING
    ) -> "MessageQuerySet":
        """The messages with one of the record's addresses in them, as far as ``user`` may know, and by ties.

        A Bcc counts only for those who read the copy that shows it. Found from the addresses' own index.
        ``at_least``: how much the copy must show that makes it the record's (``linking``).
        """
        concerned = _concerned(content_type, object_id, user, at_least).values("message")
        return self.filter(_with_ties(Q(pk__in=concerned), content_type, object_id, user))

    def looked_at_for(
        self, content_type: Any, object_id: Any, user: Any, at_least: int = Level.NOTHING
    ) -> "MessageQuerySet":
        """The same as ``of_record``, where few messages are asked about: each of them is looked at."""
        concerned = _concerned(content_type, object_id, user, at_least)
        concerned = Q(Exists(concerned.filter(message=OuterRef("pk"))))
        return self.filter(_with_ties(concerned, content_type, object_id, user))

    def newest_of_thread(
        self, content_type: Any, object_id: Any, user: Any, at_least: int = Level.EVERYTHING
    ) -> "MessageQuerySet":
        """Those than which the thread has none newer of this record of which ``user`` sees so much."""
        return self.filter(
            ~Exists(_newer(content_type, object_id, user, at_least).visible_to(user, at_least))
        )

    def newest_hidden_of_thread(self, content_type: Any, object_id: Any, user: Any) -> "MessageQuerySet":
        """Those than which the thread has none newer of this record that is hidden from ``user``."""
        return self.filter(~Exists(_newer(content_type, object_id, user).hidden_from(user)))


def _newer(content_type: Any, object_id: Any, user: Any, at_least: int = Level.NOTHING) -> MessageQuerySet:
    """The record's messages in the outer message's thread that are newer than it."""
    later = Q(sent_at__gt=OuterRef("sent_at")) | Q(sent_at=OuterRef("sent_at"), pk__gt=OuterRef("pk"))
    of_thread = _model("Message").objects.filter(
        later, thread=OuterRef("thread"), sent_at__gte=OuterRef("sent_at")
    )
    return of_thread.looked_at_for(content_type, object_id, user, at_least)


def _seen(user: Any, at_least: int) -> Exists:
    places = _model("Location").objects.seen_by(user, at_least)
    return Exists(places.filter(message=OuterRef("pk")))


class ParticipantQuerySet(models.QuerySet):
    """People of messages, and which of them a user may know of."""

    def known_to(self, user: Any) -> "ParticipantQuerySet":
        """Everybody but the Bcc of copies that ``user`` does not read in full."""
        places = _model("Location").objects.seen_by(user)
        return self.filter(Q(location=None) | Exists(places.filter(pk=OuterRef("location"))))

    def linking(self, addresses: Any, user: Any, at_least: int = Level.NOTHING) -> "ParticipantQuerySet":
        """Those by whom a message belongs to a record that has ``addresses`` (ids, or a queryset of them).

        Not through the copies of a mailbox for which the address is no contact: another must show the
        message ``at_least`` so much.
        """
        from .copies import that_count

        people = self.known_to(user).filter(address__in=addresses, role__in=CORRESPONDENTS)
        return people.filter(*that_count(addresses, user, at_least))


def _concerned(content_type: Any, object_id: Any, user: Any, at_least: int) -> Any:
    """The participants who are one of the record's addresses and known to ``user``."""
    of_record = _model("RecordAddress").objects.filter(content_type=content_type, object_id=str(object_id))
    return _model("Participant").objects.linking(of_record.values("address"), user, at_least)


def _with_ties(linked: Q, content_type: Any, object_id: Any, user: Any) -> Q:
    """The same with what was tied to the record by hand, and without what was untied from it."""
    from .ties import ties_of, with_ties

    return with_ties(linked, ties_of(content_type, object_id, user))
