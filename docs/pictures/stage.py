"""A sandbox of the pictures' own: in a temporary folder, on free ports, gone afterwards."""

import imaplib
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]

#: Whose conversations are shown: the demo is the same each time, but for its dates, which end today.
CLIENT = "Juan Sebastián Ospina <jospina@rioclaro.example>"
SELLER, PASSWORD = "lucia@andina-seguros.test", "correo-lucia"


class Stage(NamedTuple):
    """Where the CRM answers, and the variables its commands need."""

    url: str
    variables: dict[str, str]

    def speak(self, language: str) -> None:
        """Show everybody the admin in ``language``."""
        code = (
            "from django.contrib.auth import get_user_model; from wagtail.users.models import UserProfile\n"
            "for user in get_user_model().objects.all():\n"
            "    UserProfile.objects.update_or_create(user=user, defaults="
            f"{{'preferred_language': {language!r}, 'theme': 'light'}})"
        )
        command = [sys.executable, "sandbox/manage.py", "shell", "--verbosity", "0", "-c", code]
        subprocess.run(command, cwd=ROOT, env=self.variables, check=True)


@contextmanager
def stage() -> Iterator[Stage]:
    """A CRM that is ready, with one letter more in the seller's mailbox than others have."""
    with tempfile.TemporaryDirectory(prefix="escala-pictures-") as folder:
        names = ("port", "imap-port", "smtp-port", "provider-port")
        ports = dict(zip(names, map(str, free_ports(len(names))), strict=True))
        url = f"http://localhost:{ports['port']}"
        variables = {**os.environ, "SANDBOX_VAR": folder, "SANDBOX_URL": url}
        for name in names[1:]:
            variables["SANDBOX_" + name.upper().replace("-", "_")] = ports[name]
        options = [word for name, port in ports.items() for word in (f"--{name}", port)]
        command = [sys.executable, "sandbox/run", *options]
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True)
        try:
            if not any("The CRM is ready" in line for line in process.stdout):
                sys.exit("The sandbox did not start; what it says is above.")
            deliver(int(ports["imap-port"]), Path(folder))
            yield Stage(url, variables)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


def free_ports(number: int) -> list[int]:
    """Different ones: all are held until the last is found."""
    with ExitStack() as held:
        doors = [held.enter_context(socket.socket()) for _ in range(number)]
        for door in doors:
            door.bind(("127.0.0.1", 0))
        return [door.getsockname()[1] for door in doors]


def deliver(port: int, folder: Path) -> None:
    """A letter with pictures that lie outside: the demo's own have none that a reader would see."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = CLIENT, SELLER, "Fotos del patio nuevo"
    now = datetime.now(UTC)
    mail["Date"], mail["Message-ID"] = now, "<patio@rioclaro.example>"
    mail.set_content("Le mando las fotos del patio nuevo, para el inventario de la póliza.")
    mail.add_alternative(
        "<p>Buenas tardes, Lucía:</p>"
        "<p>Le mando las fotos del patio nuevo, para el inventario de la póliza.</p>"
        "<p><img src='https://fotos.rioclaro.example/patio-1.jpg' width='240' height='120' alt='Patio'> "
        "<img src='https://fotos.rioclaro.example/patio-2.jpg' width='240' height='120' alt='Entrada'></p>"
        "<p>Un abrazo,<br>Juan</p>",
        subtype="html",
    )
    trust = ssl.create_default_context(cafile=folder / "ca.pem")
    with imaplib.IMAP4_SSL("localhost", port, ssl_context=trust) as mailbox:
        mailbox.login(SELLER, PASSWORD)
        mailbox.append("INBOX", None, imaplib.Time2Internaldate(now), mail.as_bytes())
