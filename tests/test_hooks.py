from collections import defaultdict

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from wagtail.users.models import UserProfile

from escala_email_plugin import hooks, permissions, roles
from escala_email_plugin.models import EmailAccount

pytestmark = pytest.mark.django_db


@pytest.fixture
def sales(client, administrator):
    """The sellers' group, and an administrator at its form."""
    client.force_login(administrator)
    roles.make()
    return Group.objects.get(name="Ventas")


def form_of(client, group) -> BeautifulSoup:
    page = client.get(reverse("wagtailusers_groups:edit", args=[group.pk]))
    return BeautifulSoup(page.content, "html.parser")


def offered(page: BeautifulSoup) -> list[str]:
    """What stands beside the boxes of the plugin's own row, in their order."""
    (row,) = [row for row in page.select("tr") if row.select_one("h3") and _is_ours(row)]
    return [" ".join(label.text.split()) for label in row.select("label")]


def _is_ours(row) -> bool:
    return row.select_one("h3").text.strip().lower() in ("e-mail account", "cuenta de correo")


def test_the_groups_form_offers_each_of_the_plugins_permissions_in_plain_words(client, sales):
    names = dict(EmailAccount._meta.permissions)
    wanted = [one.rpartition(".")[2] for one in permissions.OWN]
    assert offered(form_of(client, sales)) == [str(names[one]) for one in wanted]
    assert set(names) == set(wanted), "a permission that no role has, or none that the form offers"


def test_the_rows_of_others_keep_their_order_in_the_groups_form(client, sales):
    rows = [row.select_one("h3").text.strip() for row in form_of(client, sales).select("tr:has(h3)")]
    assert rows.index("Company") < rows.index("Opportunity") < rows.index("Person") < rows.index("Policy")
    assert rows.index("Policy") < rows.index("E-mail account")


def test_the_groups_form_speaks_spanish(client, sales, administrator):
    UserProfile.objects.create(user=administrator, preferred_language="es")
    found = offered(form_of(client, sales))
    assert len(found) == len(permissions.OWN)
    assert "Puede leer los mensajes del correo compartido" in found


def sent_by(page: BeautifulSoup) -> dict[str, list[str]]:
    """What a browser would post of a page that nobody touched."""
    sent = defaultdict(list)
    for box in page.select('input[type="hidden"][name], input[type="text"][name], input[name][checked]'):
        sent[box["name"]].append(box.get("value", ""))
    for choice in page.select("select[name]"):
        sent[choice["name"]].append(choice.select_one("option[selected]")["value"])
    return sent


def test_a_group_that_is_saved_unchanged_keeps_all_that_it_had(client, sales):
    by_hand = Permission.objects.get(codename="change_emailaccount")  # which the form does not offer
    sales.permissions.add(by_hand)
    before = set(sales.permissions.values_list("codename", flat=True))
    edit = reverse("wagtailusers_groups:edit", args=[sales.pk])
    answer = client.post(edit, {**sent_by(form_of(client, sales)), "name": "Equipo comercial"})
    assert answer.status_code == 302
    sales.refresh_from_db()
    assert sales.name == "Equipo comercial"
    assert set(sales.permissions.values_list("codename", flat=True)) == before


def test_the_icons_of_the_timeline_are_in_wagtails_sprite(client, administrator):
    client.force_login(administrator)
    sprite = client.get(reverse("wagtailadmin_sprite")).content.decode()
    assert 'id="icon-escala-sent"' in sprite
    assert 'id="icon-escala-received"' in sprite


def test_the_menu_decides_when_it_is_asked(rf, seller, outsider):
    item = hooks.settings_menu_item()
    for user, shown in ((seller, True), (outsider, False)):
        request = rf.get("/")
        request.user = user
        assert item.is_shown(request) is shown
