"""Headers or SEARCH: what is never searched for."""

import pytest

from escala_email_plugin.sync.plan import is_search_cheaper


def test_few_addresses_are_searched_for_in_a_huge_folder():
    assert is_search_cheaper(50_000, ["ana@cliente.test", "eva@cliente.test"])
    assert not is_search_cheaper(500, ["ana@cliente.test"])


@pytest.mark.parametrize(
    "address", ["ana@xn--bcher-kva.test", "josé@cliente.test", '"ana,gomez"@cliente.test']
)
def test_an_address_that_a_header_may_spell_in_several_ways_is_not_searched_for(address):
    assert not is_search_cheaper(50_000, ["eva@cliente.test", address])
