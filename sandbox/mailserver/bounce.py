"""The report that comes back when mail could not be delivered (RFC 3464)."""

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import format_datetime, make_msgid


def bounce(original: bytes, sender: str, recipient: str, host: str, when: datetime) -> bytes:
    """A delivery status notification to ``sender``: nobody at ``host`` is called ``recipient``."""
    headers = message_from_bytes(original, policy=policy.compat32)
    report = EmailMessage(policy=policy.SMTP)
    report["From"] = f"Mail Delivery System <MAILER-DAEMON@{host}>"
    report["To"] = sender
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Date"] = format_datetime(when)
    report["Message-ID"] = make_msgid(domain=host)
    report["Auto-Submitted"] = "auto-replied"
    report.set_content(
        f"This is the mail system at {host}.\n\n"
        f"Your message could not be delivered to <{recipient}>:\n"
        "550 5.1.1 The address is not known here.\n"
    )
    report.make_mixed()
    report.replace_header("Content-Type", 'multipart/report; report-type="delivery-status"')
    report.attach(_status(recipient, host))
    report.attach(_headers(headers))
    return report.as_bytes()


def _status(recipient: str, host: str) -> Message:
    part = Message(policy=policy.SMTP)
    part["Content-Type"] = "message/delivery-status"
    mail_server, one = Message(), Message()
    mail_server["Reporting-MTA"] = f"dns; {host}"
    one["Final-Recipient"] = f"rfc822; {recipient}"
    one["Action"] = "failed"
    one["Status"] = "5.1.1"
    one["Diagnostic-Code"] = "smtp; 550 5.1.1 The address is not known here."
    part.set_payload([mail_server, one])
    return part


def _headers(original: Message) -> Message:
    part = Message(policy=policy.SMTP)
    part["Content-Type"] = "text/rfc822-headers"
    names = ("Message-ID", "From", "To", "Subject", "Date")
    kept = [f"{name}: {' '.join(str(original[name]).split())}" for name in names if original[name]]
    part.set_payload("\r\n".join(kept).encode("ascii", "replace").decode() + "\r\n")
    return part
