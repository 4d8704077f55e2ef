"""The tables, and the rules the database itself keeps. No behaviour.

A timeline is a question, not a copy: the messages of a record are those with a
participant whose address is among the record's addresses. Merging or changing
contacts therefore moves nothing.
"""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .storage import attachment_storage
from .visibility import AccountQuerySet, Level, LocationQuerySet, MessageQuerySet, ParticipantQuerySet


class EmailAccount(models.Model):
    """A connected mailbox: whose it is, its servers, its state, and who holds it at work."""

    class Kind(models.TextChoices):
        PERSONAL = "personal", _("Personal")
        SHARED = "shared", _("Shared")
        MARKETING = "marketing", _("Marketing")
        CAPTURE = "capture", _("Capture (BCC)")

    class State(models.TextChoices):
        CONNECTED = "connected", _("Connected")
        WAITING = "waiting", _("Waiting for the provider")
        RECONNECT = "reconnect", _("Reconnect needed")
        DISCONNECTED = "disconnected", _("Disconnected")

    class Mode(models.TextChoices):
        OFF = "off", _("Off")
        PREVIEW = "preview", _("Preview")
        PARTIAL = "partial", _("Partial")
        TOTAL = "total", _("Total")

    class LeaverRule(models.TextChoices):
        """What becomes of a mailbox whose owner leaves; what was not shared goes in any case."""

        KEEP = "keep", _("Keep what was shared")
        SUBJECT = "subject", _("Keep subject and people of what was shared")
        PURGE = "purge", _("Remove all of it")

    class Tls(models.TextChoices):
        TLS = "tls", _("TLS")
        STARTTLS = "starttls", _("STARTTLS")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="email_accounts",
        verbose_name=_("owner"),
    )
    address = models.CharField(_("e-mail address"), max_length=254)
    imap_host = models.CharField(_("IMAP host"), max_length=253)
    imap_port = models.PositiveIntegerField(_("IMAP port"), default=993)
    imap_tls = models.CharField(_("IMAP security"), max_length=8, choices=Tls, default=Tls.TLS)
    smtp_host = models.CharField(_("SMTP host"), max_length=253)
    smtp_port = models.PositiveIntegerField(_("SMTP port"), default=465)
    smtp_tls = models.CharField(_("SMTP security"), max_length=8, choices=Tls, default=Tls.TLS)
    username = models.CharField(_("user name"), max_length=254)
    #: The OAuth provider (``servers.providers``) whose consent opens the mailbox; "" where a password does.
    provider = models.CharField(_("provider"), max_length=20, blank=True)
    #: Encrypted: the password, or the provider's refresh token.
    secret = models.TextField(_("secret"), blank=True, editable=False)
    #: Encrypted: the access token (RFC 6749 1.4), and until when it opens the mailbox.
    access = models.TextField(blank=True, editable=False)
    access_ends = models.DateTimeField(null=True, blank=True, editable=False)
    #: When the provider's consent was given, and when it ends by itself, where the provider said so.
    granted_at = models.DateTimeField(null=True, blank=True, editable=False)
    grant_ends = models.DateTimeField(null=True, blank=True, editable=False)
    signature = models.TextField(_("signature"), blank=True)
    #: When a message was last sent from it to try it out.
    tested_at = models.DateTimeField(null=True, blank=True, editable=False)

    state = models.CharField(_("state"), max_length=12, choices=State, default=State.CONNECTED)
    trouble = models.CharField(_("trouble"), max_length=40, blank=True)
    mode = models.CharField(_("synchronisation"), max_length=8, choices=Mode, default=Mode.TOTAL)
    last_success = models.DateTimeField(_("last synchronised"), null=True, blank=True)
    next_try = models.DateTimeField(_("next try"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    created_at = models.DateTimeField(_("connected at"), auto_now_add=True)

    #: Whether colleagues see its mail, and then how much of it. For personal ones only.
    shares = models.BooleanField(_("share with my team"), default=False)
    level = models.PositiveSmallIntegerField(
        _("what colleagues see"), choices=Level, default=Level.EVERYTHING
    )
    #: When its owner left, by which rule its mail is dealt with since, and who that was.
    left_at = models.DateTimeField(null=True, blank=True, editable=False)
    left_rule = models.CharField(max_length=8, choices=LeaverRule, blank=True, editable=False)
    former_owner = models.CharField(max_length=254, blank=True, editable=False)

    #: Since when it is in its state.
    state_since = models.DateTimeField(null=True, blank=True, editable=False)
    #: When its owner was told that it must be connected again; once for each time it must.
    told_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: When it was connected again, from when mail was lacking then, and how many messages that brought in.
    reconnected_at = models.DateTimeField(null=True, blank=True, editable=False)
    gap_from = models.DateTimeField(null=True, blank=True, editable=False)
    gap_filled = models.PositiveIntegerField(null=True, blank=True, editable=False)
    #: Somebody ordered that it goes with its stored mail; from then on nobody reads it.
    erase_at = models.DateTimeField(null=True, blank=True, editable=False)

    #: Somebody saw new mail after the last sync began: it is read again at once.
    wanted_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: A watcher holds IDLE for it until then; meanwhile it is polled seldom.
    watched_until = models.DateTimeField(null=True, blank=True, editable=False)
    #: What was enumerated is looked through again, by all addresses of now.
    sweep_all = models.BooleanField(default=False, editable=False)
    #: The hour that commands and bytes are counted in, against the account's budget.
    budget_hour = models.DateTimeField(null=True, blank=True, editable=False)
    budget_commands = models.PositiveBigIntegerField(default=0, editable=False)
    budget_bytes = models.PositiveBigIntegerField(default=0, editable=False)

    lease_token = models.CharField(max_length=32, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    objects = AccountQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("e-mail account")
        verbose_name_plural = _("e-mail accounts")
        permissions = [
            ("connect_personal_account", _("Can connect a personal mailbox")),
            ("manage_shared_account", _("Can connect and configure the shared mailbox")),
            ("manage_capture_account", _("Can connect and configure the capture mailbox")),
            ("manage_marketing_account", _("Can connect and configure the marketing mailbox")),
            ("view_shared_mail", _("Can read the mail of the shared mailbox")),
            ("view_team_mail", _("Can see what colleagues share of their mail")),
            ("send_from_shared", _("Can send from the shared mailbox")),
            ("send_campaigns", _("Can send campaigns")),
            ("view_health", _("Can see how all mailboxes are, and the reports")),
            ("switch_modules", _("Can switch e-mail on and off for each module")),
            ("manage_privacy", _("Can decide what is left out, kept and removed for everybody")),
            ("erase_person", _("Can erase a person's mail")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["owner"],
                condition=Q(kind="personal") & ~Q(state="disconnected"),
                name="escala_email_one_personal_account",
                violation_error_message=_("You have already connected a personal mailbox."),
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind__in=["shared", "marketing", "capture"]) & ~Q(state="disconnected"),
                name="escala_email_one_of_each_for_all",
            ),
            models.UniqueConstraint(
                fields=["address"],
                condition=Q(kind="personal") & ~Q(state="disconnected"),
                name="escala_email_address_connected_once",
                violation_error_message=_("This mailbox is already connected by a colleague."),
            ),
            models.CheckConstraint(
                condition=Q(owner=None) | Q(kind="personal"), name="escala_email_owner_only_if_personal"
            ),
        ]

    def __str__(self):
        return self.address


class Folder(models.Model):
    """An IMAP mailbox of an account, and the stretch of its UIDs that has been enumerated.

    ``[scanned_from, scanned_to)`` under ``uidvalidity`` has been looked at: ``scanned_to``
    climbs with new mail (RFC 9051 UIDNEXT), ``scanned_from`` descends through the history
    until 1, so that the newest mail comes first and a stop at any point loses nothing.
    """

    class Role(models.TextChoices):
        NONE = "", _("Folder")
        INBOX = "inbox", _("Inbox")
        SENT = "sent", _("Sent")
        DRAFTS = "drafts", _("Drafts")
        JUNK = "junk", _("Junk")
        TRASH = "trash", _("Trash")
        ARCHIVE = "archive", _("Archive")
        ALL = "all", _("All mail")

    account = models.ForeignKey(EmailAccount, models.CASCADE, related_name="folders")
    name = models.CharField(max_length=1000)
    role = models.CharField(max_length=8, choices=Role, blank=True, default=Role.NONE)
    #: A person said so; what the server says of its role changes neither any more.
    role_chosen = models.BooleanField(default=False)
    synced = models.BooleanField(default=True)
    synced_chosen = models.BooleanField(default=False)
    #: MAILBOXID (RFC 8474), which a renamed folder keeps.
    mailbox_id = models.CharField(max_length=255, blank=True)
    uidvalidity = models.PositiveBigIntegerField(default=0)
    scanned_from = models.PositiveBigIntegerField(default=0)
    scanned_to = models.PositiveBigIntegerField(default=0)
    #: MESSAGES and HIGHESTMODSEQ (RFC 7162) when the places were last compared with the server's.
    exists = models.PositiveBigIntegerField(null=True, blank=True)
    highestmodseq = models.PositiveBigIntegerField(null=True, blank=True)
    #: How far down the stretch a search for new addresses has come; None where none is under way.
    sweep_to = models.PositiveBigIntegerField(null=True, blank=True)
    #: When UIDVALIDITY changed last, and how often it did so within a day of the time before.
    renumbered_at = models.DateTimeField(null=True, blank=True)
    renumberings = models.PositiveIntegerField(default=0)
    gone_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="escala_email_folder_once"),
        ]

    def __str__(self):
        return self.name


class Address(models.Model):
    """An e-mail address in canonical form (``mail.addresses.canonical``)."""

    value = models.CharField(max_length=254, unique=True)
    #: It became a record's address, and no account was told yet to look for its earlier mail.
    sought = models.BooleanField(default=False)
    #: When it ceased to be any record's address; after a grace period its mail is removed.
    left_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(sought=True), name="escala_email_address_sought"),
            models.Index(
                fields=["left_at"], condition=Q(left_at__isnull=False), name="escala_email_address_left"
            ),
        ]

    def __str__(self):
        return self.value


class Lookup(models.Model):
    """An address whose earlier mail is still to be looked for in an account; done ones have no row."""

    account = models.ForeignKey(EmailAccount, models.CASCADE, related_name="lookups")
    address = models.ForeignKey(Address, models.CASCADE, related_name="lookups")
    underway = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "address"], name="escala_email_lookup_once"),
        ]

    def __str__(self):
        return f"Lookup {self.pk}"


class Rule(models.Model):
    """What an account, or every account (``account`` is None), leaves out: an entry of one of two lists.

    ``pattern``: an address, ``example.com`` for all of a domain's, or ``*.example.com`` for those and all
    of the domains below it (``mail.patterns``).
    """

    class Kind(models.TextChoices):
        NEVER_DOWNLOAD = "never", _("Never download")
        NOT_CONTACT = "not_contact", _("Not a contact")

    account = models.ForeignKey(EmailAccount, models.CASCADE, null=True, blank=True, related_name="rules")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.NEVER_DOWNLOAD)
    pattern = models.CharField(max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)
    #: What is stored and would be left out now is to be removed, too; since when. None: it stays, or is gone.
    remove_from = models.DateTimeField(null=True, blank=True, editable=False)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [
            models.Index(
                fields=["remove_from"],
                condition=Q(remove_from__isnull=False),
                name="escala_email_rule_removing",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "pattern"],
                condition=Q(account__isnull=False),
                name="escala_email_rule_once",
            ),
            models.UniqueConstraint(
                fields=["kind", "pattern"], condition=Q(account=None), name="escala_email_common_rule_once"
            ),
        ]

    def __str__(self):
        return f"Rule {self.pk}"


class Tally(models.Model):
    """What the last audit of an account counted for an address: places at the server, and those we lacked."""

    account = models.ForeignKey(EmailAccount, models.CASCADE, related_name="tallies")
    address = models.ForeignKey(Address, models.CASCADE, related_name="tallies")
    found = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "address"], name="escala_email_tally_once"),
        ]

    def __str__(self):
        return f"Tally {self.pk}"


class Thread(models.Model):
    """A conversation."""

    created_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    def __str__(self):
        return f"Thread {self.pk}"


class Reference(models.Model):
    """A Message-ID a conversation knows, whether the message is ours or not.

    Two conversations may know the same id: a stranger who names our Message-ID must
    neither join the conversation nor take the id away from it.
    """

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="references")
    message_id = models.CharField(max_length=255)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message_id", "thread"], name="escala_email_reference_once"),
        ]

    def __str__(self):
        return self.message_id


class Message(models.Model):
    """A message's content, once, however many accounts hold it."""

    key = models.CharField(max_length=64, unique=True)
    message_id = models.CharField(max_length=255, db_index=True)
    thread = models.ForeignKey(Thread, models.PROTECT, related_name="messages")
    sent_at = models.DateTimeField()
    subject = models.TextField(blank=True)
    snippet = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    size = models.PositiveBigIntegerField(default=0)
    automatic = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = MessageQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [
            models.Index(fields=["thread", "sent_at", "id"], name="escala_email_message_thread"),
        ]

    def __str__(self):
        # Shown in logs and histories, which strangers to the message may read.
        return f"Message {self.pk}"


class Location(models.Model):
    """Where a message was seen. One that vanished from the server keeps its row, with when.

    ``account``: whose it is, by which it is seen. The folder is that account's too, but for what was
    captured: that lies in the capture mailbox, and belongs to the one whose capture address it came to.
    """

    #: The ``part`` of that itself once more, where it is the folder's account's and who captured it holds it
    #: too. More than any mail forwards.
    ALSO = 32_767

    message = models.ForeignKey(Message, models.CASCADE, related_name="locations")
    account = models.ForeignKey(EmailAccount, models.CASCADE, related_name="locations")
    folder = models.ForeignKey(Folder, models.CASCADE, related_name="locations")
    uidvalidity = models.PositiveBigIntegerField()
    uid = models.PositiveBigIntegerField()
    #: Which message in the one that lies there: 0 that itself, else one forwarded in it, or ``ALSO``.
    part = models.PositiveSmallIntegerField(default=0)
    #: RFC822.SIZE and INTERNALDATE, by which a renumbered message is known again.
    size = models.PositiveBigIntegerField(default=0)
    arrived = models.DateTimeField(null=True, blank=True)
    #: X-GM-MSGID or EMAILID (RFC 8474): the same for every place of a message in this account.
    provider_id = models.CharField(max_length=255, blank=True)
    #: X-GM-LABELS, one a line.
    labels = models.TextField(blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)

    objects = LocationQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["folder", "uidvalidity", "uid", "part"], name="escala_email_location_once"
            ),
        ]
        indexes = [
            models.Index(fields=["message", "account"], name="escala_email_location_holder"),
            models.Index(
                fields=["account", "provider_id"],
                condition=~Q(provider_id=""),
                name="escala_email_location_provider",
            ),
        ]

    def __str__(self):
        return f"{self.folder_id}/{self.uidvalidity}/{self.uid}"


class Participant(models.Model):
    """An address in a message. A Bcc belongs to the Location that showed it."""

    class Role(models.TextChoices):
        FROM = "from", _("From")
        SENDER = "sender", _("Sender")
        REPLY_TO = "reply_to", _("Reply to")
        TO = "to", _("To")
        CC = "cc", _("Cc")
        BCC = "bcc", _("Bcc")

    message = models.ForeignKey(Message, models.CASCADE, related_name="participants")
    address = models.ForeignKey(Address, models.PROTECT, related_name="participants")
    role = models.CharField(max_length=8, choices=Role)
    name = models.CharField(max_length=255, blank=True)
    sent_at = models.DateTimeField()
    location = models.ForeignKey(
        Location, models.CASCADE, null=True, blank=True, related_name="bcc_participants"
    )

    objects = ParticipantQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "address", "role"],
                condition=Q(location=None),
                name="escala_email_participant_once",
            ),
            models.UniqueConstraint(
                fields=["message", "address", "role", "location"],
                condition=Q(location__isnull=False),
                name="escala_email_bcc_once",
            ),
            models.CheckConstraint(
                condition=Q(role="bcc", location__isnull=False) | (~Q(role="bcc") & Q(location=None)),
                name="escala_email_bcc_has_location",
            ),
        ]
        indexes = [
            models.Index(fields=["address", "-sent_at", "-message"], name="escala_email_person_when"),
        ]

    def __str__(self):
        return f"Participant {self.pk}"


class Attachment(models.Model):
    """A part of a message that is kept as a file in the host's storage."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=127)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_id = models.CharField(max_length=255, blank=True)
    inline = models.BooleanField(default=False)
    file = models.FileField(storage=attachment_storage, max_length=255)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "position"], name="escala_email_attachment_once"),
        ]
        # Before a file goes, its last attachment is looked for.
        indexes = [models.Index(fields=["file"], name="escala_email_attachment_file")]
        ordering = ["position"]

    def __str__(self):
        return f"Attachment {self.pk}"


class ForgottenFile(models.Model):
    """A file whose last attachment was removed: it goes once nobody can be about to use it again."""

    name = models.CharField(max_length=255, unique=True)
    since = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    def __str__(self):
        return f"ForgottenFile {self.pk}"


class RecordAddress(models.Model):
    """An address of one of the host's records, kept by ``record_index``."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.CharField(max_length=64)
    record = GenericForeignKey()
    address = models.ForeignKey(Address, models.PROTECT, related_name="records")

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "address"], name="escala_email_record_address_once"
            ),
        ]

    def __str__(self):
        return f"{self.content_type_id}/{self.object_id}"


class Quarantined(models.Model):
    """A message that concerns a contact and could not be fetched, read or stored; it is tried again."""

    folder = models.ForeignKey(Folder, models.CASCADE, related_name="quarantined")
    uidvalidity = models.PositiveBigIntegerField()
    uid = models.PositiveBigIntegerField()
    raw = models.BinaryField(null=True, blank=True)
    arrived = models.DateTimeField(null=True, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    error = models.CharField(max_length=40)
    attempts = models.PositiveIntegerField(default=1)
    first_seen = models.DateTimeField(auto_now_add=True)
    next_try = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["folder", "uidvalidity", "uid"], name="escala_email_quarantined_once"
            ),
        ]

    def __str__(self):
        return f"{self.folder_id}/{self.uidvalidity}/{self.uid}"


class Run(models.Model):
    """One piece of background work: what, for whom, how far, how it ended."""

    class Kind(models.TextChoices):
        SYNC = "sync", _("Synchronisation")
        PREVIEW = "preview", _("Preview")
        AUDIT = "audit", _("Check for completeness")
        LOOKUP = "lookup", _("Search for earlier mail")

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(max_length=10, choices=Kind)
    account = models.ForeignKey(EmailAccount, models.CASCADE, null=True, related_name="runs")
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    total = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    stored = models.PositiveBigIntegerField(default=0)
    set_aside = models.PositiveBigIntegerField(default=0)
    trouble = models.CharField(max_length=40, blank=True)
    #: What the run found, and what it cost: counters and seconds, by folder too.
    result = models.JSONField(default=dict, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [models.Index(fields=["account", "-started_at"], name="escala_email_run_newest")]

    def __str__(self):
        return f"Run {self.pk}"


class Beat(models.Model):
    """When a process that works in the background (the worker, the watcher) last showed that it is alive."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    def __str__(self):
        return self.name


class ThreadLevel(models.Model):
    """What colleagues see of an account's copies in one conversation, instead of what the account says."""

    account = models.ForeignKey(EmailAccount, models.CASCADE, related_name="thread_levels")
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="levels")
    level = models.PositiveSmallIntegerField(choices=Level)
    set_at = models.DateTimeField(auto_now=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "thread"], name="escala_email_thread_level_once"),
        ]

    def __str__(self):
        return f"ThreadLevel {self.pk}"


class AccessRequest(models.Model):
    """Somebody asked an account's owner to see a message that is hidden from them, on a record's page."""

    class Answer(models.TextChoices):
        MESSAGE = "message", _("This message")
        THREAD = "thread", _("This conversation")
        CONTACT = "contact", _("This contact")
        NO = "no", _("No")

    asker = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    account = models.ForeignKey(EmailAccount, models.CASCADE, related_name="access_requests")
    message = models.ForeignKey(Message, models.CASCADE, related_name="access_requests")
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.CharField(max_length=64)
    record = GenericForeignKey()
    asked_at = models.DateTimeField()
    #: When its owner was written to about it.
    told_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=8, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["asker", "account", "message"], name="escala_email_access_request_once"
            ),
        ]

    def __str__(self):
        return f"AccessRequest {self.pk}"


class Grant(models.Model):
    """An account's owner lets one colleague read a message, a conversation, or all with an address."""

    account = models.ForeignKey(EmailAccount, models.CASCADE, related_name="grants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="grants")
    thread = models.ForeignKey(Thread, models.CASCADE, null=True, blank=True, related_name="grants")
    #: By address and not by record: who edits a record must not widen what was granted.
    address = models.ForeignKey(Address, models.CASCADE, null=True, blank=True, related_name="grants")
    #: What it was granted upon.
    request = models.ForeignKey(AccessRequest, models.SET_NULL, null=True, blank=True, related_name="grants")
    granted_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "user", "message"],
                condition=Q(message__isnull=False),
                name="escala_email_grant_message_once",
            ),
            models.UniqueConstraint(
                fields=["account", "user", "thread"],
                condition=Q(thread__isnull=False),
                name="escala_email_grant_thread_once",
            ),
            models.UniqueConstraint(
                fields=["account", "user", "address"],
                condition=Q(address__isnull=False),
                name="escala_email_grant_address_once",
            ),
            models.CheckConstraint(
                condition=Q(message__isnull=False, thread=None, address=None)
                | Q(message=None, thread__isnull=False, address=None)
                | Q(message=None, thread=None, address__isnull=False),
                name="escala_email_grant_of_one_thing",
            ),
        ]

    def __str__(self):
        return f"Grant {self.pk}"


class CaptureAddress(models.Model):
    """A user's own address for BCC and forwarding: what makes it unguessable, and when it ceased to work.

    It outlives its user: what came to it in the shared mailbox does not become the team's.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    token = models.CharField(max_length=40, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    #: When its user was last written to about mail that could not be filed; at most one an hour.
    answered_at = models.DateTimeField(null=True, blank=True)
    #: What was refused lately: the place of the mail → why, and when. Nothing of the mail itself.
    refused = models.JSONField(default=dict, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None), name="escala_email_one_capture_address"
            ),
        ]

    def __str__(self):
        return f"CaptureAddress {self.pk}"


class Erasure(models.Model):
    """A person whose mail was erased and is not fetched again: known by a keyed hash of the address only."""

    digest = models.CharField(max_length=64, unique=True)
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    erased_at = models.DateTimeField(auto_now_add=True)
    #: When all of it was removed; until then somebody is at it, or comes back to it.
    finished_at = models.DateTimeField(null=True, blank=True)
    #: How many of what were removed and redacted.
    report = models.JSONField(default=dict, blank=True)

    wagtail_reference_index_ignore = True

    def __str__(self):
        return f"Erasure {self.pk}"


class Policy(models.Model):
    """What was decided for all mailboxes, in advance; one row."""

    #: The key of ``Erasure.digest``, encrypted.
    erasure_key = models.TextField(blank=True, editable=False)
    leaver_rule = models.CharField(
        _("when somebody leaves"),
        max_length=8,
        choices=EmailAccount.LeaverRule,
        default=EmailAccount.LeaverRule.KEEP,
    )
    leaver_days = models.PositiveIntegerField(_("days until it is removed"), default=30)
    #: None: mail is kept whatever its age.
    retention_days = models.PositiveIntegerField(_("days that mail is kept"), null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="escala_email_one_policy")]

    def __str__(self):
        return f"Policy {self.pk}"
