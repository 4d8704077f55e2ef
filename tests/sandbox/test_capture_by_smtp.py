"""A seller's plain mail program and the sandbox's servers: what is sent to the capture address arrives."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import pytest

from escala_email_plugin.models import EmailAccount, Location, Message, Participant
from escala_email_plugin.servers.secrets import encrypt
from escala_email_plugin.sync.account import sync_account
from escala_email_plugin.sync.capture import address
from sandbox.accounts import CAPTURE, LUCIA, MARCOS
from sandbox.crm.models import Person
from tests.making import DAY, account, letter

from .test_mailserver import server, stand_in  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db

QUOTED = """Nos interesa.

-------- Mensaje reenviado --------
Asunto: \tConsulta
Fecha: \tTue, 3 Mar 2026 09:00:00 +0000
De: \tBeto Ruiz <beto@cliente.test>
Para: \tLucía Fernández <lucia@andina-seguros.test>


¿Cuánto cuesta asegurar un camión?
"""


@pytest.fixture
def lucia(django_user_model):
    """Who has connected no mailbox at all."""
    return django_user_model.objects.create_user("lucia", LUCIA.address, is_staff=True, is_superuser=True)


@pytest.fixture
def desk(server, trusting) -> EmailAccount:  # noqa: F811
    trusting(server.var / "ca.pem")
    places = {"imap_host": "localhost", "imap_port": server.imap_port, "imap_tls": "tls"}
    secret = encrypt(CAPTURE.password)
    return account(None, CAPTURE.address, kind="capture", username=CAPTURE.address, secret=secret, **places)


@pytest.fixture
def contacts():
    people = {"ana": "Ana Gómez", "beto": "Beto Ruiz"}
    return {
        name: Person.objects.create(first_name=called, email=f"{name}@cliente.test")
        for name, called in people.items()
    }


def composed(to: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = LUCIA.address, to, subject
    message["Date"], message["Message-ID"] = (
        format_datetime(DAY),
        f"<{abs(hash(subject))}@andina-seguros.test>",
    )
    message.set_content(text)
    return message


def shown(person: Person, user) -> list[tuple[str, str]]:
    """The subject and sender of what ``user`` sees of a contact's mail."""
    messages = Message.objects.visible_to(user).filter(participants__address__records__object_id=person.pk)
    return sorted(
        (one.subject, one.participants.get(role="from").address.value) for one in messages.distinct()
    )


def test_a_blind_copy_and_forwards_from_a_plain_client_land_on_their_contacts(
    server,  # noqa: F811
    desk,
    lucia,
    contacts,
):
    to = address.shown(address.current(lucia))
    attached = letter("Ana Gómez <ana@cliente.test>", LUCIA.address, "Siniestro", "Se rompió un vidrio.")
    forward = composed(to, "Fwd: Siniestro", "Mira.")
    forward.add_attachment(attached, maintype="application", subtype="octet-stream", filename="Siniestro.eml")
    with server.smtp(LUCIA) as client:
        client.sendmail(
            LUCIA.address,
            ["ana@cliente.test", to],
            composed("ana@cliente.test", "Póliza", "Hola.").as_bytes(),
        )
        client.send_message(composed(to, "Fwd: Consulta", QUOTED))
        client.send_message(forward)
    assert sync_account(desk.pk)
    assert shown(contacts["ana"], lucia) == [
        ("Póliza", LUCIA.address),
        ("Siniestro", "ana@cliente.test"),
    ]
    assert shown(contacts["beto"], lucia) == [("Consulta", "beto@cliente.test")]
    assert Message.objects.get(subject="Consulta").sent_at == DAY
    assert {place.account.owner for place in Location.objects.all()} == {lucia}
    assert not Participant.objects.filter(address__value__contains="+").exists()


def test_somebody_elses_mail_to_the_capture_address_is_not_taken(server, desk, lucia, contacts):  # noqa: F811
    to = address.shown(address.current(lucia))
    with server.smtp(MARCOS) as client:
        message = composed(to, "Fwd: Consulta", QUOTED)
        message.replace_header("From", MARCOS.address)
        client.send_message(message)
    assert sync_account(desk.pk)
    assert not Message.objects.exists()
