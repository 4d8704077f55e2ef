"""A small mail server for the sandbox and the tests: IMAP and SMTP submission, TLS only, loopback only.

pymap speaks IMAP and aiosmtpd speaks SMTP; ``store`` keeps the mail in one SQLite file, so that UIDs and
UIDVALIDITY outlive a restart. pymap's own disk backend is not used: it re-writes messages through Python's
email package, which alters raw 8-bit bytes, and reads every message file to list a folder.

Start it alone with ``python -m sandbox.mailserver``.
"""
