from turnout.interfaces.simulator.anthropic_messages.signatures import signature_of


def test_a_signature_belongs_to_its_thinking() -> None:
    assert signature_of("a") == signature_of("a") != signature_of("b")
    assert len(signature_of("")) == 64
