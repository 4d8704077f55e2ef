"""The names that a host may use are there, and each of those that are public is written down."""

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.dispatch import Signal
from django.template import engines

from escala_email_plugin import modules

API = Path(__file__).resolve().parent.parent / "docs" / "reference" / "api.md"

#: Of these modules everything public that they define, or name in ``__all__``, is the host's to use.
PUBLIC = (
    "escala_email_plugin.admin.counter_columns",
    "escala_email_plugin.admin.counter_filters",
    "escala_email_plugin.admin.panels",
    "escala_email_plugin.admin.viewsets",
    "escala_email_plugin.reading.visits",
)


def sections() -> dict[str, str]:
    """What the page says, by heading."""
    parts = re.split(r"^## (.+)$", API.read_text(encoding="utf-8"), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def named(text: str) -> list[str]:
    """``Timeline.thread`` of a row that begins with ``| `Timeline.thread(…)` |``."""
    return re.findall(r"^\| `([\w.]+)", text, flags=re.M)


def of_modules() -> dict[str, list[str]]:
    found = {title.strip("`"): named(text) for title, text in sections().items()}
    return {title: names for title, names in found.items() if title.startswith("escala_email_plugin")}


@pytest.mark.parametrize(
    ("path", "name"), [(path, name) for path, names in of_modules().items() for name in names]
)
def test_every_documented_name_exists_and_says_what_it_does(path, name):
    thing = import_module(path)
    for part in name.split("."):
        thing = getattr(thing, part)
    assert inspect.getdoc(thing)


@pytest.mark.parametrize("path", PUBLIC)
def test_every_public_name_is_documented(path):
    module = import_module(path)
    public = getattr(module, "__all__", None) or [
        name
        for name, thing in vars(module).items()
        if not name.startswith("_") and getattr(thing, "__module__", None) == path
    ]
    assert public
    assert set(public) - set(of_modules()[path]) == set()


def test_every_template_tag_is_documented():
    tags = engines["django"].engine.template_libraries["escala_email"].tags
    (text,) = [text for title, text in sections().items() if title.startswith("Template tags")]
    assert set(re.findall(r"^\| `\{% (\w+)", text, flags=re.M)) == set(tags)


def test_every_option_of_a_module_is_documented():
    assert set(re.findall(r'^\| `"(\w+)"`', sections()["Settings of a module"], flags=re.M)) == set(
        modules.OPTIONS
    )


def test_every_signal_is_documented():
    signals = import_module("escala_email_plugin.signals")
    there = {name for name, thing in vars(signals).items() if isinstance(thing, Signal)}
    assert there
    assert set(named(sections()["Signals"])) == there
