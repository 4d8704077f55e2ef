"""What a run tells of its cost."""

from escala_email_plugin.models import Folder
from escala_email_plugin.sync.meter import NAMED, Meter


def test_of_thousands_of_folders_the_costliest_are_told():
    meter = Meter()
    for n in range(NAMED + 50):
        meter.count(Folder(name=f"{n}"), seconds=n)
    assert set(meter.told()["folders"]) == {f"{n}" for n in range(50, NAMED + 50)}
