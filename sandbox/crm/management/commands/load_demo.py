"""Fill an empty CRM with the demo's staff, clients, policies, claims and opportunities."""

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from sandbox.crm.models import Claim, Company, Opportunity, Person, PersonEmail, Policy
from sandbox.crm.staff import hire
from sandbox.demo.business import claims, opportunities, policies
from sandbox.demo.cast import FIRMS, contacts


class Command(BaseCommand):
    help = "Load the demo's data into an empty CRM. Does nothing where there are people in it."

    @transaction.atomic
    def handle(self, *args, **options):
        if Person.objects.exists():
            return
        hire()
        people = self.clients()
        today = timezone.localdate()
        for row in policies(today):
            Policy.objects.create(**{**row._asdict(), "holder": people[row.holder.name]})
        for row in claims(today):
            Claim.objects.create(**{**row._asdict(), "policy": Policy.objects.get(number=row.policy)})
        for row in opportunities(today):
            Opportunity.objects.create(**{**row._asdict(), "contact": people[row.contact.name]})

    def clients(self):
        """The companies, and the people by name."""
        companies = {
            firm: Company.objects.create(
                name=firm.name,
                tax_id=f"{firm.country}-{900_100_000 + number * 7919}",
                email=f"info@{firm.domain}",
                website=f"https://www.{firm.domain}/",
                city=firm.city,
            )
            for number, firm in enumerate(FIRMS)
        }
        people = {}
        for contact in contacts():
            main, *others = contact.addresses
            person = people[contact.name] = Person.objects.create(
                first_name=contact.first_name,
                last_name=contact.last_name,
                company=companies.get(contact.firm),
                position=contact.position,
                email=main,
                phone=contact.phone,
            )
            for address in others:
                PersonEmail.objects.create(person=person, address=address)
        return people
