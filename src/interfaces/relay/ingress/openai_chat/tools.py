"""Tools, the choice among them, and the form of the output, to canonical form.

Source: OpenAI's chat completions, with the deprecated `functions` and `function_call`.
"""

from dataclasses import dataclass

from turnout.domain.inference.conversation import (
    OutputFormat,
    OutputKind,
    ToolChoice,
    ToolMode,
    ToolSpec,
)
from turnout.interfaces.relay.ingress.openai_chat.parts import extras_of
from turnout.interfaces.relay.openai.fields import Fields, unexpected, wrong_type

_MODES = {"auto": ToolMode.AUTO, "none": ToolMode.NONE, "required": ToolMode.REQUIRED}


@dataclass(frozen=True, slots=True)
class Toolbox:
    """What a call says of tools. `leftovers` are tools of kinds that have no canonical form."""

    tools: tuple[ToolSpec, ...]
    leftovers: dict[str, object]


def read_tools(call: Fields) -> Toolbox:
    """Take `tools` and `functions`. Raises InvalidRequest."""
    tools: list[ToolSpec] = []
    leftovers: dict[str, object] = {}
    for index, value in enumerate(call.items("tools")):
        path = f"tools[{index}]"
        tool = Fields(value, path)
        if tool.needed_text("type") == "function":
            tools.append(_read_function(tool.needed_fields("function"), tool))
        else:
            leftovers[path] = value
    for index, value in enumerate(call.items("functions")):
        function = Fields(value, f"functions[{index}]")
        tools.append(_read_function(function, function))
    return Toolbox(tuple(tools), leftovers)


def _read_function(function: Fields, tool: Fields) -> ToolSpec:
    name = function.needed_text("name")
    description = function.text("description")
    parameters, strict = function.mapping("parameters"), function.flag("strict")
    return ToolSpec(name, description, parameters, strict, extras_of(tool))


def read_tool_choice(call: Fields, leftovers: dict[str, object]) -> ToolChoice | None:
    """Take `tool_choice` or `function_call`. Forms without a canonical home go to `leftovers`."""
    choice, function_call = call.take("tool_choice"), call.take("function_call")
    if choice is None and function_call is not None:
        choice, name = function_call, "function_call"
        if isinstance(choice, dict):
            return ToolChoice(ToolMode.NAMED, Fields(choice, name).needed_text("name"))
    else:
        name = "tool_choice"
    if choice is None:
        return None
    if isinstance(choice, str):
        if choice not in _MODES:
            raise unexpected(name, choice, "auto, none, required or an object")
        return ToolChoice(_MODES[choice])
    if not isinstance(choice, dict):
        raise wrong_type(name, choice, "a string or an object")
    fields = Fields(choice, name)
    if fields.needed_text("type") == "function":
        return ToolChoice(ToolMode.NAMED, fields.needed_fields("function").needed_text("name"))
    leftovers[name] = choice
    return None


def read_output(call: Fields, leftovers: dict[str, object]) -> OutputFormat | None:
    """Take `response_format`. Forms without a canonical home go to `leftovers`."""
    value = call.take("response_format")
    if value is None:
        return None
    wanted = Fields(value, "response_format")
    match wanted.needed_text("type"):
        case "text":
            return OutputFormat(OutputKind.TEXT)
        case "json_object":
            return OutputFormat(OutputKind.JSON_OBJECT)
        case "json_schema":
            form = wanted.needed_fields("json_schema")
            name, schema = form.needed_text("name"), form.mapping("schema")
            strict, description = form.flag("strict"), form.text("description")
            return OutputFormat(OutputKind.JSON_SCHEMA, name, schema, strict, description)
    leftovers["response_format"] = value
    return None
