"""What the vendors' own clients read from the same bytes, to compare our readings with."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

import anthropic
import httpx2
from anthropic.types import Message, MessageParam
from google import genai
from google.genai import types

from turnout.domain.inference.content import ReasoningPart, TextPart, ToolCallPart
from turnout.domain.inference.reply import (
    ChoiceFinished,
    ReasoningDelta,
    Reply,
    ReplyEvent,
    ReplyStarted,
    TextDelta,
    ToolArgumentsDelta,
    ToolCallStarted,
    UsageReported,
)
from turnout.domain.inference.usage import TokenUsage


@dataclass(slots=True)
class HeardChoice:
    """One alternative of an answer; calls are names and arguments."""

    text: str = ""
    reasoning: str = ""
    calls: list[tuple[str, object]] = field(default_factory=list)
    finish: str | None = None


@dataclass(slots=True)
class Heard:
    """An answer, whoever read it; `tokens` are input, cached input, output and reasoning."""

    id: str = ""
    model: str = ""
    choices: dict[int, HeardChoice] = field(default_factory=dict)
    tokens: tuple[int, int, int, int] | None = None

    def choice(self, index: int) -> HeardChoice:
        return self.choices.setdefault(index, HeardChoice())


def from_reply(reply: Reply) -> Heard:
    """Bring a whole canonical answer to the form in which it is compared."""
    heard = Heard(reply.id, reply.model, tokens=_tokens(reply.usage))
    for choice in reply.choices:
        found = heard.choice(choice.index)
        found.finish = choice.finish.raw
        for part in choice.parts:
            match part:
                case TextPart():
                    found.text += part.text
                case ReasoningPart():
                    found.reasoning += part.text
                case ToolCallPart():
                    found.calls.append((part.name, _arguments(part.arguments)))
    return heard


def from_events(events: Iterable[ReplyEvent]) -> Heard:
    """Put a streamed canonical answer together."""
    heard = Heard()
    written: dict[tuple[int, int], str] = {}
    for event in events:
        match event:
            case ReplyStarted():
                heard.id, heard.model = heard.id or event.id, heard.model or event.model
            case TextDelta():
                heard.choice(event.choice).text += event.text
            case ReasoningDelta():
                heard.choice(event.choice).reasoning += event.text
            case ToolCallStarted():
                heard.choice(event.choice).calls.append((event.name, None))
                written[event.choice, event.index] = ""
            case ToolArgumentsDelta():
                written[event.choice, event.index] += event.fragment
            case ChoiceFinished():
                heard.choice(event.choice).finish = event.finish.raw
            case UsageReported():
                heard.tokens = _tokens(event.usage)
    for (choice, index), arguments in written.items():
        calls = heard.choice(choice).calls
        calls[index] = (calls[index][0], _arguments(arguments))
    return heard


def by_anthropic(body: bytes, *, stream: bool) -> Heard:
    """Let Anthropic's client read an answer."""
    served, client = _anthropic()
    served.body, served.stream = body, stream
    ask: MessageParam = {"role": "user", "content": "?"}
    if stream:
        with client.messages.stream(model="m", max_tokens=1, messages=[ask]) as answer:
            return _from_message(answer.get_final_message())
    return _from_message(client.messages.create(model="m", max_tokens=1, messages=[ask]))


def by_google(body: bytes, *, stream: bool) -> Heard:
    """Let Google's client read an answer."""
    served, client = _google()
    served.body, served.stream = body, stream
    if stream:
        return _from_contents(list(client.models.generate_content_stream(model="m", contents="?")))
    return _from_contents([client.models.generate_content(model="m", contents="?")])


@dataclass(slots=True)
class _Served:
    """What the next call is answered with."""

    body: bytes = b""
    stream: bool = False

    def client(self) -> httpx2.Client:
        return httpx2.Client(transport=httpx2.MockTransport(self._answer))

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        kind = "text/event-stream" if self.stream else "application/json"
        return httpx2.Response(200, headers={"content-type": kind}, content=self.body)


@cache
def _anthropic() -> tuple[_Served, anthropic.Anthropic]:
    served = _Served()
    return served, anthropic.Anthropic(api_key="none", max_retries=0, http_client=served.client())


@cache
def _google() -> tuple[_Served, genai.Client]:
    served = _Served()
    options = types.HttpOptions(httpx_client=served.client())
    return served, genai.Client(api_key="none", http_options=options)


def _from_message(message: Message) -> Heard:
    heard = Heard(message.id, message.model)
    found = heard.choice(0)
    found.finish = message.stop_reason
    for block in message.content:
        if block.type == "text":
            found.text += block.text
        elif block.type == "thinking":
            found.reasoning += block.thinking
        elif block.type == "tool_use":
            found.calls.append((block.name, block.input))
    usage = message.usage
    cached, written = usage.cache_read_input_tokens or 0, usage.cache_creation_input_tokens or 0
    details = usage.output_tokens_details
    thinking = details.thinking_tokens if details is not None else 0
    heard.tokens = usage.input_tokens + cached + written, cached, usage.output_tokens, thinking
    return heard


def _from_contents(chunks: list[types.GenerateContentResponse]) -> Heard:
    heard = Heard(chunks[0].response_id or "", chunks[0].model_version or "")
    for chunk in chunks:
        for candidate in chunk.candidates or []:
            found = heard.choice(candidate.index or 0)
            if candidate.finish_reason is not None:
                found.finish = candidate.finish_reason.value
            for part in (candidate.content and candidate.content.parts) or []:
                _hear_part(found, part)
        usage = chunk.usage_metadata
        if usage is not None and (usage.prompt_token_count or usage.candidates_token_count):
            thoughts = usage.thoughts_token_count or 0
            heard.tokens = (
                (usage.prompt_token_count or 0) + (usage.tool_use_prompt_token_count or 0),
                usage.cached_content_token_count or 0,
                (usage.candidates_token_count or 0) + thoughts,
                thoughts,
            )
    return heard


def _hear_part(found: HeardChoice, part: types.Part) -> None:
    call = part.function_call
    if call is not None and (call.name or call.args):
        found.calls.append((call.name or "", call.args or {}))
    elif part.thought:
        found.reasoning += part.text or ""
    else:
        found.text += part.text or ""


def _tokens(usage: TokenUsage | None) -> tuple[int, int, int, int] | None:
    if usage is None:
        return None
    return (
        usage.input_tokens,
        usage.cached_input_tokens,
        usage.output_tokens,
        usage.reasoning_tokens,
    )


def _arguments(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text
