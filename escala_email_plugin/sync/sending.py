"""A message that shows that a mailbox can send, to somebody who asked for it."""

import smtplib
from datetime import timedelta
from email.utils import make_msgid

from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.utils import timezone
from django.utils.html import linebreaks
from django.views.decorators.debug import sensitive_variables

from .. import conf
from ..mail.signature import clean
from ..mail.text import html_to_text
from ..models import EmailAccount
from ..servers.errors import SmtpError
from ..servers.smtp import Backend, smtp_connection
from .credentials import credentials_of
from .mailbox import smtp_server_of

#: Between two of them.
PAUSE = timedelta(minutes=1)


class TooSoon(Exception):
    """One was sent, or tried, less than PAUSE ago."""


def send_test(account: EmailAccount, to: str, subject: str, text: str) -> None:
    """Send ``text`` and the signature from the mailbox to ``to``, once, and wait for the server's answer.

    Raises TooSoon, SmtpError, and as ``credentials_of`` does.
    """
    backend = backend_of(account)
    _claim(account)
    message = _message(account, to, subject, text)
    try:
        backend.send_messages([message])
    except (smtplib.SMTPException, ValueError):
        # What a server says of a message may repeat it, and a recipient: it is told to nobody.
        trouble = SmtpError("message_refused", host=account.smtp_host)
    else:
        return
    raise trouble from None


@sensitive_variables()
def backend_of(account: EmailAccount) -> Backend:
    """What sends for the account, not opened yet. Raises SecretUnreadable and TokenStale."""
    return smtp_connection(smtp_server_of(account), credentials_of(account), conf.get("OPERATION_DEADLINE"))


def _claim(account: EmailAccount) -> None:
    now = timezone.now()
    rested = Q(tested_at=None) | Q(tested_at__lt=now - PAUSE)
    if not EmailAccount.objects.filter(rested, pk=account.pk).update(tested_at=now):
        raise TooSoon


def _message(account: EmailAccount, to: str, subject: str, text: str) -> EmailMultiAlternatives:
    signature = clean(account.signature)
    plain = html_to_text(signature).strip()
    message = EmailMultiAlternatives(
        subject,
        f"{text}\n\n-- \n{plain}\n" if plain else f"{text}\n",
        account.address,
        [to],
        headers={
            # RFC 3834 5: nobody's absence answers it.
            "Auto-Submitted": "auto-generated",
            # Not the name of this machine, which Django would take.
            "Message-ID": make_msgid(domain=account.address.rpartition("@")[2]),
        },
    )
    if signature:
        message.attach_alternative(f"{linebreaks(text, autoescape=True)}{signature}", "text/html")
    return message
