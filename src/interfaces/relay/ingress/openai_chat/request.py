"""A chat call from its bytes: what routing must know now, the rest when somebody asks.

Source: OpenAI's `POST /v1/chat/completions`, with the fields by which other vendors ask for
reasoning. One decode checks the whole syntax and the types of what is known; the contents of the
messages stay bytes, which is as quick as a search through them would be.
"""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

import msgspec

from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.inference.failure import InvalidRequest
from turnout.domain.inference.request import ChatRequest, WireProtocol
from turnout.interfaces.relay.ingress.openai_chat.continuation import ChatContinuation
from turnout.interfaces.relay.ingress.openai_chat.conversation import read_conversation
from turnout.interfaces.relay.openai.json_body import CallerBody, read_json

BYTES_PER_TOKEN = 6
BYTES_PER_TOKEN_ESCAPED = 18
r"""Where text is written as \uXXXX, six bytes are one letter, not one word."""
_SAMPLE_BYTES = 2048
_SHORT_BYTES = 8 * _SAMPLE_BYTES
"""What is shorter fits everywhere, however it is counted, and is not looked through."""

PREFIX_BYTES = 4096
"""About a thousand tokens: the least that providers keep of a prompt."""

_NULL = msgspec.Raw(b"null")
_TRUE = msgspec.Raw(b"true")
_QUOTE, _BRACKET, _LETTER_N = b'"[n'


class _Message(msgspec.Struct, gc=False):
    role: str
    content: msgspec.Raw = _NULL


class _Part(msgspec.Struct, gc=False):
    type: str
    text: msgspec.Raw = _NULL


class _StreamOptions(msgspec.Struct, gc=False):
    include_usage: bool | None = None


class _Typed(msgspec.Struct, gc=False):
    type: str


class _Wish(msgspec.Struct, gc=False):
    """`reasoning: {effort, enabled}` or `thinking: {type}`."""

    effort: str | None = None
    enabled: bool | None = None
    type: str | None = None


class _Call(msgspec.Struct, gc=False):
    model: msgspec.Raw
    messages: Annotated[list[_Message], msgspec.Meta(min_length=1)]
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    max_completion_tokens: int | None = None
    max_tokens: int | None = None
    tools: list[msgspec.Raw] | None = None
    functions: list[msgspec.Raw] | None = None
    tool_choice: str | dict[str, msgspec.Raw] | None = None
    parallel_tool_calls: bool | None = None
    response_format: _Typed | None = None
    reasoning_effort: str | None = None
    reasoning: msgspec.Raw = _NULL
    thinking: msgspec.Raw = _NULL
    modalities: list[str] | None = None
    temperature: float | None = None
    top_p: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    n: int | None = None
    seed: int | None = None
    stop: str | list[str] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    logit_bias: dict[str, float] | None = None
    user: str | None = None
    store: msgspec.Raw = _NULL
    web_search_options: msgspec.Raw = _NULL
    plugins: msgspec.Raw = _NULL


_CALL = msgspec.json.Decoder(_Call)
_PARTS = msgspec.json.Decoder(list[_Part])
_WISH = msgspec.json.Decoder(_Wish)
_INSTRUCTING = frozenset({"system", "developer"})
_AUDIO_PARTS = frozenset({"input_audio", "audio_url"})


@dataclass(frozen=True, slots=True)
class ChatCall:
    """A chat request, what only its answer's shape depends on, and what sharing it depends on.

    `repeatable` and `acts` are as in Sharing.
    """

    request: ChatRequest
    include_usage: bool
    repeatable: bool
    acts: bool


def read_chat_call(body: bytes) -> ChatCall:
    """Read a request's body. Raises InvalidRequest, naming the field."""
    call = read_json(_CALL, body)
    held = CallerBody(body, call.model)
    options = call.stream_options
    request = ChatRequest(
        model=held.model,
        stream=bool(call.stream),
        protocol=WireProtocol.OPENAI_CHAT,
        needs=_needs(call, body),
        body_for=held.body_for,
        decode=partial(read_conversation, body),
        prompt_prefix=partial(_prompt_prefix, call.messages),
    )
    include_usage = options is not None and bool(options.include_usage)
    if request.stream and _is_plain(call):
        request.continuation = ChatContinuation(body, request.needs, include_usage)
    return ChatCall(
        request,
        include_usage=include_usage,
        repeatable=call.temperature == 0 or call.seed is not None,
        acts=_acts(call),
    )


def _prompt_prefix(messages: list[_Message]) -> bytes:
    """Return how the prompt begins, up to the first that is not an instruction and with it.

    So it is the same for every request of a conversation, however long that becomes.
    """
    pieces: list[bytes] = []
    length = 0
    for message in messages:
        pieces += (message.role.encode(), bytes(memoryview(message.content)[:PREFIX_BYTES]))
        length += len(pieces[-1])
        if length >= PREFIX_BYTES or message.role not in _INSTRUCTING:
            break
    return b"\n".join(pieces)[:PREFIX_BYTES]


def _acts(call: _Call) -> bool:
    """Whether the answer may do more than tell: call tools, look things up, be stored."""
    if call.tools or call.functions:
        return True
    looks_up = call.web_search_options is not _NULL or call.plugins is not _NULL
    return looks_up or (call.store is not _NULL and call.store == _TRUE)


def _is_plain(call: _Call) -> bool:
    """Whether the answer is one text that a reader could go on with in the middle."""
    output, modalities = call.response_format, call.modalities
    free = (output is None or output.type == "text") and not call.logprobs
    return free and (call.n or 1) == 1 and (modalities is None or modalities == ["text"])


def _needs(call: _Call, body: bytes) -> Requirement:
    capabilities = {Capability.CHAT}
    media_bytes = _read_contents(call.messages, capabilities)
    if call.stream:
        capabilities.add(Capability.STREAMING)
    if call.tools or call.functions:
        capabilities.add(Capability.TOOLS)
        if call.parallel_tool_calls:
            capabilities.add(Capability.PARALLEL_TOOLS)
    if call.response_format is not None and call.response_format.type == "json_schema":
        capabilities.add(Capability.JSON_SCHEMA)
    if call.modalities is not None and "audio" in call.modalities:
        capabilities.add(Capability.AUDIO)
    if _asks_for_reasoning(call):
        capabilities.add(Capability.REASONING)
    return Requirement(
        frozenset(capabilities),
        (len(body) - media_bytes) // _bytes_per_token(body),
        max(0, call.max_completion_tokens or call.max_tokens or 0),
        len(body) - media_bytes,
    )


def _read_contents(messages: list[_Message], capabilities: set[Capability]) -> int:
    """Add what the messages' parts need, and return how many bytes are not text."""
    media_bytes = 0
    for index, message in enumerate(messages):
        first = memoryview(message.content)[0]
        if first == _BRACKET:
            media_bytes += _read_parts(message.content, index, capabilities)
        elif first != _QUOTE and first != _LETTER_N:
            field = f"messages[{index}].content"
            expected = "expected a string or an array of parts"
            raise InvalidRequest(f"Invalid type for '{field}': {expected}.", field=field)
    return media_bytes


def _read_parts(content: msgspec.Raw, index: int, capabilities: set[Capability]) -> int:
    text_bytes = 0
    for part in read_json(_PARTS, content, field=f"messages[{index}].content"):
        if part.type == "image_url":
            capabilities.add(Capability.VISION)
        elif part.type in _AUDIO_PARTS:
            capabilities.add(Capability.AUDIO)
        text_bytes += memoryview(part.text).nbytes
    return memoryview(content).nbytes - text_bytes


def _bytes_per_token(body: bytes) -> int:
    if len(body) < _SHORT_BYTES:
        return BYTES_PER_TOKEN_ESCAPED
    escaped = rb"\u" in body[:_SAMPLE_BYTES] or rb"\u" in body[-_SAMPLE_BYTES:]
    return BYTES_PER_TOKEN_ESCAPED if escaped else BYTES_PER_TOKEN


def _asks_for_reasoning(call: _Call) -> bool:
    if call.reasoning_effort is not None:
        return call.reasoning_effort != "none"
    return _is_wish(call.reasoning) or _is_wish(call.thinking)


def _is_wish(value: msgspec.Raw) -> bool:
    if value is _NULL or value == _NULL:
        return False
    try:
        wish = _WISH.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return True
    return wish.effort != "none" and wish.enabled is not False and wish.type != "disabled"
