"""Make the checkout's virtual environment: ``python3 sandbox/environment.py sandbox test``.

Installs the project with the extras that are named into ``.venv``, unless that was done since the
project's metadata last changed, and prints the path of its Python. Standard library only.
"""

import hashlib
import importlib.util
import json
import subprocess
import sys
import venv
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
ENVIRONMENT = REPOSITORY / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
#: What was installed last, and from which metadata.
STAMP = ENVIRONMENT / "installed.json"
METADATA = ("setup.cfg", "pyproject.toml", "setup.py")

#: Lines of pip's that are shown where it failed.
SHOWN = 15


class EnvironmentTrouble(Exception):
    """The environment cannot be made; the text says why, and what to do."""


def environment(*extras: str) -> Path:
    """The Python of an environment in which the project and its ``extras`` are installed.

    Raises EnvironmentTrouble.
    """
    check_python()
    wanted = {"metadata": _metadata(), "extras": sorted(extras)}
    installed = _installed()
    if installed.get("metadata") == wanted["metadata"] and set(extras) <= set(installed["extras"]):
        return PYTHON
    _make()
    wanted["extras"] = sorted({*extras, *installed.get("extras", [])})
    _install(wanted["extras"])
    STAMP.write_text(json.dumps(wanted))
    return PYTHON


def check_python() -> None:
    """Raises EnvironmentTrouble where this Python cannot make environments."""
    version = ".".join(str(number) for number in sys.version_info[:2])
    if sys.version_info < (3, 11):  # noqa: UP036 – this file runs before anything is checked
        raise EnvironmentTrouble(
            f"Python 3.11 or newer is needed, and this is {version}. "
            "Install one and name it, for example: python3.12 sandbox/run"
        )
    if importlib.util.find_spec("ensurepip") is None and not PYTHON.exists():
        raise EnvironmentTrouble(
            "This Python cannot make virtual environments. On Debian and Ubuntu: "
            f"sudo apt install python3-venv (or python{version}-venv)"
        )


def _metadata() -> str:
    contents = b"\0".join((REPOSITORY / name).read_bytes() for name in METADATA)
    return hashlib.sha256(contents).hexdigest()


def _installed() -> dict:
    """The stamp of an environment that still starts, else nothing."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if _runs("-c", "") else {}


def _runs(*arguments: str) -> bool:
    try:
        return not subprocess.run([PYTHON, *arguments], capture_output=True, check=False).returncode
    except OSError:
        return False


def _make() -> None:
    """Make the environment anew where there is none, or where its Python or its pip is gone."""
    if _runs("-m", "pip", "--version"):
        return
    _say(f"Making a virtual environment in {ENVIRONMENT.name}.")
    try:
        venv.create(ENVIRONMENT, clear=True, symlinks=True, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise EnvironmentTrouble(f"The virtual environment could not be made: {error}") from None


def _install(extras: list) -> None:
    _say(f"Installing the project with its extras {', '.join(extras)}. The first time takes a minute or two.")
    command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run(
        [*command, "--editable", f".[{','.join(extras)}]"],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-SHOWN:])
        raise EnvironmentTrouble(
            f"{last}\npip could not install the project; its last lines are above. "
            "Is there a network, and does pip reach its package index?"
        )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        print(environment(*sys.argv[1:]))
    except EnvironmentTrouble as trouble:
        sys.exit(str(trouble))
