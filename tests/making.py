"""Make what tests need: messages, accounts, stored mail."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

from django.db import connection, transaction
from django.urls import reverse

from escala_email_plugin.mail.parse import Part, parse
from escala_email_plugin.models import EmailAccount, Folder
from escala_email_plugin.servers.imap import Detail
from escala_email_plugin.servers.secrets import encrypt
from escala_email_plugin.sync.fetch import Catch, Taken
from escala_email_plugin.sync.lease import claim
from escala_email_plugin.sync.progress import Progress
from escala_email_plugin.sync.record import record

#: Some day in the past, for dates that matter only among themselves.
DAY = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def at_once(act: Callable[[], Any]) -> tuple[Any, Any]:
    """What ``act`` returns, and what it returns to another who waits for the end of our transaction.

    For tests with ``transaction=True``.
    """

    def another() -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            ours = act()
            theirs = threads.submit(another)
            time.sleep(0.3)  # until it waits for our rows
        return ours, theirs.result()


def at(name, *args, kind="personal") -> str:
    """The address of a page or action of the mailbox of ``kind``."""
    return reverse(f"escala_email:{name}", args=[kind, *args])


def letter(
    sender="Ana Gómez <ana@cliente.test>",
    to="lucia@andina.test",
    subject="Póliza",
    text="Hola.\n",
    *,
    minutes=0,
    message_id=None,
    reply_to=None,
    references=(),
    html=None,
    attachments=(),
    **headers,
) -> bytes:
    """An ordinary message as it lies in a mailbox. ``headers``: further ones, ``cc=…``, ``bcc=…``."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = format_datetime(DAY + timedelta(minutes=minutes))
    message["Message-ID"] = (
        f"<{message_id or f'{abs(hash((sender, to, subject, text, minutes)))}@cliente.test'}>"
    )
    if reply_to:
        message["In-Reply-To"] = f"<{reply_to}>"
        message["References"] = " ".join(f"<{one}>" for one in (*references, reply_to))
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, kind, content in attachments:
        main, _, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def content(part: Part) -> bytes:
    """All of an attachment."""
    return b"".join(part.chunks())


def account(owner=None, address="lucia@andina.test", **values) -> EmailAccount:
    """A connected account; shared where it has no owner."""
    return EmailAccount.objects.create(
        **{
            "kind": "personal" if owner else "shared",
            "owner": owner,
            "address": address,
            "imap_host": "localhost",
            "smtp_host": "localhost",
            "username": address,
            "secret": encrypt("correct horse"),
            **values,
        }
    )


def account_at(mailbox, owner, **values) -> EmailAccount:
    """An account connected to a mailbox of the test's Dovecot."""
    places = {
        "imap_host": mailbox.imap.host,
        "imap_port": mailbox.imap.port,
        "imap_tls": mailbox.imap.tls,
        "smtp_port": mailbox.smtp.port,
        "secret": encrypt(mailbox.password),
    }
    return account(owner, mailbox.user, **{**places, **values})


def stored(holder: EmailAccount, *raws: bytes, folder="INBOX") -> list:
    """Record messages as a sync of ``holder`` would, without a server; returns the messages in order."""
    place, _ = Folder.objects.get_or_create(account=holder, name=folder, defaults={"uidvalidity": 7})
    start = place.locations.count() + 1
    taken = [Taken(uid, parse(raw, DAY), Detail(len(raw), DAY)) for uid, raw in enumerate(raws, start)]
    # Also for accounts nobody synchronises: what matters here is who sees the outcome.
    lease = claim(holder.pk) or SimpleNamespace(renew=lambda: None, release=lambda: None)
    try:
        record(
            place,
            Catch(uids=[one.uid for one in taken], taken=taken),
            None,
            lease=lease,
            progress=Progress(holder),
        )
    finally:
        lease.release()
    return [place.locations.get(uid=one.uid).message for one in taken]
