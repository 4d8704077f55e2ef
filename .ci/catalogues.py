"""Do the catalogues hold exactly the strings of the code, and does GNU msgfmt take them?

Runs Django's makemessages (GNU gettext) on a copy of the package, and of the sandbox, and compares.
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
TRANSLATED = (ROOT / "escala_email_plugin", ROOT / "sandbox")


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


def catalogues(folder: Path) -> list[Path]:
    return sorted(folder.glob("locale/*/LC_MESSAGES/*.po"))


def extract(folder: Path) -> None:
    """Rewrite the catalogues in ``folder`` from its sources."""
    for domain in sorted({path.stem for path in catalogues(folder)}):
        command = [sys.executable, "-m", "django", "makemessages", "--all", "--no-obsolete"]
        subprocess.run([*command, "--domain", domain], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def differences(folder: Path) -> Iterator[str]:
    """One sentence for each string that the code in ``folder`` and its catalogues disagree on."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / folder.name
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("__pycache__", "*.mo", "var"))
        extract(copy)
        for path in catalogues(folder):
            kept, wanted = strings(path), strings(copy / path.relative_to(folder))
            for _, text in sorted(wanted - kept, key=str):
                yield f"{path.relative_to(ROOT)}: not in the catalogue: {text!r}"
            for _, text in sorted(kept - wanted, key=str):
                yield f"{path.relative_to(ROOT)}: no longer in the code: {text!r}"


def unreadable(folder: Path) -> Iterator[str]:
    """What GNU msgfmt holds against a catalogue: broken placeholders, plural forms, headers."""
    for path in catalogues(folder):
        command = ["msgfmt", "--check", "--output-file=-", str(path)]
        result = subprocess.run(command, capture_output=True, check=False)
        if result.returncode:
            yield result.stderr.decode(errors="replace").strip()


def main() -> int:
    found = []
    for folder in TRANSLATED:
        if not (folder / "locale/es/LC_MESSAGES/django.po").exists():
            found.append(f"{folder.relative_to(ROOT)} has no Spanish catalogue.")
        found += [*differences(folder), *unreadable(folder)]
    if found:
        print(*found, sep="\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
