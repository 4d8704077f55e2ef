"""Records whose addresses lie behind many-to-many, generic, inherited and explicit relations."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models


class Label(models.Model):
    """An address that belongs to whatever it is stuck on."""

    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.CharField(max_length=40)
    target = GenericForeignKey()
    email = models.CharField(max_length=200)

    def __str__(self):
        return f"Label {self.pk}"


class Party(models.Model):
    """The parent's row holds the address."""

    email = models.CharField(max_length=200)

    def __str__(self):
        return f"Party {self.pk}"


class Customer(Party):
    """A child with an address of its own."""

    billing = models.CharField(max_length=200, blank=True)


class Desk(models.Model):
    """An address that several projects share."""

    email = models.CharField(max_length=200)

    def __str__(self):
        return f"Desk {self.pk}"


class Project(models.Model):
    """Desks by many-to-many, people through a table of its own, labels by generic relation."""

    desks = models.ManyToManyField(Desk, related_name="projects")
    members = models.ManyToManyField(Customer, through="Membership", related_name="projects")
    labels = GenericRelation(Label)

    def __str__(self):
        return f"Project {self.pk}"


class Dossier(models.Model):
    """A record that is its owner's: others see it only if they may change all (``apps``)."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    email = models.CharField(max_length=200)

    def __str__(self):
        return f"Dossier of {self.email}"


class Membership(models.Model):
    """The explicit table between projects and customers."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")

    def __str__(self):
        return f"Membership {self.pk}"
