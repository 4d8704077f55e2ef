"""Who sees a mailbox: a personal one whom its owner lets, any other who has the permission."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.widgets import SwitchInput

from ..holders import holders
from ..models import EmailAccount
from ..privacy.sharing import Choice, Reach, choice_of, choose, decides_apart, mailboxes, reach
from ..visibility import Level
from . import audit_log
from .kinds import Kind
from .owner import IsConnectedMixin


class SharingForm(forms.Form):
    """The switch, and how much."""

    shares = forms.BooleanField(label=gettext_lazy("Share with my team"), required=False, widget=SwitchInput)
    level = forms.TypedChoiceField(
        label=gettext_lazy("What colleagues see then"),
        coerce=int,
        widget=forms.RadioSelect,
        choices=[
            (
                Level.EVERYTHING.value,
                gettext_lazy("Everything: colleagues read the messages and open their attachments."),
            ),
            (
                Level.SUBJECT.value,
                gettext_lazy("Subject and people: not what the message says, nor its attachments."),
            ),
            (
                Level.PEOPLE.value,
                gettext_lazy("People and dates: who wrote to whom, and when. Not the subject either."),
            ),
            (
                Level.NOTHING.value,
                gettext_lazy("Nothing: a grey line with your name and the day, as without sharing."),
            ),
        ],
    )

    def choice(self) -> Choice:
        """What the valid form says."""
        return Choice(**self.cleaned_data)


@dataclass(frozen=True)
class Sharing:
    """What an owner shares, and whom that is about."""

    choice: Choice
    reach: Reach

    @property
    def form(self) -> SharingForm:
        return SharingForm(initial={"shares": bool(self.choice.shown), "level": self.choice.level})

    @property
    def sentence(self) -> str:
        """Whom the switch shows how many conversations, now or as soon as it is on."""
        if not self.reach.colleagues:
            return _("There is nobody yet who may see what colleagues share.")
        values = {
            "colleagues": _colleagues(self.reach.colleagues),
            "conversations": _conversations(self.reach),
        }
        if not self.reach.conversations:
            text = _(
                "No conversation is on a record page yet. With sharing on, those that come are visible to "
                "%(colleagues)s."
            )
        elif self.choice.shown:
            text = _("Visible to %(colleagues)s: %(conversations)s on record pages, past ones too.")
        else:
            text = _(
                "Sharing makes %(conversations)s on record pages visible to %(colleagues)s, past ones too."
            )
        return text % values


def _colleagues(number: int) -> str:
    text = ngettext("%(number)s colleague", "%(number)s colleagues", number)
    return text % {"number": number_format(number, force_grouping=True)}


def _conversations(about: Reach) -> str:
    number = about.conversations
    if about.is_more:
        text = _("more than %(number)s conversations")
    else:
        text = ngettext("%(number)s conversation", "%(number)s conversations", number)
    return text % {"number": number_format(number, force_grouping=True)}


@dataclass(frozen=True)
class Readers:
    """Who reads a mailbox that is nobody's own: who has ``permission``, as the Groups form calls it."""

    permission: str
    number: int


def shared_by(kind: Kind, user: Any) -> Sharing | None:
    """What ``user`` shares; None of a mailbox of all, and where there is nothing of the user's here."""
    if kind.id != EmailAccount.Kind.PERSONAL or not mailboxes(user).exists():
        return None
    return Sharing(choice_of(user), reach(user))


def readers_of(kind: Kind) -> Readers | None:
    """Who reads a mailbox of ``kind``; None of a personal one, and where nobody does."""
    if not kind.reading:
        return None
    names = dict(EmailAccount._meta.permissions)
    return Readers(str(names[kind.reading.partition(".")[2]]), holders(kind.reading).count())


class SharingView(IsConnectedMixin, View):
    """Decide for all the mailboxes that are one's own."""

    about_mail = True

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        newest = mailboxes(request.user).first() if self.kind.id == EmailAccount.Kind.PERSONAL else None
        if newest is None:
            raise Http404
        form = SharingForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Choose what colleagues see."))
            return self.back()
        wanted = form.choice()
        with transaction.atomic():
            if choose(request.user, wanted):
                action = "share" if wanted.shown else "unshare"
                audit_log.write(newest, action, level=Level(wanted.level).name.lower())
        messages.success(request, _told(wanted, request.user))
        return self.back()


class ReachView(IsConnectedMixin, View):
    """How many conversations that is about by now: counted seldom, as mail comes in."""

    about_mail = True

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        sharing = shared_by(self.kind, request.user)
        if sharing is None:
            raise Http404
        return self.fragment("reach.html", sharing=sharing)


def _told(wanted: Choice, owner: Any) -> str:
    if not wanted.shown:
        return _told_of_nothing(owner)
    text = _("Your mail is shared with your team, also of the past. Colleagues see: %(level)s.")
    return text % {"level": Level(wanted.level).label.lower()}


def _told_of_nothing(owner: Any) -> str:
    text = _("Your mail is not shared. Colleagues see a grey line where there is some, also of the past.")
    if not decides_apart(owner):
        return text
    apart = _("What you decided for single conversations and granted to colleagues stays.")
    return f"{text} {apart}"
