"""Conversations in Spanish, as a broker has them. Slots in braces are filled by ``correspondence``."""

from sandbox.demo.script import Script, Step

SCRIPTS = (
    Script(
        "Renovación de la póliza {policy}",
        Step(
            "seller",
            "Su póliza {policy} de {branch} con {insurer} vence el {date}. Le adjunto la propuesta "
            "de renovación: la prima anual queda en USD {premium}, con las mismas coberturas y el "
            "mismo deducible.\n\n"
            "Si está de acuerdo, me basta con un «sí» a este correo y yo tramito todo con la "
            "aseguradora.",
            "pdf",
        ),
        Step(
            "client",
            "Gracias por avisar con tiempo. La prima subió frente al año pasado. ¿Se puede pagar en "
            "cuotas mensuales, o hay algún descuento por no haber tenido siniestros?",
        ),
        Step(
            "seller",
            "Consulté con {insurer}: por buena siniestralidad nos reconocen un 7 % y aceptan doce "
            "cuotas sin recargo. Le dejo el cuadro de pagos en la hoja adjunta.",
            "sheet",
        ),
        Step(
            "client",
            "Perfecto, así sí. Renovemos, por favor. Quedo pendiente de la carátula firmada.",
        ),
    ),
    Script(
        "Aviso de siniestro – vehículo {plate}",
        Step(
            "client",
            "Esta mañana me chocaron por detrás en {city}. No hay heridos, pero el baúl y el "
            "parachoques quedaron mal. El otro conductor reconoció la culpa y tengo sus datos.\n\n"
            "Le adjunto una foto. ¿Qué hago ahora?",
            "photo",
        ),
        Step(
            "seller",
            "Lamento lo ocurrido; lo importante es que usted esté bien. Ya reporté el caso a "
            "{insurer} con el número {claim}. Para abrirlo necesito:\n\n"
            "  1. copia de la cédula y de la licencia de conducción\n"
            "  2. fotos de los dos vehículos\n"
            "  3. los datos del otro conductor\n\n"
            "El ajustador lo llamará entre hoy y mañana.",
        ),
        Step(
            "client",
            "Aquí van los documentos. El ajustador ya me llamó, la cita es el {date}.",
            "inline",
        ),
        Step(
            "seller",
            "Recibido y radicado. {insurer} autorizó el taller de la red en {city}; el deducible es "
            "de USD {amount}. Le aviso apenas aprueben los repuestos.",
        ),
        Step(
            "client",
            "El carro quedó como nuevo. Muchas gracias por estar pendiente de todo.",
        ),
    ),
    Script(
        "Solicitud de cotización: {branch}",
        Step(
            "client",
            "Nos recomendaron sus servicios. En {company} queremos cotizar un seguro de {branch} "
            "para el próximo año. ¿Qué información necesitan para empezar?",
        ),
        Step(
            "seller",
            "Con mucho gusto. Para pedir cotización a tres aseguradoras necesito el valor asegurado, "
            "la actividad, las direcciones de riesgo y la siniestralidad de los últimos tres años. "
            "Le adjunto la plantilla para que la diligencien.",
            "sheet",
        ),
        Step(
            "client",
            "Adjunto la relación de bienes. El valor total asegurado es de USD {amount}.",
            "csv",
        ),
        Step(
            "seller",
            "Le presento el comparativo. La mejor relación entre cobertura y costo es la de "
            "{insurer}, con una prima de USD {premium}: incluye terremoto, hurto y equipos "
            "electrónicos. ¿Le parece si lo revisamos el {date}?",
            "pdf",
        ),
        Step(
            "client",
            "El {date} a las 10:00 está bien. Invito también a nuestra contadora.",
        ),
    ),
    Script(
        "Certificado de la póliza {policy}",
        Step(
            "client",
            "El banco nos pide un certificado de la póliza {policy} en el que figure como "
            "beneficiario oneroso. ¿Nos lo puede enviar antes del {date}?",
        ),
        Step(
            "seller",
            "Adjunto el certificado con el banco como beneficiario. Cualquier ajuste me cuenta.",
            "pdf",
        ),
        Step(
            "client",
            "Recibido, muchas gracias. Ya lo aceptaron.",
        ),
    ),
    Script(
        "Inclusión de empleados en la póliza de salud",
        Step(
            "client",
            "Este mes entraron cuatro personas a {company}. Le envío el listado para incluirlas en "
            "la póliza de salud desde el {date}. Una de ellas está en embarazo: ¿tiene cobertura "
            "desde el primer día?",
            "csv",
        ),
        Step(
            "seller",
            "Quedaron incluidas. Como vienen trasladadas de otra póliza colectiva no hay período de "
            "carencia, así que la maternidad está cubierta. El cobro adicional es de USD {amount} al "
            "mes.",
        ),
        Step(
            "client",
            "¡Qué buena noticia! Se lo cuento ya mismo.",
        ),
    ),
    Script(
        "Póliza de transporte – despacho a {city}",
        Step(
            "client",
            "El {date} despachamos un contenedor hacia {city}, valor de factura USD {amount}. Por "
            "favor, declararlo en la póliza flotante {policy}.",
        ),
        Step(
            "seller",
            "Declarado. El certificado va adjunto. Recuerde que en trayectos terrestres nocturnos "
            "{insurer} exige GPS y acompañamiento; sin eso la cobertura de hurto no opera.",
            "pdf",
        ),
        Step(
            "client",
            "Entendido, los dos camiones llevan GPS. Llegó todo bien, gracias.",
        ),
    ),
    Script(
        "Cancelación de la póliza {policy}",
        Step(
            "client",
            "Vendimos el apartamento, así que necesito cancelar la póliza {policy}. ¿Me devuelven la "
            "parte de la prima que no se usó?",
        ),
        Step(
            "seller",
            "Sí: {insurer} reintegra a prorrata, unos USD {amount}. Necesito una carta firmada y la "
            "certificación de la cuenta. ¡Y felicitaciones por la venta! Si compró otra vivienda, "
            "con gusto la cotizamos.",
        ),
        Step(
            "client",
            "Le mando la carta la otra semana. Y sí, compramos casa en {city}; hablemos.",
        ),
    ),
    Script(
        "Consulta sobre el deducible",
        Step(
            "client",
            "Una consulta rápida: si se daña un computador por una subida de voltaje, ¿cuánto es el "
            "deducible en nuestra póliza {policy}?",
        ),
        Step(
            "seller",
            "Es el 10 % del daño, mínimo USD 150, en la sección de equipos electrónicos. Si pasa, "
            "guarde el equipo y pida el concepto técnico antes de repararlo.",
        ),
    ),
    Script(
        "Pago de la prima – póliza {policy}",
        Step(
            "seller",
            "Le recuerdo que la cuota de USD {amount} de la póliza {policy} vence el {date}.",
        ),
        Step(
            "client",
            "Ya hicimos la transferencia. Adjunto el soporte.",
            "photo",
        ),
        Step(
            "seller",
            "Pago aplicado. Gracias.",
        ),
    ),
    Script(
        "Reunión de revisión anual",
        Step(
            "seller",
            "Cada año revisamos el programa de seguros de {company}. ¿Tendría una hora el {date}? Me "
            "gustaría hablar de ciberriesgo y de los límites de responsabilidad civil, que se "
            "quedaron cortos.",
        ),
        Step(
            "client",
            "Ese día estoy de viaje. ¿Puede ser la semana siguiente, por videollamada?",
        ),
        Step(
            "seller",
            "Claro que sí. Le envío la invitación y, de paso, la presentación.",
            "pdf",
        ),
    ),
)
