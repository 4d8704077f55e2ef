"""The system check of how moments are kept."""

from escala_email_plugin.checks import check_time_zones


def test_a_host_without_time_zones_is_named(settings):
    assert check_time_zones() == []
    settings.USE_TZ = False
    assert [one.id for one in check_time_zones()] == ["escala_email.E013"]
