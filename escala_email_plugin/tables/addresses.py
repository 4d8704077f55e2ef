"""Addresses: of the host's records, those that are looked for, and those that are left out."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .accounts import EmailAccount


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
        verbose_name = _("capture address")
        verbose_name_plural = _("capture addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None), name="escala_email_one_capture_address"
            ),
        ]

    def __str__(self):
        return f"CaptureAddress {self.pk}"
