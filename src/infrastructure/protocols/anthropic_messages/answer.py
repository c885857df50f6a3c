"""Asking Claude for JSON, and knowing its JSON again in the answer.

Models with structured outputs take a schema as it is (`output_config.format`). The others are given
a tool that they have to call, whose input is the answer. Source: Anthropic's structured outputs and
its guide to JSON by tool use.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from turnout.domain.inference.conversation import OutputFormat, OutputKind
from turnout.infrastructure.protocols.anthropic_messages.claude import Claude
from turnout.infrastructure.protocols.anthropic_messages.schema import OpenSchema, fit_schema

ANSWER_TOOL = "turnout_json_answer"
"""The name of the tool whose input is the answer; no caller's tool is called that."""

_OBJECT_ONLY = "Answer with one JSON object and nothing else: no prose, no code fences."
_SCHEMA = "response_format.json_schema.schema"


@dataclass(frozen=True, slots=True)
class Answer:
    """How the answer's form is asked for: one of the three, or none for free text."""

    format: Mapping[str, object] | None = None
    tool: Mapping[str, object] | None = None
    instruction: str | None = None


def plan_answer(output: OutputFormat | None, model: Claude, dropped: list[str]) -> Answer:
    """Choose the way. Any JSON object is asked for in words, which nothing enforces."""
    if output is None or output.kind is OutputKind.TEXT:
        return Answer()
    if output.kind is OutputKind.JSON_OBJECT or output.schema is None:
        dropped.append("response_format")
        return Answer(instruction=_OBJECT_ONLY)
    if model.structured:
        lost: set[str] = set()
        try:
            schema = fit_schema(output.schema, lost)
        except OpenSchema:
            pass
        else:
            dropped.extend(f"{_SCHEMA}.{keyword}" for keyword in sorted(lost))
            return Answer(format={"type": "json_schema", "schema": _described(schema, output)})
    return Answer(tool=_tool(output, output.schema))


def _described(schema: dict[str, object], output: OutputFormat) -> dict[str, object]:
    if output.description and "description" not in schema:
        schema["description"] = output.description
    return schema


def _tool(output: OutputFormat, schema: Mapping[str, object]) -> dict[str, object]:
    name = f" ({output.name})" if output.name else ""
    words = f"Gives the answer to the user{name}. {output.description or ''}".rstrip()
    return {"name": ANSWER_TOOL, "description": words, "input_schema": object_schema(schema)}


def object_schema(schema: Mapping[str, object] | None) -> dict[str, object]:
    """Make sure that a schema says that it is an object's, as tools have to."""
    return {"type": "object", "properties": {}} if not schema else {"type": "object", **schema}
