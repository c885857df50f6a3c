"""Reads Anthropic's message requests, as strictly as Anthropic does.

https://docs.anthropic.com/en/api/messages and `.../messages-count-tokens`.
"""

from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from turnout.interfaces.simulator.anthropic_messages.signatures import signature_of
from turnout.interfaces.simulator.bodies import BodyFault, bad_request, read, text_length
from turnout.interfaces.simulator.prompt import CacheMark, Prompt, Tool, ToolMode, ToolResult
from turnout.interfaces.simulator.tokens import digest, estimated_tokens

T = TypeVar("T")
Json = dict[str, Any]

_TOKENS_PER_MESSAGE = 4
_TOKENS_PER_IMAGE = 1600
_TOKENS_PER_TURN = 8
_LEAST_THINKING_TOKENS = 1024
_MOST_THINKING_SHOWN = 16
_MODES = {
    "auto": ToolMode.AUTO,
    "any": ToolMode.REQUIRED,
    "tool": ToolMode.REQUIRED,
    "none": ToolMode.NONE,
}


class _Block(Struct):
    type: str
    text: str | None = None
    source: Json | None = None
    id: str | None = None
    name: str | None = None
    input: Json | None = None
    tool_use_id: str | None = None
    content: Any = None
    thinking: str | None = None
    signature: str | None = None
    cache_control: Json | None = None

    def full_text(self) -> str:
        """The text of the block, of a tool's result too."""
        if self.type == "tool_result":
            inner = self.content if isinstance(self.content, list) else [{"text": self.content}]
            parts = [part for part in inner if isinstance(part, dict)]
            return "\n".join(str(part["text"]) for part in parts if part.get("text"))
        return self.text or ""


class _Message(Struct):
    role: Literal["user", "assistant"]
    content: str | list[_Block]

    def blocks(self, *kinds: str) -> list[_Block]:
        """The blocks of these kinds, or all."""
        content = self.content
        blocks = [_Block("text", content)] if isinstance(content, str) else content
        return [block for block in blocks if block.type in kinds] if kinds else blocks

    def text(self) -> str:
        return "\n".join(block.text for block in self.blocks("text") if block.text)


class _Tool(Struct):
    name: str
    type: str | None = None
    description: str | None = None
    input_schema: Json | None = None
    cache_control: Json | None = None


class _ToolChoice(Struct):
    type: Literal["auto", "any", "tool", "none"]
    name: str | None = None
    disable_parallel_tool_use: bool = False


class _Thinking(Struct):
    type: Literal["enabled", "disabled", "adaptive"]
    budget_tokens: int | None = None


class _Conversation(Struct, forbid_unknown_fields=True, kw_only=True):
    """The fields that both endpoints know; those typed Any change nothing here."""

    model: str
    messages: Annotated[list[_Message], Meta(min_length=1)]
    system: str | list[_Block] | None = None
    tools: list[_Tool] | None = None
    tool_choice: _ToolChoice | None = None
    thinking: _Thinking | None = None
    output_config: Json | None = None
    output_format: Json | None = None
    cache_control: Json | None = None
    context_management: Any = None
    mcp_servers: Any = None
    speed: Any = None


class MessagesRequest(_Conversation, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /v1/messages; unknown fields are refused, as by Anthropic."""

    max_tokens: Annotated[int, Meta(ge=1)]
    stream: bool = False
    stop_sequences: list[str] | None = None
    temperature: Annotated[float, Meta(ge=0, le=1)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    top_k: Annotated[int, Meta(ge=0)] | None = None
    metadata: Any = None
    container: Any = None
    inference_geo: Any = None
    service_tier: Any = None
    user_profile_id: Any = None


class CountTokensRequest(_Conversation, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /v1/messages/count_tokens."""


def read_prompt(body: bytes) -> Prompt:
    """The request as a prompt; raises Refused with Anthropic's words and the field at fault."""
    request = _read(body, MessagesRequest)
    _check_turns(request.messages)
    _check_thinking(request)
    last = request.messages[-1]
    question = _question(request.messages)
    choice = request.tool_choice or _ToolChoice("auto")
    return Prompt(
        model=request.model,
        question=question.text(),
        stream=request.stream,
        tools=tuple(Tool(tool.name, tool.input_schema or {}) for tool in request.tools or ()),
        tool_mode=_MODES[choice.type],
        tool_names=(choice.name,) if choice.name else (),
        parallel_tools=not choice.disable_parallel_tool_use,
        tool_results=_tool_results(request.messages),
        images=len(question.blocks("image")),
        documents=len(question.blocks("document")),
        prefill=last.text() if last.role == "assistant" else "",
        json_schema=_schema(request),
        stop=tuple(request.stop_sequences or ()),
        max_tokens=request.max_tokens,
        reasoning_tokens=_thinking_tokens(request.thinking),
        reasoning_shown=True,
        prompt_tokens=_prompt_tokens(request),
        cache_marks=_cache_marks(request) if b'"cache_control"' in body else (),
    )


def read_tokens(body: bytes) -> tuple[str, int]:
    """The model and how many tokens the conversation has; raises Refused."""
    request = _read(body, CountTokensRequest)
    _check_turns(request.messages)
    return request.model, _prompt_tokens(request)


def _read(body: bytes, shape: type[T]) -> T:
    try:
        return read(body, shape)
    except BodyFault as fault:
        field = fault.path.replace("[", ".").replace("]", "")
        what = {
            "json": f"The request body is not valid JSON: {fault.what}",
            "missing": f"{field}: Field required",
            "unknown": f"{field}: Extra inputs are not permitted",
        }.get(fault.problem, f"{field}: {fault.what}")
        raise bad_request(what, field) from fault


def _check_turns(messages: list[_Message]) -> None:
    """Every tool result answers a call of the turn before, and every call has its result."""
    called: set[str | None] = set()
    for position, message in enumerate(messages):
        given = {block.tool_use_id for block in message.blocks("tool_result")}
        if given - called:
            unknown = ", ".join(map(str, given - called))
            raise bad_request(
                f"messages.{position}.content: `tool_result` blocks without a `tool_use` block in "
                f"the previous message: {unknown}"
            )
        if message.role == "user" and called - given:
            missing = ", ".join(map(str, called - given))
            raise bad_request(
                f"messages.{position}: `tool_use` ids were found without `tool_result` blocks "
                f"immediately after: {missing}"
            )
        called = {block.id for block in message.blocks("tool_use")}


def _check_thinking(request: MessagesRequest) -> None:
    for position, message in enumerate(request.messages):
        for block in message.blocks("thinking"):
            if block.signature != signature_of(block.thinking or ""):
                raise bad_request(
                    f"messages.{position}.content: Invalid `signature` in `thinking` block"
                )
    thinking = request.thinking
    if thinking is None or thinking.type != "enabled":
        return
    budget = thinking.budget_tokens or 0
    if budget < _LEAST_THINKING_TOKENS:
        least = _LEAST_THINKING_TOKENS
        raise bad_request(f"thinking.enabled.budget_tokens: Input should be at least {least}")
    if request.max_tokens <= budget:
        raise bad_request("`max_tokens` must be greater than `thinking.budget_tokens`.")
    if request.tool_choice is not None and request.tool_choice.type in ("any", "tool"):
        raise bad_request("Thinking may not be enabled when tool_choice forces tool use.")


def _question(messages: list[_Message]) -> _Message:
    """The last message of the user that is more than tool results."""
    for message in reversed(messages):
        if message.role == "user" and message.blocks("text", "image", "document"):
            return message
    return _Message("user", "")


def _tool_results(messages: list[_Message]) -> tuple[ToolResult, ...]:
    results = messages[-1].blocks("tool_result")
    called = messages[-2].blocks("tool_use") if results else []
    names = {block.id: block.name or "" for block in called}
    return tuple(
        ToolResult(names.get(block.tool_use_id, ""), block.full_text()) for block in results
    )


def _schema(request: MessagesRequest) -> Json | None:
    wanted = (request.output_config or {}).get("format") or request.output_format or {}
    schema = wanted.get("schema") if isinstance(wanted, dict) else None
    return schema if isinstance(schema, dict) else None


def _thinking_tokens(thinking: _Thinking | None) -> int:
    if thinking is None or thinking.type == "disabled":
        return 0
    return min(thinking.budget_tokens or _MOST_THINKING_SHOWN, _MOST_THINKING_SHOWN)


def _prompt_tokens(request: _Conversation) -> int:
    system = estimated_tokens(text_length(_system_text(request)))
    tools = sum(map(_tool_tokens, request.tools or ()))
    return _TOKENS_PER_TURN + system + tools + sum(map(_message_tokens, request.messages))


def _system_text(request: _Conversation) -> str:
    system = request.system or ""
    return system if isinstance(system, str) else "\n".join(block.text or "" for block in system)


def _tool_tokens(tool: _Tool) -> int:
    return estimated_tokens(len(msgspec.json.encode(tool)))


def _message_tokens(message: _Message) -> int:
    return _TOKENS_PER_MESSAGE + sum(map(_block_tokens, message.blocks()))


def _block_tokens(block: _Block) -> int:
    if block.type == "image":
        return _TOKENS_PER_IMAGE
    if block.type == "tool_use":
        return estimated_tokens(len(msgspec.json.encode(block.input)))
    return estimated_tokens(text_length(block.full_text(), block.thinking))


def _cache_marks(request: _Conversation) -> tuple[CacheMark, ...]:
    """A mark for each block with `cache_control`, in the order tools, system, messages."""
    system = request.system if isinstance(request.system, list) else []
    blocks = [*system, *(block for message in request.messages for block in message.blocks())]
    sized: list[tuple[_Tool | _Block, int]] = [
        *((tool, _tool_tokens(tool)) for tool in request.tools or ()),
        *((block, _block_tokens(block)) for block in blocks),
    ]
    marks: list[CacheMark] = []
    seen, tokens = "", 0
    for part, size in sized:
        seen, tokens = digest(seen + msgspec.json.encode(part).decode()), tokens + size
        if part.cache_control is not None:
            marks.append(CacheMark(seen, tokens))
    if request.cache_control is not None:
        marks.append(CacheMark(seen, tokens))
    return tuple(marks)
