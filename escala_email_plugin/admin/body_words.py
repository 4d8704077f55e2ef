"""What is said of a message's links and pictures."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..mail.finish_html import Finished
from ..models import Address

#: Of a link, by ``mail.links.CONCERNS``.
LINKS = {
    "userinfo": gettext_lazy("Careful: leads to %(host)s, whatever stands before the @."),
    "other": gettext_lazy("Careful: leads to %(host)s."),
    "lookalike": gettext_lazy("Careful: leads to %(host)s, which only looks like an address you know."),
    "mixed": gettext_lazy("Careful: leads to %(host)s, written in letters that look like others."),
    "ip": gettext_lazy("Careful: leads to %(host)s, a number instead of a name."),
    "port": gettext_lazy("Careful: leads to an unusual place at %(host)s."),
    "long": gettext_lazy("Careful: leads to %(host)s."),
}


def told(found: Finished, state: str, sender: Address | None) -> dict[str, str]:
    """What the page round the frame shows above it: plain texts, as the document's ``data-`` attributes."""
    attributes = {"pictures": state, "says": " ".join(_sentences(found, state, sender))}
    if sender is not None and state in ("blocked", "once"):
        attributes["always"] = _("Always show those of %(sender)s") % {"sender": sender.value}
    return attributes


def _sentences(found: Finished, state: str, sender: Address | None) -> list[str]:
    said = []
    if state == "blocked":
        said.append(
            ngettext(
                "%(number)s picture was not loaded, so that the sender does not learn that you read this.",
                "%(number)s pictures were not loaded, so that the sender does not learn that you read this.",
                found.pictures,
            )
            % {"number": found.pictures}
        )
    elif state == "once":
        said.append(_("The pictures are shown this once."))
    elif state == "always" and sender is not None:
        said.append(_("Pictures of %(sender)s are always shown.") % {"sender": sender.value})
    if found.trackers:
        said.append(
            ngettext(
                "%(number)s tracking picture was left out.",
                "%(number)s tracking pictures were left out.",
                found.trackers,
            )
            % {"number": found.trackers}
        )
    return said
