"""The bodies of an invitation to a meeting and of a report about a mail, of parts named "=_parte"."""

from datetime import datetime, timedelta


def invitation(now: datetime) -> bytes:
    """To a meeting that repeats, some days from now."""
    day = f"{now + timedelta(days=6):%Y%m%d}"
    calendar = f"""\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Calendario//ES
METHOD:REQUEST
BEGIN:VEVENT
UID:revision-anual@cliente.example
DTSTAMP:{now:%Y%m%d}T120000Z
DTSTART;TZID=America/Bogota:{day}T100000
DTEND;TZID=America/Bogota:{day}T110000
RRULE:FREQ=MONTHLY;COUNT=3
SUMMARY:Revisión de la póliza de vehículos
LOCATION:https://reuniones.example/sala/4711
DESCRIPTION:1. Siniestros del año\\n2. Renovación\\n3. Flota nueva
ORGANIZER;CN=Gerencia:mailto:gerencia@cliente.example
ATTENDEE;CN=Lucía Rojas;PARTSTAT=NEEDS-ACTION:mailto:lucia@andina-seguros.test
ATTENDEE;CN=Contabilidad;PARTSTAT=ACCEPTED:mailto:contabilidad@cliente.example
ATTENDEE;CN=Taller;PARTSTAT=DECLINED:mailto:taller@cliente.example
END:VEVENT
END:VCALENDAR
"""
    return (
        b"--=_parte\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        + "Los invito a revisar juntos la póliza.\r\n".encode()
        + b'--=_parte\r\nContent-Type: text/calendar; charset=utf-8; name="reunion.ics"\r\n\r\n'
        + calendar.replace("\n", "\r\n").encode()
        + b"--=_parte--\r\n"
    )


REPORT = """\
--=_parte
Content-Type: text/plain; charset=utf-8

No pudimos entregar su mensaje a compras@cliente.example.

--=_parte
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.cliente.example

Final-Recipient: rfc822; compras@cliente.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <compras@cliente.example>: Recipient address rejected: User unknown

--=_parte
Content-Type: message/rfc822

From: ventas@andina-seguros.test
To: compras@cliente.example
Subject: Condiciones de la renovacion
Date: Mon, 02 Nov 2026 09:30:00 -0500
Message-ID: <renovacion.1@andina-seguros.test>

Le escribo por la renovacion de la flota.
--=_parte--
""".replace("\n", "\r\n").encode()
