"""What a haulier with many vehicles asks of its broker, week after week."""

from sandbox.demo.script import Script, Step

FLEET = (
    Script(
        "Inclusión del vehículo {plate} en la póliza {policy}",
        Step(
            "client",
            "Compramos otro camión, de placa {plate}. Por favor, incluirlo en la póliza {policy} desde el "
            "{date}. Le adjunto la tarjeta de propiedad.",
            "photo",
        ),
        Step(
            "seller",
            "Quedó incluido. El cobro proporcional es de USD {amount}; el anexo va adjunto.",
            "pdf",
        ),
        Step("client", "Recibido, gracias. Ya puede salir a carretera."),
    ),
    Script(
        "Retiro del vehículo {plate}",
        Step(
            "client",
            "Vendimos el camión {plate}; el traspaso se firmó el {date}. ¿Cuánto nos devuelven de prima?",
        ),
        Step(
            "seller",
            "{insurer} reintegra USD {amount} por el tiempo que falta. Lo verá como saldo a favor en la "
            "próxima factura.",
        ),
    ),
    Script(
        "Certificado para el generador de carga – {plate}",
        Step(
            "client",
            "El generador de la carga no deja entrar el camión {plate} a cargar en {city} sin un certificado "
            "de responsabilidad civil. Es urgente, el conductor está en la puerta.",
        ),
        Step("seller", "Va adjunto. Lo dejé vigente hasta fin de año para que no vuelva a pasar.", "pdf"),
        Step("client", "Ya entró. ¡Mil gracias por la rapidez!"),
    ),
    Script(
        "Despacho a {city}: declaración de mercancía",
        Step(
            "client",
            "Mañana sale un despacho a {city} con el camión {plate}, valor de factura USD {premium}. Por "
            "favor, declararlo en la póliza {policy}.",
            "csv",
        ),
        Step("seller", "Declarado. Recuerde que de noche la cobertura de hurto exige escolta y GPS."),
    ),
    Script(
        "Factura de la póliza {policy}",
        Step(
            "client",
            "La factura de este mes llegó con USD {amount} de más. ¿Será que siguen cobrando el camión que "
            "retiramos?",
        ),
        Step(
            "seller",
            "Tiene razón: seguía facturado el {plate}. Pedí a {insurer} la nota crédito y la factura nueva.",
        ),
        Step("client", "Llegó la nota crédito. Pagamos hoy."),
        Step("seller", "Pago aplicado. Gracias por revisar siempre con cuidado."),
    ),
    Script(
        "Vidrio panorámico del {plate}",
        Step(
            "client",
            "Una piedra partió el vidrio panorámico del {plate} llegando a {city}. ¿Tiene deducible?",
            "photo",
        ),
        Step(
            "seller",
            "Los vidrios van sin deducible. Puede cambiarlo en cualquier taller de la red con la cédula del "
            "conductor y el número {claim}.",
        ),
    ),
    Script(
        "Conductores nuevos",
        Step(
            "client",
            "Entraron tres conductores. Va el listado con sus licencias para la póliza de vida y la de "
            "accidentes.",
            "csv",
        ),
        Step(
            "seller",
            "Quedaron asegurados desde el {date}. A uno se le vence pronto la licencia: ¿me manda la nueva "
            "cuando la tenga?",
        ),
        Step("client", "Claro, ya la está renovando."),
    ),
    Script(
        "Cumplimiento: contrato con el puerto de {city}",
        Step(
            "client",
            "Ganamos el contrato de transporte con el puerto de {city}. Piden póliza de cumplimiento por el "
            "10 % del valor y la firma es el {date}.",
            "pdf",
        ),
        Step("seller", "¡Felicitaciones! {insurer} la emite por USD {premium}. ¿La pido ya?"),
        Step("client", "Sí, por favor. Y de una vez la de responsabilidad civil."),
        Step("seller", "Van las dos, firmadas. El puerto las puede verificar por internet.", "pdf"),
    ),
    Script(
        "Siniestralidad de la flota",
        Step(
            "client",
            "Para el comité de seguridad vial necesito los siniestros de los últimos doce meses, con lo "
            "pagado y lo pendiente.",
        ),
        Step(
            "seller",
            "Va el cuadro. Bajaron los choques menores; lo que más pesa sigue siendo el hurto de carga en la "
            "ruta a {city}.",
            "sheet",
        ),
        Step("client", "Justo lo que necesitaba. Lo presento el {date}."),
    ),
)
