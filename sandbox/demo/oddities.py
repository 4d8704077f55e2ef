"""Mail from clients as mail really is: odd charsets, missing headers, broken and hostile structure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime

from sandbox.accounts import LUCIA, MARCOS
from sandbox.demo.cast import Contact, contacts
from sandbox.demo.hours import last_worked
from sandbox.demo.letter import Letter
from sandbox.demo.other_than_text import REPORT, invitation

#: Parts inside one another: past what any reader should follow.
NESTED = 1000


def oddities(now: datetime) -> Iterator[Letter]:
    """One message of each kind, to both sellers by turns."""
    clients = contacts()
    for number, (name, headers, body) in enumerate([*_all(clients), *_beside_text(now)]):
        sent = last_worked(now - timedelta(days=4 + number * 9, hours=number)).replace(microsecond=0)
        reader = LUCIA if number % 2 == 0 else MARCOS
        lines = [b"From: %s" % _sender(clients[number]), b"To: %s" % reader.address.encode()]
        if name != "no date":
            lines.append(b"Date: " + format_datetime(sent).encode())
        if name != "no message-id":
            lines.append(b"Message-ID: <raro.%d@%s>" % (number, _domain(clients[number])))
        content = b"\r\n".join([*lines, *headers, b"", body])
        yield Letter(reader.address, "INBOX", sent, content)


def _sender(client: Contact) -> bytes:
    # The last address: not the main one, where there are several.
    return f"{client.addresses[-1]}".encode()


def _domain(client: Contact) -> bytes:
    return client.addresses[-1].partition("@")[2].encode()


def _text(charset: str, encoding: str = "8bit") -> list[bytes]:
    return [
        b"MIME-Version: 1.0",
        f"Content-Type: text/plain; charset={charset}".encode(),
        f"Content-Transfer-Encoding: {encoding}".encode(),
    ]


def _all(clients: list[Contact]) -> Iterator[tuple[str, list[bytes], bytes]]:
    """Name, further headers and body of each."""
    yield (
        "iso-2022-jp",
        [b"Subject: =?ISO-2022-JP?B?GyRCSl04MSROJCpMZDlnJG8kOxsoQg==?=", *_text("iso-2022-jp", "7bit")],
        "お世話になっております。海上保険の見積書を受け取りました。ありがとうございます。\r\n".encode(
            "iso-2022-jp"
        ),
    )
    yield (
        "koi8-r",
        [b"Subject: =?KOI8-R?B?8M/MydPBIM7BIMfS1do=?=", *_text("koi8-r")],
        "Здравствуйте! Пришлите, пожалуйста, полис на груз. Спасибо.\r\n".encode("koi8-r"),
    )
    yield (
        "raw 8-bit header",
        ["Subject: Póliza del señor Muñoz – sin codificar".encode("cp1252"), *_text("iso-8859-1")],
        "Buenos días: ¿ya salió la póliza del señor Muñoz?\r\n".encode("iso-8859-1"),
    )
    yield (
        "no message-id",
        [b"Subject: Consulta desde el formulario de la web", *_text("utf-8")],
        "Quisiera saber qué cubre el seguro de hogar en caso de granizo.\r\n".encode(),
    )
    outermost = b'Content-Type: multipart/mixed; boundary="n0"'
    yield ("nested parts", [b"Subject: Fwd: Fwd: Fwd: cadena reenviada", outermost], _nested())
    yield (
        "no date",
        ["Subject: Confirmación de la visita".encode(), *_text("utf-8")],
        "Confirmo la visita del inspector para el miércoles a las 9:00.\r\n".encode(),
    )
    yield (
        "unknown charset",
        [b"Subject: Listado de vehiculos", *_text("x-sistema-antiguo")],
        "Placa;Año\r\nBCD 123;2019\r\nJKL 456;2022\r\n".encode("cp1252"),
    )
    yield (
        "format=flowed",
        [b"Subject: Notas de la llamada", b"MIME-Version: 1.0", b"Content-Type: text/plain; format=flowed"],
        b"Acordamos subir el limite de responsabilidad civil a medio millon, bajar \r\n"
        b"el deducible y revisar en un mes.\r\n\r\n> Quedo atenta \r\n> a la propuesta.\r\n",
    )
    yield ("attached message", [b"Subject: Reenvio: condiciones del reaseguro", *_mixed()], _forwarded())
    yield (
        "long file name",
        [b"Subject: Fotos del local", *_mixed()],
        b"--=_parte\r\nContent-Type: text/plain\r\n\r\nVan las fotos.\r\n--=_parte\r\n"
        b"Content-Type: image/gif\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment;\r\n filename*0*=UTF-8''fachada%20del%20local%20comercial%20;\r\n"
        b" filename*1*=esquina%20Bol%C3%ADvar.gif\r\n\r\n"
        b"R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7\r\n--=_parte--\r\n",
    )
    yield (
        "group syntax",
        [
            b"Cc: Junta directiva: %s, %s;" % (_sender(clients[12]), _sender(clients[18])),
            b"Subject: Acta de la junta",
            *_text("utf-8"),
        ],
        "Adjunto irá el acta firmada; la renovación quedó aprobada.\r\n".encode(),
    )
    yield (
        "script in html",
        [b"Subject: Oferta", b"MIME-Version: 1.0", b"Content-Type: text/html; charset=utf-8"],
        b"<p>Mire esto</p><script>alert(1)</script><img src=x onerror=alert(2)>"
        b'<form action="https://robo.example"><input name="clave"></form>'
        b'<a href="javascript:alert(3)">abrir</a><iframe src="https://robo.example"></iframe>\r\n',
    )


def _beside_text(now: datetime) -> Iterator[tuple[str, list[bytes], bytes]]:
    """What is more than a text."""
    yield ("invitation", ["Subject: Invitación: Revisión de la póliza".encode(), *_mixed()], invitation(now))
    yield (
        "report",
        [
            "Subject: No se pudo entregar: Condiciones de la renovación".encode(),
            b"Auto-Submitted: auto-replied",
            b"MIME-Version: 1.0",
            b'Content-Type: multipart/report; report-type=delivery-status; boundary="=_parte"',
        ],
        REPORT,
    )


def _nested() -> bytes:
    """Multiparts inside multiparts, none of them closed; the outermost is opened by the message's header."""
    opened = b"".join(
        b'--n%d\r\nContent-Type: multipart/mixed; boundary="n%d"\r\n\r\n' % (depth, depth + 1)
        for depth in range(NESTED)
    )
    return opened + b"--n%d\r\nContent-Type: text/plain\r\n\r\nfin\r\n" % NESTED


def _mixed() -> list[bytes]:
    return [b"MIME-Version: 1.0", b'Content-Type: multipart/mixed; boundary="=_parte"']


def _forwarded() -> bytes:
    return (
        b"--=_parte\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        + "Le reenvío lo que nos escribió la reaseguradora.\r\n".encode()
        + b"--=_parte\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n"
        b"From: reaseguros@pacifico.example\r\nTo: alguien@cliente.example\r\nSubject: Condiciones\r\n"
        b"Message-ID: <re.1@pacifico.example>\r\n\r\nTasa 2,1 por mil; deducible 5 %.\r\n--=_parte--\r\n"
    )
