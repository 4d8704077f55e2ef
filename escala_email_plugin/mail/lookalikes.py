"""Names that look like others (Unicode TR39, as far as names of hosts need it).

No list of public suffixes: the place a name belongs to is its last two labels, or three where the one
before the country is as short as in "com.ar". That errs towards telling apart what belongs together.
"""

import unicodedata
from functools import lru_cache

#: Letters of other alphabets, and digits, that look like a Latin letter.
_LOOKS_LIKE = str.maketrans(
    "авекмнорстухіјѕһԁԛԝґгԍӏьпѵοαερτυνικχβγσωηվօսաոհցյƅɡɑıɩǀ|!",
    "abekmhopctyxijshdqwrrglbnvoaeptuvikxbyowhvouwnhgjbgaillll",
)
#: After that: what a glance takes for one another.
_AT_A_GLANCE = (("rn", "m"), ("vv", "w"), ("0", "o"), ("5", "s"), ("1", "l"), ("i", "l"), ("cl", "d"))

#: Scripts that are written together.
_TOGETHER = (
    {"CJK", "HIRAGANA", "KATAKANA", "LATIN"},
    {"CJK", "BOPOMOFO", "LATIN"},
    {"CJK", "HANGUL", "LATIN"},
)


def registered(host: str) -> str:
    """The part of a host's name that somebody registered, roughly."""
    labels = host.split(".")
    if len(labels) < 3:
        return host
    is_short = len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3:] if is_short else labels[-2:])


@lru_cache(maxsize=1024)
def skeleton(name: str) -> str:
    """Two names that look the same have the same one."""
    name = unicodedata.normalize("NFKD", name.lower())
    name = "".join(one for one in name if not unicodedata.combining(one)).translate(_LOOKS_LIKE)
    for looks, like in _AT_A_GLANCE:
        name = name.replace(looks, like)
    return name


def is_mixed(host: str) -> bool:
    """Whether a name in a host mixes alphabets as nobody does, or spells a Latin one with foreign letters."""
    ends_latin = host.rpartition(".")[2].isascii()
    return any(_is_mixed(label, ends_latin) for label in host.split(".") if not label.isascii())


def _is_mixed(label: str, ends_latin: bool) -> bool:
    scripts = {_script(one) for one in label if one.isalpha()}
    if len(scripts) > 1 and not any(scripts <= some for some in _TOGETHER):
        return True
    # "аррӏе", all of it Cyrillic, looks like a Latin word to the last letter.
    return ends_latin and scripts != {"LATIN"} and label.translate(_LOOKS_LIKE).isascii()


def _script(letter: str) -> str:
    return unicodedata.name(letter, "NONE").split(" ")[0].partition("-")[0]
