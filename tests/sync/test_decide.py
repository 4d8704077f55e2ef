from escala_email_plugin.mail.patterns import Patterns
from escala_email_plugin.sync.decide import Reason, Rules, decide

RULES = Rules(contacts={"ana@cliente.test", "lucia@andina.test"}, own={"lucia@andina.test"})


def test_a_message_with_a_contact_is_taken_and_says_whose():
    decision = decide(["ana@cliente.test", "x@otra.test"], RULES)
    assert decision.take
    assert decision.reason == Reason.CONTACT
    assert decision.matched == {"ana@cliente.test"}


def test_a_message_of_strangers_is_left():
    decision = decide(["x@otra.test"], RULES)
    assert not decision.take
    assert decision.reason == Reason.NO_CONTACT


def test_ones_own_address_matches_nothing_even_when_a_record_holds_it():
    assert not decide(["lucia@andina.test", "x@otra.test"], RULES).take


def test_a_message_without_people_is_left():
    assert not decide([], RULES).take


LISTED = Rules(
    contacts={"ana@cliente.test", "luis@a.cliente.test", "eva@otra.test", "lucia@andina.test"},
    own={"lucia@andina.test"},
    never=Patterns(["banco.test"]),
    not_contact=Patterns(["*.cliente.test"]),
)


def test_who_is_never_downloaded_keeps_a_message_out_whoever_else_takes_part():
    decision = decide(["eva@otra.test", "x@banco.test", "y@a.banco.test"], LISTED)
    assert (decision.take, decision.reason, decision.matched) == (
        False,
        Reason.NEVER_DOWNLOAD,
        {"x@banco.test"},
    )


def test_who_is_no_contact_brings_nothing_in_and_keeps_nothing_out():
    decision = decide(["ana@cliente.test", "luis@a.cliente.test", "z@otra.test"], LISTED)
    assert (decision.take, decision.reason) == (False, Reason.NOT_CONTACT)
    assert decision.matched == {"ana@cliente.test", "luis@a.cliente.test"}
    decision = decide(["ana@cliente.test", "eva@otra.test"], LISTED)
    assert (decision.take, decision.reason, decision.matched) == (True, Reason.CONTACT, {"eva@otra.test"})


def test_a_stranger_is_a_stranger_also_where_a_list_names_them():
    assert decide(["nobody@cliente.test"], LISTED).reason == Reason.NO_CONTACT
