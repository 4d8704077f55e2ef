"""Mailboxes that were connected, and their folders."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..visibility import AccountQuerySet, Level


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
