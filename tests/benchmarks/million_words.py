"""What the large database's messages say: Spanish and English by turns, a word in each fifth, one in few."""

import random

#: A word of about every fifth message, and one of some dozen of a million.
COMMON, RARE = "póliza", "zarigüeya"
#: Every so many messages the rare one.
RARELY = 50_021

SPANISH = """
el la los las de del que y en un una por para con no se su al lo como más pero sus le ya o este sí
porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante todos uno
les ni contra otros ese eso ante ellos esto antes algunos unos yo otro otras otra cotización vehículo
siniestro renovación cobertura prima deducible cédula factura reunión mañana semana contrato cliente
oficina firma documento adjunto revisar confirmar enviar pagar gracias saludos cordial estimado incendio
robo granizo taller perito informe fecha vencimiento beneficiario hogar carga embarque puerto bodega
transporte valor asegurado anexo cláusula endoso corredor Bogotá Medellín Lima Quito Guayaquil Santiago
cuota banco transferencia recibo llamada propuesta empresa gerente
"""
ENGLISH = """
the of and to in a is that for it as was with be by on not he his but at are this have from or had an
they which one you were all her she there would their we him been has when who will no more if out so up
said what its about than into them can only other time new some could these two may first then do any
like my now over such our man quote vehicle claim renewal coverage premium deductible invoice meeting
tomorrow week contract client office signature document attached review confirm send payment thanks
regards warehouse shipping fire theft hail report date expiry
"""
FIRST = """
Ana Luis Marta Jorge Sofía Pedro Lucía Diego Elena Raúl Carmen Iván Olga Hugo Inés Pablo
"""
LAST = """
Gómez Pérez Rojas Díaz Mora Vega Cruz Salas León Ríos Paz Soto Luna Vera Gil Campos Ortiz Rey
"""
FILES = ("Cotización", "Póliza", "Factura", "Informe", "Cédula", "Contrato", "Anexo", "Recibo")


class Words:
    """Paragraphs are drawn once and put together: to draw each word anew would take minutes."""

    def __init__(self, draw: random.Random):
        self.draw = draw
        spanish, english = SPANISH.split(), ENGLISH.split()
        self.paragraphs = [self._paragraph(spanish if number % 4 else english) for number in range(6_000)]
        self.subjects = [" ".join(draw.choices(spanish, k=4)).capitalize() for _ in range(2_000)]

    def _paragraph(self, words: list[str]) -> str:
        # The first words are the frequent ones.
        drawn = [words[int(self.draw.random() ** 2.2 * len(words))] for _ in range(self.draw.randint(15, 60))]
        if self.draw.random() < 0.1:
            drawn.insert(len(drawn) // 2, COMMON)
        return " ".join(drawn).capitalize() + "."

    def text(self, number: int) -> str:
        """What the message ``number`` says; a reference number is in it that no other has."""
        some = self.draw.choices(self.paragraphs, k=self.draw.choice((1, 1, 2, 2, 3, 5)))
        rare = [f"Vi una {RARE} en el taller."] if number % RARELY == 7 else []
        return "\n\n".join([*some, *rare, f"Ref. {number * 7919 % 10_000_019}"])

    def subject(self, number: int) -> str:
        return f"{self.draw.choice(self.subjects)} {number}"

    def file(self, number: int, position: int) -> str:
        return f"{FILES[(number + position) % len(FILES)]} {number % 100_000}.pdf"

    @staticmethod
    def name(number: int) -> str:
        """What the one with the address ``number`` is called."""
        first, last = FIRST.split(), LAST.split()
        return f"{first[number % len(first)]} {last[number // len(first) % len(last)]}"
