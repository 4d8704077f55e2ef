"""What mail programs write round a quotation, in Spanish, English, Portuguese, French, German and Italian."""

import re

from .forward_words import plain

#: Characters of a line, and of an introduction, that are looked at.
LOOKED_AT = 400

#: Lines over which a program breaks an introduction.
BROKEN = 4

_VERB = r"\b(?:wrote|writes|escribio|escribe|escreveu|a ecrit|schrieb|ha scritto|schreef|skrev)\b"
_DATED = re.compile(
    r"(?:on|el|em|a|as|le|am|il|il giorno|op|den|in data|con fecha|no dia)\b[^:]{0,40}?\d.*?" + _VERB + r".*:"
)
_NAMED = re.compile(r"[^<>@:]{2,80}?(?: ?[(<\[][^<>\s]{1,250}[>)\]])?,? " + _VERB + r".{0,120}:")
_CLOCK = re.compile(r"\d[:.h]\s?\d\d")

_PHONE = re.compile(
    r"(?:enviado (?:desde|do|pelo|con|a partir do) |sent (?:from|with|via) |get outlook for |"
    r"obtener outlook para |obter o outlook para |envoye (?:de|depuis|a partir de) |"
    r"telecharger outlook pour |gesendet (?:von|mit) |outlook (?:fur|for) (?:ios|android)|von meinem |"
    r"inviato da |scarica outlook per |descarga outlook para )"
    r"[^.!?:]{2,60}(?:[.!]|\s*[<(\[]https?://[^\s<>]{1,200}[>)\]])?(?:\s*gesendet\.?)?"
)
_DEVICE = re.compile(
    r"\b(?:iphone|ipad|ios|android|outlook|blackberry|samsung|galaxy|huawei|xiaomi|motorola|yahoo|gmail|"
    r"proton ?mail|movil|celular|smartphone|mobile|handy|windows|mail|mailspring|thunderbird|hotmail|aol)\b"
)

_POINTS_BELOW = re.compile(
    r"\b(?:below|inline|in-line|in line|interspersed|abajo|debajo|entre lineas|entrelineas|intercalad[oa]s?|"
    r"mas adelante|a continuacion|dentro d(?:el|e tu|e su)|sobre tu (?:correo|mensaje|texto)|"
    r"en (?:rojo|azul|verde|negrita|mayusculas|color)|in (?:red|blue|green|bold|caps|colou?r)|"
    r"abaixo|em (?:vermelho|azul|verde|negrito)|ci-dessous|plus bas|en (?:rouge|bleu|vert|gras)|"
    r"dans le texte|unten|weiter unten|im text|in (?:rot|blau|grun|fett)|sotto|in calce|nel testo|"
    r"in (?:rosso|blu|verde)|respuestas|comentarios|answers|comments|replies|respostas|reponses|commentaires|"
    r"antworten|risposte)\b"
)
_POSTSCRIPT = re.compile(r"(?:p\.? ?[sd]\.?|pd|ps|nb|n\.b\.|nota|note|post ?data)\s?[:.-]\s?")
_COMMENT = re.compile(r"\[[^\W\d_][^\[\]@:/.\d]{1,40}\]:? ?\S")
_QUESTION = re.compile(r"\?(?=\s|$|[\"»”)])|¿")


def wrote(lines: list[str]) -> bool:
    """Whether these lines together say when who wrote: "El 3 mar 2026 a las 9:12, Ana <…> escribió:"."""
    if not lines[-1].endswith((":", ": ")) or any(not one or one[-1] in ".!?:" for one in lines[:-1]):
        return False
    told = plain(" ".join(one[:LOOKED_AT] for one in lines))[: 2 * LOOKED_AT]
    if not re.search(r"[\d@]", told):
        return False
    return bool(_DATED.fullmatch(told) or _NAMED.fullmatch(told))


def begins_dated(line: str) -> bool:
    """Whether a line begins such an introduction, with the day and the hour."""
    told = plain(line[:LOOKED_AT])
    return bool(re.match(r"(?:on|el|em|as|le|am|il|op|den)\b[^:]{0,30}\d", told) and _CLOCK.search(told))


def is_exact(introduction: str) -> bool:
    """Whether it names an address and an hour, as programs do and people do not."""
    return "@" in introduction and bool(_CLOCK.search(introduction))


def is_of_a_device(line: str) -> bool:
    """Whether a line is what a telephone or a program adds: "Enviado desde mi iPhone"."""
    told = plain(line[:LOOKED_AT].strip("-_* \t\xa0"))
    return len(line) < LOOKED_AT and bool(_PHONE.fullmatch(told) and _DEVICE.search(told))


def points_below(lines: list[str]) -> bool:
    """Whether new text may say that there is more of it among what is quoted."""
    return any(_POINTS_BELOW.search(plain(line[:10_000])) for line in lines)


def are_commented(lines: list[str]) -> bool:
    """Whether somebody answers among quoted lines, as Outlook marks it: "[Luis Pérez] Sí, el jueves."."""
    return any(_COMMENT.match(line) for line in lines)


def says_more(line: str) -> bool:
    """Whether a line below a signature may be meant for the reader: a postscript, a question."""
    return bool(_POSTSCRIPT.match(plain(line[:LOOKED_AT])) or _QUESTION.search(line))
