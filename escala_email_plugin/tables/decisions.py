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
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="escala_email_one_policy")]

    def __str__(self):
        return f"Policy {self.pk}"


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
