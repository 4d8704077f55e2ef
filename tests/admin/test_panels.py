import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from escala_email_plugin.models import ModuleSwitch
from sandbox.crm.models import Claim, Company, Opportunity, Person, Policy
from tests.making import account, letter, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def records():
    company = Company.objects.create(name="Cliente S.A.")
    ana = Person.objects.create(
        first_name="Ana", last_name="Gómez", email="ana@cliente.test", company=company
    )
    terms = {"insurer": "X", "branch": "car", "start": "2026-01-01", "end": "2027-01-01", "premium": 1}
    policy = Policy.objects.create(number="P-1", holder=ana, **terms)
    return {
        "person": ana,
        "company": company,
        "opportunity": Opportunity.objects.create(name="Flota", contact=ana),
        "policy": policy,
        "claim": Claim.objects.create(number="S-1", policy=policy, happened="2026-02-01"),
    }


@pytest.mark.parametrize(
    ("model", "view"),
    [
        ("person", "crm_people:edit"),
        ("company", "crm_companies:edit"),
        ("opportunity", "crm_opportunities:edit"),
        ("policy", "crm_policies:edit"),
        ("policy", "crm_policies:inspect"),
        ("claim", "wagtailsnippets_crm_claim:edit"),
        ("company", "crm_company_card"),
    ],
)
def test_every_declared_module_shows_its_conversations(client, seller, records, model, view):
    record = records[model]
    client.force_login(seller)
    page = client.get(reverse(view, args=[record.pk])).content.decode()
    assert reverse("escala_email:timeline", args=["crm", model, record.pk]) in page
    assert "escala_email/js/escala_email.js" in page
    assert "escala_email/css/escala_email.css" in page


def test_an_undeclared_module_shows_nothing(client, seller, records, settings):
    settings.ESCALA_EMAIL = {**settings.ESCALA_EMAIL, "MODULES": {"crm.Company": {"addresses": ["email"]}}}
    client.force_login(seller)
    for view, model in (("crm_people:edit", "person"), ("crm_policies:inspect", "policy")):
        page = client.get(reverse(view, args=[records[model].pk])).content.decode()
        assert "escala-visible" not in page


def test_the_panel_puts_no_input_into_the_records_form(client, seller, records):
    """Nested forms and named inputs would be posted with the record (the parser joins them)."""
    client.force_login(seller)
    page = client.get(reverse("escala_email:timeline", args=["crm", "person", records["person"].pk]))
    text = page.content.decode()
    assert "<form" not in text
    assert " name=" not in text


def test_a_module_that_is_switched_off_shows_nothing_on_any_page(client, seller, records):
    client.force_login(seller)
    for model, view in (("person", "crm_people:edit"), ("policy", "crm_policies:inspect")):
        record = records[model]
        of = ContentType.objects.get_for_model(record)
        ModuleSwitch.objects.create(content_type=of, is_on=False)
        page = client.get(reverse(view, args=[record.pk]))
        assert page.status_code == 200
        assert "escala-visible" not in page.content.decode()
        assert client.get(reverse("escala_email:timeline", args=["crm", model, record.pk])).status_code == 404


@pytest.mark.parametrize("model", ["company", "opportunity", "policy", "claim"])
def test_a_record_without_an_address_of_its_own_shows_its_peoples_mail(seller, look, records, model):
    stored(account(seller), letter(subject="Renovación"))
    assert "Renovación" in look(seller, record=records[model]).content.decode()


@pytest.mark.parametrize("listing", ["crm_people:index", "crm_companies:index", "crm_opportunities:index"])
def test_a_listing_leads_to_the_conversations_of_each_record(client, seller, records, listing):
    client.force_login(seller)
    shown = client.get(reverse(listing)).content.decode()
    model = {"crm_people:index": "person", "crm_companies:index": "company"}.get(listing, "opportunity")
    assert shown.count(reverse("escala_email:record", args=["crm", model, records[model].pk])) == 1
