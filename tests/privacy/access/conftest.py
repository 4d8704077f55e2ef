"""A seller's mail about Ana that a colleague may not see."""

import pytest

from escala_email_plugin.models import Message
from escala_email_plugin.privacy.access.asking import ask
from sandbox.crm.models import Person
from tests.making import account, letter, stored


@pytest.fixture
def ana(db):
    return Person.objects.create(first_name="Ana", last_name="Gómez", email="ana@cliente.test")


@pytest.fixture
def mine(seller):
    """The seller's mailbox, of which nothing is shared."""
    return account(seller)


@pytest.fixture
def hidden(mine, ana):
    """The newest message of a conversation of two; a third is of another one with Ana."""
    first, _reply, _other = stored(
        mine,
        letter(subject="Secreto", message_id="a@x.test", minutes=6),
        letter(subject="Respuesta", message_id="b@x.test", reply_to="a@x.test", minutes=5),
        letter(subject="Otra cosa", message_id="c@x.test", minutes=9),
    )
    return first


@pytest.fixture
def question(hidden, colleague, ana):
    """What the colleague asked."""
    (made,) = ask(colleague, ana, hidden.pk)
    return made


@pytest.fixture
def readable():
    """The subjects that somebody reads, asked anew."""

    def subjects(user) -> set[str]:
        return set(Message.objects.visible_to(user).values_list("subject", flat=True))

    return subjects
