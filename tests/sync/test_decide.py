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
