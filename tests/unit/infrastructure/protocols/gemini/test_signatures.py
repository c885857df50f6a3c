import base64

from turnout.infrastructure.protocols.gemini.signatures import UNSIGNED, mark, unmark


def test_a_mark_survives_the_caller_and_nobody_elses_proof_is_taken() -> None:
    assert unmark(mark("c2ln")) == "c2ln"
    assert (mark(None), mark(""), unmark(None), unmark("c2ln")) == (None, None, None, None)


def test_a_marked_proof_cannot_be_mistaken_for_base64() -> None:
    assert ":" in (mark("c2ln") or "")


def test_the_stand_in_is_what_the_documentation_says() -> None:
    assert base64.b64decode(UNSIGNED) == b"skip_thought_signature_validator"
