"""Mails that forward nothing, however much like it they look."""

from .forwards import (
    ANA,
    BODY,
    GMAIL,
    NOTE,
    OUTLOOK,
    SAMSUNG,
    attaching,
    bold,
    joined,
    mail,
    paragraphs,
    people,
)

LINE = "---------- Forwarded message ---------"
QUOTED = [f"> {line}".rstrip() for line in BODY.split("\n")]


def block(table: dict, language: str) -> list[str]:
    return people(table[language][-1])


def outlook_html(language: str) -> str:
    head = bold(block(OUTLOOK, language))
    return f"{paragraphs(NOTE)}<div style='border-top:solid 1pt'><p>{head}</p></div>{paragraphs(BODY)}"


REPORT = (
    b"From: MAILER-DAEMON@agency.test\nTo: luis@agency.test\nSubject: Undelivered\n"
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=r\n\n"
    b"--r\n\nNot delivered.\n--r\nContent-Type: message/delivery-status\n\nAction: failed\n"
    b"--r\nContent-Type: message/rfc822\n\nFrom: luis@agency.test\nSubject: Hola\n\nHola\n--r--\n"
)
DIGEST = (
    b"From: list@x.test\nTo: luis@agency.test\nSubject: Digest\n"
    b"Content-Type: multipart/digest; boundary=d\n\n"
    b"--d\n\nFrom: a@x.test\nSubject: Uno\n\nHola\n--d\n\nFrom: b@x.test\nSubject: Dos\n\nHola\n--d--\n"
)

NO_FORWARDS = {
    # Answers that quote, in all the ways of the programs
    **{
        f"an answer from Outlook, {language}": mail(
            f"{prefix}: Presupuesto",
            joined(NOTE, "", block(OUTLOOK, language), "", BODY),
            outlook_html(language),
        )
        for language, prefix in {"es": "RE", "en": "RE", "pt": "RES", "fr": "RE", "de": "AW"}.items()
    },
    **{
        f"an answer from a phone, {language}": mail(
            "Re: Presupuesto", joined(NOTE, "", SAMSUNG[language][1], block(SAMSUNG, language), "", BODY)
        )
        for language in SAMSUNG
    },
    "an answer in HTML only": mail("RE: Presupuesto", html=outlook_html("es")),
    "an answer without a prefix": mail(
        "Presupuesto", joined(NOTE, "", block(OUTLOOK, "es"), "", BODY), outlook_html("es")
    ),
    "an answer below dashes without a prefix": mail(
        "Presupuesto", joined(NOTE, "", "-----Mensaje original-----", block(OUTLOOK, "es"), "", BODY)
    ),
    "On … wrote": mail(
        "Re: Presupuesto",
        joined(NOTE, "", "On Tue, Mar 3, 2026 at 9:12 AM Ana <ana@cliente.test> wrote:", QUOTED),
    ),
    "El … escribió": mail(
        "Re: Presupuesto",
        joined(NOTE, "", "El mar, 3 mar 2026 a las 9:12, Ana (<ana@cliente.test>) escribió:", QUOTED),
    ),
    "Em … escreveu": mail(
        "Res: Presupuesto",
        joined(NOTE, "", "Em ter., 3 de mar. de 2026 às 09:12, Ana <ana@cliente.test> escreveu:", QUOTED),
    ),
    "Le … a écrit": mail(
        "Re: Presupuesto",
        joined(NOTE, "", "Le mar. 3 mars 2026 à 09:12, Ana <ana@cliente.test> a écrit :", QUOTED),
    ),
    "Am … schrieb": mail(
        "AW: Presupuesto",
        joined(NOTE, "", "Am Di., 3. März 2026 um 09:12 Uhr schrieb Ana <ana@cliente.test>:", QUOTED),
    ),
    # Answers to what had been forwarded
    "an answer to a forward": mail(
        "Re: Fwd: Presupuesto",
        joined(
            NOTE,
            "",
            "On Tue, Mar 3, 2026 at 9:12 AM Ana <ana@cliente.test> wrote:",
            "> " + LINE,
            [f"> {one}" for one in block(GMAIL, "en")],
            "> ",
            QUOTED,
        ),
    ),
    "an answer to a forward, not quoted": mail(
        "RE: RV: Presupuesto", joined(NOTE, "", block(OUTLOOK, "es"), "", LINE, block(GMAIL, "es"), "", BODY)
    ),
    "an answer whose subject still says forwarded": mail(
        "Fwd: Presupuesto",
        joined(
            NOTE,
            "",
            "On Tue, Mar 3, 2026 at 9:12 AM Ana <ana@cliente.test> wrote:",
            "> " + LINE,
            [f"> {one}" for one in block(GMAIL, "en")],
            "> ",
            QUOTED,
        ),
    ),
    "an answer above a forward, with a subject of its own": mail(
        "Presupuesto", joined(NOTE, "", block(OUTLOOK, "es"), "", LINE, block(GMAIL, "es"), "", BODY)
    ),
    "an answer and then a forward": mail(
        "Presupuesto",
        joined(
            NOTE,
            "",
            "El mar, 3 mar 2026 a las 9:12, Ana (<ana@cliente.test>) escribió:",
            LINE,
            block(GMAIL, "es"),
            "",
            BODY,
        ),
    ),
    "an answer to which a message is attached": attaching(
        [b"From: ana@cliente.test\n\nHola"], subject="Re: Presupuesto"
    ),
    # Talk about forwards
    "what a forward looks like": mail("Cómo reenviar", f"Arriba pone {LINE} y debajo De: y Fecha:.\n\nLuis"),
    "a line of dashes alone": mail("Fwd: Presupuesto", joined(NOTE, "", LINE, "", "Lo de ayer, ya sabes.")),
    "a line of dashes and a label": mail(
        "Fwd: Presupuesto", joined(NOTE, "", LINE, "De: Ana", "Lo de ayer.")
    ),
    "a quoted forward": mail(
        "Cómo reenviar",
        joined("Mira:", "", f"> {LINE}", [f"> {one}" for one in block(GMAIL, "es")], "> Hola"),
    ),
    "please forward": mail(
        "Please forward this message", "Begin forwarded message: is what Apple writes.\n\nFrom: nobody"
    ),
    "Apple's line with nothing below it": mail("Hola", joined("Begin forwarded message:", "", "Hola")),
    # Labels that are no header
    "a journey": mail(
        "Fwd: viaje",
        joined(
            "Hola:",
            "",
            "De: Madrid",
            "A: Barcelona",
            "Fecha: 3 de marzo de 2026 9:12".replace("Fecha", "Salida"),
            "",
            "Luis",
        ),
    ),
    "a form": mail(
        "Formulario",
        joined(
            "Nombre: Ana",
            "De: ana@cliente.test",
            "Asunto: Presupuesto",
            "Fecha: 3/3/2026 9:12",
            "Para: luis@agency.test",
            "",
            BODY,
        ),
    ),
    "two labels": mail("Fwd: viaje", joined("De: Ana <ana@cliente.test>", "Fecha: 3/3/2026 9:12", "", BODY)),
    "no date among the labels": mail(
        "Fwd: viaje", joined("De: Ana <ana@cliente.test>", "Para: Luis", "Asunto: viaje", "", BODY)
    ),
    "a note": mail("Notas", joined("Date: Tuesday", "Subject: Budget", "From: Ana", "", "Hola")),
    "a form in HTML": mail(
        "Formulario",
        html="<table><tr><td>De:</td><td>ana@cliente.test</td></tr><tr><td>Fecha:</td><td>3/3/2026 9:12</td>"
        "</tr><tr><td>Asunto:</td><td>x</td></tr></table>",
    ),
    # Nobody's forwards
    "a report of non-delivery": REPORT,
    "a digest": DIGEST,
    "a newsletter": mail(
        "Noticias de marzo",
        "Fwd this to a friend!\n\n" + "Oferta. " * 50,
        "<table><tr><td>Oferta</td></tr></table>",
    ),
    "a subject alone": mail("Fwd: Presupuesto", BODY),
    "a subject alone, in HTML": mail("RV: Presupuesto", html=paragraphs(BODY)),
    "a word that begins like a prefix": mail(
        "Tramo: precio", joined(NOTE, "", block(OUTLOOK, "es"), "", BODY)
    ),
    "forwarded is not first": mail("Presupuesto fwd: Ana", joined(NOTE, "", block(OUTLOOK, "es"), "", BODY)),
    "text and HTML disagree": mail(
        "Fwd: Presupuesto",
        joined(NOTE, "", "On 3 March 2026, Ana <ana@cliente.test> wrote:", QUOTED),
        outlook_html("en"),
    ),
    "nothing": b"",
    "empty": b"\n\n",
    "no sender told": mail("Fwd: Presupuesto", joined(NOTE, "", LINE, block(GMAIL, "es")[1:], "", BODY)),
    "a name alone": mail("Hola", f"{ANA[0]} <{ANA[1]}>"),
}
