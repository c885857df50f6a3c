import pytest

from turnout.infrastructure.protocols.anthropic_messages.schema import OpenSchema, fit_schema


def test_objects_are_closed_at_every_depth() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": ["object", "null"], "properties": {}}},
        "$defs": {"b": {"type": "array", "items": {"type": "object"}}},
        "anyOf": [{"type": "object"}],
    }
    lost: set[str] = set()
    closed = {"additionalProperties": False}
    assert fit_schema(schema, lost) == {
        "type": "object",
        "properties": {"a": {"type": ["object", "null"], "properties": {}, **closed}},
        "$defs": {"b": {"type": "array", "items": {"type": "object", **closed}}},
        "anyOf": [{"type": "object", **closed}],
        **closed,
    }
    assert lost == set()


def test_what_is_not_enforced_is_told_in_words() -> None:
    schema = {"type": "integer", "minimum": 1, "maximum": 9, "description": "A digit."}
    lost: set[str] = set()
    fitted = fit_schema(schema, lost)
    assert fitted == {"type": "integer", "description": "A digit. (minimum: 1, maximum: 9)"}
    assert lost == {"minimum", "maximum"}


@pytest.mark.parametrize(
    ("schema", "fitted", "lost"),
    [
        ({"minItems": 1}, {"minItems": 1}, set()),
        ({"minItems": 2}, {"description": "(minItems: 2)"}, {"minItems"}),
        ({"format": "date"}, {"format": "date"}, set()),
        ({"format": "phone"}, {"description": "(format: phone)"}, {"format"}),
        ({"oneOf": [{"type": "null"}]}, {"anyOf": [{"type": "null"}]}, set()),
        ({"properties": {"format": {"minLength": 1}}, "additionalProperties": False}, None, None),
    ],
)
def test_keywords(
    schema: dict[str, object], fitted: dict[str, object] | None, lost: set[str] | None
) -> None:
    found: set[str] = set()
    result = fit_schema(schema, found)
    if fitted is None:
        fitted = {
            "properties": {"format": {"description": "(minLength: 1)"}},
            "additionalProperties": False,
        }
        lost = {"minLength"}
    assert (result, found) == (fitted, lost)


@pytest.mark.parametrize("more", [True, {"type": "string"}])
def test_objects_that_take_anything_do_not_fit(more: object) -> None:
    schema = {"type": "array", "items": {"type": "object", "additionalProperties": more}}
    with pytest.raises(OpenSchema):
        fit_schema(schema, set())
