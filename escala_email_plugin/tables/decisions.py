"""What was decided for everybody: what is kept, and who was erased."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .accounts import EmailAccount


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
        verbose_name = verbose_name_plural = _("privacy of mail")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="escala_email_one_policy")]

    def __str__(self):
        return f"Policy {self.pk}"


class Erasure(models.Model):
    """A person whose mail was erased: known by a keyed hash of the address only.

    It is not fetched again, unless that was lifted; the row stays then, for it is the proof of what was done.
    """

    #: Of one address, one that was not lifted, and any number of those that were.
    digest = models.CharField(max_length=64, db_index=True)
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    erased_at = models.DateTimeField(auto_now_add=True)
    #: When all of it was removed; until then somebody is at it, or comes back to it.
    finished_at = models.DateTimeField(null=True, blank=True)
    #: How many of what were removed and redacted.
    report = models.JSONField(default=dict, blank=True)
    #: When mail of the person was allowed again.
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("erasure of a person")
        verbose_name_plural = _("erasures of people")
        constraints = [
            models.UniqueConstraint(
                fields=["digest"], condition=Q(lifted_at=None), name="escala_email_one_erasure"
            ),
        ]

    def __str__(self):
        return f"Erasure {self.pk}"
