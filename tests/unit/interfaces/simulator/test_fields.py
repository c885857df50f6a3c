from typing import Annotated

import pytest
from msgspec import Meta, Struct

from turnout.interfaces.simulator.fields import FieldFault, read_as


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    name: str = ""
    count: Annotated[int, Meta(ge=1)] | None = None
    kinds: tuple[str, ...] | str = ()


class Plan(Struct, frozen=True, forbid_unknown_fields=True):
    steps: Annotated[tuple[Step, ...], Meta(min_length=1)]
    again: bool = False
    share: Annotated[float, Meta(gt=0)] = 1.0


def test_a_good_mapping_becomes_the_shape() -> None:
    plan = read_as({"steps": [{"count": 2, "kinds": ["a"]}], "share": 1}, Plan, what="plan")
    assert plan == Plan((Step("", 2, ("a",)),))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([1], "plan: found [1], expected a mapping"),
        ({}, "steps: found None, expected this field"),
        ({"steps": []}, "steps: found [], expected a list of length >= 1"),
        ({"steps": 3}, "steps: found 3, expected a list"),
        ({"steps": [{}], "again": 1}, "again: found 1, expected true or false"),
        ({"steps": [{}], "share": 0}, "share: found 0, expected a number > 0.0"),
        ({"steps": [{"count": 0}]}, "steps[0].count: found 0, expected a whole number >= 1"),
        ({"steps": [{"count": "x"}]}, "found 'x', expected a whole number or nothing"),
        ({"steps": [{"kinds": [3]}]}, "steps[0].kinds[0]: found 3, expected text"),
        (
            {"steps": [{}, {"nam": 7}]},
            "steps[1].nam: found 7, expected no such field, but one of name, count, kinds "
            "(did you mean 'name'?)",
        ),
        ({"steps": [{}], "zzz": 1}, "expected no such field, but one of steps, again, share"),
    ],
)
def test_the_field_at_fault_is_named(content: object, words: str) -> None:
    with pytest.raises(FieldFault) as caught:
        read_as(content, Plan, what="plan")
    assert words in str(caught.value)


def test_a_fault_knows_where_it_lies() -> None:
    fault = FieldFault("seconds", 0, "more")
    assert str(fault.below("phases[2]")) == "phases[2].seconds: found 0, expected more"
    assert FieldFault("[1]", 0, "more").below("list").field == "list[1]"
    assert FieldFault("plan", 0, "more").below("plans.a", whole="plan").field == "plans.a"


def test_long_values_are_shortened_and_mappings_not_told() -> None:
    assert len(str(FieldFault("a", "x" * 500, "less"))) < 120
    assert "found a mapping" in str(FieldFault("a", {"secret": 1}, "text"))
