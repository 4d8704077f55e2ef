"""The rules of the house that no other tool checks (see CONTRIBUTING.md)."""

import ast
import configparser
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "escala_email_plugin"
SPANISH = [f"{name}/locale/es/LC_MESSAGES/django.po" for name in ("escala_email_plugin", "sandbox")]

#: What a template may use without saying so: Django's context processors, tags and Wagtail's admin.
GIVEN = {"block", "csp_nonce", "csrf_token", "forloop", "media", "messages", "perms", "request", "user"}


def modules() -> list[Path]:
    return [path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts]


def templates() -> list[Path]:
    found = sorted(PACKAGE.glob("templates/**/*.html"))
    assert found
    return found


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def places(paths: list[Path], pattern: str) -> list[str]:
    """``file:line: text`` of every line that matches ``pattern``."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]


def options() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def names(requirements: str) -> set[str]:
    """``"django-allauth[socialaccount] >=65"`` → ``"django-allauth"``, for each line."""
    return {re.split(r"[\s\[<>=!~;]", line)[0].lower() for line in requirements.split("\n") if line.strip()}


# Python


def test_wagtail_hooks_does_nothing_but_import_hooks():
    docstring, *statements = tree(PACKAGE / "wagtail_hooks.py").body
    assert isinstance(docstring, ast.Expr)
    assert [ast.unparse(statement) for statement in statements] == ["from . import hooks"]


def test_only_hooks_tells_the_admin_anything():
    registering = {line.split(":")[0] for line in places(modules(), r"\bhooks\.register\(|\bregister_hook\(")}
    assert registering == {"escala_email_plugin/hooks.py"}


def test_hooks_reads_as_a_table_of_contents():
    assert len((PACKAGE / "hooks.py").read_text(encoding="utf-8").splitlines()) < 200


def test_the_package_prints_nothing():
    printing = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Name) and node.id in {"print", "breakpoint"}
    ]
    assert printing == []


def test_nothing_is_left_for_later():
    assert places(modules() + templates(), r"\b(TODO|FIXME|XXX)\b|NotImplementedError") == []


def test_every_module_says_what_it_is_for():
    silent = [
        path.relative_to(ROOT)
        for path in modules()
        if path.stat().st_size and not ast.get_docstring(tree(path))
    ]
    assert silent == []


# Templates


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"<script(?![^>]*\ssrc=)", id="inline script"),
        pytest.param(r"<style\b", id="style element"),
        pytest.param(r"\sstyle\s*=", id="style attribute"),
        pytest.param(r"\son[a-z]+\s*=", id="event handler"),
        pytest.param(r"javascript:", id="script address"),
        pytest.param(r"\|\s*safe\b|autoescape\s+off", id="escaping off"),
    ],
)
def test_templates_need_no_loosening_of_a_strict_content_security_policy(pattern):
    assert places(templates(), f"(?i){pattern}") == []


def test_templates_are_named_in_lower_snake_case():
    assert [path.name for path in templates() if not re.fullmatch(r"[a-z0-9_]+\.html", path.name)] == []


def test_every_template_starts_by_listing_its_variables():
    undeclared = []
    for path in templates():
        text = path.read_text(encoding="utf-8")
        comment = opening_comment(text)
        missing = variables(text) - set(re.findall(r"\w+", comment)) - GIVEN
        if not comment or missing:
            undeclared.append((path.name, sorted(missing) or "no comment"))
    assert undeclared == []


def opening_comment(text: str) -> str:
    """The comments before anything else but ``{% extends %}`` and ``{% load %}``."""
    opening = r"\s*(?:\{%\s*(?:extends|load)\b[^%]*%\}\s*)*"
    comment = r"((?:\s*\{#.*?#\})+|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\})"
    found = re.match(opening + comment, text, flags=re.DOTALL)
    return found[1] if found else ""


def variables(text: str) -> set[str]:
    """The names printed by ``{{ … }}`` that the template did not make itself."""
    printed = set(re.findall(r"\{\{\s*([a-z_]\w*)", text))
    made = set()
    for tag in re.findall(r"\{%(.*?)%\}", text, flags=re.DOTALL):
        made |= set(re.findall(r"(\w+)=", tag)) | set(re.findall(r"\bas\s+(\w+)", tag))
        for loop in re.findall(r"^\s*for\s+(.+?)\s+in\s", tag):
            made |= set(re.findall(r"\w+", loop))
    return printed - made


# Spanish


@pytest.fixture(params=SPANISH)
def spanish(request):
    """The messages of a Spanish catalogue: the package's, then the sandbox's."""
    with (ROOT / request.param).open("rb") as file:
        return [message for message in read_po(file, locale="es", abort_invalid=True) if message.id]


def test_every_string_is_translated_into_spanish(spanish):
    assert spanish
    assert [message.id for message in spanish if not all(forms(message.string))] == []


def test_no_spanish_translation_is_a_guess(spanish):
    assert [message.id for message in spanish if message.fuzzy] == []


def test_spanish_keeps_every_placeholder(spanish):
    changed = [one.id for one in spanish if placeholders(one.id) != placeholders(one.string)]
    assert changed == []


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """The singular and plural forms of a text; one where it has no plural."""
    return (text,) if isinstance(text, str) else text


def placeholders(text: str | tuple[str, ...]) -> set[str]:
    """``%(name)s`` and ``{name}`` in any of the forms: a singular may leave its number out."""
    return {found for form in forms(text) for found in re.findall(r"%\(\w+\)[a-z]|\{\w*\}", form)}


# The whole checkout


def sources() -> list[Path]:
    """The text files of the checkout, without what tools and runs leave behind."""
    left_behind = {"__pycache__", "var", "node_modules"}
    kinds = {".py", ".html", ".js", ".css", ".md", ".toml", ".cfg", ".po", ".in", ""}
    folders = (ROOT / name for name in (".ci", "docs", "escala_email_plugin", "sandbox", "tests"))
    files = [*ROOT.iterdir(), *(path for folder in folders for path in folder.rglob("*"))]
    return [
        path
        for path in files
        if path.is_file()
        and path.suffix in kinds
        and not left_behind & set(path.parts)
        and path.name != ".git"
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"(?<![\w.$}])/(?:home|Users|root|work)/[\w.]", id="somebody's folder"),
        pytest.param(r"(?i)[a-z]:\\users\\", id="somebody's drive"),
        pytest.param(r"--(?:extra-)?index-url|--find-(?:links)|--trusted-(?:host)", id="a package registry"),
    ],
)
def test_nothing_depends_on_the_machine_it_was_written_on(pattern):
    assert places(sources(), pattern) == []


# Packaging


def test_everything_the_package_imports_is_declared():
    distributions = packages_distributions()
    imported = {name for path in modules() for name in third_party(path)}
    used = {distribution.lower() for name in imported for distribution in distributions[name]}
    assert used <= names(options()["options"]["install_requires"])


def third_party(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(str(node.module).split(".")[0])
    return found - sys.stdlib_module_names - {PACKAGE.name}


def test_the_wheel_takes_every_file_of_the_package():
    patterns = options()["options.package_data"]["escala_email_plugin"].split()
    taken = {path for pattern in patterns for path in PACKAGE.glob(pattern)}
    others = {path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}}
    assert others - taken == set()


def test_the_tests_can_run_the_sandbox():
    extras = options()["options.extras_require"]
    assert names(extras["sandbox"]) <= names(extras["test"])


def test_every_configured_tool_is_installed_for_the_tests():
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    tools = {{"importlinter": "import-linter"}.get(tool, tool) for tool in configuration["tool"]}
    build_tools = names("\n".join(configuration["build-system"]["requires"])) - {"setuptools"}
    assert tools | build_tools <= names(options()["options.extras_require"]["test"])


def test_ruff_and_the_metadata_name_the_same_oldest_python():
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    oldest = options()["options"]["python_requires"].removeprefix(">=")
    assert configuration["tool"]["ruff"]["target-version"] == "py" + oldest.replace(".", "")
    assert f"Programming Language :: Python :: {oldest}" in options()["metadata"]["classifiers"]
