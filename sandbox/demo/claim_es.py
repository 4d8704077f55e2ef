"""A claim from the accident to the last payment, forty messages long: a thread of more than one page."""

from sandbox.demo.script import Script, Step

CLAIM = Script(
    "Seguimiento del siniestro {claim}: volcamiento del tractocamión {plate}",
    Step(
        "client",
        "Anoche se volcó el tractocamión {plate} en la vía a {city}, cargado con alimentos. El conductor "
        "tiene golpes leves y ya salió de la clínica. El vehículo quedó en la cuneta y parte de la carga "
        "se regó.\n\nLe adjunto la primera foto. ¿Por dónde empezamos?",
        "photo",
    ),
    Step(
        "seller",
        "Qué bueno que el conductor esté bien. Ya avisé a {insurer}; el número del caso es {claim}. "
        "Por favor, no muevan la carga hasta que llegue el inspector y conserven el informe de tránsito.",
    ),
    Step(
        "client",
        "La policía de carreteras nos pide despejar la vía hoy mismo. ¿Podemos contratar la grúa?",
    ),
    Step(
        "seller",
        "Sí: {insurer} autoriza la grúa hasta USD {amount} por la sección de asistencia. Guarden la factura "
        "y tomen fotos antes y después.",
    ),
    Step("client", "Grúa contratada. Va una foto de cómo quedó la cabina.", "photo"),
    Step(
        "seller",
        "Recibida. El inspector va mañana a las 10:00 al patio de {city}. ¿Quién lo recibe?",
    ),
    Step("client", "Lo recibe nuestro jefe de operaciones en {city}. Ya tiene las llaves y los papeles."),
    Step(
        "seller",
        "Perfecto. Para radicar completo necesito:\n\n"
        "  1. informe de tránsito\n"
        "  2. manifiesto de carga y remesas\n"
        "  3. licencia del conductor y tarjeta de propiedad\n"
        "  4. factura comercial de la mercancía",
    ),
    Step("client", "Le envío la licencia y la tarjeta de propiedad. Lo demás, esta semana.", "inline"),
    Step("seller", "Gracias. Quedan pendientes el informe de tránsito, el manifiesto y la factura."),
    Step("client", "Aquí está la relación de la mercancía con los valores de la factura.", "csv"),
    Step(
        "seller",
        "La revisé: faltan dos remesas. El manifiesto habla de cuatro y en la relación solo veo dos. "
        "¿Las puede pedir al generador de la carga?",
    ),
    Step("client", "Tiene razón, eran cuatro. Va la relación corregida.", "csv"),
    Step("seller", "Ahora sí coincide con el manifiesto. La radiqué esta tarde en {insurer}."),
    Step("client", "¿Y del inspector qué se sabe? Nuestro cliente pregunta todos los días por su carga."),
    Step(
        "seller",
        "El informe preliminar dice que hay salvamento: cerca del 60 % de la carga está en buen estado. "
        "{insurer} pide separarla y guardarla en una bodega seca.",
    ),
    Step("client", "Ya está en la bodega de {city}. El arriendo de la bodega, ¿quién lo paga?"),
    Step(
        "seller",
        "Lo cubre la póliza {policy} como gasto de preservación, hasta 30 días. Guarden recibos.",
    ),
    Step("client", "Quedó claro. Mañana llega el informe de tránsito, por fin."),
    Step("client", "Llegó. Dice que había aceite en la vía y que nuestro conductor no tuvo la culpa.", "pdf"),
    Step(
        "seller",
        "Es una muy buena noticia: con eso se puede reclamar también al responsable del derrame. "
        "Se lo paso al abogado de {insurer}.",
    ),
    Step(
        "client",
        "El taller cotizó la reparación de la cabina. ¿Sirve, o debe ser uno de la red?",
        "sheet",
    ),
    Step(
        "seller",
        "Tiene que ser de la red. En {city} hay dos; propongo el que reparó el otro camión.",
    ),
    Step("client", "De acuerdo con ese. ¿Pido yo la cita?"),
    Step("seller", "Ya la pedí: pueden entrar el vehículo cuando quieran, preguntando por el caso {claim}."),
    Step("client", "El vehículo ya está en el taller. Dicen que el chasis no tiene daño."),
    Step(
        "seller",
        "Entonces no es pérdida total. El ajustador aprobó la reparación por USD {premium}; el deducible es "
        "de USD {amount}. Le adjunto la carta.",
        "pdf",
    ),
    Step("client", "¿Por qué nos cobran deducible si la culpa fue de un tercero?"),
    Step(
        "seller",
        "El deducible se paga ahora y se recupera si prospera el reclamo al tercero. Pedí que quede así por "
        "escrito.",
    ),
    Step("client", "Gracias. Con ese compromiso por escrito, la gerencia lo aprueba."),
    Step("seller", "Va la constancia firmada por {insurer}.", "pdf"),
    Step("client", "Pagamos el deducible. Adjunto el soporte de la transferencia.", "photo"),
    Step("seller", "Pago confirmado. El taller ya pidió la cabina; promete entrega en tres semanas."),
    Step("client", "Tres semanas sin ese camión es mucho. ¿La póliza reconoce vehículo de reemplazo?"),
    Step(
        "seller",
        "Sí, hasta quince días, con tope diario. Ya está autorizado: lo recogen en {city} con copia de este "
        "correo.",
    ),
    Step("client", "Recogido. Nos salvó los despachos de la semana."),
    Step("seller", "La liquidación de la carga está lista. Revísela antes de firmar, por favor.", "sheet"),
    Step("client", "Está correcta. Va firmada por la representante legal.", "inline"),
    Step("seller", "{insurer} giró hoy la indemnización de la mercancía. Debe verla en el banco mañana."),
    Step(
        "client",
        "Llegó completa. Solo falta que devuelvan el deducible. Gracias por no soltar este caso.",
    ),
)
