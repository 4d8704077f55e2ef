"""What the sandbox's settings promise."""

from zoneinfo import available_timezones

from django.core.management import get_commands, load_command_class
from huey.consumer_options import ConsumerConfig

from sandbox import settings


def test_the_time_zones_on_offer_exist_everywhere_and_hold_the_broker_s_own():
    offered = settings.WAGTAIL_USER_TIME_ZONES
    assert settings.TIME_ZONE in offered
    assert "localtime" not in offered
    assert set(offered) <= available_timezones()
    assert offered == sorted(set(offered))


def test_an_idle_worker_looks_for_work_every_second():
    assert get_commands()["run_huey"] == "huey.contrib.djhuey"
    assert load_command_class("huey.contrib.djhuey", "run_huey")
    options = ConsumerConfig(**settings.HUEY["consumer"])
    options.validate()
    assert options.max_delay <= 1
