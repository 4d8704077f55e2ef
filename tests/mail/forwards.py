"""Forwarded mails as the programs of five languages write them, and what is in each."""

from base64 import encodebytes
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.header import Header
from html import escape
from quopri import encodestring

ANA = ("Ana Gómez", "ana@cliente.test")
LUIS = ("Luis Pérez", "luis@agency.test")
MARTA = ("Marta Sanz", "marta@cliente.test")
MORNING = "2026-03-03 09:12:00+01:00"
BODY = "Buenos días:\n\n¿Me mandas el presupuesto?\n\nAna"
NOTE = "Te paso esto.\n\nLuis"


@dataclass
class Sample:
    """A forwarding mail and what is expected in it. ``html``: whether the message's HTML is kept."""

    raw: bytes
    sender: tuple[str, str] | None = ANA
    to: list[tuple[str, str]] = field(default_factory=lambda: [LUIS])
    cc: list[tuple[str, str]] = field(default_factory=list)
    subject: str = "Presupuesto"
    date: str | None = MORNING
    text: str = BODY
    comment: str = NOTE
    html: bool = True


def mail(subject: str, text: str = "", html: str = "", date: str = "Wed, 4 Mar 2026 10:00:00 +0100") -> bytes:
    """A mail of Luis's, as text, HTML or both."""
    head = [
        "From: =?utf-8?q?Luis_P=C3=A9rez?= <luis@agency.test>",
        "To: <crm+abc@agency.test>",
        f"Subject: {Header(subject, 'utf-8').encode(maxlinelen=10_000)}",
        f"Date: {date}",
        "Message-ID: <outer@agency.test>",
        "MIME-Version: 1.0",
    ]
    bodies = [(kind, body) for kind, body in (("plain", text), ("html", html)) if body]
    if len(bodies) > 1:
        head.append("Content-Type: multipart/alternative; boundary=b")
        pieces = [part(kind, body) for kind, body in bodies]
        body = "".join(f"--b\n{piece}\n" for piece in pieces) + "--b--\n"
        return ("\n".join(head) + "\n\n" + body).encode()
    return ("\n".join(head) + "\n" + part(*bodies[0])).encode()


def part(kind: str, body: str) -> str:
    return f"Content-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}"


def paragraphs(text: str) -> str:
    return "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.split("\n"))


def bold(lines: list[str]) -> str:
    """Header lines in HTML: ``<b>De:</b> Ana &lt;ana@…&gt;<br>…``."""
    pairs = (line.partition(":") for line in lines)
    return "<br>\n".join(f"<b>{escape(name)}:</b>{escape(value)}" for name, _, value in pairs)


# Gmail: one line in English in every language today, the date in the language's own words

GMAIL = {
    "es": (
        "Fwd: Presupuesto",
        "De: {ana}\nDate: mar, 3 mar 2026 a las 9:12\nSubject: Presupuesto\nTo: {luis}",
    ),
    "en": (
        "Fwd: Presupuesto",
        "From: {ana}\nDate: Tue, Mar 3, 2026 at 9:12 AM\nSubject: Presupuesto\nTo: {luis}",
    ),
    "en uk": (
        "Fwd: Presupuesto",
        "From: {ana}\nDate: Tue, 3 Mar 2026 at 09:12\nSubject: Presupuesto\nTo: {luis}",
    ),
    "pt": (
        "Fwd: Presupuesto",
        "De: {ana}\nDate: ter., 3 de mar. de 2026 às 09:12\nSubject: Presupuesto\nTo: {luis}",
    ),
    "fr": (
        "Fwd: Presupuesto",
        "De : {ana}\nDate: mar. 3 mars 2026 à 09:12\nSubject: Presupuesto\nTo: {luis}",
    ),
    "de": (
        "Fwd: Presupuesto",
        "Von: {ana}\nDate: Di., 3. März 2026 um 09:12 Uhr\nSubject: Presupuesto\nTo: {luis}",
    ),
}

GMAIL_OF_BEFORE = {
    "es": (
        "---------- Mensaje reenviado ----------",
        "De: {ana}\nFecha: 3 de marzo de 2026, 9:12\nAsunto: Presupuesto\nPara: {luis}",
    ),
    "pt": (
        "---------- Mensagem encaminhada ----------",
        "De: {ana}\nData: 3 de março de 2026 09:12\nAssunto: Presupuesto\nPara: {luis}",
    ),
    "fr": (
        "---------- Message transféré ----------",
        "De : {ana}\nDate : 3 mars 2026 à 09:12\nObjet : Presupuesto\nÀ : {luis}",
    ),
    "de": (
        "---------- Weitergeleitete Nachricht ----------",
        "Von: {ana}\nDatum: 3. März 2026 um 09:12\nBetreff: Presupuesto\nAn: {luis}",
    ),
    "en": (
        "---------- Forwarded message ----------",
        "From: {ana}\nDate: Tue, Mar 3, 2026 at 9:12 AM\nSubject: Presupuesto\nTo: {luis}",
    ),
}

# Outlook: nothing announces it but the subject

OUTLOOK = {
    "es": (
        "RV: Presupuesto",
        "De: {ana}\nEnviado el: martes, 3 de marzo de 2026 9:12\n"
        "Para: {luis}\nCC: {marta}\nAsunto: Presupuesto",
    ),
    "en": (
        "FW: Presupuesto",
        "From: {ana}\nSent: Tuesday, March 3, 2026 9:12 AM\nTo: {luis}\nCc: {marta}\nSubject: Presupuesto",
    ),
    "pt": (
        "ENC: Presupuesto",
        "De: {ana}\nEnviada em: terça-feira, 3 de março de 2026 09:12\n"
        "Para: {luis}\nCc: {marta}\nAssunto: Presupuesto",
    ),
    "fr": (
        "TR: Presupuesto",
        "De : {ana}\nEnvoyé : mardi 3 mars 2026 09:12\nÀ : {luis}\nCc : {marta}\nObjet : Presupuesto",
    ),
    "de": (
        "WG: Presupuesto",
        "Von: {ana}\nGesendet: Dienstag, 3. März 2026 09:12\nAn: {luis}\nCc: {marta}\nBetreff: Presupuesto",
    ),
}

OUTLOOK_WEB = {
    "es": (
        "RV: Presupuesto",
        "De: {ana}\nEnviado: martes, 3 de marzo de 2026 9:12\nPara: {luis}\nAsunto: Presupuesto",
    ),
    "en": (
        "Fw: Presupuesto",
        "From: {ana}\nSent: Tuesday, March 3, 2026 9:12 AM\nTo: {luis}\nSubject: Presupuesto",
    ),
    "pt": (
        "Enc: Presupuesto",
        "De: {ana}\nEnviado: terça-feira, 3 de março de 2026 09:12\nPara: {luis}\nAssunto: Presupuesto",
    ),
    "fr": (
        "Tr : Presupuesto",
        "De : {ana}\nEnvoyé : mardi 3 mars 2026 09:12\nÀ : {luis}\nObjet : Presupuesto",
    ),
    "de": (
        "Wg: Presupuesto",
        "Von: {ana}\nGesendet: Dienstag, 3. März 2026 09:12\nAn: {luis}\nBetreff: Presupuesto",
    ),
}

OUTLOOK_MOBILE = {
    "es": (
        "RV: Presupuesto",
        "Obtener Outlook para iOS",
        "De: {ana}\nEnviado: Tuesday, March 3, 2026 9:12:00 AM\nPara: {luis}\nAsunto: Presupuesto",
    ),
    "en": (
        "Fw: Presupuesto",
        "Get Outlook for Android",
        "From: {ana}\nSent: Tuesday, March 3, 2026 9:12:00 AM\nTo: {luis}\nSubject: Presupuesto",
    ),
    "pt": (
        "Fwd: Presupuesto",
        "Obter o Outlook para iOS",
        "De: {ana}\nEnviado: terça-feira, março 3, 2026 9:12:00 AM\nPara: {luis}\nAssunto: Presupuesto",
    ),
    "fr": (
        "TR: Presupuesto",
        "Télécharger Outlook pour iOS",
        "De : {ana}\nEnvoyé : mardi, mars 3, 2026 9:12:00 AM\nÀ : {luis}\nObjet : Presupuesto",
    ),
    "de": (
        "WG: Presupuesto",
        "Outlook für iOS beziehen",
        "Von: {ana}\nGesendet: Dienstag, März 3, 2026 9:12:00 AM\nAn: {luis}\nBetreff: Presupuesto",
    ),
}

# Apple: announced, and in text quoted

APPLE = {
    "es": (
        "Inicio del mensaje reenviado:",
        "De: {ana}\nAsunto: Presupuesto\nFecha: 3 de marzo de 2026, 9:12:00 CET\nPara: {luis}",
    ),
    "en": (
        "Begin forwarded message:",
        "From: {ana}\nSubject: Presupuesto\nDate: March 3, 2026 at 9:12:00 AM GMT+1\nTo: {luis}",
    ),
    "pt": (
        "Início da mensagem encaminhada:",
        "De: {ana}\nAssunto: Presupuesto\nData: 3 de março de 2026 09:12:00 CET\nPara: {luis}",
    ),
    "fr": (
        "Début du message transféré :",
        "De: {ana}\nObjet: Presupuesto\nDate: 3 mars 2026 à 09:12:00 UTC+1\nÀ: {luis}",
    ),
    "de": (
        "Anfang der weitergeleiteten Nachricht:",
        "Von: {ana}\nBetreff: Presupuesto\nDatum: 3. März 2026 um 09:12:00 MEZ\nAn: {luis}",
    ),
}

THUNDERBIRD = {
    "es": (
        "-------- Mensaje reenviado --------",
        "Asunto: \tPresupuesto\nFecha: \tTue, 3 Mar 2026 09:12:00 +0100\n"
        "De: \t{ana}\nPara: \t{luis}\nCC: \t{marta}",
    ),
    "en": (
        "-------- Forwarded Message --------",
        "Subject: \tPresupuesto\nDate: \tTue, 3 Mar 2026 09:12:00 +0100\n"
        "From: \t{ana}\nReply-To: \tx@y.test\nTo: \t{luis}\nCC: \t{marta}",
    ),
    "pt": (
        "-------- Mensagem reencaminhada --------",
        "Assunto: \tPresupuesto\nData: \tTue, 3 Mar 2026 09:12:00 +0100\n"
        "De: \t{ana}\nPara: \t{luis}\nCC: \t{marta}",
    ),
    "fr": (
        "-------- Message transféré --------",
        "Sujet : \tPresupuesto\nDate : \tTue, 3 Mar 2026 09:12:00 +0100\n"
        "De : \t{ana}\nPour : \t{luis}\nCopie à : \t{marta}",
    ),
    "de": (
        "-------- Weitergeleitete Nachricht --------",
        "Betreff: \tPresupuesto\nDatum: \tTue, 3 Mar 2026 09:12:00 +0100\n"
        "Von: \t{ana}\nAntwort an: \tx@y.test\nAn: \t{luis}\nKopie (CC): \t{marta}",
    ),
}

YAHOO = {
    "es": (
        "----- Mensaje reenviado -----",
        "De: {ana}\nPara: {luis}\nEnviado: martes, 3 de marzo de 2026, 09:12:00 CET\nAsunto: Presupuesto",
    ),
    "en": (
        "----- Forwarded message -----",
        "From: {ana}\nTo: {luis}\nSent: Tuesday, 3 March 2026 at 09:12:00 am CET\nSubject: Presupuesto",
    ),
    "pt": (
        "----- Mensagem encaminhada -----",
        "De: {ana}\nPara: {luis}\n"
        "Enviado: terça-feira, 3 de março de 2026 09:12:00 CET\nAssunto: Presupuesto",
    ),
    "fr": (
        "----- Message transmis -----",
        "De : {ana}\nÀ : {luis}\nEnvoyé : mardi 3 mars 2026 à 09:12:00 UTC+1\nObjet : Presupuesto",
    ),
    "de": (
        "----- Weitergeleitete Mail -----",
        "Von: {ana}\nAn: {luis}\nGesendet: Dienstag, 3. März 2026 um 09:12:00 MEZ\nBetreff: Presupuesto",
    ),
}

SAMSUNG = {
    "es": (
        "Fwd: Presupuesto",
        "-------- Mensaje original --------",
        "De: {ana}\nFecha: 3/3/26 9:12 (GMT+01:00)\nPara: {luis}\nAsunto: Presupuesto",
    ),
    "en": (
        "Fwd: Presupuesto",
        "-------- Original message --------",
        "From: {ana}\nDate: 3/3/26 9:12 AM (GMT+01:00)\nTo: {luis}\nSubject: Presupuesto",
    ),
    "pt": (
        "Enc: Presupuesto",
        "-------- Mensagem original --------",
        "De: {ana}\nData: 03/03/26 09:12 (GMT+01:00)\nPara: {luis}\nAssunto: Presupuesto",
    ),
    "fr": (
        "Fwd: Presupuesto",
        "-------- Message d'origine --------",
        "De : {ana}\nDate : 03/03/2026 09:12 (GMT+01:00)\nÀ : {luis}\nObjet : Presupuesto",
    ),
    "de": (
        "Fwd: Presupuesto",
        "-------- Ursprüngliche Nachricht --------",
        "Von: {ana}\nDatum: 03.03.26 09:12 (GMT+01:00)\nAn: {luis}\nBetreff: Presupuesto",
    ),
}


def people(block: str, shape: str = "{} <{}>") -> list[str]:
    """The lines of a header block, everybody written in the same shape."""
    written = {name: shape.format(*one) for name, one in (("ana", ANA), ("luis", LUIS), ("marta", MARTA))}
    return block.format(**written).split("\n")


def joined(*pieces: str | list[str]) -> str:
    return "\n".join(piece if isinstance(piece, str) else "\n".join(piece) for piece in pieces)


def gmail() -> Iterator[tuple[str, Sample]]:
    line = "---------- Forwarded message ---------"
    for language, (subject, block) in GMAIL.items():
        head = people(block)
        html = (
            f'<div dir="ltr">{paragraphs(NOTE)}<br><br><div class="gmail_quote gmail_quote_container">'
            f'<div dir="ltr" class="gmail_attr">{line}<br>{bold(head)}<br></div><br><br>'
            f'<div dir="ltr">{paragraphs(BODY)}</div>\n</div></div>\n'
        )
        yield f"gmail {language}", Sample(mail(subject, joined(NOTE, "", line, head, "", "", BODY), html))
        yield (
            f"gmail text {language}",
            Sample(mail(subject, joined(NOTE, "", line, head, "", "", BODY)), html=False),
        )
    for language, (line, block) in GMAIL_OF_BEFORE.items():
        text = joined(NOTE, "", line, people(block), "", "", BODY)
        yield f"gmail of before {language}", Sample(mail("Fwd: Presupuesto", text), html=False)


def outlook() -> Iterator[tuple[str, Sample]]:
    for language, (subject, block) in OUTLOOK.items():
        head = people(block)
        html = (
            "<html><head><style>p.MsoNormal{margin:0}</style></head><body><div class=WordSection1>"
            f"{paragraphs(NOTE)}<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm'>"
            f"<p class=MsoNormal>{bold(head)}<o:p></o:p></p></div><p class=MsoNormal><o:p>&nbsp;</o:p></p>"
            f"{paragraphs(BODY)}</div></body></html>"
        )
        text = joined(NOTE, "", head, "", BODY)
        yield f"outlook {language}", Sample(mail(subject, text, html), cc=[MARTA])
        yield (
            f"outlook html {language}",
            Sample(mail(subject, html=html), cc=[MARTA], text=lines_apart(BODY), comment=lines_apart(NOTE)),
        )
    for language, (subject, block) in OUTLOOK_WEB.items():
        head = people(block)
        html = (
            f"<html><body><div>{paragraphs(NOTE)}</div><div id='appendonsend'></div>"
            "<hr style='display:inline-block;width:98%' tabindex='-1'><div id='divRplyFwdMsg' dir='ltr'>"
            f"<font face='Calibri'>{bold(head)}</font><div>&nbsp;</div></div>{paragraphs(BODY)}</body></html>"
        )
        text = joined(NOTE, "", "_" * 32, head, "", BODY)
        yield f"outlook web {language}", Sample(mail(subject, text, html))
    for language, (subject, advert, block) in OUTLOOK_MOBILE.items():
        text = joined(NOTE, "", advert, "_" * 32, people(block), "", BODY)
        yield (
            f"outlook mobile {language}",
            Sample(mail(subject, text), comment=f"{NOTE}\n\n{advert}", html=False),
        )


def lines_apart(text: str) -> str:
    """Text that was made of HTML has a blank line between two blocks."""
    return "\n\n".join(line for line in text.split("\n") if line)


def apple() -> Iterator[tuple[str, Sample]]:
    for language, (line, block) in APPLE.items():
        head = people(block)
        quoted = [f"> {one}".rstrip() for one in [*head, "", *BODY.split("\n")]]
        html = (
            f'<html><head></head><body>{paragraphs(NOTE)}<br><blockquote type="cite"><div>{line}</div><br>'
            + "".join(f'<div style="margin: 0px;"><span><b>{bold([one])}</b></span></div>' for one in head)
            + f"<br><div>{paragraphs(BODY)}</div></blockquote></body></html>"
        )
        text = joined(NOTE, "", line, "", quoted)
        yield f"apple {language}", Sample(mail("Fwd: Presupuesto", text, html))
        yield f"ios {language}", Sample(mail("Presupuesto", text), html=False)


def thunderbird() -> Iterator[tuple[str, Sample]]:
    for language, (line, block) in THUNDERBIRD.items():
        head = people(block)
        rows = (one.partition("\t") for one in head)
        table = "".join(f"<tr><th>{a}</th><td>{escape(b)}</td></tr>\n" for a, _, b in rows)
        html = (
            f'<html><body>{paragraphs(NOTE)}<div class="moz-forward-container"><br><br>{line}'
            f'<table class="moz-email-headers-table"><tbody>{table}</tbody></table><br><br>{paragraphs(BODY)}'
            "</div></body></html>"
        )
        text = joined(NOTE, "", "", line, head, "", "", BODY)
        yield f"thunderbird {language}", Sample(mail("Fwd: Presupuesto", text, html), cc=[MARTA])


def yahoo() -> Iterator[tuple[str, Sample]]:
    for language, (line, block) in YAHOO.items():
        head = people(block)
        html = (
            f"<html><body><div>{paragraphs(NOTE)}</div><div id='yahoo_quoted_1' class='yahoo_quoted'>"
            f"<div><div>{line}</div><div>{bold(head)}</div><div><br></div>{paragraphs(BODY)}</div></div>"
            "</body></html>"
        )
        text = joined(NOTE, "", f"   {line} " + "".join(head), BODY)
        yield f"yahoo {language}", Sample(mail("Fw: Presupuesto", text, html))


def samsung() -> Iterator[tuple[str, Sample]]:
    for language, (subject, line, block) in SAMSUNG.items():
        head = people(block, "{} <{}> ")
        html = (
            f"<html><body>{paragraphs(NOTE)}<div>{line}</div>"
            + "".join(f"<div>{escape(one)}</div>" for one in head)
            + f"<div><br></div>{paragraphs(BODY)}</body></html>"
        )
        text = joined(NOTE, "", line, head, "", BODY)
        yield f"samsung {language}", Sample(mail(subject, text, html))


def others() -> Iterator[tuple[str, Sample]]:
    """Other programs, and what is odd in the common ones."""
    block = people(
        "From: {ana}\nDate: On Tuesday, March 3rd, 2026 at 9:12 AM\nSubject: Presupuesto\nTo: {luis}"
    )
    text = joined(NOTE, "", "------- Forwarded Message -------", block, "", BODY)
    yield "proton", Sample(mail("Fw: Presupuesto", text), html=False)
    block = people("From : {ana}\nTo : {luis}\nDate : Tue, 03 Mar 2026 09:12:00 +0100\nSubject : Presupuesto")
    text = joined(NOTE, "", "============ Forwarded message ============", block, "", BODY)
    yield "zoho", Sample(mail("Fwd: Presupuesto", text), html=False)
    block = people(
        "Gesendet: Dienstag, 03. März 2026 um 09:12 Uhr\nVon: {ana}\nAn: {luis}\nBetreff: Presupuesto",
        '"{}" <{}>',
    )
    yield "gmx", Sample(mail("Fw: Presupuesto", joined(NOTE, "", block, BODY)), html=False)
    block = people("Asunto: Presupuesto\nFecha: 03-03-2026 09:12\nDe: {ana}\nPara: {luis}")
    text = joined(NOTE, "", "-------- Mensaje Original --------", block, "", BODY)
    yield "roundcube", Sample(mail("Fwd: Presupuesto", text), html=False)
    block = people("From: {ana}\nDate: Tuesday, 3 March 2026 at 09:12\nTo: {luis}\nSubject: Presupuesto")
    yield "outlook mac", Sample(mail("FW: Presupuesto", joined(NOTE, "", block, "", BODY)), html=False)
    block = people(OUTLOOK["es"][1], "{} [mailto:{}]")
    text = joined(NOTE, "", "-----Mensaje original-----", block, "", BODY)
    yield "outlook 2010", Sample(mail("RV: Presupuesto", text), cc=[MARTA], html=False)
    block = [one.replace("test>", "test<mailto:x@y.test>>") for one in people(OUTLOOK["en"][1])]
    yield (
        "exchange text",
        Sample(mail("FW: Presupuesto", joined(NOTE, "", block, "", BODY)), cc=[MARTA], html=False),
    )
    block = [
        "From: Ana <ana@cliente.test> On Behalf Of Jefa",
        "Sent: Tuesday, March 3, 2026 9:12 AM",
        "To: luis@agency.test",
        "Subject: Presupuesto",
    ]
    yield (
        "on behalf",
        Sample(
            mail("FW: Presupuesto", joined(NOTE, "", block, "", BODY)),
            sender=("Ana", "ana@cliente.test"),
            to=[("", "luis@agency.test")],
            html=False,
        ),
    )
    block = [
        "De: Gómez, Ana <ana@cliente.test>",
        "Enviado el: martes, 3 de marzo de 2026 9:12",
        "Para: Luis Pérez <luis@agency.test>; Marta Sanz <marta@cliente.test>",
        "Asunto: Presupuesto",
        "Datos adjuntos: uno.pdf; dos.pdf",
    ]
    yield (
        "a comma in the name",
        Sample(
            mail("RV: Presupuesto", joined(NOTE, "", block, "", BODY)),
            sender=("Gómez, Ana", "ana@cliente.test"),
            to=[LUIS, MARTA],
            html=False,
        ),
    )
    block = [
        "De: Ana Gómez",
        "Enviado el: martes, 3 de marzo de 2026 9:12",
        "Para: Luis Pérez",
        "Asunto: Presupuesto",
    ]
    yield (
        "only names",
        Sample(mail("RV: Presupuesto", joined(NOTE, "", block, "", BODY)), sender=None, to=[], html=False),
    )
    block = [
        "From: Ana <ana@cliente.test> <eve@evil.test>",
        *people("Sent: Tuesday, March 3, 2026 9:12 AM\nTo: {luis}\nSubject: Presupuesto"),
    ]
    yield (
        "two addresses",
        Sample(mail("FW: Presupuesto", joined(NOTE, "", block, "", BODY)), sender=None, html=False),
    )
    block = [one.replace("<", "<mailto:") for one in people(OUTLOOK["en"][1])]
    text = joined(NOTE, "", block, "", BODY)
    yield "mailto in place of an address", Sample(mail("FW: Presupuesto", text), cc=[MARTA], html=False)
    block = people(
        "De: {ana}\nFecha: martes, 3 de marzo de 2026, 9:12\nPara: {luis}\nAsunto: " + "Presupuesto " * 6
    )
    yield (
        "nothing between the subject and the text",
        Sample(
            mail("RV: Presupuesto", joined(NOTE, "", block, BODY)),
            subject=("Presupuesto " * 6).strip(),
            html=False,
        ),
    )
    for language, (line, block) in APPLE.items():
        quoted = [f"> {one}".rstrip() for one in [line, "", *people(block), "", *BODY.split("\n"), ""]]
        yield (
            f"apple, all of it quoted, {language}",
            Sample(mail("Presupuesto", joined(NOTE, "", quoted)), html=False),
        )
    block = people("From: {ana}\nTo: {luis}\nSubject: Presupuesto\nDate: Tue, 03 Mar 2026 09:12:00 +0100")
    quoted = [f"> {one}".rstrip() for one in [*block, "", *BODY.split("\n")]]
    yield (
        "mailmate",
        Sample(mail("Fwd: Presupuesto", joined(NOTE, "", "Forwarded message:", "", quoted)), html=False),
    )
    quoted = ["---------- Original Message ----------", *people(GMAIL["en"][1]), " ", *BODY.split("\n")]
    text = joined(NOTE, [f"> {one}" for one in quoted])
    yield "ionos", Sample(mail("Fwd: Presupuesto", text), html=False)
    block = people(
        "De: {ana}\nFecha: martes, 3 de marzo de 2026 9:12:00 +0100\nAsunto: Presupuesto\nA: {luis}"
    )
    text = joined(NOTE, "", "---------- Mensaje reenviado ---------", block, "", BODY)
    yield "hubspot", Sample(mail("Fwd: Presupuesto", text), html=False)
    block = [f"*{one.replace(':', ':*', 1)}" for one in people(OUTLOOK_WEB["en"][1])]
    yield "stars for bold", Sample(mail("Fwd: Presupuesto", joined(NOTE, "", block, "", BODY)), html=False)
    block = people("De: {ana}\nFecha: ayer por la tarde\nAsunto: Presupuesto\nPara: {luis}")
    text = joined(NOTE, "", "-------- Mensaje reenviado --------", block, "", BODY)
    yield "no certain date", Sample(mail("Fwd: Presupuesto", text), date=None, html=False)
    block = people("From: {ana}\nDate: Tue, Mar 3, 2026 at 9:12 AM\nSubject:\nTo: {luis}")
    text = joined("---------- Forwarded message ---------", block, "", BODY)
    yield "no subject, no comment", Sample(mail("Fwd:", text), subject="", comment="", html=False)
    broken = "Presupuesto para la renovación de las oficinas\nde la avenida de la Constitución 12"
    long = broken.replace("\n", " ")
    block = people(
        "De: {ana}\nDate: mar, 3 mar 2026 a las 9:12\n"
        f"Subject: {broken}\n"
        "To: {luis},\n {marta},\n<pepa@cliente.test>"
    )
    text = joined(NOTE, "", "---------- Forwarded message ---------", block, "", "", BODY)
    everybody = [LUIS, MARTA, ("", "pepa@cliente.test")]
    yield "broken lines", Sample(mail(f"Fwd: {long}", text), subject=long, to=everybody, html=False)
    line = "---------- Forwarded message ---------"
    older = joined(
        "Mira.",
        "",
        line,
        people("De: {marta}\nDate: lun, 2 mar 2026 a las 9:12\nSubject: Antes\nTo: {ana}"),
        "",
        "Hola",
    )
    text = joined(NOTE, "", line, people(GMAIL["es"][1]), "", "", older)
    yield "a forward of a forward", Sample(mail("Fwd: Presupuesto", text), text=older, html=False)
    older = joined(
        "Gracias.", "", "El lun, 2 mar 2026 a las 9:12, Luis (<luis@agency.test>) escribió:", "> Hola"
    )
    text = joined(NOTE, "", line, people(GMAIL["es"][1]), "", "", older)
    yield "a forwarded answer", Sample(mail("Fwd: Presupuesto", text), text=older, html=False)
    yield (
        "announced, with a subject of its own",
        Sample(
            mail("Nuevo cliente", joined(NOTE, "", line, people(GMAIL["es"][1]), "", "", BODY)), html=False
        ),
    )
    yield (
        "forwarded from another zone",
        Sample(
            mail(
                "Fwd: Presupuesto",
                joined(NOTE, "", line, people(GMAIL["es"][1]), "", BODY),
                date="Wed, 4 Mar 2026 10:00:00 -0600",
            ),
            date="2026-03-03 09:12:00-06:00",
            html=False,
        ),
    )
    html = f"<table><tr><td>{paragraphs(joined(NOTE, line, people(GMAIL['es'][1]), BODY))}</td></tr></table>"
    yield (
        "all in a table",
        Sample(
            mail("Fwd: Presupuesto", joined(NOTE, "", line, people(GMAIL["es"][1]), "", BODY), html),
            html=False,
        ),
    )
    listed = mail("[ventas] Fwd: Presupuesto", joined(NOTE, "", line, people(GMAIL["es"][1]), "", BODY))
    yield "through a list", Sample(listed, html=False)
    yield "windows line ends", Sample(listed.replace(b"\n", b"\r\n"), html=False)


FORWARDS: dict[str, Sample] = {}
for made in (gmail, outlook, apple, thunderbird, yahoo, samsung, others):
    FORWARDS.update(made())


def attaching(
    messages: list[bytes],
    kind: str = "message/rfc822",
    encoding: str = "8bit",
    text: str = NOTE,
    subject: str = "Fwd: Presupuesto",
) -> bytes:
    """A mail of Luis's that forwards messages as attachments."""
    pieces = [part("plain", text).encode()]
    for raw in messages:
        head = f"Content-Type: {kind}\nContent-Disposition: attachment\n"
        body = raw
        if encoding == "base64":
            body = encodebytes(raw)
        elif encoding == "quoted-printable":
            body = encodestring(raw)
        head += f"Content-Transfer-Encoding: {encoding}\n" if encoding else ""
        pieces.append(head.encode() + b"\n" + body)
    boundary = b"outer-%d" % sum(map(len, messages))
    joined = b"".join(b"--" + boundary + b"\n" + piece + b"\n" for piece in pieces)
    head = mail(subject, "x").partition(b"Content-Type")[0]
    return (
        head
        + b"Content-Type: multipart/mixed; boundary="
        + boundary
        + b"\n\n"
        + joined
        + b"--"
        + boundary
        + b"--\n"
    )
