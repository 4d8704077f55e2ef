"""Do the catalogues in the checkout hold exactly the strings of the code, all of them translated?

Runs Django's makemessages (GNU gettext) on a copy of the package and compares.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "escala_email_plugin"


def strings(path: Path) -> set[tuple[str | None, str]]:
    """The (context, message) pairs of a catalogue; a plural message is known by its singular."""
    return {
        (message.context, message.id if isinstance(message.id, str) else message.id[0])
        for message in read(path)
        if message.id
    }


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def extract(package: Path) -> None:
    """Rewrite the catalogues in ``package`` from its sources."""
    domains = {path.stem for path in package.glob("locale/*/LC_MESSAGES/*.po")}
    for domain in sorted(domains):
        command = [
            sys.executable,
            "-m",
            "django",
            "makemessages",
            "--all",
            "--no-obsolete",
            "--domain",
            domain,
        ]
        subprocess.run(command, cwd=package, check=True, stdout=subprocess.DEVNULL)


def findings() -> Iterator[str]:
    """One sentence for each string that the code and its catalogues disagree on."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / PACKAGE.name
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
        extract(copy)
        for path in sorted(PACKAGE.glob("locale/*/LC_MESSAGES/*.po")):
            name = path.relative_to(ROOT)
            kept, wanted = strings(path), strings(copy / path.relative_to(PACKAGE))
            yield from (
                f"{name}: not in the catalogue: {text!r}" for _, text in sorted(wanted - kept, key=str)
            )
            yield from (
                f"{name}: no longer in the code: {text!r}" for _, text in sorted(kept - wanted, key=str)
            )


def unreadable() -> Iterator[str]:
    """What GNU msgfmt holds against a catalogue: broken placeholders, plural forms, headers."""
    for path in sorted(PACKAGE.glob("locale/*/LC_MESSAGES/*.po")):
        result = subprocess.run(
            ["msgfmt", "--check", "--output-file=-", str(path)], capture_output=True, check=False
        )
        if result.returncode:
            yield result.stderr.decode(errors="replace").strip()


def main() -> int:
    if not (PACKAGE / "locale/es/LC_MESSAGES/django.po").exists():
        print("There is no Spanish catalogue.")
        return 1
    found = [*findings(), *unreadable()]
    print(*found, sep="\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
