"""Tools, their choice, and the form of the output."""

from typing import Any

import pytest

from turnout.domain.inference.conversation import (
    OutputFormat,
    OutputKind,
    ToolChoice,
    ToolMode,
    ToolSpec,
)
from turnout.domain.inference.failure import InvalidRequest
from turnout.interfaces.relay.ingress.openai_chat.tools import (
    read_output,
    read_tool_choice,
    read_tools,
)
from turnout.interfaces.relay.openai.fields import Fields

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}


def test_tools_and_functions_are_tools() -> None:
    function = {"name": "f", "description": "does", "parameters": SCHEMA, "strict": True}
    cached = {"type": "function", "function": {"name": "g"}, "cache_control": {"type": "ephemeral"}}
    call = Fields({"tools": [{"type": "function", "function": function}, cached],
                   "functions": [{"name": "h", "parameters": SCHEMA}]})  # fmt: skip
    toolbox = read_tools(call)
    assert toolbox.tools == (
        ToolSpec("f", "does", SCHEMA, True),
        ToolSpec("g", extras={"anthropic_messages": {"cache_control": {"type": "ephemeral"}}}),
        ToolSpec("h", None, SCHEMA),
    )
    assert toolbox.leftovers == {}


def test_tools_of_other_kinds_are_left_over_by_their_place() -> None:
    search = {"type": "web_search"}
    toolbox = read_tools(Fields({"tools": [search]}))
    assert toolbox.tools == ()
    assert toolbox.leftovers == {"tools[0]": search}


@pytest.mark.parametrize(
    ("call", "choice"),
    [
        ({}, None),
        ({"tool_choice": None}, None),
        ({"tool_choice": "auto"}, ToolChoice(ToolMode.AUTO)),
        ({"tool_choice": "none"}, ToolChoice(ToolMode.NONE)),
        ({"tool_choice": "required"}, ToolChoice(ToolMode.REQUIRED)),
        (
            {"tool_choice": {"type": "function", "function": {"name": "f"}}},
            ToolChoice(ToolMode.NAMED, "f"),
        ),
        ({"function_call": "auto"}, ToolChoice(ToolMode.AUTO)),
        ({"function_call": {"name": "f"}}, ToolChoice(ToolMode.NAMED, "f")),
        (
            {"tool_choice": "none", "function_call": {"name": "f"}},
            ToolChoice(ToolMode.NONE),
        ),
    ],
)
def test_every_form_of_choice(call: dict[str, Any], choice: ToolChoice | None) -> None:
    leftovers: dict[str, object] = {}
    assert read_tool_choice(Fields(call), leftovers) == choice
    assert leftovers == {}


def test_a_choice_among_allowed_tools_is_left_over() -> None:
    allowed = {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": []}}
    leftovers: dict[str, object] = {}
    assert read_tool_choice(Fields({"tool_choice": allowed}), leftovers) is None
    assert leftovers == {"tool_choice": allowed}


@pytest.mark.parametrize(
    ("wanted", "output"),
    [
        (None, None),
        ({"type": "text"}, OutputFormat(OutputKind.TEXT)),
        ({"type": "json_object"}, OutputFormat(OutputKind.JSON_OBJECT)),
        (
            {"type": "json_schema", "json_schema": {"name": "s", "schema": SCHEMA, "strict": True}},
            OutputFormat(OutputKind.JSON_SCHEMA, "s", SCHEMA, True),
        ),
    ],
)
def test_every_form_of_output(wanted: object, output: OutputFormat | None) -> None:
    assert read_output(Fields({"response_format": wanted}), {}) == output


def test_an_unknown_form_of_output_is_left_over() -> None:
    leftovers: dict[str, object] = {}
    grammar = {"type": "grammar", "grammar": "..."}
    assert read_output(Fields({"response_format": grammar}), leftovers) is None
    assert leftovers == {"response_format": grammar}


@pytest.mark.parametrize(
    ("call", "field"),
    [
        ({"tools": [{}]}, "tools[0].type"),
        ({"tools": [{"type": "function"}]}, "tools[0].function"),
        ({"tools": [{"type": "function", "function": {}}]}, "tools[0].function.name"),
        (
            {"tools": [{"type": "function", "function": {"name": "f", "parameters": []}}]},
            "tools[0].function.parameters",
        ),
        ({"functions": [3]}, "functions[0]"),
        ({"tool_choice": "maybe"}, "tool_choice"),
        ({"tool_choice": 3}, "tool_choice"),
        ({"tool_choice": {"type": "function"}}, "tool_choice.function"),
        ({"function_call": {}}, "function_call.name"),
        ({"response_format": "json"}, "response_format"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
    ],
)
def test_faults_name_the_field(call: dict[str, Any], field: str) -> None:
    fields = Fields(call)
    with pytest.raises(InvalidRequest) as fault:
        read_tools(fields)
        read_tool_choice(fields, {})
        read_output(fields, {})
    assert fault.value.field == field
