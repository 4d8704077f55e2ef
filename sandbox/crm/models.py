"""What an insurance broker keeps: companies, people, opportunities, policies and claims."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

#: A person has one main address and up to this many others.
MOST_OTHER_EMAILS = 10


class Company(models.Model):
    """A client company."""

    name = models.CharField(_("name"), max_length=150, unique=True)
    tax_id = models.CharField(_("tax number"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ["name"]

    def __str__(self):
        return self.name


class Person(ClusterableModel):
    """A contact, with one main e-mail address and perhaps others."""

    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=80)
    company = models.ForeignKey(
        Company, models.SET_NULL, null=True, blank=True, related_name="people", verbose_name=_("company")
    )
    position = models.CharField(_("position"), max_length=80, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["last_name", "first_name", "pk"]

    def __str__(self):
        return f"{self.first_name} {self.last_name}"


class PersonEmail(models.Model):
    """A further address of a person."""

    person = ParentalKey(
        Person, on_delete=models.CASCADE, related_name="other_emails", verbose_name=_("person")
    )
    address = models.EmailField(_("e-mail"))

    class Meta:
        verbose_name = _("other e-mail address")
        verbose_name_plural = _("other e-mail addresses")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "address"], name="crm_person_address_once"),
        ]

    def __str__(self):
        return self.address


class Opportunity(models.Model):
    """A sale in the making."""

    class Stage(models.TextChoices):
        CONTACTED = "contacted", pgettext_lazy("stage", "Contacted")
        QUOTED = "quoted", pgettext_lazy("stage", "Quoted")
        NEGOTIATING = "negotiating", pgettext_lazy("stage", "Negotiating")
        WON = "won", pgettext_lazy("stage", "Won")
        LOST = "lost", pgettext_lazy("stage", "Lost")

    name = models.CharField(_("name"), max_length=150)
    contact = models.ForeignKey(
        Person, models.CASCADE, related_name="opportunities", verbose_name=_("contact")
    )
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.CONTACTED)
    amount = models.DecimalField(_("amount in US dollars"), max_digits=12, decimal_places=2, default=0)
    closing_date = models.DateField(_("closing date"), null=True, blank=True)

    class Meta:
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        ordering = ["-closing_date", "name", "pk"]

    def __str__(self):
        return self.name


class Policy(models.Model):
    """An insurance policy: the module that this broker added to its CRM."""

    class Branch(models.TextChoices):
        CAR = "car", pgettext_lazy("insurance", "Car")
        HOME = "home", pgettext_lazy("insurance", "Home")
        LIFE = "life", pgettext_lazy("insurance", "Life")
        HEALTH = "health", pgettext_lazy("insurance", "Health")
        BUSINESS = "business", pgettext_lazy("insurance", "Business")
        LIABILITY = "liability", pgettext_lazy("insurance", "Civil liability")
        CARGO = "cargo", pgettext_lazy("insurance", "Cargo")

    number = models.CharField(_("policy number"), max_length=30, unique=True)
    holder = models.ForeignKey(
        Person, models.PROTECT, related_name="policies", verbose_name=_("policyholder")
    )
    insurer = models.CharField(_("insurer"), max_length=100)
    branch = models.CharField(_("line of business"), max_length=10, choices=Branch)
    start = models.DateField(_("valid from"))
    end = models.DateField(_("valid until"))
    premium = models.DecimalField(_("annual premium in US dollars"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ["end", "number"]

    def __str__(self):
        return self.number


class Claim(models.Model):
    """What happened to somebody insured: a module that this broker keeps as a snippet."""

    class State(models.TextChoices):
        REPORTED = "reported", pgettext_lazy("claim", "Reported")
        ASSESSED = "assessed", pgettext_lazy("claim", "With the assessor")
        PAID = "paid", pgettext_lazy("claim", "Paid")
        REFUSED = "refused", pgettext_lazy("claim", "Refused")

    number = models.CharField(_("claim number"), max_length=30, unique=True)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="claims", verbose_name=_("policy"))
    happened = models.DateField(_("date of the loss"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.REPORTED)
    what = models.TextField(_("what happened"), blank=True)

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["-happened", "number"]

    def __str__(self):
        return self.number
