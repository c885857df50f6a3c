"""Tools and the choice among them, in Anthropic's form.

Source: Anthropic's Messages API, `tools` and `tool_choice`.
"""

from collections.abc import Sequence

from turnout.domain.inference.content import ToolCallPart
from turnout.domain.inference.conversation import Conversation, ToolMode, ToolSpec
from turnout.infrastructure.protocols.anthropic_messages.answer import (
    ANSWER_TOOL,
    Answer,
    object_schema,
)
from turnout.infrastructure.protocols.anthropic_messages.blocks import NAME
from turnout.infrastructure.protocols.anthropic_messages.claude import Claude
from turnout.infrastructure.protocols.anthropic_messages.schema import OpenSchema, fit_schema
from turnout.infrastructure.protocols.turns import Turn, foreign_fields

Wire = dict[str, object]


def encode_tools(
    tools: Sequence[ToolSpec], turns: Sequence[Turn], model: Claude, dropped: list[str]
) -> list[Wire]:
    """Write the tools; tools that were called earlier and are no longer offered are still named."""
    if tools:
        return [_tool(i, tool, model, dropped) for i, tool in enumerate(tools)]
    called = (placed.part for turn in turns for placed in turn.placed)
    names = dict.fromkeys(part.name for part in called if isinstance(part, ToolCallPart))
    return [{"name": name, "input_schema": object_schema(None)} for name in names]


def choose_tool(conversation: Conversation, answer: Answer) -> Wire | None:
    """Write the caller's say on tools; None leaves it to the model."""
    choice = conversation.tool_choice
    mode = choice.mode if choice is not None else ToolMode.AUTO
    if mode is ToolMode.NONE or not conversation.tools:
        wire: Wire = {"type": "none"}
        if answer.tool is not None:
            wire = {"type": "tool", "name": ANSWER_TOOL}
    elif mode is ToolMode.NAMED and choice is not None:
        wire = {"type": "tool", "name": choice.name}
    elif mode is ToolMode.REQUIRED or answer.tool is not None:
        wire = {"type": "any"}
    elif choice is None and conversation.parallel_tools is not False:
        return None
    else:
        wire = {"type": "auto"}
    if conversation.parallel_tools is False and wire["type"] != "none":
        wire["disable_parallel_tool_use"] = True
    return wire


def forces(choice: Wire | None) -> bool:
    """Tell whether the model has to call a tool."""
    return choice is not None and choice["type"] in ("any", "tool")


def _tool(index: int, tool: ToolSpec, model: Claude, dropped: list[str]) -> Wire:
    path = f"tools[{index}]"
    dropped.extend(foreign_fields(tool.extras, path, NAME))
    wire: Wire = {**tool.extras.get(NAME, {}), "name": tool.name}
    if tool.description:
        wire["description"] = tool.description
    wire["input_schema"] = object_schema(tool.parameters)
    if tool.strict:
        fitted = _strict(tool) if model.structured else None
        if fitted is None:
            dropped.append(f"{path}.function.strict")
        else:
            wire |= {"input_schema": fitted, "strict": True}
    return wire


def _strict(tool: ToolSpec) -> Wire | None:
    """Return the schema for a strict tool; None where strictness would change what it says."""
    lost: set[str] = set()
    try:
        fitted = fit_schema(object_schema(tool.parameters), lost)
    except OpenSchema:
        return None
    return None if lost else fitted
