"""Members are taken once, by type; what is left is known."""

from collections.abc import Callable

import pytest

from turnout.domain.inference.failure import InvalidRequest
from turnout.interfaces.relay.openai.fields import Fields, unexpected


def test_what_is_taken_is_gone_and_the_rest_is_known() -> None:
    fields = Fields({"a": "x", "b": 1, "c": None, "d": [], "e": {"f": 1}})
    assert fields.text("a") == "x"
    assert fields.text("a") is None
    assert fields.rest() == {"b": 1, "e": {"f": 1}}


def test_null_counts_as_absent() -> None:
    fields = Fields(dict.fromkeys("abcdefg"))
    assert fields.text("a") is None
    assert fields.flag("b") is None
    assert fields.integer("c") is None
    assert fields.number("d") is None
    assert fields.items("e") == []
    assert fields.mapping("f") is None
    assert fields.fields("g") is None


WRONG: list[tuple[Callable[[Fields], object], object, str]] = [
    (lambda f: f.text("m"), 1, "a string, got an integer"),
    (lambda f: f.needed_text("m"), [], "a string, got an array"),
    (lambda f: f.flag("m"), 1, "a boolean, got an integer"),
    (lambda f: f.integer("m"), True, "an integer, got a boolean"),
    (lambda f: f.integer("m"), 1.5, "an integer, got a number"),
    (lambda f: f.number("m"), True, "a number, got a boolean"),
    (lambda f: f.number("m"), "1", "a number, got a string"),
    (lambda f: f.items("m"), {}, "an array, got an object"),
    (lambda f: f.mapping("m"), [], "an object, got an array"),
    (lambda f: f.fields("m"), "x", "an object, got a string"),
    (lambda f: f.needed_fields("m"), None, "an object, got null"),
]


@pytest.mark.parametrize(("take", "value", "message"), WRONG)
def test_a_wrong_type_names_the_member(
    take: Callable[[Fields], object], value: object, message: str
) -> None:
    with pytest.raises(InvalidRequest) as fault:
        take(Fields({"m": value}, "messages[0]"))
    assert fault.value.field == "messages[0].m"
    assert fault.value.message.endswith(f"expected {message}.")


def test_only_an_object_has_members() -> None:
    with pytest.raises(InvalidRequest) as fault:
        Fields(3)
    assert "of the body" in fault.value.message


def test_a_needed_member_that_is_missing_is_named() -> None:
    with pytest.raises(InvalidRequest) as fault:
        Fields({}, "tools[0]").needed_text("type")
    assert fault.value.message == "Missing required parameter: 'tools[0].type'."


def test_a_long_value_is_shown_in_part() -> None:
    assert len(unexpected("role", "x" * 10_000, "a role").message) < 200
