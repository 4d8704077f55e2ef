"""Build the wheel, look into it, install it in an empty environment and let Django check it there."""

import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "escala_email_plugin"


def build(folder: Path) -> Path:
    """The wheel, made from the source distribution as an installer of either would get it."""
    command = [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = folder.glob("*.whl")
    return wheel


def expected() -> set[str]:
    """Every file of the package in the checkout, and a compiled catalogue for each ``.po``."""
    files = {
        path for path in (ROOT / PACKAGE).rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
    files |= {path.with_suffix(".mo") for path in files if path.suffix == ".po"}
    return {path.relative_to(ROOT).as_posix() for path in files}


def findings(wheel: Path) -> Iterator[str]:
    """One sentence for each file that is missing, and each that has no business there."""
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    wanted = expected()
    yield from (f"Missing in the wheel: {name}" for name in sorted(wanted - held))
    yield from (f"Does not belong in the wheel: {name}" for name in sorted(held - wanted))
    for kind in (f"{PACKAGE}/templates/", f"{PACKAGE}/static/", "/LC_MESSAGES/django.mo"):
        if not any(kind in name for name in held):
            yield f"The wheel holds nothing of {kind}"


def install_and_check(wheel: Path, folder: Path) -> None:
    """Django's system checks in an environment that holds the wheel alone, away from the checkout."""
    environment = folder / "environment"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], check=True)
    host = folder / "host"
    host.mkdir()
    shutil.copy(ROOT / ".ci" / "host_settings.py", host)
    variables = {**os.environ, "DJANGO_SETTINGS_MODULE": "host_settings", "PYTHONPATH": str(host)}
    imported = "import escala_email_plugin as plugin; print(plugin.__version__, plugin.__file__)"
    for arguments in (["-c", imported], ["-m", "django", "check", "--fail-level", "WARNING"]):
        subprocess.run([python, *arguments], cwd=host, env=variables, check=True)


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build(folder)
        found = list(findings(wheel))
        if found:
            print(*found, sep="\n")
            return 1
        install_and_check(wheel, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
