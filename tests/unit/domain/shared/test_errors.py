from turnout.domain.inference.capability import Capability
from turnout.domain.shared.errors import DomainError, alike, unknown


def test_an_error_has_a_code_for_programs_and_words_for_people() -> None:
    error = DomainError("chain.empty", "main: a chain needs a target")
    assert (error.code, error.message) == ("chain.empty", str(error))


def test_an_unknown_name_is_told_with_names_that_look_like_it() -> None:
    error = unknown("provider", "opanai", ["google", "openai", "openai-eu"])
    assert error.code == "provider.unknown"
    assert error.message == "no provider 'opanai': did you mean 'openai' or 'openai-eu'?"


def test_nothing_is_suggested_where_nothing_looks_alike() -> None:
    assert alike("x", ["google", "openai"]) == ""
    assert alike("x", []) == ""


def test_members_of_an_enumeration_are_suggested_by_their_words() -> None:
    assert alike("tool", Capability) == ": did you mean 'tools'?"
