import pytest
from tests.support.conversations import WEATHER, call, model, user

from turnout.domain.inference.content import Extras
from turnout.domain.inference.conversation import Conversation, ToolChoice, ToolMode, ToolSpec
from turnout.infrastructure.protocols.anthropic_messages.answer import ANSWER_TOOL, Answer
from turnout.infrastructure.protocols.anthropic_messages.claude import claude
from turnout.infrastructure.protocols.anthropic_messages.tools import (
    choose_tool,
    encode_tools,
    forces,
)
from turnout.infrastructure.protocols.turns import lay_out

NEW, OLD = claude("claude-sonnet-4-5"), claude("claude-3-5-haiku")
TURNS = lay_out((user("a"), model(call("1"), call("2"), call("3", "other"))), "x").turns


def test_a_tool_with_what_was_said_about_it() -> None:
    extras: Extras = {
        "anthropic_messages": {"cache_control": {"type": "ephemeral"}},
        "gemini": {"x": 1},
    }
    dropped: list[str] = []
    wire = encode_tools([ToolSpec("f", "F.", None, None, extras)], (), NEW, dropped)
    assert wire == [
        {
            "cache_control": {"type": "ephemeral"},
            "name": "f",
            "description": "F.",
            "input_schema": {"type": "object", "properties": {}},
        }
    ]
    assert dropped == ["tools[0].x"]


@pytest.mark.parametrize(
    ("schema", "model_", "kept"),
    [
        (WEATHER.parameters, NEW, True),
        (WEATHER.parameters, OLD, False),
        ({"type": "object", "properties": {"n": {"minimum": 1}}}, NEW, False),
        ({"type": "object", "additionalProperties": True}, NEW, False),
    ],
)
def test_strictness_is_kept_where_it_changes_nothing(
    schema: dict[str, object], model_: object, kept: bool
) -> None:
    dropped: list[str] = []
    (wire,) = encode_tools([ToolSpec("f", None, schema, True)], (), model_, dropped)  # type: ignore[arg-type]
    assert wire.get("strict", False) is kept
    assert wire["input_schema"] == schema
    assert dropped == ([] if kept else ["tools[0].function.strict"])


def test_tools_called_earlier_are_named_when_none_is_offered_now() -> None:
    wire = encode_tools((), TURNS, NEW, [])
    assert [tool["name"] for tool in wire] == ["get_weather", "other"]


ANSWERED = Answer(tool={"name": ANSWER_TOOL})
SINGLE = {"disable_parallel_tool_use": True}


@pytest.mark.parametrize(
    ("choice", "parallel", "answer", "wire"),
    [
        (None, None, Answer(), None),
        (None, True, Answer(), None),
        (None, False, Answer(), {"type": "auto", **SINGLE}),
        (ToolChoice(ToolMode.AUTO), None, Answer(), {"type": "auto"}),
        (ToolChoice(ToolMode.NONE), False, Answer(), {"type": "none"}),
        (ToolChoice(ToolMode.REQUIRED), None, Answer(), {"type": "any"}),
        (ToolChoice(ToolMode.REQUIRED), False, Answer(), {"type": "any", **SINGLE}),
        (ToolChoice(ToolMode.NAMED, "f"), None, Answer(), {"type": "tool", "name": "f"}),
        (None, None, ANSWERED, {"type": "any"}),
        (ToolChoice(ToolMode.NONE), None, ANSWERED, {"type": "tool", "name": ANSWER_TOOL}),
    ],
)
def test_the_choice(
    choice: ToolChoice | None,
    parallel: bool | None,
    answer: Answer,
    wire: dict[str, object] | None,
) -> None:
    said = Conversation((), (WEATHER,), choice, parallel)
    assert choose_tool(said, answer) == wire
    assert forces(wire) is (wire is not None and wire["type"] in ("any", "tool"))


def test_without_tools_only_the_answer_can_be_chosen() -> None:
    assert choose_tool(Conversation(()), Answer()) == {"type": "none"}
    forced = {"type": "tool", "name": ANSWER_TOOL}
    assert choose_tool(Conversation(()), ANSWERED) == forced
