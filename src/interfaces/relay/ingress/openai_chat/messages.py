"""Messages to canonical form, with tool calls, tool results and reasoning.

Source: OpenAI's chat completions, its deprecated function calls, and what others add to an
assistant's message: `reasoning_content` (DeepSeek), `reasoning` (OpenRouter), `thinking_blocks`
(LiteLLM, Anthropic's blocks), `extra_content.google.thought_signature` (Google).
"""

from turnout.domain.inference.content import (
    ImagePart,
    Message,
    Part,
    ReasoningPart,
    RefusalPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from turnout.domain.inference.failure import InvalidRequest
from turnout.interfaces.relay.ingress.openai_chat.parts import extras_of, read_content
from turnout.interfaces.relay.openai.fields import Fields, unexpected

_ROLES = "one of system, developer, user, assistant, tool, function"
_PLAIN_ROLES = {"system": Role.SYSTEM, "developer": Role.DEVELOPER, "user": Role.USER}


def read_messages(messages: list[object]) -> tuple[Message, ...]:
    """Read `messages`. Raises InvalidRequest, naming the field."""
    reader = _Reader()
    return tuple(
        reader.read(Fields(message, f"messages[{i}]"), i) for i, message in enumerate(messages)
    )


class _Reader:
    """Remembers the ids made for calls of functions, which have none on the wire."""

    __slots__ = ("_function_calls",)

    def __init__(self) -> None:
        self._function_calls: dict[str, str] = {}

    def read(self, message: Fields, index: int) -> Message:
        role = message.needed_text("role")
        if role == "assistant":
            return self._assistant(message, index)
        if role == "tool":
            return _tool(message)
        if role == "function":
            return self._function(message)
        if role not in _PLAIN_ROLES:
            raise unexpected(message.at("role"), role, _ROLES)
        parts = read_content(message.take("content"), message.at("content"))
        name = message.text("name")
        return Message(_PLAIN_ROLES[role], parts, name, extras_of(message))

    def _assistant(self, message: Fields, index: int) -> Message:
        parts: list[Part] = _reasoning(message)
        parts += read_content(message.take("content"), message.at("content"))
        refusal = message.text("refusal")
        if refusal is not None:
            parts.append(RefusalPart(refusal))
        calls = message.items("tool_calls")
        parts += [_call(Fields(c, f"{message.path}.tool_calls[{i}]")) for i, c in enumerate(calls)]
        function = message.fields("function_call")
        if function is not None:
            parts.append(self._function_call(function, index))
        name = message.text("name")
        return Message(Role.ASSISTANT, tuple(parts), name, extras_of(message))

    def _function_call(self, function: Fields, index: int) -> ToolCallPart:
        name = function.needed_text("name")
        id = self._function_calls[name] = f"call_{index}_{name}"
        return ToolCallPart(id, name, function.text("arguments") or "{}")

    def _function(self, message: Fields) -> Message:
        name = message.needed_text("name")
        result = ToolResultPart(
            self._function_calls.get(name, f"call_{name}"), _result_parts(message), name
        )
        return Message(Role.TOOL, (result,), extras=extras_of(message))


def _tool(message: Fields) -> Message:
    call_id = message.needed_text("tool_call_id")
    result = ToolResultPart(call_id, _result_parts(message), message.text("name"))
    return Message(Role.TOOL, (result,), extras=extras_of(message))


def _result_parts(message: Fields) -> tuple[TextPart | ImagePart, ...]:
    path = message.at("content")
    parts = read_content(message.take("content"), path)
    result = tuple(part for part in parts if isinstance(part, TextPart | ImagePart))
    if len(result) != len(parts):
        fault = f"Invalid value for '{path}': a tool's result is made of text and images."
        raise InvalidRequest(fault, field=path)
    return result


def _call(call: Fields) -> ToolCallPart:
    kind = call.text("type") or "function"
    if kind != "function":
        raise unexpected(call.at("type"), kind, "function (other calls cannot be translated)")
    id = call.needed_text("id")
    call.take("index")
    function = call.needed_fields("function")
    signature = _google_signature(call)
    extras = extras_of(call)
    if signature is not None:
        extras = {**extras, "gemini": {"thoughtSignature": signature}}
    name = function.needed_text("name")
    return ToolCallPart(id, name, function.text("arguments") or "{}", extras)


def _google_signature(call: Fields) -> str | None:
    extra = call.fields("extra_content")
    google = extra.fields("google") if extra is not None else None
    return google.text("thought_signature") if google is not None else None


def _reasoning(message: Fields) -> list[Part]:
    blocks = message.items("thinking_blocks")
    told = message.text("reasoning_content")
    told = message.text("reasoning") or told
    if blocks:
        path = message.at("thinking_blocks")
        return [_thinking(Fields(block, f"{path}[{i}]")) for i, block in enumerate(blocks)]
    return [ReasoningPart(told)] if told else []


def _thinking(block: Fields) -> Part:
    kind = block.needed_text("type")
    if kind == "redacted_thinking":
        return ReasoningPart("", redacted=block.needed_text("data"))
    if kind != "thinking":
        raise unexpected(block.at("type"), kind, "one of thinking, redacted_thinking")
    return ReasoningPart(block.text("thinking") or "", block.text("signature") or None)
