"""Mails as the programs of six languages write them, in words that say what they are.

Each word "nuevo…" is new and has to be seen; "visto…" is quoted between answers, or may be an answer, and is
seen, too; "citado…" and "firma…" should be folded.
"""

from collections.abc import Iterator
from dataclasses import dataclass

NEW = "nuevo1, nuevo2.\n\nnuevo3"
OLD = "citado1 citado2\n\ncitado3"


@dataclass(frozen=True)
class Quoted:
    """A mail, as text or as HTML."""

    subject: str
    text: str = ""
    html: str = ""


def lines(text: str) -> str:
    return "".join(f"<div>{line or '<br>'}</div>" for line in text.split("\n"))


def marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def told(lines: str) -> str:
    """Header lines in HTML."""
    pairs = (line.partition(":") for line in lines.split("\n"))
    return "<br>".join(
        f"<b>{name}:</b>{value.replace('<', '&lt;').replace('>', '&gt;')}" for name, _, value in pairs
    )


# "On … wrote:", with a word that should be folded as the name

WROTE = {
    "Gmail es": "El mar, 3 mar 2026 a las 9:12, citado0 (<ana@cliente.test>) escribió:",
    "Gmail en": "On Tue, Mar 3, 2026 at 9:12 AM citado0 <ana@cliente.test> wrote:",
    "Gmail pt": "Em ter., 3 de mar. de 2026 às 09:12, citado0 <ana@cliente.test> escreveu:",
    "Gmail fr": "Le mar. 3 mars 2026 à 09:12, citado0 <ana@cliente.test> a écrit :",
    "Gmail de": "Am Di., 3. März 2026 um 09:12 Uhr schrieb citado0 <ana@cliente.test>:",
    "Gmail it": "Il giorno mar 3 mar 2026 alle ore 09:12 citado0 <ana@cliente.test> ha scritto:",
    "Apple es": "El 3 mar 2026, a las 9:12, citado0 <ana@cliente.test> escribió:",
    "Apple en": "On Mar 3, 2026, at 9:12 AM, citado0 <ana@cliente.test> wrote:",
    "Apple de": "Am 03.03.2026 um 09:12 schrieb citado0 <ana@cliente.test>:",
    "Thunderbird es": "El 3/3/26 a las 9:12, citado0 escribió:",
    "Thunderbird en": "On 3/3/26 9:12 AM, citado0 wrote:",
    "Thunderbird fr": "Le 03/03/2026 à 09:12, citado0 a écrit :",
    "Thunderbird pt": "Em 03/03/2026 09:12, citado0 escreveu:",
    "Thunderbird it": "Il 03/03/26 09:12, citado0 ha scritto:",
    "Proton es": "El martes, 3 de marzo de 2026 a las 9:12, citado0 <ana@cliente.test> escribió:",
    "Outlook for Mac": 'On 3/3/26, 9:12 AM, "citado0" <ana@cliente.test> wrote:',
    "German webmail": "citado0 <ana@cliente.test> schrieb am Di., 3. März 2026, 09:12:",
}


def texts() -> Iterator[tuple[str, Quoted]]:
    for name, line in WROTE.items():
        yield f"text, {name}", Quoted("Re: x", f"{NEW}\n\n{line}\n\n{marked(OLD)}\n")
    long = WROTE["Gmail es"]
    cut = long.index("(<")
    yield (
        "text, Gmail breaks the line",
        Quoted("Re: x", f"{NEW}\n\n{long[:cut]}\n{long[cut:]}\n\n{marked(OLD)}\n"),
    )
    cut = long.index("escribió")
    yield (
        "text, before the last word",
        Quoted("Re: x", f"{NEW}\n\n{long[:cut].strip()}\n{long[cut:]}\n\n> citado1\n"),
    )
    english = WROTE["Gmail en"]
    cut = english.index("<ana")
    yield (
        "text, before the address",
        Quoted("Re: x", f"{NEW}\n\n{english[:cut].strip()}\n{english[cut:]}\n\n{marked(OLD)}"),
    )
    yield "text, CRLF", Quoted("Re: x", f"{NEW}\n\n{long}\n{marked(OLD)}\n".replace("\n", "\r\n"))
    yield "text, depth", Quoted("Re: x", f"{NEW}\n\n{long}\n> citado1\n>> citado2\n>>> citado3\n> > citado4")
    yield (
        "text, signature above",
        Quoted("Re: x", f"{NEW}\n-- \nfirma1\nfirma2 SL\n\n{long}\n{marked(OLD)}"),
    )
    yield "text, signature below", Quoted("Re: x", f"{NEW}\n\n{long}\n{marked(OLD)}\n\n-- \nfirma1\n")
    yield "text, signature only", Quoted("Hola", f"{NEW}\n-- \nfirma1\nhttps://x.test/?firma2=1\n")
    yield "text, Proton", Quoted(
        "Re: x", f"{NEW}\n\nEnviado con Proton Mail firma1\n\n------- Original Message -------\n"
        f"On Tuesday, March 3rd, 2026 at 9:12 AM, citado0 <ana@cliente.test> wrote:\n\n{marked(OLD)}\n"
    )  # fmt: skip
    for advert in (
        "Enviado desde mi iPhone firma1", "Sent from my iPhone firma1", "Envoyé de mon iPhone firma1",
        "Inviato da iPhone firma1", "Enviado do meu iPhone firma1", "Enviado desde mi Samsung Galaxy firma1",
    ):  # fmt: skip
        yield f"text, {advert}", Quoted("Re: x", f"{NEW}\n\n{advert}\n\n> citado1\n> citado2")
        yield f"text, new {advert}", Quoted("Hola", f"{NEW}\n\n{advert}")
    yield (
        "text, German iPhone",
        Quoted(
            "AW: x", f"{NEW}\n\nVon meinem firma1 iPhone gesendet\n\n{WROTE['Apple de']}\n\n{marked(OLD)}"
        ),
    )
    yield (
        "text, Yahoo",
        Quoted("Re: x", f"{NEW}\n    {WROTE['Proton es']}  \n \n citado1\ncitado2\n"),
    )


HEADS = {
    "es": "De: citado0 <ana@cliente.test>\nEnviado el: martes, 3 de marzo de 2026 9:12\n"
    "Para: Luis <luis@agency.test>\nAsunto: x",
    "en": "From: citado0 <ana@cliente.test>\nSent: Tuesday, March 3, 2026 9:12 AM\n"
    "To: Luis <luis@agency.test>\nCc: Eva <eva@agency.test>\nSubject: x",
    "pt": "De: citado0 <ana@cliente.test>\nEnviada em: terça-feira, 3 de março de 2026 09:12\n"
    "Para: Luis <luis@agency.test>\nAssunto: x",
    "fr": "De : citado0 <ana@cliente.test>\nEnvoyé : mardi 3 mars 2026 09:12\n"
    "À : Luis <luis@agency.test>\nObjet : x",
    "de": "Von: citado0 <ana@cliente.test>\nGesendet: Dienstag, 3. März 2026 09:12\n"
    "An: Luis <luis@agency.test>\nBetreff: x",
    "it": "Da: citado0 <ana@cliente.test>\nInviato: martedì 3 marzo 2026 09:12\n"
    "A: Luis <luis@agency.test>\nOggetto: x",
}
ANSWERS = {"es": "RE", "en": "RE", "pt": "RES", "fr": "RE", "de": "AW", "it": "R"}
ORIGINAL = {
    "es": "-----Mensaje original-----",
    "en": "-----Original Message-----", "pt": "-----Mensagem original-----",
    "fr": "-----Message d'origine-----", "de": "-----Ursprüngliche Nachricht-----",
    "it": "-----Messaggio originale-----",
}  # fmt: skip


def outlook() -> Iterator[tuple[str, Quoted]]:
    for language, head in HEADS.items():
        subject = f"{ANSWERS[language]}: x"
        yield f"Outlook text, {language}", Quoted(subject, f"{NEW}\n\n{head}\n\n{OLD}\n")
        yield (
            f"Outlook original, {language}",
            Quoted(subject, f"{NEW}\n\n{ORIGINAL[language]}\n{head}\n\n{OLD}\n"),
        )
        yield (
            f"Outlook desktop, {language}",
            Quoted(
                subject,
                html="<html><head><style>p.MsoNormal{margin:0}</style></head><body lang=ES><div "
                "class=WordSection1>"
                "<p class=MsoNormal>nuevo1<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>"
                "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>"
                f"<p class=MsoNormal>{told(head)}<o:p></o:p></p></div></div><p class=MsoNormal>citado1</p>"
                "<p class=MsoNormal>citado2</p><table><tr><td>citado3</td></tr></table></div></body></html>",
            ),
        )
        yield (
            f"Outlook web, {language}",
            Quoted(
                subject,
                html="<html><body><div class='elementToProof'>nuevo1</div><div id='Signature'><p>firma1</p>"
                "<p>firma2 | Ventas</p></div><div id='appendonsend'></div><hr style='width:98%' "
                "tabindex='-1'>"
                f"<div id='divRplyFwdMsg' dir='ltr'><font face='Calibri'>{told(head)}</font><div>"
                "&nbsp;</div></div>"
                f"{lines(OLD)}</body></html>",
            ),
        )
    yield (
        "Outlook phone",
        Quoted(
            "RE: x",
            f"{NEW}\n\nObtener Outlook para iOS<https://aka.ms/firma1>\n{'_' * 32}\n{HEADS['es']}\n\n{OLD}",
        ),
    )
    yield (
        "Outlook web in a language nobody knows",
        Quoted(
            "RE: x",
            html="<div>nuevo1</div><hr><div id='x_divRplyFwdMsg'><b>Avsändare:</b> citado0<br><b>Skickat:</b>"
            " den 3 mars 2026<br></div><div>citado1</div>",
        ),
    )


def html() -> Iterator[tuple[str, Quoted]]:
    wrote = {name: line.replace("<", "&lt;").replace(">", "&gt;") for name, line in WROTE.items()}
    for name in ("Gmail es", "Gmail en", "Gmail pt", "Gmail fr", "Gmail de", "Gmail it"):
        yield (
            name,
            Quoted(
                "Re: x",
                html='<div dir="ltr"><div>nuevo1</div><div><br></div><span class="gmail_signature_prefix">'
                "-- </span>"
                '<br><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature"><div>firma1<br>'
                '<a href="https://x.test/">firma2</a></div></div></div><br>'
                '<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
                f'{wrote[name]}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;'
                'border-left:1px solid rgb(204,204,204);padding-left:1ex"><div dir="ltr">citado1<br>'
                '<blockquote class="gmail_quote">citado2</blockquote></div></blockquote></div>',
            ),
        )
    yield (
        "Gmail in a language nobody knows",
        Quoted(
            "Re: x",
            html='<div dir="ltr">nuevo1</div><br><div class="gmail_quote"><div dir="ltr" '
            'class="gmail_attr">citado0'
            '님이 작성<br></div><blockquote class="gmail_quote">citado1</blockquote></div>',
        ),
    )
    for name in ("Apple es", "Apple en", "Apple de"):
        yield (
            name,
            Quoted(
                "Re: x",
                html='<html><body style="overflow-wrap: break-word;">nuevo1<br '
                'id="lineBreakAtBeginningOfMessage">'
                f'<div><br><blockquote type="cite"><div>{wrote[name]}</div><br '
                'class="Apple-interchange-newline">'
                "<div><div>citado1</div><div>citado2</div></div></blockquote></div><br></body></html>",
            ),
        )
        yield (
            f"{name}, phone",
            Quoted(
                "Re: x",
                html='<html><body dir="auto"><div dir="ltr">nuevo1</div><div dir="ltr"><br><blockquote '
                'type="cite">'
                f'{wrote[name]}<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">'
                "citado1</div>"
                "</blockquote></body></html>",
            ),
        )
    for name in ("Thunderbird es", "Thunderbird en", "Thunderbird fr", "Thunderbird pt", "Thunderbird it"):
        yield (
            name,
            Quoted(
                "Re: x",
                html=f'<p>nuevo1</p><div class="moz-cite-prefix">{wrote[name]}<br></div>'
                '<blockquote type="cite" cite="mid:x"><p>citado1</p></blockquote>'
                '<div class="moz-signature">-- <br>firma1</div>',
            ),
        )
        yield (
            f"{name}, answered below",
            Quoted(
                "Re: x",
                html=f'<div class="moz-cite-prefix">{wrote[name]}<br></div><blockquote type="cite">visto1'
                "</blockquote><p>nuevo1</p>".replace("citado0", "visto0"),
            ),
        )
    yield (
        "Yahoo",
        Quoted(
            "Re: x",
            html='<div class="ydp1 yahoo-style-wrap"><div>nuevo1</div><div><br></div></div>'
            '<div id="ydp2ayahoo_quoted_1" class="ydp2ayahoo_quoted"><div style="font-family:Arial">'
            f"<div>{wrote['Proton es']}</div><div><br></div><div>citado1<div>citado2</div></div></div></div>",
        ),
    )
    yield (
        "Proton",
        Quoted(
            "Re: x",
            html='<div style="font-family: Arial">nuevo1</div><div class="protonmail_signature_block">'
            '<div class="protonmail_signature_block-user">firma1</div><div>Enviado con firma2</div></div>'
            f'<div class="protonmail_quote">{wrote["Proton es"]}<br><blockquote class="protonmail_quote" '
            'type="cite">citado1</blockquote><br></div>',
        ),
    )
    yield (
        "Zimbra",
        Quoted(
            "Re: x",
            html='<div style="font-family: arial">nuevo1<br><br><hr id="zwchr" data-marker="__DIVIDER__">'
            f'<div data-marker="__HEADERS__">{told(HEADS["es"])}<br></div><br>'
            '<div data-marker="__QUOTED_TEXT__"><div>citado1<br></div></div></div>',
        ),
    )
    yield (
        "Zoho",
        Quoted(
            "Re: x",
            html=f"<div>nuevo1</div><div>{wrote['Gmail es']}</div>"
            '<blockquote style="border-left: 1px solid blue">citado1</blockquote>',
        ),
    )
    yield (
        "a line on the left",
        Quoted(
            "Re: x",
            html=f"<div>nuevo1</div><div>{wrote['Gmail es']}</div>"
            '<div style="border-left: 1px solid blue"><p>citado1</p><p>citado2</p></div>',
        ),
    )
    yield (
        "marks in HTML",
        Quoted("Re: x", html=f"<pre>nuevo1\n\n{wrote['Gmail es']}\n&gt; citado1\n&gt; citado2\n</pre>"),
    )
    yield (
        "marks and breaks",
        Quoted("Re: x", html=f"nuevo1<br><br>{wrote['Gmail es']}<br>&gt; citado1<br>&gt; citado2<br>"),
    )
    yield (
        "in a table",
        Quoted(
            "Re: x",
            html="<table><tr><td><p>nuevo1</p></td></tr><tr><td><div class='gmail_quote'>"
            f"<div class='gmail_attr'>{wrote['Gmail es']}</div><blockquote>citado1</blockquote></div></td>"
            "</tr>"
            "</table>",
        ),
    )
    yield (
        "only the picture is new",
        Quoted(
            "Re: x",
            html='<div><img src="cid:1" alt="nuevo1"></div><div class="gmail_quote"><div class="gmail_attr">'
            f"{wrote['Gmail es']}</div><blockquote class='gmail_quote'>citado1</blockquote></div>",
        ),
    )


def answers_between() -> Iterator[tuple[str, Quoted]]:
    """Where something new stands below what is quoted, or may do so."""
    line = WROTE["Gmail es"]
    seen = line.replace("citado0", "visto0")
    head = HEADS["es"].replace("citado0", "visto0")
    yield (
        "text, between",
        Quoted("Re: x", f"nuevo0\n\n{seen}\n> visto1\n\nnuevo1\n\n> visto2\n\nnuevo2\n\n> citado1\n"),
    )
    yield "text, below", Quoted("Re: x", f"{seen}\n> visto1\n> visto2\n\nnuevo1\n")
    yield "text, below with a signature", Quoted("Re: x", f"{seen}\n> visto1\n\nnuevo1\n-- \nfirma1\n")
    yield "text, a postscript", Quoted("Re: x", f"nuevo1\n-- \nvisto1\n\nP.D.: nuevo2\n\n{line}\n> citado1")
    yield "text, a question below", Quoted("Re: x", "nuevo1\n-- \nvisto1\n\n¿nuevo2 nuevo3?\n")
    yield "text, a long end", Quoted("Hola", "nuevo1\n-- \n" + "\n".join(f"nuevo{n}" for n in range(2, 40)))
    yield "text, dashes", Quoted("Hola", "nuevo1\n--\nnuevo2\n")
    yield "text, a rule", Quoted("Hola", f"nuevo1\n{'_' * 32}\nnuevo2\n")
    yield (
        "text, in the sentence",
        Quoted("Re: x", "nuevo1\nEl 3 de marzo Ana escribió:\nnuevo2\nnuevo3\n"),
    )
    yield "text, that pointed below", Quoted(
        "RE: x", f"nuevo1: te respondo más abajo.\n\n{head}\n\nvisto1\nnuevo2\nvisto2"
    )  # fmt: skip
    yield "text, in brackets", Quoted(
        "RE: x", f"nuevo1\n\n{head}\n\nvisto1\n[Luis Pérez] nuevo2\nvisto2"
    )  # fmt: skip
    yield "text, Outlook marks and an answer", Quoted(
        "RE: x", f"nuevo0\n\n{ORIGINAL['es']}\n{head}\n\n> visto1\n\nnuevo1\n"
    )  # fmt: skip
    yield "text, only quoted", Quoted("Re: x", f"{seen}\n> visto1\n> visto2\n")
    yield (
        "text, only quoted by Outlook",
        Quoted("RE: x", f"{HEADS['es']}\n\nvisto1".replace("citado0", "visto0")),
    )
    yield "text, only a signature", Quoted("Hola", "-- \nvisto1\n")
    yield "text, pasted", Quoted("Hola", "nuevo1:\n\n> nuevo2\n> nuevo3\n")
    yield (
        "text, no answer",
        Quoted("Presupuesto", f"nuevo1\n\n{HEADS['es']}\n\nnuevo2".replace("citado0", "nuevo0")),
    )
    yield "text, a number", Quoted("Re: x", "nuevo1\n\n>From nuevo2 nuevo3\n")
    wrote = seen.replace("<", "&lt;").replace(">", "&gt;")
    attr = f'<div class="gmail_attr">{wrote}<br></div>'
    yield (
        "Gmail, between",
        Quoted(
            "Re: x",
            html=f'<div dir="ltr">nuevo0<br><div class="gmail_quote">{attr}<blockquote class="gmail_quote">'
            "visto1"
            '</blockquote><div>nuevo1</div><blockquote class="gmail_quote">visto2</blockquote><div>'
            "nuevo2</div>"
            "</div></div>",
        ),
    )
    yield (
        "Gmail, between, quoted last",
        Quoted(
            "Re: x",
            html=f'<div dir="ltr">nuevo0<br><div class="gmail_quote">{attr}<blockquote class="gmail_quote">'
            "visto1"
            '</blockquote><div>nuevo1</div><blockquote class="gmail_quote">citado1</blockquote></div></div>',
        ),
    )
    yield (
        "Gmail, below",
        Quoted(
            "Re: x",
            html=f'<div class="gmail_quote">{attr}<blockquote class="gmail_quote">visto1</blockquote></div>'
            "<div>nuevo1</div>",
        ),
    )
    yield (
        "Gmail, a picture below",
        Quoted(
            "Re: x",
            html=f'<div>nuevo0</div><div class="gmail_quote">{attr}<blockquote class="gmail_quote">visto1'
            '</blockquote></div><div><img src="cid:1" alt="nuevo1"></div>',
        ),
    )
    yield (
        "Gmail, in the text",
        Quoted(
            "Re: x",
            html=f'<div>nuevo0, in red below.</div><div class="gmail_quote">{attr}<blockquote '
            'class="gmail_quote">'
            'visto1 <span style="color:red">nuevo1</span></blockquote></div>',
        ),
    )
    yield (
        "Apple, between",
        Quoted(
            "Re: x",
            html=f'<div>nuevo0</div><blockquote type="cite"><div>{wrote}</div><div>visto1</div></blockquote>'
            '<div>nuevo1</div><blockquote type="cite"><div>citado1</div></blockquote>',
        ),
    )
    yield (
        "a citation",
        Quoted("Hola", html="<p>nuevo1</p><blockquote>nuevo2</blockquote>"),
    )
    yield (
        "pasted as a quotation",
        Quoted("Hola", html='<p>nuevo1</p><blockquote type="cite">nuevo2</blockquote>'),
    )
    yield (
        "only quoted",
        Quoted(
            "Re: x",
            html=f'<div class="gmail_quote">{attr}<blockquote class="gmail_quote">visto1</blockquote></div>',
        ),
    )
    yield (
        "a postscript in the signature",
        Quoted("Hola", html='<p>nuevo1</p><div class="gmail_signature">visto1<br>PD: nuevo2</div>'),
    )
    yield (
        "a question in the signature",
        Quoted("Hola", html='<p>nuevo1</p><div id="Signature">visto1<div>nuevo2 nuevo3?</div></div>'),
    )
    yield (
        "Outlook, no answer",
        Quoted(
            "Presupuesto",
            html=f"<p>nuevo1</p><div>{told(HEADS['es'])}</div><p>nuevo2</p>".replace("citado0", "nuevo0"),
        ),
    )


QUOTED = {name: sample for source in (texts, outlook, html, answers_between) for name, sample in source()}
