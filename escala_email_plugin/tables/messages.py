"""What is stored of mail: a message once, where it was seen, its people and its files."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..storage import attachment_storage
from ..visibility import LocationQuerySet, MessageQuerySet, ParticipantQuerySet
from .accounts import EmailAccount, Folder
from .addresses import Address


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
            models.Index(fields=["sent_at", "id"], name="escala_email_message_when"),
            # A message's own row is long, and whether it is automatic stands behind its text.
            models.Index(fields=["automatic", "id"], name="escala_email_message_automatic"),
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
            # Whoever walks along somebody's mail, or asks who sent a message, needs nothing but the index.
            models.Index(
                fields=["address", "-sent_at", "-message", "role", "location"],
                name="escala_email_person_when",
            ),
            models.Index(fields=["message", "role", "address"], name="escala_email_message_people"),
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
