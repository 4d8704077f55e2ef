import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from escala_email_plugin import hooks

pytestmark = pytest.mark.django_db


def test_the_groups_form_offers_the_plugins_permissions(client, administrator):
    group = Group.objects.create(name="Ventas")
    client.force_login(administrator)
    page = client.get(reverse("wagtailusers_groups:edit", args=[group.pk])).content.decode()
    codenames = ["connect_personal_account", "view_shared_mail", "view_health"]
    wanted = Permission.objects.filter(codename__in=codenames)
    assert wanted.count() == 3
    for permission in wanted:
        assert f'value="{permission.pk}"' in page


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
