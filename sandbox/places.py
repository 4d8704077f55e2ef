"""Where the sandbox keeps what it makes. Standard library only: it is read before anything is installed."""

import os
from pathlib import Path

#: The folder of the sandbox's sources, and the repository round it.
SANDBOX = Path(__file__).resolve().parent
REPOSITORY = SANDBOX.parent

#: Everything generated: database, queue, keys, certificates, mailboxes, attachments, logs.
VAR = Path(os.environ.get("SANDBOX_VAR") or SANDBOX / "var").resolve()

DATABASE = VAR / "db.sqlite3"
QUEUE = VAR / "queue.sqlite3"
KEYS = VAR / "keys.json"
ATTACHMENTS = VAR / "attachments"
MEDIA = VAR / "media"
MAIL = VAR / "mail.sqlite3"
LOGS = VAR / "log"
#: What the CRM itself sends, a file for each.
OUTBOX = VAR / "outbox"
LOCK = VAR / "running.lock"
#: The processes of the run that holds the lock, or that held it last.
PROCESSES = VAR / "processes.json"

#: The private authority that signs the mail server's certificate, and that certificate with its key.
AUTHORITY = VAR / "ca.pem"
CERTIFICATE = VAR / "mail.pem"
