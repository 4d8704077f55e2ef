"""Which file goes with which step of a conversation."""

import random
from functools import cache

from sandbox.demo.enclosures import Enclosure, pdf, picture, sheet, table

_PDF_NAME = {"es": "Póliza {policy}.pdf", "en": "Policy {policy}.pdf"}
_PDF_LINES = {
    "es": (
        "Andina Seguros",
        "Póliza {policy}",
        "Aseguradora: {insurer}",
        "Prima anual: USD {premium}",
        "Fecha: {date}",
    ),
    "en": (
        "Andina Seguros",
        "Policy {policy}",
        "Insurer: {insurer}",
        "Annual premium: USD {premium}",
        "Date: {date}",
    ),
}
_SHEET_NAME = {"es": "Plan de pagos.xlsx", "en": "Schedule.xlsx"}
_TABLE_NAME = {"es": "listado.csv", "en": "inventory.csv"}
_TABLE_HEAD = {"es": ["N.º", "Descripción", "Valor (USD)"], "en": ["No.", "Description", "Value (USD)"]}
_GOODS = {
    "es": ("Computador portátil", "Estantería metálica", "Montacargas", "Planta eléctrica", "Horno"),
    "en": ("Laptop", "Steel shelving", "Forklift", "Generator", "Cold room"),
}


def enclosed(kind: str, slots: dict[str, str], language: str, chance: random.Random) -> tuple[Enclosure, ...]:
    """The attachments of a step whose ``enclosure`` is ``kind``."""
    if kind == "pdf":
        lines = [line.format(**slots) for line in _PDF_LINES[language]]
        return (pdf(_PDF_NAME[language].format(**slots), lines),)
    if kind == "sheet":
        return (sheet(_SHEET_NAME[language], _rows(language, chance)),)
    if kind == "csv":
        return (table(_TABLE_NAME[language], _rows(language, chance)),)
    if kind == "photo":
        return (_photo(f"IMG_{chance.randrange(1000, 9999)}.png", chance.randrange(6)),)
    return ()


def inside(kind: str, chance: random.Random) -> Enclosure | None:
    """The picture that is shown within the text of such a step."""
    return _photo("documento.png", chance.randrange(6)) if kind == "inline" else None


@cache
def _photo(name: str, hue: int) -> Enclosure:
    return picture(name, hue * 9)


def _rows(language: str, chance: random.Random) -> list[list[str]]:
    goods = chance.sample(_GOODS[language], 4)
    rows = [[str(number), name, str(chance.randrange(3, 90) * 100)] for number, name in enumerate(goods, 1)]
    return [_TABLE_HEAD[language], *rows]
