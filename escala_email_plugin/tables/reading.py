"""What was chosen about reading: modules switched off, ties made by hand, what each reader has seen."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from .addresses import Address
from .messages import Thread


class ModuleSwitch(models.Model):
    """A module that an administrator switched off, or on again; without a row it is on."""

    content_type = models.OneToOneField(ContentType, models.CASCADE, related_name="+")
    is_on = models.BooleanField(_("switched on"), default=True)
    changed_at = models.DateTimeField(auto_now=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("module with e-mail")
        verbose_name_plural = _("modules with e-mail")

    def __str__(self):
        return f"ModuleSwitch {self.pk}"


class RecordThread(models.Model):
    """A conversation that somebody tied to a record by hand, whatever its addresses, or untied from it.

    It moves no right: who sees which of its messages is ``visibility``'s, as everywhere.
    """

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.CharField(max_length=64)
    record = GenericForeignKey()
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="ties")
    #: False: it is kept from the record's page although one of the record's addresses is in it.
    is_tied = models.BooleanField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "thread"], name="escala_email_record_thread_once"
            ),
        ]

    def __str__(self):
        return f"RecordThread {self.pk}"


class Visit(models.Model):
    """When somebody last had a record's conversations before them. What was recorded since is new to them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.CharField(max_length=64)
    at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "content_type", "object_id"], name="escala_email_visit_once"
            ),
        ]

    def __str__(self):
        return f"Visit {self.pk}"


class ThreadRead(models.Model):
    """How far somebody has read a conversation: what was recorded after ``at`` is unread."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "thread"], name="escala_email_thread_read_once"),
        ]

    def __str__(self):
        return f"ThreadRead {self.pk}"


class ShownSender(models.Model):
    """A sender whose pictures somebody always lets their browser fetch."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    address = models.ForeignKey(Address, models.CASCADE, related_name="+")
    since = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "address"], name="escala_email_shown_sender_once"),
        ]

    def __str__(self):
        return f"ShownSender {self.pk}"
