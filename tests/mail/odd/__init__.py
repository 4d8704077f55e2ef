"""Odd messages by the hundred, the same every time: ``LETTERS`` holds them by name.

Each names the contact, ANA, in a plain field beside whatever is odd about it, so each has to be stored or,
where it cannot be read (``Odd.error``), set aside. The golden messages say *how* a message is read; these,
that whatever comes is dealt with.
"""

from .headers import headers
from .letter import ANA, Odd
from .structures import structures
from .texts import texts

__all__ = ["ANA", "LETTERS", "Odd"]

LETTERS: dict[str, Odd] = {}
for _odd in (*texts(), *structures(), *headers()):
    assert _odd.name not in LETTERS, _odd.name
    LETTERS[_odd.name] = _odd
