"""Reads OpenAI's chat completion requests: https://platform.openai.com/docs/api-reference/chat/create."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from turnout.interfaces.simulator.bodies import BodyFault, bad_request, read, text_length
from turnout.interfaces.simulator.dialect import Refused
from turnout.interfaces.simulator.prompt import CacheMark, Prompt, Tool, ToolMode, ToolResult
from turnout.interfaces.simulator.tokens import digest, estimated_tokens

T = TypeVar("T")

_TOKENS_PER_MESSAGE = 4
_TOKENS_PER_IMAGE = 85
_CACHED_FROM_TOKENS = 1024
_REASONING_TOKENS = {"none": 0, "minimal": 4, "low": 8, "medium": 16, "high": 32, "xhigh": 64}

Count = Annotated[int, Meta(ge=1)]
Choices = Annotated[int, Meta(ge=1, le=128)]
Alternatives = Annotated[int, Meta(ge=0, le=20)]
Temperature = Annotated[float, Meta(ge=0, le=2)]
Stops = Annotated[list[str], Meta(max_length=4)]


class _Part(Struct):
    type: Literal["text", "image_url", "input_audio", "file", "refusal"]
    text: str | None = None
    image_url: dict[str, Any] | None = None
    input_audio: dict[str, Any] | None = None
    file: dict[str, Any] | None = None


class _CalledFunction(Struct):
    name: str
    arguments: str


class _ToolCall(Struct):
    id: str
    function: _CalledFunction | None = None


class _Message(Struct):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[_Part] | None = None
    tool_calls: list[_ToolCall] | None = None
    tool_call_id: str | None = None

    def parts(self, kind: str) -> list[_Part]:
        if not isinstance(self.content, list):
            return []
        return [part for part in self.content if part.type == kind]

    def text(self) -> str:
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.parts("text") if part.text)


class _Function(Struct):
    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None


class _Tool(Struct):
    type: str
    function: _Function | None = None


class _Named(Struct):
    name: str


class _AllowedTool(Struct):
    function: _Named | None = None


class _AllowedTools(Struct):
    mode: Literal["auto", "required"]
    tools: list[_AllowedTool]


class _ToolChoice(Struct):
    type: Literal["function", "allowed_tools", "custom"]
    function: _Named | None = None
    allowed_tools: _AllowedTools | None = None


class _JsonSchema(Struct):
    name: str
    schema: dict[str, Any] | None = None


class _ResponseFormat(Struct):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: _JsonSchema | None = None


class _StreamOptions(Struct):
    include_usage: bool | None = None


class ChatRequest(Struct):
    """The fields that change what is answered; others are taken and ignored."""

    model: str
    messages: Annotated[list[_Message], Meta(min_length=1)]
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    tools: list[_Tool] | None = None
    tool_choice: Literal["none", "auto", "required"] | _ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    response_format: _ResponseFormat | None = None
    n: Choices | None = None
    stop: str | Stops | None = None
    max_tokens: Count | None = None
    max_completion_tokens: Count | None = None
    logprobs: bool | None = None
    top_logprobs: Alternatives | None = None
    reasoning_effort: str | None = None
    temperature: Temperature | None = None


def read_prompt(body: bytes) -> Prompt:
    """The request as a prompt; raises Refused with the field at fault."""
    request = read_body(body, ChatRequest)
    _check_tool_messages(request.messages)
    last, question = request.messages[-1], _question(request.messages)
    tools = _tools(request.tools or [])
    mode, names = _tool_choice(request.tool_choice)
    schema = request.response_format and request.response_format.json_schema
    stop = request.stop or ()
    return Prompt(
        model=request.model,
        question=question.text() if question else "",
        stream=bool(request.stream),
        include_usage=bool(request.stream_options and request.stream_options.include_usage),
        tools=tools,
        tool_mode=mode,
        tool_names=names,
        parallel_tools=request.parallel_tool_calls is not False,
        tool_results=tuple(_tool_results(request.messages)),
        images=len(question.parts("image_url")) if question else 0,
        sounds=len(question.parts("input_audio")) if question else 0,
        documents=len(question.parts("file")) if question else 0,
        prefill=last.text() if last.role == "assistant" else "",
        json_schema=schema.schema if schema else None,
        json_wanted=bool(request.response_format and request.response_format.type != "text"),
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
        max_tokens=request.max_completion_tokens or request.max_tokens,
        choices=request.n or 1,
        logprobs=(request.top_logprobs or 0) if request.logprobs else None,
        reasoning_tokens=_reasoning_tokens(request.reasoning_effort),
        prompt_tokens=_prompt_tokens(request),
        cache_marks=_cache_marks(request.messages),
    )


def read_body(body: bytes, shape: type[T]) -> T:
    """The body as the shape; raises Refused in OpenAI's words."""
    try:
        return read(body, shape)
    except BodyFault as fault:
        raise _refused(fault) from fault


def _refused(fault: BodyFault) -> Refused:
    if fault.problem == "json":
        return bad_request(f"We could not parse the JSON body of your request: {fault.what}")
    if fault.problem == "missing" and fault.path == "model":
        return bad_request("you must provide a model parameter")
    if fault.problem == "missing":
        message = f"Missing required parameter: '{fault.path}'."
        return bad_request(message, fault.path, "missing_required_parameter")
    return bad_request(f"Invalid '{fault.path}': {fault.what}.", fault.path, "invalid_value")


def _check_tool_messages(messages: list[_Message]) -> None:
    """Every tool message answers a call that came before it, and every call is answered."""
    open_calls: set[str] = set()
    for position, message in enumerate(messages):
        if message.role == "tool":
            if message.tool_call_id not in open_calls:
                text = (
                    "messages with role 'tool' must answer a 'tool_calls' entry that precedes them"
                )
                raise bad_request(f"Invalid parameter: {text}.", f"messages[{position}].role")
            open_calls.discard(message.tool_call_id)
        elif open_calls:
            missing = ", ".join(sorted(open_calls))
            text = f"these 'tool_calls' were not followed by tool messages: {missing}"
            raise bad_request(f"Invalid parameter: {text}.", f"messages[{position}].role")
        open_calls |= {call.id for call in message.tool_calls or ()}


def _question(messages: list[_Message]) -> _Message | None:
    return next((message for message in reversed(messages) if message.role == "user"), None)


def _tool_results(messages: list[_Message]) -> Iterator[ToolResult]:
    """The results after the last message that is no tool's, in their order."""
    start = len(messages)
    while start and messages[start - 1].role == "tool":
        start -= 1
    called = messages[start - 1].tool_calls if start else None
    names = {call.id: call.function.name for call in called or () if call.function}
    for message in messages[start:]:
        yield ToolResult(names.get(message.tool_call_id or "", ""), message.text())


def _tools(tools: list[_Tool]) -> tuple[Tool, ...]:
    functions = [tool.function for tool in tools if tool.function is not None]
    return tuple(Tool(function.name, function.parameters or {}) for function in functions)


def _tool_choice(choice: str | _ToolChoice | None) -> tuple[ToolMode, tuple[str, ...]]:
    if choice is None or isinstance(choice, str):
        return ToolMode(choice or "auto"), ()
    allowed = choice.allowed_tools
    if allowed is not None:
        names = tuple(tool.function.name for tool in allowed.tools if tool.function)
        return ToolMode(allowed.mode), names
    return ToolMode.REQUIRED, (choice.function.name,) if choice.function else ()


def _reasoning_tokens(effort: str | None) -> int:
    if effort is None:
        return 0
    if effort not in _REASONING_TOKENS:
        supported = ", ".join(f"'{name}'" for name in _REASONING_TOKENS)
        message = f"Invalid value: '{effort}'. Supported values are: {supported}."
        raise bad_request(message, "reasoning_effort", "invalid_value")
    return _REASONING_TOKENS[effort]


def _prompt_tokens(request: ChatRequest) -> int:
    tokens = 3 + sum(map(_message_tokens, request.messages))
    if request.tools:
        tokens += estimated_tokens(len(msgspec.json.encode(request.tools)))
    return tokens


def _message_tokens(message: _Message) -> int:
    called = [call.function for call in message.tool_calls or () if call.function]
    length = text_length(message.text(), *(function.arguments for function in called))
    images = len(message.parts("image_url"))
    return _TOKENS_PER_MESSAGE + estimated_tokens(length) + images * _TOKENS_PER_IMAGE


def _cache_marks(messages: list[_Message]) -> tuple[CacheMark, ...]:
    """All but the last message is what OpenAI caches by itself, from 1,024 tokens on."""
    kept = messages[:-1]
    tokens = sum(map(_message_tokens, kept))
    if tokens < _CACHED_FROM_TOKENS:
        return ()
    return (CacheMark(digest("\n".join(message.text() for message in kept)), tokens),)
