"""Who works at the broker, and the mailboxes of its mail server. Everything here is printed at the start."""

from typing import NamedTuple

DOMAIN = "andina-seguros.test"


class Mailbox(NamedTuple):
    """A mailbox of the sandbox's mail server; its address is its user name."""

    address: str
    password: str
    name: str


class Staff(NamedTuple):
    """A user of the CRM. ``mailbox`` is None for those who do not write to clients."""

    username: str
    password: str
    first_name: str
    last_name: str
    language: str
    administrator: bool
    mailbox: Mailbox | None


LUCIA = Mailbox(f"lucia@{DOMAIN}", "correo-lucia", "Lucía Fernández")
MARCOS = Mailbox(f"marcos@{DOMAIN}", "correo-marcos", "Marcos Ibáñez")
SALES = Mailbox(f"ventas@{DOMAIN}", "correo-ventas", "Andina Seguros · Ventas")
#: What campaigns are sent from; nobody reads it in the CRM.
NEWS = Mailbox(f"noticias@{DOMAIN}", "correo-noticias", "Andina Seguros · Noticias")
#: What people send a blind copy to, or forward mail to: each to an address with a tag of their own.
CAPTURE = Mailbox(f"crm@{DOMAIN}", "correo-crm", "Andina Seguros · CRM")
#: Whatever is sent to other domains ends here, so that it can be read as its recipients would.
OUTSIDE = Mailbox(f"mundo@{DOMAIN}", "correo-mundo", "El resto del mundo")

MAILBOXES = (LUCIA, MARCOS, SALES, NEWS, CAPTURE, OUTSIDE)

STAFF = (
    Staff("admin", "admin", "Alex", "Morgan", "en", True, None),
    Staff("lucia", "lucia", "Lucía", "Fernández", "es", False, LUCIA),
    Staff("marcos", "marcos", "Marcos", "Ibáñez", "es", False, MARCOS),
)
