"""The broker's clients: companies, people and their addresses. Data only; the CRM and the mail both use it.

All domains are reserved for examples (RFC 2606, RFC 6761).
"""

import random
import unicodedata
from typing import NamedTuple

SEED = 20260301


class Firm(NamedTuple):
    """A client company. ``language`` is that of the mail with it."""

    name: str
    domain: str
    city: str
    country: str
    language: str
    trade: str


class Contact(NamedTuple):
    """A person at a client, or on their own (``firm`` None). The first address is the main one."""

    first_name: str
    last_name: str
    firm: Firm | None
    position: str
    addresses: tuple[str, ...]
    phone: str
    language: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


FIRMS = tuple(
    Firm(*row)
    for row in (
        ("Café Altura S.A.S.", "cafealtura.example", "Manizales", "CO", "es", "exportación de café"),
        ("Transportes Río Claro", "rioclaro.example", "Medellín", "CO", "es", "transporte de carga"),
        ("Clínica San Rafael del Valle", "sanrafael.example", "Cali", "CO", "es", "clínica"),
        ("Constructora Peñalisa", "penalisa.example", "Bogotá", "CO", "es", "construcción"),
        ("Viña Cordillera Ltda.", "vinacordillera.example", "Santiago", "CL", "es", "viña"),
        ("Textiles Tambo", "tambo.example", "Lima", "PE", "es", "confección"),
        ("Hotel Mirador del Mar", "miradordelmar.example", "Cartagena", "CO", "es", "hotelería"),
        ("Agroindustrias El Ceibo", "elceibo.example", "Guayaquil", "EC", "es", "agroindustria"),
        ("Panificadora La Espiga", "laespiga.example", "Ciudad de México", "MX", "es", "panadería"),
        ("Logística Nandú", "nandu.example", "Montevideo", "UY", "es", "logística"),
        ("Muñoz & Hijos Ferretería", "ferreteriamunoz.example", "Bucaramanga", "CO", "es", "ferretería"),
        ("Estudio Quiroga Arquitectos", "quiroga.example", "Buenos Aires", "AR", "es", "arquitectura"),
        ("Harbour & Finch Trading", "harbourfinch.example", "London", "UK", "en", "commodity trading"),
        ("Northwind Orchards", "northwindorchards.example", "Seattle", "US", "en", "fruit growing"),
        ("Bluegum Freight", "bluegumfreight.example", "Sydney", "AU", "en", "freight"),
        ("Kestrel Software", "kestrelsoftware.example", "Toronto", "CA", "en", "software"),
    )
)

_SPANISH = (
    "María Camila Restrepo",
    "Juan Sebastián Ospina",
    "Ana Pérez",
    "Jorge Muñoz",
    "Valentina Quiroga",
    "Andrés Peñaloza",
    "Luz Marina Ríos",
    "Carlos Iván Zúñiga",
    "Paola Nieto",
    "Felipe Echeverri",
    "Rosa Elvira Mamani",
    "Tomás Larraín",
    "Daniela Córdoba",
    "Hernán Gallego",
    "Beatriz Añez",
    "Óscar Londoño",
    "Gabriela Sáenz",
    "Ricardo Vélez",
    "Inés Ugarte",
    "Mateo Santamaría",
    "Claudia Jaramillo",
    "Emilio Barragán",
    "Natalia Güiza",
    "Rubén Darío Peña",
    "Silvia Arango",
    "Álvaro Montoya",
    "Pilar Castaño",
    "Iván Mejía",
    "Teresa Huamán",
    "Gonzalo Irarrázaval",
    "Adriana Bermúdez",
    "Raúl Núñez",
    "Lorena Cifuentes",
    "Esteban Acosta",
    "Mónica Villegas",
    "Diego Armando Toro",
    "Carolina Buitrago",
    "Julián Cárdenas",
    "Patricia Solórzano",
    "Hugo Benítez",
    "Ximena Ortúzar",
    "Sergio Quintero",
    "Marta Lucía Duque",
    "Nicolás Giraldo",
)
_ENGLISH = (
    "Eleanor Finch",
    "Oliver Harbour",
    "Priya Nair",
    "Tom O'Connell",
    "Grace Whitfield",
    "Daniel Okafor",
    "Sophie Lindqvist",
    "Ben Ashworth",
    "Hannah Kowalski",
    "Marcus Reid",
    "Chloe Tremblay",
    "Liam McAllister",
    "Ruth Goldberg",
    "Samuel Adeyemi",
    "Zoë Hargreaves",
    "Petra Vandyke",
)

#: Writes more than anybody else: see ``busy``.
BUSY = "Juan Sebastián Ospina"

_POSITIONS = {
    "es": ("Gerente general", "Directora financiera", "Jefe de compras", "Contadora", "Recursos humanos"),
    "en": ("Managing director", "Finance director", "Operations manager", "Office manager", "Risk manager"),
}
_PRIVATE = {"es": ("correo.example", "buzon.example"), "en": ("postbox.example", "mailhouse.example")}
_DIALLING = {"CO": 57, "CL": 56, "PE": 51, "EC": 593, "MX": 52, "UY": 598, "AR": 54, "UK": 44, "US": 1}


def plain(text: str) -> str:
    """The text in lower-case ASCII, for addresses."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in bare if letter.isalnum())


def contacts() -> list[Contact]:
    """All clients, the same at every call: every third has a private address too, some have more."""
    chance = random.Random(SEED)
    found = []
    for names, language in ((_SPANISH, "es"), (_ENGLISH, "en")):
        firms = [firm for firm in FIRMS if firm.language == language]
        for number, name in enumerate(names):
            # Every ninth client is a private person.
            firm = None if number % 9 == 8 else firms[number % len(firms)]
            found.append(_contact(name, firm, language, number, chance))
    return found


def _contact(name: str, firm: Firm | None, language: str, number: int, chance: random.Random) -> Contact:
    first, _, last = name.rpartition(" ")
    private = f"{plain(first.split()[0])}.{plain(last)}@{_PRIVATE[language][number % 2]}"
    addresses = [private]
    if firm:
        addresses = [f"{plain(first.split()[0])[0]}{plain(last)}@{firm.domain}"]
        if number % 3 == 0:
            addresses.append(private)
        if number % 6 == 0:
            addresses.append(f"{plain(first.split()[0])}@{firm.domain}")
        if number % 12 == 0:
            addresses.append(f"{plain(first)}{plain(last)}{chance.randrange(70, 99)}@{_PRIVATE[language][1]}")
    dialling = _DIALLING.get(firm.country if firm else "CO", 61)
    digits = f"{chance.randrange(200_000_0000, 399_999_9999)}"
    phone = f"+{dialling} {digits[:3]} {digits[3:6]} {digits[6:]}"
    position = _POSITIONS[language][number % 5] if firm else ""
    if name == BUSY:
        position = "Coordinador de seguros"
    return Contact(first, last, firm, position, tuple(addresses), phone, language)
