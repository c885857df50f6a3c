from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis.strategies import (
    SearchStrategy,
    builds,
    deferred,
    dictionaries,
    integers,
    lists,
    one_of,
    sampled_from,
    text,
)
from pydantic import BaseModel, Field

from turnout.interfaces.simulator.schemas import UnusableSchema, instance_of


class Leaf(BaseModel, extra="forbid"):
    kind: str
    share: float = Field(gt=0, lt=1)


class Tree(BaseModel, extra="forbid"):
    name: str = Field(min_length=3, max_length=5)
    colour: str = Field(pattern="^[A-Z]{2}$")
    count: int = Field(ge=3, multiple_of=5)
    leaves: list[Leaf] = Field(min_length=2)
    left: "Tree | None"
    nothing: None


def test_an_instance_fits_a_pydantic_model() -> None:
    made = Tree.model_validate(instance_of(Tree.model_json_schema(), "salt"), strict=True)
    assert made.left is not None
    assert len(made.leaves) == 2


def test_the_same_salt_gives_the_same_instance() -> None:
    schema = {"type": "integer", "minimum": 0, "maximum": 10**6}
    assert instance_of({"items": schema, "minItems": 3}, "a") != instance_of(
        {"items": schema, "minItems": 3}, "b"
    )
    assert instance_of(schema, "a") == instance_of(schema, "a")


@pytest.mark.parametrize(
    ("schema", "instance"),
    [
        ({"const": 7}, 7),
        ({"enum": ["only"]}, "only"),
        ({"type": ["null", "boolean"], "enum": [True]}, True),
        ({"type": "null"}, None),
        ({"type": "STRING", "format": "date"}, "2026-01-15"),
        ({"type": "string", "format": "uuid"}, "123e4567-e89b-42d3-a456-426614174000"),
        ({"type": "string", "pattern": "^[0-9]{3}$"}, "123"),
        ({"type": "integer", "minimum": 4, "maximum": 4}, 4),
        ({"type": "integer", "exclusiveMinimum": 4, "exclusiveMaximum": 6}, 5),
        ({"type": "number", "minimum": 0.1, "maximum": 0.2}, pytest.approx(0.15, abs=0.05)),
        ({"type": "array", "items": {"const": 1}, "maxItems": 0}, []),
        ({"prefixItems": [{"const": 1}, {"const": 2}], "type": "array"}, [1, 2]),
        ({"anyOf": [{"const": 1}, {"const": 2}]}, 1),
        ({"oneOf": [{"const": 1}, {"const": 2}]}, 1),
        ({"allOf": [{"type": "string"}, {"maxLength": 0}]}, ""),
        ({"type": "object", "required": ["x"]}, {"x": "x"}),
        ({"$ref": "#/$defs/one", "$defs": {"one": {"const": 1}}}, 1),
        ({"type": "object", "properties": {}}, {}),
        ({}, "value 0"),
    ],
)
def test_instances(schema: dict[str, Any], instance: object) -> None:
    made = instance_of(schema, "salt")
    assert made == instance or (isinstance(made, str) and made.startswith("value "))


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"$ref": "#/$defs/none"},
        {"type": "object", "properties": {"me": {"$ref": "#"}}, "required": ["me"]},
        {"type": "object", "properties": 7},
        {"type": "string", "pattern": "("},
        {"type": "integer", "minimum": "low"},
    ],
)
def test_what_is_no_schema_is_said_to_be_unusable(schema: dict[str, Any]) -> None:
    with pytest.raises(UnusableSchema):
        instance_of(schema, "salt")


LEAF = one_of(
    builds(
        lambda low, size: {"type": "integer", "minimum": low, "maximum": low + size},
        integers(-50, 50),
        integers(0, 9),
    ),
    builds(
        lambda low, size: {"type": "string", "minLength": low, "maxLength": low + size},
        integers(0, 9),
        integers(0, 9),
    ),
    builds(lambda values: {"enum": values}, lists(integers(), min_size=1, max_size=3)),
    sampled_from([{"type": "boolean"}, {"type": "null"}]),
)
NODE: SearchStrategy[dict[str, Any]] = deferred(
    lambda: one_of(
        LEAF,
        builds(lambda items, least: {"type": "array", "items": items, "minItems": least},
               NODE, integers(0, 2)),
        builds(lambda named: {"type": "object", "properties": named, "required": list(named)},
               dictionaries(text(max_size=3), LEAF, max_size=3)),
    )
)  # fmt: skip


@settings(deadline=None)
@given(NODE, text(max_size=5))
def test_any_instance_satisfies_its_schema(schema: dict[str, Any], salt: str) -> None:
    assert satisfies(instance_of(schema, salt), schema)


def satisfies(value: Any, schema: dict[str, Any]) -> bool:
    """A small validator of the schemas made above, written apart from what it checks."""
    if "enum" in schema:
        return bool(value in schema["enum"])
    match schema["type"]:
        case "integer":
            return type(value) is int and bool(schema["minimum"] <= value <= schema["maximum"])
        case "string":
            return bool(schema["minLength"] <= len(value) <= schema["maxLength"])
        case "boolean":
            return isinstance(value, bool)
        case "null":
            return value is None
        case "array":
            enough = len(value) >= schema["minItems"]
            return enough and all(satisfies(one, schema["items"]) for one in value)
    named = schema["properties"]
    return bool(value.keys() == named.keys()) and all(satisfies(value[n], named[n]) for n in named)
