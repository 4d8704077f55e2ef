"""Dates as the programs of five languages write them for people."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escala_email_plugin.mail.date_words import MONTHS, read

from .growth import is_linear

#: The 3rd of March 2026, twelve minutes past nine in the morning, and no zone told.
MORNING = [
    # Gmail
    "mar, 3 mar 2026 a las 9:12",
    "El mar, 3 mar 2026 a la(s) 09:12",
    "Tue, Mar 3, 2026 at 9:12 AM",
    "Tue, Mar 3, 2026 at 9:12\u202fAM",
    "Tue, 3 Mar 2026 at 09:12",
    "ter., 3 de mar. de 2026 às 09:12",
    "terça, 3/03/2026 à(s) 09:12",
    "mar. 3 mars 2026 à 09:12",
    "Di., 3. März 2026 um 09:12 Uhr",
    # Outlook
    "martes, 3 de marzo de 2026 9:12",
    "martes, 3 de marzo de 2026 9:12 a. m.",
    "martes, 3 de marzo de 2026 09:12:00 a.\xa0m.",
    "martes, 3 de marzo de 2026 a las 9:12",
    "Tuesday, March 3, 2026 9:12 AM",
    "Tuesday, March 3, 2026 9:12:00 AM",
    "03 March 2026 09:12",
    "Tuesday, 3 March 2026 at 09:12",
    "terça-feira, 3 de março de 2026 09:12",
    "mardi 3 mars 2026 09:12",
    "mardi 3 mars 2026 à 09 h 12",
    "Dienstag, 3. März 2026 09:12",
    "Dienstag, 03. Maerz 2026 um 09:12 Uhr",
    # Apple, Yahoo, phones
    "3 de marzo de 2026, 9:12",
    "March 3, 2026 at 9:12:00 AM",
    "3. März 2026 um 09:12:00",
    "3 de março de 2026 09:12",
    "3 de março de 2026 às 9h12",
    "On Tuesday, March 3rd, 2026 at 9:12 AM",
    "3/3/26 9:12",
    "El 3/3/2026 a las 9:12",
    "Am 03.03.2026 um 09:12",
    "03/03/2026 09:12",
    "03-03-2026 09:12",
    "2026-03-03 09:12",
    "2026/03/03 9:12",
    "2026-3-3T09:12:00",
]

#: With a zone, or at another time: → the moment in ISO's words.
OTHERS = {
    "Tue, 3 Mar 2026 09:12:00 +0100": "2026-03-03T09:12:00+01:00",
    "Tue, 3 Mar 2026 09:12:30 -0330": "2026-03-03T09:12:30-03:30",
    "3 de marzo de 2026, 9:12:00 CET": "2026-03-03T09:12:00+01:00",
    "3 de julio de 2026, 9:12:00 CEST": "2026-07-03T09:12:00+02:00",
    "martes, 3 de marzo de 2026, 21:12:00 CET": "2026-03-03T21:12:00+01:00",
    "3. März 2026 um 09:12:00 MEZ": "2026-03-03T09:12:00+01:00",
    "3. Juli 2026 um 09:12:00 MESZ": "2026-07-03T09:12:00+02:00",
    "3 mars 2026 à 09:12:00 UTC+1": "2026-03-03T09:12:00+01:00",
    "March 3, 2026 at 9:12:00 PM GMT-5": "2026-03-03T21:12:00-05:00",
    "3 de março de 2026 09:12:00 BRT": "2026-03-03T09:12:00-03:00",
    "3/3/26 9:12 (GMT+01:00)": "2026-03-03T09:12:00+01:00",
    "3/4/26 9:12 p. m. (GMT-05:00)": "2026-04-03T21:12:00-05:00",
    "Tuesday, 3 March 2026 at 09:12:00 am GMT": "2026-03-03T09:12:00+00:00",
    "Tue Mar 3 2026 09:12:00 GMT+0100 (CET)": "2026-03-03T09:12:00+01:00",
    "3 March 2026 12:00 AM": "2026-03-03T00:00:00",
    "3 March 2026 12:30 PM": "2026-03-03T12:30:00",
    "3 March 2026 at 9 AM": "2026-03-03T09:00:00",
    "3 March 2026 09:12 CST": "2026-03-03T09:12:00",
    "3 March 2026 09:12:00 +9900": "2026-03-03T09:12:00",
    "29 de febrero de 2024 0:05": "2024-02-29T00:05:00",
    "1er mars 2026 09:12": "2026-03-01T09:12:00",
    "1º de maio de 2026 09:12": "2026-05-01T09:12:00",
    "mié, 4 feb 2026 a las 23:59": "2026-02-04T23:59:00",
    "sáb, 5 sept 2026 a las 9:05": "2026-09-05T09:05:00",
    "ven. 6 févr. 2026 à 18:00": "2026-02-06T18:00:00",
    "lun. 10 août 2026 à 18:00": "2026-08-10T18:00:00",
    "qui., 10 de dez. de 2026 às 18:00": "2026-12-10T18:00:00",
    "Do., 10. Dez. 2026 um 18:00 Uhr": "2026-12-10T18:00:00",
    "13/12/2026 9:12": "2026-12-13T09:12:00",
    "12/13/2026 9:12": "2026-12-13T09:12:00",
    "04.03.2026 09:12": "2026-03-04T09:12:00",
    "4/3/2026 9:12": "2026-03-04T09:12:00",
    "4/3/2026 9:12 PM": "2026-03-04T21:12:00",
}

NONE = [
    "",
    "yesterday",
    "March",
    "3 March",
    "3 March 2026",
    "9:12",
    "3 March 2026 25:12",
    "30 de febrero de 2026 9:12",
    "31/13/2026 9:12",
    "13/13/2026 9:12",
    "0/0/2026 9:12",
    "3 Mercedonius 2026 9:12",
    "2026",
    "3 March 2026 9.12",
    "1" * 300,
]


@pytest.mark.parametrize("text", MORNING)
def test_a_date_is_read(text):
    assert read(text) == datetime(2026, 3, 3, 9, 12)
    assert read(text, month_first=True) == datetime(2026, 3, 3, 9, 12)


@pytest.mark.parametrize("text", OTHERS)
def test_a_date_is_read_with_its_zone(text):
    assert str(read(text)) == str(datetime.fromisoformat(OTHERS[text]))


@pytest.mark.parametrize("text", NONE)
def test_what_is_not_certain_is_no_date(text):
    assert read(text) is None


def test_the_month_comes_first_where_english_is_written_with_am_and_pm():
    assert read("4/3/2026 9:12 AM", month_first=True) == datetime(2026, 4, 3, 9, 12)
    assert read("4/3/2026 9:12", month_first=True) == datetime(2026, 3, 4, 9, 12)
    assert read("04.03.2026 9:12 AM", month_first=True) == datetime(2026, 3, 4, 9, 12)
    assert read("13/3/2026 9:12 AM", month_first=True) == datetime(2026, 3, 13, 9, 12)


def test_every_month_of_every_language_is_one_word_of_one_month():
    assert set(MONTHS.values()) == set(range(1, 13))
    assert all(word.isascii() and 3 <= len(word) <= 10 for word in MONTHS)


@given(st.text())
def test_whatever_is_written_is_read_or_not(text):
    assert read(text) is None or read(text).year


@pytest.mark.parametrize(
    "piece", ["1", "1:", "1/", "3 march 2026 ", "a", " ", "é", "\u0301", "+", "(gmt", "9h"]
)
def test_a_date_is_read_in_time_in_proportion(piece):
    assert is_linear(read, lambda size: piece * size, 100_000)
