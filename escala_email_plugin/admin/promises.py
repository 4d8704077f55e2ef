"""What people are told of each kind of mailbox: what it is for, what is read, kept, shown, and never done."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Promises:
    """The words of one kind. ``leaving``: what disconnecting means; ``former``: how one of before is."""

    heading: Promise
    purpose: Promise
    asked: Promise
    read: Promise
    kept: Promise
    seen: Promise
    never: Promise
    leaving: Promise
    former: Promise

    def rows(self) -> list[tuple[Promise, Promise]]:
        """The promises, each with what it is about."""
        return [
            (_("What is asked for"), self.asked),
            (_("What is read"), self.read),
            (_("What is kept"), self.kept),
            (_("Who sees it"), self.seen),
            (_("What never happens"), self.never),
        ]


_ASKED = _(
    "To read the mailbox and to send from it. Some providers give a mail program only all rights at once; "
    "what is not said here is not done."
)
_READ = _(
    "The address lines of every message. Only conversations with contacts of the CRM are read as a whole."
)
_KEPT = _(
    "Those conversations with their attachments. Of every other message, nothing. What opens the "
    "mailbox is kept encrypted, and never shown again."
)
_LEAVING = _(
    "It is no longer read, and what opens it is deleted here. Its conversations stay on the contacts' pages."
)
_FORMER = _("It is disconnected. Its conversations stay; connect it again, and it goes on where it was.")

PROMISES: dict[str, Promises] = {
    "personal": Promises(
        heading=_("Your personal mailbox"),
        purpose=_(
            "Connect it, and the mail you exchange with your contacts appears on their pages by itself, "
            "wherever you write it: here, on your phone, or in another program."
        ),
        asked=_ASKED,
        read=_READ,
        kept=_KEPT,
        seen=_(
            "Only you, and your colleagues as much as you share with them. Not even an administrator sees "
            "more of it here."
        ),
        never=_("In your mailbox nothing is marked, moved or deleted, and nothing is sent without you."),
        leaving=_LEAVING,
        former=_FORMER,
    ),
    "shared": Promises(
        heading=_("The shared mailbox"),
        purpose=_(
            "One mailbox for the whole team, such as sales@yourcompany.com. Its conversations appear on the "
            "contacts' pages for everyone who may read it."
        ),
        asked=_ASKED,
        read=_READ,
        kept=_KEPT,
        seen=_("Everyone who may read the shared mailbox and see the contact sees its mail."),
        never=_(
            "In the mailbox nothing is marked, moved or deleted. Nobody's personal mail is touched by it."
        ),
        leaving=_LEAVING,
        former=_FORMER,
    ),
    "marketing": Promises(
        heading=_("The marketing mailbox"),
        purpose=_(
            "The mailbox that campaigns and automatic messages are sent from, such as news@yourcompany.com."
        ),
        asked=_("To send from it. Incoming mail is only tried, so that you know that it answers."),
        read=_("Nothing is read from it; it only sends campaigns."),
        kept=_("How it is reached. What opens it is kept encrypted, and never shown again."),
        seen=_("Who receives a campaign sees its address. Only who may configure it sees this page."),
        never=_("It is never offered for mail to one person. In it nothing is marked, moved or deleted."),
        leaving=_("No campaign is sent from it any more, and what opens it is deleted here."),
        former=_("It is disconnected, and nothing is sent from it."),
    ),
    "capture": Promises(
        heading=_("The capture mailbox"),
        purpose=_(
            "A mailbox of its own for the capture addresses, such as crm@yourcompany.com. Whoever sends a "
            "blind copy or forwards a mail to their capture address has it on the contact's page. Without it "
            "the shared mailbox serves. It must take mail to addresses with a tag: "
            "crm+anything@yourcompany.com."
        ),
        asked=_(
            "To read the mailbox. Nothing is sent from it; its sending server is only tried with the "
            "connection."
        ),
        read=_(
            "The address lines of every message. Only mail to somebody's capture address is read as a whole."
        ),
        kept=_(
            "That mail, where a contact takes part in it, as its sender's own. Of every other message, "
            "nothing. What opens the mailbox is kept encrypted, and never shown again."
        ),
        seen=_(
            "Nobody reads the mailbox here. What somebody sent to it is shown like that person's own mail."
        ),
        never=_("In the mailbox nothing is marked, moved or deleted."),
        leaving=_(
            "The capture addresses stop working, unless a shared mailbox is connected: then they are other "
            "ones. What was captured stays on the contacts' pages."
        ),
        former=_(
            "It is disconnected. What was captured stays; connect it again, and it goes on where it was."
        ),
    ),
}
