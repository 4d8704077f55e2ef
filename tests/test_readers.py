"""A user who reads, with what each mailbox shows them."""

import copy

import pytest

from escala_email_plugin.readers import Reader
from tests.making import account

pytestmark = pytest.mark.django_db


def test_a_reader_can_be_copied(seller):
    """As Django does with much that stands in a query."""
    mine = account(seller)
    reader = copy.copy(Reader(seller))
    assert reader.own == {mine.pk}
    assert reader.pk == seller.pk
