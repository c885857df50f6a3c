"""Reads Gemini's generateContent requests, in proto3 JSON: camelCase, or snake_case too.

https://ai.google.dev/api/generate-content
"""

import re
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from turnout.interfaces.simulator.bodies import (
    BodyFault,
    bad_request,
    fault_from,
    read,
    text_length,
)
from turnout.interfaces.simulator.dialect import Refused
from turnout.interfaces.simulator.prompt import CacheMark, Prompt, Tool, ToolMode, ToolResult
from turnout.interfaces.simulator.tokens import digest, estimated_tokens

T = TypeVar("T")
Json = dict[str, Any]

_TOKENS_PER_FILE = 258
_CACHED_FROM_TOKENS = 1024
_MOST_THOUGHT_SHOWN = 16
_THOUGHT_TOKENS = {"MINIMAL": 4, "LOW": 8, "MEDIUM": 16, "HIGH": 32}
_MODES = {"ANY": ToolMode.REQUIRED, "NONE": ToolMode.NONE}
_SNAKE_CASE = re.compile(rb'"[a-z]+_[a-z_]*"\s*:')
_OPAQUE = {
    "args",
    "response",
    "responseSchema",
    "responseJsonSchema",
    "parameters",
    "parametersJsonSchema",
}

Choices = Annotated[int, Meta(ge=1, le=8)]
Alternatives = Annotated[int, Meta(ge=0, le=20)]
Stops = Annotated[list[str], Meta(max_length=5)]


class _Data(Struct, rename="camel"):
    mime_type: str = ""
    file_uri: str | None = None
    data: str | None = None


class _Part(Struct, rename="camel"):
    text: str | None = None
    thought: bool = False
    inline_data: _Data | None = None
    file_data: _Data | None = None
    function_call: Json | None = None
    function_response: Json | None = None

    @property
    def attached(self) -> _Data | None:
        return self.inline_data or self.file_data


class Content(Struct, rename="camel"):
    """One turn: its parts, and whose they are."""

    parts: list[_Part] = []
    role: str | None = None

    def text(self) -> str:
        return "\n".join(part.text for part in self.parts if part.text and not part.thought)

    def attached(self, kind: str) -> int:
        """How many attachments have a media type that begins like this."""
        found = [part.attached for part in self.parts if part.attached]
        return sum(data.mime_type.startswith(kind) for data in found)

    def functions(self, field: str) -> list[Json]:
        """The function calls or responses among the parts."""
        found = [getattr(part, field) for part in self.parts]
        return [one for one in found if one is not None]


class _Declaration(Struct, rename="camel"):
    name: str
    description: str | None = None
    parameters: Json | None = None
    parameters_json_schema: Json | None = None


class _Tool(Struct, rename="camel"):
    function_declarations: list[_Declaration] | None = None


class _CallingConfig(Struct, rename="camel"):
    mode: str = "AUTO"
    allowed_function_names: list[str] | None = None


class _ToolConfig(Struct, rename="camel"):
    function_calling_config: _CallingConfig | None = None


class _ThinkingConfig(Struct, rename="camel"):
    include_thoughts: bool = False
    thinking_budget: int | None = None
    thinking_level: str | None = None


class _GenerationConfig(Struct, rename="camel", forbid_unknown_fields=True):
    candidate_count: Choices | None = None
    max_output_tokens: Annotated[int, Meta(ge=1)] | None = None
    stop_sequences: Stops | None = None
    response_mime_type: str | None = None
    response_schema: Json | None = None
    response_json_schema: Json | None = None
    response_logprobs: bool | None = None
    logprobs: Alternatives | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    thinking_config: _ThinkingConfig | None = None
    audio_timestamp: Any = None
    enable_enhanced_civic_answers: Any = None
    frequency_penalty: Any = None
    image_config: Any = None
    media_resolution: Any = None
    presence_penalty: Any = None
    response_modalities: Any = None
    seed: Any = None
    speech_config: Any = None
    top_k: Any = None
    top_p: Any = None


class GenerateRequest(Struct, rename="camel", forbid_unknown_fields=True):
    """The body of generateContent; unknown fields are refused, as by Google."""

    contents: Annotated[list[Content], Meta(min_length=1)]
    model: str | None = None
    system_instruction: Content | None = None
    tools: list[_Tool] | None = None
    tool_config: _ToolConfig | None = None
    generation_config: _GenerationConfig | None = None
    safety_settings: Any = None
    cached_content: Any = None
    labels: Any = None
    service_tier: Any = None
    store: Any = None


def read_prompt(body: bytes, model: str, *, stream: bool) -> Prompt:
    """The request as a prompt; raises Refused with Google's words and the field at fault."""
    request = read_body(body, GenerateRequest)
    _check_turns(request.contents)
    last, question = request.contents[-1], _question(request.contents)
    config = request.generation_config or _GenerationConfig()
    mode, names = _tool_choice(request.tool_config)
    return Prompt(
        model=model,
        question=question.text(),
        stream=stream,
        tools=_tools(request.tools or []),
        tool_mode=mode,
        tool_names=names,
        tool_results=_tool_results(last),
        images=question.attached("image/"),
        sounds=question.attached("audio/"),
        documents=question.attached("application/") + question.attached("text/"),
        prefill=last.text() if last.role == "model" else "",
        json_schema=config.response_json_schema or config.response_schema,
        json_wanted=config.response_mime_type == "application/json",
        stop=tuple(config.stop_sequences or ()),
        max_tokens=config.max_output_tokens,
        choices=config.candidate_count or 1,
        logprobs=(config.logprobs or 0) if config.response_logprobs else None,
        reasoning_tokens=_thought_tokens(config.thinking_config),
        reasoning_shown=bool(config.thinking_config and config.thinking_config.include_thoughts),
        prompt_tokens=prompt_tokens(request),
        cache_marks=_cache_marks(request.contents),
    )


def read_body(body: bytes, shape: type[T]) -> T:
    """The body as the shape, however its fields are spelled; raises Refused."""
    try:
        if _SNAKE_CASE.search(body):
            return msgspec.convert(_camel(read(body, object)), shape)
        return read(body, shape)
    except msgspec.ValidationError as error:
        raise _refused(fault_from(error)) from error
    except BodyFault as fault:
        raise _refused(fault) from fault


def _refused(fault: BodyFault) -> Refused:
    return bad_request(_message(fault), fault.path or None)


def _message(fault: BodyFault) -> str:
    where, _, name = fault.path.rpartition(".")
    if fault.problem == "json":
        return f"Invalid JSON payload received. {fault.what}"
    if fault.problem == "unknown":
        at = f" at '{where}'" if where else ""
        return f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.'
    if fault.problem == "missing":
        return f"* {fault.path}: {name} is not specified"
    return f"Invalid value at '{fault.path}': {fault.what}"


def _camel(value: Any) -> Any:
    """The same JSON with camelCase names, but for what is the caller's own."""
    if isinstance(value, list):
        return [_camel(one) for one in value]
    if not isinstance(value, dict):
        return value
    named = {_camel_name(name): inner for name, inner in value.items()}
    return {name: inner if name in _OPAQUE else _camel(inner) for name, inner in named.items()}


def _camel_name(name: str) -> str:
    first, *more = name.lstrip("_").split("_")
    return first + "".join(word.capitalize() for word in more)


def _check_turns(contents: list[Content]) -> None:
    """Roles are known, and a turn of function calls is followed by as many responses."""
    called = 0
    for content in contents:
        if content.role not in (None, "user", "model", "function"):
            raise bad_request("Please use a valid role: user, model.", "contents.role")
        responses = len(content.functions("function_response"))
        if responses != called and (responses or content.role != "model"):
            raise bad_request(
                "Please ensure that the number of function response parts is equal to the number "
                "of function call parts of the function call turn."
            )
        called = len(content.functions("function_call"))


def _question(contents: list[Content]) -> Content:
    """The last turn of the user that is more than function responses."""
    for content in reversed(contents):
        asked = content.text() or content.attached("")
        if content.role in (None, "user") and asked:
            return content
    return Content()


def _tool_results(last: Content) -> tuple[ToolResult, ...]:
    return tuple(_tool_result(response) for response in last.functions("function_response"))


def _tool_result(response: Json) -> ToolResult:
    inner = response.get("response")
    if isinstance(inner, dict) and len(inner) == 1:
        inner = next(iter(inner.values()))
    text = inner if isinstance(inner, str) else msgspec.json.encode(inner).decode()
    return ToolResult(str(response.get("name", "")), text)


def _tools(tools: list[_Tool]) -> tuple[Tool, ...]:
    declared = [one for tool in tools for one in tool.function_declarations or ()]
    return tuple(
        Tool(one.name, one.parameters_json_schema or one.parameters or {}) for one in declared
    )


def _tool_choice(config: _ToolConfig | None) -> tuple[ToolMode, tuple[str, ...]]:
    calling = config and config.function_calling_config
    if not calling:
        return ToolMode.AUTO, ()
    return _MODES.get(calling.mode.upper(), ToolMode.AUTO), tuple(
        calling.allowed_function_names or ()
    )


def _thought_tokens(config: _ThinkingConfig | None) -> int:
    if config is None or config.thinking_budget == 0:
        return 0
    if config.thinking_level is not None:
        return _THOUGHT_TOKENS.get(config.thinking_level.upper(), _MOST_THOUGHT_SHOWN)
    budget = config.thinking_budget or _MOST_THOUGHT_SHOWN
    return min(budget, _MOST_THOUGHT_SHOWN) if budget > 0 else _MOST_THOUGHT_SHOWN


def prompt_tokens(request: GenerateRequest) -> int:
    """About how many tokens the whole request has."""
    tools = estimated_tokens(len(msgspec.json.encode(request.tools))) if request.tools else 0
    system = content_tokens(request.system_instruction) if request.system_instruction else 0
    return tools + system + sum(map(content_tokens, request.contents))


def content_tokens(content: Content) -> int:
    """About how many tokens one turn has."""
    functions = [*content.functions("function_call"), *content.functions("function_response")]
    called = sum(estimated_tokens(len(msgspec.json.encode(one))) for one in functions)
    return (
        1
        + estimated_tokens(text_length(content.text()))
        + called
        + _TOKENS_PER_FILE * content.attached("")
    )


def _cache_marks(contents: list[Content]) -> tuple[CacheMark, ...]:
    """All but the last turn is what Gemini caches by itself, from 1,024 tokens on."""
    kept = contents[:-1]
    tokens = sum(map(content_tokens, kept))
    if tokens < _CACHED_FROM_TOKENS:
        return ()
    return (CacheMark(digest("\n".join(content.text() for content in kept)), tokens),)
