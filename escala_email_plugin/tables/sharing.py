"""What owners decide about who sees their mail, beyond what the mailbox says."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..visibility import Level
from .accounts import EmailAccount
from .addresses import Address
from .messages import Message, Thread


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
