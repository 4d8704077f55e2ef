"""Mail that is nobody's business but its reader's: none of it concerns a client, none of it may appear."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sandbox.accounts import LUCIA, MARCOS, SALES, Mailbox
from sandbox.demo.cast import SEED, contacts
from sandbox.demo.compose import Draft, compose
from sandbox.demo.correspondence import DAYS
from sandbox.demo.hours import last_worked
from sandbox.demo.letter import Letter

#: Messages to each seller.
EACH = 60


class Kind(NamedTuple):
    """Somebody who writes: ``bulk`` mail has a List-Id and a way to unsubscribe."""

    name: str
    address: str
    bulk: bool
    subjects: tuple[str, ...]
    text: str


KINDS = (
    Kind(
        "Boletín Sector Seguros",
        "boletin@sectorseguros.example",
        True,
        (
            "Las cinco noticias de la semana",
            "Qué cambia en la norma de solvencia",
            "Ciberriesgo: cifras del año",
        ),
        "Las aseguradoras de la región crecieron un 8 % en el semestre.\n\nLea más en nuestra página.",
    ),
    Kind(
        "Banco Altiplano",
        "avisos@bancoaltiplano.example",
        False,
        ("Su extracto está disponible", "Compra aprobada por USD 48", "Recordatorio de pago de su tarjeta"),
        "Este es un aviso automático de su cuenta personal terminada en 3310. No responda a este mensaje.",
    ),
    Kind(
        "Tienda Alameda",
        "pedidos@tiendaalameda.example",
        False,
        ("Su pedido va en camino", "Confirmación de su pedido 77120", "Gracias por su compra"),
        "Su paquete llega entre martes y miércoles. Puede seguirlo con su número de guía.",
    ),
    Kind(
        "Mamá",
        "mama@familia.example",
        False,
        ("¿Vienes el domingo?", "La receta que me pediste", "Fotos del paseo"),
        "Hija, hijo, ¿cómo va todo? El domingo hacemos sancocho. Traigan el postre.\n\nUn beso,\nMamá",
    ),
    Kind(
        "Colegio Los Arrayanes",
        "secretaria@losarrayanes.example",
        False,
        ("Reunión de padres de familia", "Salida pedagógica", "Calendario de exámenes"),
        "Estimadas familias: les recordamos la reunión del jueves a las siete de la mañana.",
    ),
    Kind(
        "The Risk Letter",
        "newsletter@riskletter.example",
        True,
        ("Rates are softening, slowly", "What underwriters read this week", "Parametric cover, explained"),
        "Good morning. Three charts about the property market, and one about coffee.",
    ),
    Kind(
        "Rede Profissional",
        "convites@rede.example",
        True,
        ("Você tem 3 novos convites", "Alguém viu o seu perfil"),
        "Confira quem quer se conectar com você nesta semana.",
    ),
)


def strangers(now: datetime) -> Iterator[Letter]:
    """Newsletters, private mail, mail among colleagues, a draft, junk."""
    chance = random.Random(SEED + 4)
    for mailbox in (LUCIA, MARCOS):
        for number in range(EACH):
            kind = chance.choice(KINDS)
            sent = now - timedelta(minutes=chance.randrange(600, DAYS * 24 * 60))
            yield _stranger(mailbox, kind, sent, f"{number}.{mailbox.address[0]}", chance)
    yield from _colleagues(now)
    yield from _left_out(now)
    yield _request(now)


def _stranger(mailbox: Mailbox, kind: Kind, sent: datetime, token: str, chance: random.Random) -> Letter:
    content = compose(
        Draft(
            sender=(kind.name, kind.address),
            to=[(mailbox.name, mailbox.address)],
            subject=chance.choice(kind.subjects),
            text=kind.text,
            sent=sent.replace(microsecond=0),
            message_id=f"{token}@{kind.address.partition('@')[2]}",
            html=kind.bulk,
            tracker=f"https://pixel.{kind.address.partition('@')[2]}/{token}.gif" if kind.bulk else "",
        )
    )
    if kind.bulk:
        domain = kind.address.partition("@")[2]
        content = (
            f"List-Id: <{domain}>\r\nList-Unsubscribe: <https://{domain}/baja>\r\nPrecedence: bulk\r\n"
        ).encode() + content
    return Letter(mailbox.address, "INBOX", sent, content, ("\\Seen",) if chance.random() < 0.8 else ())


def _colleagues(now: datetime) -> Iterator[Letter]:
    """Between the two sellers only."""
    for number, text in enumerate(
        (
            "¿Almorzamos?",
            "¿Me cubres el viernes?",
            "La impresora otra vez",
            "Cumpleaños de Sandra",
            "Metas del mes",
        )
    ):
        sent = last_worked(now - timedelta(days=7 + number * 31, hours=number)).replace(microsecond=0)
        pair = (LUCIA, MARCOS) if number % 2 else (MARCOS, LUCIA)
        draft = Draft(
            sender=(pair[0].name, pair[0].address),
            to=[(pair[1].name, pair[1].address)],
            subject=text,
            text=f"Hola, {pair[1].name.split()[0]}:\n\n{text} Te cuento luego.",
            sent=sent,
            message_id=f"interno.{number}@{pair[0].address.partition('@')[2]}",
        )
        content = compose(draft)
        yield Letter(pair[0].address, "Sent", sent, content, ("\\Seen",))
        yield Letter(pair[1].address, "INBOX", sent + timedelta(seconds=4), content, ("\\Seen",))


def _left_out(now: datetime) -> Iterator[Letter]:
    """Of a client, but in Drafts, Junk and Trash; and a stranger who bears a client's address as name."""
    client = contacts()[0]
    person, us = (client.name, client.addresses[0]), (LUCIA.name, LUCIA.address)
    sent = last_worked(now - timedelta(days=3)).replace(microsecond=0)
    for folder, sender, to, subject in (
        ("Drafts", us, person, "Borrador: propuesta sin terminar"),
        ("Junk", person, us, "¡¡Gánese un viaje!!"),
        ("Trash", person, us, "Mensaje borrado por el usuario"),
        ("INBOX", (client.addresses[0], "estafa@robo.example"), us, "Actualice sus datos bancarios"),
    ):
        token = f"fuera.{folder.lower()}@andina-seguros.test"
        text = "Este mensaje no debe aparecer en la ficha de nadie."
        draft = Draft(sender=sender, to=[to], subject=subject, text=text, sent=sent, message_id=token)
        yield Letter(LUCIA.address, folder, sent, compose(draft))


def _request(now: datetime) -> Letter:
    """Something in the shared mailbox: a client asks the sales team."""
    client = contacts()[3]
    sent = last_worked(now - timedelta(days=1)).replace(microsecond=0)
    draft = Draft(
        sender=(client.name, client.addresses[0]),
        to=[(SALES.name, SALES.address)],
        subject="¿Quién lleva ahora nuestra cuenta?",
        text="Buenas tardes:\n\n¿A quién le escribo para renovar el seguro de la ferretería?\n\nGracias,\n"
        f"{client.first_name}",
        sent=sent,
        message_id=f"ventas.1@{client.addresses[0].partition('@')[2]}",
    )
    return Letter(SALES.address, "INBOX", sent, compose(draft))
