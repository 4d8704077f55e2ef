"""The words by which mail programs mark what they forward, in six languages: es, en, pt, fr, de, it.

Programs mix them: Gmail in Spanish writes "De:", and "Date:" below it. So each word counts in every language.
"""

import re
import unicodedata
from typing import Literal, NamedTuple

#: Before the colon of a line that tells one of a message's headers: which one. Without accents.
_LABELS = {
    "from": "from|de|von|da",
    "date": "date|sent|fecha|enviado|enviado el|enviada|enviada el|fecha de envio|data|enviado em|enviada em|"
    "data de envio|envoye|envoye le|datum|gesendet|gesendet am|"
    "inviato|inviata|data invio",
    "to": "to|para|a|pour|an",
    "cc": "cc|c.c.|con copia|copia|copia a|copie|copie a|kopie|kopie an|kopie (cc)",
    "bcc": "bcc|cco|bcco|cci|bcc an|blindkopie",
    "subject": "subject|asunto|assunto|objet|sujet|betreff|oggetto",
    # Told by some programs, and of no use here.
    "other": "reply-to|responder a|responder para|repondre a|antwort an|sender|remitente|remetente|"
    "importance|importancia|wichtigkeit|priority|prioridad|prioridade|priorite|prioritat|attachments|"
    "datos adjuntos|adjuntos|archivos adjuntos|anexos|pieces jointes|piece jointe|anlagen|anhange|"
    "organization|organisation|organizacion|organizacao|categories|categorias|kategorien|message-id|"
    "resent-from|list-id|newsgroups",
}
LABELS = {word: kind for kind, words in _LABELS.items() for word in words.split("|")}
ENGLISH = {
    "from", "date", "sent", "to", "cc", "bcc", "subject", "reply-to", "sender", "importance", "priority",
    "attachments", "organization", "categories",
}  # fmt: skip

#: Between dashes: somebody forwarded what follows.
FORWARDED = {
    "forwarded message", "forwarded mail", "forwarded email", "begin forwarded message", "mensaje reenviado",
    "correo reenviado", "mensaje remitido", "mensagem encaminhada", "mensagem reencaminhada",
    "mensagem reenviada", "e-mail encaminhado", "message transfere", "message transmis", "mail transfere",
    "message reexpedie", "courriel transfere", "e-mail transfere", "weitergeleitete nachricht",
    "weitergeleitete mail", "weitergeleitete e-mail", "messaggio inoltrato",
}  # fmt: skip

#: Between dashes: it may be forwarded, or answered above.
ORIGINAL = {
    "original message", "original mail", "original email", "mensaje original", "correo original",
    "mensagem original", "message d'origine", "message original", "mail original", "ursprungliche nachricht",
    "originalnachricht", "original-nachricht", "ursprungliche mail",
    "messaggio originale",
}  # fmt: skip

#: Apple's line, or MailMate's, which has a colon and no dashes.
BEGINS = {
    "begin forwarded message", "forwarded message", "inicio del mensaje reenviado",
    "comienzo del mensaje reenviado", "inicio da mensagem encaminhada", "inicio da mensagem reenviada",
    "inicio da mensagem reencaminhada", "debut du message reexpedie", "debut du message transfere",
    "anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail",
    "inizio messaggio inoltrato",
}  # fmt: skip

#: Behind an address, where a secretary's program wrote for somebody else.
BEHALF = ("on behalf of", "en nombre de", "em nome de", "de la part de", "im auftrag von")

#: What programs put before the subject of what they forward, and before that of an answer.
FORWARD_PREFIXES = {"fw", "fwd", "rv", "reenv", "tr", "wg", "enc", "i"}
REPLY_PREFIXES = {"re", "aw", "antw", "res", "rep", "ref", "sv", "rsp"}

_DASHED = re.compile(r"[-=_–—]{2,}+[ \xa0]*+(\D{5,40}?)[ \xa0]*[-=_–—]{2,}+[ \xa0]*+")
_PREFIX = re.compile(r"(?:\[[^\[\]]{0,60}\]\s*+)*+([^\W\d_]{1,6})\s?(?:\[\d{1,3}\]|\(\d{1,3}\))?\s?[:：]")

#: Characters of a line in which a label or a separator has to begin and end.
HEAD = 40


class Label(NamedTuple):
    """A line that tells a header: which ("from", "date", …), its value, and whether the word is English."""

    kind: str
    value: str
    english: bool


class Separator(NamedTuple):
    """A line above a message. ``certain``: above a forwarded one only. ``rest``: what stands behind it.

    ``apple``: Apple's, which quotes what it forwards, and sometimes this line, too.
    """

    certain: bool
    rest: str
    apple: bool = False


def plain(text: str) -> str:
    """``text`` in small letters without accents, in one line."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("’", "'"))
        text = "".join(one for one in text if not unicodedata.combining(one))
    return " ".join(text.lower().split())


def label(line: str) -> Label | None:
    """The header a line tells: ``"De : Ana"``, ``"*From:* Ana"``. ``line`` has no blanks around it."""
    head, colon, _ = line[:HEAD].partition(":")
    if not colon:
        return None
    word = plain(head.strip("*_ \xa0"))
    kind = LABELS.get(word)
    return Label(kind, line[len(head) + 1 :].strip("*_ \t\xa0"), word in ENGLISH) if kind else None


def separator(line: str) -> Separator | None:
    """What announces a message: words between dashes, or Apple's line. ``line`` has no blanks around it."""
    if line.endswith((":", ": ")) and len(line) <= 2 * HEAD and plain(line.rstrip(": \xa0")) in BEGINS:
        return Separator(True, "", apple=True)
    found = _DASHED.match(line)
    words = plain(found[1]) if found else ""
    if words in FORWARDED or words in ORIGINAL:
        return Separator(words in FORWARDED, line[found.end() :])  # type: ignore[union-attr]
    return None


def prefix(subject: str) -> Literal["forward", "reply", ""]:
    """What the first prefix of a subject says: that the mail forwards, that it answers, or nothing."""
    found = _PREFIX.match(subject.lstrip()[:200])
    word = plain(found[1]) if found else ""
    if word in FORWARD_PREFIXES:
        return "forward"
    # "R:" is an answer in Italian, and nothing else.
    return "reply" if word in REPLY_PREFIXES or word == "r" else ""
