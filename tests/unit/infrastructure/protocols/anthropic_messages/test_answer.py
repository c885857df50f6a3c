from turnout.domain.inference.conversation import OutputFormat, OutputKind
from turnout.infrastructure.protocols.anthropic_messages.answer import (
    ANSWER_TOOL,
    Answer,
    object_schema,
    plan_answer,
)
from turnout.infrastructure.protocols.anthropic_messages.claude import claude

NEW, OLD = claude("claude-sonnet-4-5"), claude("claude-3-5-haiku")
DIGIT: dict[str, object] = {
    "type": "object",
    "properties": {"n": {"type": "integer", "maximum": 9}},
}


def wanted(schema: dict[str, object] | None, description: str | None = None) -> OutputFormat:
    return OutputFormat(OutputKind.JSON_SCHEMA, "digit", schema, description=description)


def test_free_text_needs_nothing() -> None:
    dropped: list[str] = []
    assert plan_answer(None, NEW, dropped) == Answer()
    assert plan_answer(OutputFormat(OutputKind.TEXT), NEW, dropped) == Answer()
    assert dropped == []


def test_a_schema_is_fitted_and_what_that_loses_is_named() -> None:
    dropped: list[str] = []
    answer = plan_answer(wanted(DIGIT, "One digit."), NEW, dropped)
    assert answer.format == {
        "type": "json_schema",
        "schema": {
            "type": "object",
            "properties": {"n": {"type": "integer", "description": "(maximum: 9)"}},
            "additionalProperties": False,
            "description": "One digit.",
        },
    }
    assert dropped == ["response_format.json_schema.schema.maximum"]


def test_a_schema_that_does_not_fit_becomes_a_tool() -> None:
    dropped: list[str] = []
    schema: dict[str, object] = {"type": "object", "additionalProperties": True}
    answer = plan_answer(wanted(schema), NEW, dropped)
    assert answer.tool is not None
    assert (answer.format, dropped) == (None, [])


def test_an_older_model_is_given_the_whole_schema_as_a_tool() -> None:
    answer = plan_answer(wanted(DIGIT, "One digit."), OLD, [])
    assert answer.tool == {
        "name": ANSWER_TOOL,
        "description": "Gives the answer to the user (digit). One digit.",
        "input_schema": DIGIT,
    }


def test_json_without_a_schema_is_asked_for_in_words_and_named() -> None:
    for output in (OutputFormat(OutputKind.JSON_OBJECT), wanted(None)):
        dropped: list[str] = []
        assert plan_answer(output, NEW, dropped).instruction is not None
        assert dropped == ["response_format"]


def test_a_tools_schema_is_always_an_objects() -> None:
    assert object_schema(None) == {"type": "object", "properties": {}}
    assert object_schema({"anyOf": []}) == {"type": "object", "anyOf": []}
