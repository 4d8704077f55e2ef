"""Dates as mail programs write them for people, in Spanish, English, Portuguese, French and German.

A library that reads dates of all kinds guesses ("March" is a date to it, measured from today) and brings
two hundred languages. These are five, written by programs, and what is not certain is no date.
"""

import re
import unicodedata
from datetime import datetime, timedelta, timezone

#: Characters of a date that are read.
LONGEST = 200

_MONTHS = (
    "jan january ene enero janeiro janv janvier januar janner",
    "feb february febrero fev fevereiro fevr fevrier februar",
    "mar march marzo marco mars marz mrz maerz",
    "apr april abr abril avr avril",
    "may mayo maio mai",
    "jun june junio junho juin juni",
    "jul july julio julho juil juillet juli",
    "aug august ago agosto aout",
    "sep sept september septiembre setiembre set setembro septembre",
    "oct october octubre out outubro octobre okt oktober",
    "nov november noviembre novembro novembre",
    "dec december dic diciembre dez dezembro decembre dezember",
)
MONTHS = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}

# Hours from Greenwich. Names that mean two zones ("CST", "IST") are nobody's.
ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "ut": 0, "wet": 0, "west": 1, "bst": 1,
    "cet": 1, "mez": 1, "cest": 2, "mesz": 2, "eet": 2, "oez": 2, "eest": 3, "oesz": 3,
    "edt": -4, "est": -5, "cdt": -5, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8,
    "brt": -3, "art": -3, "uyt": -3, "clst": -3, "clt": -4, "bot": -4, "vet": -4, "pyt": -4,
    "cot": -5, "pet": -5, "ect": -5,
}  # fmt: skip

_TIME = re.compile(
    r"(?<![\d:.,/+-])([01]?\d|2[0-3])(?::| ?h ?)([0-5]\d)(?:[:.]([0-5]\d))?(?![\d:])"
    r"(?: ?([ap])\.? ?m\b\.?)?"
)
_HOUR = re.compile(r"(?<![\d:.,/+-])(1[0-2]|0?[1-9]) ?([ap])\.? ?m\b")
_ZONE = re.compile(r"(?:\b(?:gmt|utc))? ?([+-])(\d{1,2}):?(\d\d)?(?!\d)")
_NAME = re.compile(r"[a-z]+")
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d\d?)[-/.](\d\d?)(?!\d)")
_NUMBERS = re.compile(r"(?<!\d)(\d\d?)([-/.])(\d\d?)\2(\d{4}|\d\d)(?!\d)")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d\d?)(?:st|nd|rd|th|er|[.ºª])?[ -](?:de |of )?([a-z]{3,10})\.?,?[ -](?:de |del )?(\d{4})(?!\d)"
)
_MONTH_FIRST = re.compile(r"\b([a-z]{3,10})\.? (\d\d?)(?:st|nd|rd|th)?,? (\d{4})(?!\d)")


def read(text: str, month_first: bool = False) -> datetime | None:
    """The moment a mail program wrote for people; aware where it tells its zone. None: that is not certain.

    ``month_first``: the program writes English. Then 3/4/2026 is March 4th if AM or PM is told: to a clock
    of 24 hours, and in the four other languages, the day comes first. Never raises.
    """
    text = _even(text[:LONGEST])
    day = _day(text)
    if day is None:
        day = _numbers(text, month_first and bool(re.search(r"\d ?[ap]\.? ?m\b", text)))
    time = _time(text)
    if day is None or time is None:
        return None
    *clock, zone = time
    try:
        return datetime(*day, *clock, tzinfo=zone)
    except ValueError:
        return None


def _even(text: str) -> str:
    """Small letters without accents, with plain blanks: "3 févr. 2026 à 9 h 12"."""
    text = unicodedata.normalize("NFKD", text.replace("º", "").replace("ª", "").replace("−", "-"))
    text = "".join(one for one in text if not unicodedata.combining(one))
    return " ".join(text.lower().split())


def _day(text: str) -> tuple[int, int, int] | None:
    """Year, month and day, where there can be no doubt about their order."""
    if found := _ISO.search(text):
        return int(found[1]), int(found[2]), int(found[3])
    if (found := _DAY_FIRST.search(text)) and found[2] in MONTHS:
        return int(found[3]), MONTHS[found[2]], int(found[1])
    if (found := _MONTH_FIRST.search(text)) and found[1] in MONTHS:
        return int(found[3]), MONTHS[found[1]], int(found[2])
    return None


def _numbers(text: str, month_first: bool) -> tuple[int, int, int] | None:
    found = _NUMBERS.search(text)
    if not found:
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if len(found[4]) == 2:
        year += 2000
    # With points the day comes first everywhere; a month of more than 12 is none.
    if second > 12 or (month_first and found[2] == "/" and first <= 12):
        first, second = second, first
    return year, second, first


def _time(text: str) -> tuple[int, int, int, timezone | None] | None:
    """Hour, minute, second and the zone told behind them."""
    if found := _TIME.search(text):
        hour, minute, second, half = int(found[1]), int(found[2]), int(found[3] or 0), found[4]
    elif found := _HOUR.search(text):
        hour, minute, second, half = int(found[1]), 0, 0, found[2]
    else:
        return None
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour, minute, second, _zone(text[found.end() :])


def _zone(text: str) -> timezone | None:
    if found := _ZONE.search(text):
        ahead = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return timezone(-ahead if found[1] == "-" else ahead) if ahead < timedelta(hours=15) else None
    told = next((word for word in _NAME.findall(text) if word in ZONES), None)
    return timezone(timedelta(hours=ZONES[told])) if told else None
