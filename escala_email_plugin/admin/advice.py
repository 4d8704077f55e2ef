"""What to do next after a test of both servers: one sentence, and the field it is about."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..servers.hoster import Hoster, by_server
from ..servers.hosters import HOSTERS
from ..servers.probe import Step
from .probing import Probing


@dataclass(frozen=True)
class Advice:
    """``field``: the name of the form's field to look at, or ""; ``hoster``: whose help page says more."""

    sentence: str
    passed: bool = False
    field: str = ""
    hoster: Hoster | None = None


_SECURITY = gettext_lazy(
    "Choose the other security for the %(protocol)s server, or the port that goes with it, and test again."
)
_PORT = gettext_lazy(
    "Compare the name and the port of the %(protocol)s server with what your provider says, and test again."
)
_APP_PASSWORD = gettext_lazy(
    "Make an app password at your provider, type it as the password, and test again."
)
_LATER = gettext_lazy("Nothing you typed is known to be wrong. Wait a few minutes, and test again.")
_RUNS_IT = gettext_lazy("You cannot mend this here. Show it to whoever runs the mail server.")
_ADMINISTRATOR = gettext_lazy("You cannot mend this here. Show it to the administrator of this site.")

#: By code of ``servers.sentences``: the field to look at ("%(server)s" is imap or smtp), and the sentence.
NEXT: dict[str, tuple[str, Promise]] = {
    **dict.fromkeys(
        ("host_not_found", "dns_failed"),
        ("{server}_host", gettext_lazy("Correct the name of the %(protocol)s server, and test again.")),
    ),
    **dict.fromkeys(("port_closed", "timeout", "network_unreachable"), ("{server}_port", _PORT)),
    "port_not_for_mail": ("{server}_port", _PORT),
    **dict.fromkeys(
        ("not_tls", "starttls_missing", "starttls_tampered", "no_greeting", "tls_failed", "preauth"),
        ("{server}_tls", _SECURITY),
    ),
    "certificate_wrong_host": (
        "{server}_host",
        gettext_lazy("Type the name your provider gives for its %(protocol)s server, and test again."),
    ),
    **dict.fromkeys(
        ("certificate_expired", "certificate_not_yet_valid", "certificate_strict", "certificate_invalid"),
        ("", _RUNS_IT),
    ),
    **dict.fromkeys(("certificate_untrusted", "ca_file", "private_host"), ("", _ADMINISTRATOR)),
    "login_refused": (
        "password",
        gettext_lazy("Type the password again, look at the user name too, and test again."),
    ),
    **dict.fromkeys(
        (
            "app_password",
            "app_password_apple",
            "app_password_google",
            "app_password_microsoft",
            "app_password_yahoo",
        ),
        ("password", _APP_PASSWORD),
    ),
    "login_disabled": (
        "",
        gettext_lazy("Turn on IMAP and SMTP in the settings of your mail account, and test again."),
    ),
    "password_expired": (
        "password",
        gettext_lazy("Change the password at your provider, type the new one here, and test again."),
    ),
    "account_blocked": (
        "",
        gettext_lazy("Log in to your mail in the browser first, do what it asks, and test again."),
    ),
    "bad_characters": (
        "password",
        gettext_lazy("Type user name and password again by hand, and test again."),
    ),
    **dict.fromkeys(("not_imap", "not_smtp"), ("{server}_host", _PORT)),
    "sender_refused": (
        "username",
        gettext_lazy("Check that this user name belongs to the address of the mailbox, and test again."),
    ),
    **dict.fromkeys(("too_many_connections", "try_later", "connection_lost"), ("", _LATER)),
}


def advice(probing: Probing) -> Advice:
    """What to do next, by the first step that failed."""
    step = probing.failed
    if step is None:
        return Advice(_passed(probing), passed=True)
    field, sentence = NEXT.get(step.code, ("", _RUNS_IT))
    values = {"protocol": step.server.upper()}
    return Advice(str(sentence) % values, False, field.format(server=step.server), hoster_of(probing, step))


def _passed(probing: Probing) -> str:
    if probing.form.is_configuring:
        return _("Both servers answer as they should. Save to use them.")
    return _("Both servers answer as they should. Now you can connect the mailbox.")


def hoster_of(probing: Probing, step: Step) -> Hoster | None:
    """The hoster that runs the server of ``step``, where it is one of our list."""
    imap, smtp = probing.form.servers()
    return by_server(HOSTERS, (imap if step.server == "imap" else smtp).host)
