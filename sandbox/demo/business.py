"""What the broker does with its clients: policies in force, claims, and opportunities in the making."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from sandbox.demo.cast import SEED, Contact, contacts

INSURERS = (
    "Seguros Cóndor",
    "Aseguradora del Istmo",
    "Mutual Pacífico",
    "Meridian Assurance",
    "La Previsora Austral",
)

#: Branch code, prefix of the policy number, lowest and highest premium in dollars.
BRANCHES = (
    ("car", "AUT", 420, 1800),
    ("home", "HOG", 180, 950),
    ("life", "VID", 300, 2400),
    ("health", "SAL", 900, 5200),
    ("business", "PYM", 1500, 14000),
    ("liability", "RCE", 700, 6000),
    ("cargo", "TRA", 1200, 18000),
)
#: For companies, and for private persons.
_COMMERCIAL, _PERSONAL = BRANCHES[3:], BRANCHES[:4]

_OPPORTUNITIES = {
    "es": (
        "Flota de vehículos",
        "Póliza de salud colectiva",
        "Multirriesgo de la nueva sede",
        "Transporte 2.º semestre",
        "RC de directores y administradores",
        "Vida grupo",
        "Cumplimiento del contrato",
        "Ciberriesgo",
    ),
    "en": (
        "Fleet cover",
        "Group health plan",
        "Warehouse cover",
        "Marine cargo, second half",
        "Directors' liability",
        "Key person life cover",
        "Cyber cover",
        "Product liability",
    ),
}
_LOSSES = {
    "es": {
        "car": "Choque por alcance; el otro conductor reconoció la culpa.",
        "home": "Rotura de una tubería en la cocina.",
        "health": "Reembolso de una cirugía programada.",
        "business": "Robo de equipos en la bodega.",
        "liability": "Un visitante se cayó en la recepción.",
        "cargo": "Mercancía mojada en el puerto.",
    },
    "en": {
        "car": "Rear-end collision; the other driver admitted fault.",
        "home": "Burst pipe in the kitchen.",
        "health": "Refund of a planned operation.",
        "business": "Equipment stolen from the warehouse.",
        "liability": "A visitor fell in the reception.",
        "cargo": "Goods got wet in the port.",
    },
}
_STATES = ("assessed", "paid", "refused", "assessed")
_STAGES = ("contacted", "quoted", "negotiating", "won", "lost")


class PolicyRow(NamedTuple):
    """A policy; money in US dollars."""

    number: str
    holder: Contact
    insurer: str
    branch: str
    start: date
    end: date
    premium: Decimal


class OpportunityRow(NamedTuple):
    """An opportunity; money in US dollars."""

    name: str
    contact: Contact
    stage: str
    amount: Decimal
    closing_date: date


class ClaimRow(NamedTuple):
    """A claim under the policy of that number."""

    number: str
    policy: str
    happened: date
    state: str
    what: str


def policies(today: date) -> list[PolicyRow]:
    """One or two policies for most clients. Numbers do not depend on ``today``; only dates do."""
    chance = random.Random(SEED + 1)
    rows = []
    for order, holder in enumerate(contacts()):
        branches = _COMMERCIAL if holder.firm else _PERSONAL
        for branch, prefix, low, high in chance.sample(branches, chance.choice((0, 1, 1, 2))):
            start = today - timedelta(days=chance.randrange(5, 360))
            number = f"{prefix}-{1000 + order * 7 + chance.randrange(7)}-{chance.randrange(10, 99)}"
            premium = Decimal(chance.randrange(low, high)) + Decimal(chance.randrange(100)) / 100
            end = start + timedelta(days=365)
            rows.append(PolicyRow(number, holder, chance.choice(INSURERS), branch, start, end, premium))
    return rows


def claims(today: date) -> list[ClaimRow]:
    """A claim under every fifth policy, the newest reported only."""
    rows = []
    for number, policy in enumerate(policies(today)[::5]):
        days = 3 + number * 9 % 60
        what = _LOSSES[policy.holder.language].get(policy.branch, "")
        state = "reported" if days < 10 else _STATES[number % len(_STATES)]
        happened = max(policy.start, today - timedelta(days=days))
        rows.append(ClaimRow(f"SIN-{240 + number * 3:05}", policy.number, happened, state, what))
    return rows


def opportunities(today: date) -> list[OpportunityRow]:
    """An opportunity for every second client or so, won and lost ones in the past."""
    chance = random.Random(SEED + 2)
    rows = []
    for contact in contacts():
        if chance.random() < 0.45:
            continue
        stage = chance.choice(_STAGES)
        days = chance.randrange(5, 120)
        closing = today - timedelta(days=days) if stage in {"won", "lost"} else today + timedelta(days=days)
        who = contact.firm.name if contact.firm else contact.name
        title = f"{chance.choice(_OPPORTUNITIES[contact.language])} · {who}"
        rows.append(OpportunityRow(title, contact, stage, Decimal(chance.randrange(8, 400) * 100), closing))
    return rows
