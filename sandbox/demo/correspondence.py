"""Nine months of conversations between sellers and clients, in every mailbox that holds a copy."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sandbox.accounts import LUCIA, MARCOS, Mailbox
from sandbox.demo import files, scripts_en, scripts_es
from sandbox.demo.business import INSURERS
from sandbox.demo.cast import SEED, Contact, contacts
from sandbox.demo.compose import ENCODINGS, Draft, compose, trimmed
from sandbox.demo.hours import last_worked, next_worked
from sandbox.demo.letter import Letter
from sandbox.demo.script import Script, Step

#: How far back the mail goes, in days, and the youngest conversation's beginning.
DAYS = 270
YOUNGEST = 2

#: Messages that are quoted below a reply, the oldest ones being cut away.
QUOTED = 4

SCRIPTS = {"es": scripts_es.SCRIPTS, "en": scripts_en.SCRIPTS}
_GREETINGS = {
    "es": ("Hola, {name}:", "{hail}, {name}:", "Estimado equipo de Andina:", "{hail}, {name}:"),
    "en": ("Hi {name},", "Dear {name},", "{hail} {name},"),
}
#: Before noon, and after it.
_HAILS = {"es": ("Buenos días", "Buenas tardes"), "en": ("Good morning", "Good afternoon")}
_CLOSINGS = {
    "es": ("Saludos,", "Un abrazo,", "Cordialmente,"),
    "en": ("Best wishes,", "Thanks,", "Kind regards,"),
}
_BRANCHES = {
    "es": ("multirriesgo", "salud colectiva", "responsabilidad civil", "transporte", "automóviles"),
    "en": ("business", "group health", "liability", "marine cargo", "motor"),
}
_CITIES = {"es": ("Barranquilla", "Quito", "Medellín", "Cúcuta"), "en": ("Portland", "Bristol", "Brisbane")}
_TRADE = {"es": "Corredores de seguros", "en": "Insurance brokers"}


class Scene(NamedTuple):
    """One conversation: who has it, from when on, and the chance that decides the rest."""

    seller: Mailbox
    client: Contact
    script: Script
    begin: datetime
    chance: random.Random
    slots: dict[str, str]
    #: Hours between two messages: at least, and less than.
    pause: tuple[int, int] = (2, 70)


def correspondence(now: datetime) -> Iterator[Letter]:
    """Every message of every conversation. Only dates depend on ``now``."""
    for number, client in enumerate(contacts()):
        chance = random.Random(f"{SEED} {client.name}")
        scripts = chance.sample(SCRIPTS[client.language], chance.choice((1, 2, 2, 3)))
        for script in scripts:
            days = chance.randrange(YOUNGEST, DAYS)
            begin = last_worked(now - timedelta(days=days, minutes=chance.randrange(60, 600)))
            seller = LUCIA if number % 5 < 3 else MARCOS
            scene = Scene(seller, client, script, begin, chance, slots(client, begin, chance))
            yield from play(scene, now)


def slots(client: Contact, begin: datetime, chance: random.Random) -> dict[str, str]:
    """What the slots of a script's texts say in one conversation."""
    language = client.language
    day = begin + timedelta(days=chance.randrange(8, 40))
    letters = "".join(chance.choice("BCDFGHJKLMNPRSTVWXYZ") for _ in range(3))
    return {
        "policy": f"{chance.choice(('PYM', 'SAL', 'RCE', 'TRA', 'AUT'))}-{chance.randrange(1000, 1999)}",
        "claim": f"S-{begin:%Y}-{chance.randrange(10000, 99999)}",
        "plate": f"{letters} {chance.randrange(100, 999)}",
        "branch": chance.choice(_BRANCHES[language]),
        "insurer": chance.choice(INSURERS),
        "premium": f"{chance.randrange(6, 140) * 100:,}".replace(",", "." if language == "es" else ","),
        "amount": f"{chance.randrange(90, 980)}",
        "city": chance.choice(_CITIES[language]),
        "company": client.firm.name if client.firm else client.name,
        "date": f"{day:%d/%m/%Y}" if language == "es" else f"{day.day} {day:%B %Y}",
    }


def play(scene: Scene, now: datetime) -> Iterator[Letter]:
    """The messages of one conversation that were written by ``now``."""
    previous, references, moment = None, (), scene.begin
    colleagues = _colleagues(scene)
    token = f"{scene.chance.getrandbits(48):012x}"
    for number, step in enumerate(scene.script.steps):
        if moment > now:
            return
        draft = _draft(scene, step, number, moment, previous, references, colleagues, token)
        yield from _copies(scene, step, draft)
        previous, references = draft, (*references, draft.message_id)
        pause = timedelta(hours=scene.chance.randrange(*scene.pause), minutes=scene.chance.randrange(60))
        moment = next_worked(moment + pause)


def _colleagues(scene: Scene) -> tuple[tuple[str, str], ...]:
    """Who else of the client's firm is in Cc."""
    if not scene.client.firm or scene.chance.random() > 0.25:
        return ()
    others = [one for one in contacts() if one.firm == scene.client.firm and one != scene.client]
    return tuple((one.name, one.addresses[0]) for one in others[:1])


def _draft(scene: Scene, step: Step, number: int, moment, previous, references, colleagues, token) -> Draft:
    chance, client, seller, language = scene.chance, scene.client, scene.seller, scene.client.language
    # People write from whatever address is at hand.
    own = (client.name, chance.choice(client.addresses) if chance.random() < 0.4 else client.addresses[0])
    ours = (seller.name, seller.address)
    by_seller = step.writer == "seller"
    sender, to = (ours, own) if by_seller else (own, ours)
    if by_seller and previous and previous.sender != ours:
        to = previous.sender
    other = MARCOS if seller == LUCIA else LUCIA
    both = (other.name, other.address)
    cc = (*colleagues, both) if token[0] in "07" else colleagues
    subject = scene.script.subject.format(**scene.slots)
    return Draft(
        sender=sender,
        to=[to],
        cc=cc,
        subject=subject if previous is None else f"Re: {subject}",
        text=_text(scene, step, moment),
        sent=moment.replace(microsecond=0),
        message_id=f"{token}.{number}@{sender[1].rpartition('@')[2]}",
        signature=f"{seller.name}\nAndina Seguros · {_TRADE[language]}\n+57 601 555 0{142 + len(seller.name)}"
        if by_seller
        else "",
        quoted=trimmed(previous, QUOTED),
        references=references,
        language=language,
        html=by_seller or chance.random() < 0.45,
        encoding=ENCODINGS[0] if by_seller else chance.choice(ENCODINGS),
        enclosures=files.enclosed(step.enclosure, scene.slots, language, chance),
        inline=files.inside(step.enclosure, chance),
        tracker=f"https://pixel.crm.example/o/{token}.gif" if chance.random() < 0.08 else "",
    )


def _text(scene: Scene, step: Step, moment: datetime) -> str:
    chance, language = scene.chance, scene.client.language
    by_seller = step.writer == "seller"
    other = scene.client.first_name if by_seller else scene.seller.name.split()[0]
    writer = scene.seller.name if by_seller else scene.client.name
    greeting = chance.choice(_GREETINGS[language][: 2 if by_seller else None])
    greeting = greeting.format(name=other.split()[0], hail=_HAILS[language][moment.hour >= 12])
    closing = chance.choice(_CLOSINGS[language])
    return f"{greeting}\n\n{step.text.format(**scene.slots)}\n\n{closing}\n{writer.split()[0]}"


def _copies(scene: Scene, step: Step, draft: Draft) -> Iterator[Letter]:
    """The message in every mailbox of ours: the writer's Sent, and where each reader filed it."""
    content = compose(draft)
    arrived = draft.sent + timedelta(seconds=scene.chance.randrange(2, 90))
    readers = {address for _, address in (*draft.to, *draft.cc)}
    if step.writer == "seller":
        yield Letter(scene.seller.address, "Sent", draft.sent, content, ("\\Seen",))
    for mailbox in (LUCIA, MARCOS):
        if mailbox.address in readers and mailbox.address != draft.sender[1]:
            trace = f"Return-Path: <{draft.sender[1]}>\r\nDelivered-To: {mailbox.address}\r\n".encode()
            folder = _filed(draft, scene.chance)
            yield Letter(mailbox.address, folder, arrived, trace + content, ("\\Seen",))


def _filed(draft: Draft, chance: random.Random) -> str:
    if "Renovación" in draft.subject or "Renewal" in draft.subject:
        return "Clientes/Renovaciones"
    if "siniestro" in draft.subject:
        return "Clientes/Siniestros del año"
    return "Archive" if chance.random() < 0.15 else "INBOX"
