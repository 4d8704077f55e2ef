"""Background work: what is under way, and whether anybody is at it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .accounts import EmailAccount


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
