"""What a provider wants to see again survives a caller who speaks only OpenAI's protocol.

Each recorded answer is told to such a caller, who sends it back with the results of its tools.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.test_anthropic_recordings import ANSWERS as ANTHROPIC
from tests.contract.test_gemini_recordings import ANSWERS as GEMINI
from tests.support.conversations import at
from tests.support.recordings import Recording
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.conversation import Conversation
from turnout.domain.inference.reply import Reply
from turnout.infrastructure.protocols.anthropic_messages.decode import (
    decode_reply as read_anthropic,
)
from turnout.infrastructure.protocols.anthropic_messages.encode import (
    encode_request as ask_anthropic,
)
from turnout.infrastructure.protocols.codec import WireRequest
from turnout.infrastructure.protocols.gemini.decode import decode_reply as read_gemini
from turnout.infrastructure.protocols.gemini.encode import encode_request as ask_gemini
from turnout.infrastructure.protocols.gemini.signatures import UNSIGNED
from turnout.interfaces.relay.ingress.openai_chat.conversation import read_conversation
from turnout.interfaces.relay.ingress.openai_chat.reply import reply_body

_PROVEN = ("thinking", "redacted_thinking", "tool_use")


def whole(recorded: list[Recording]) -> list[Recording]:
    return [each for each in recorded if not each.stream]


def sent_back(reply: Reply) -> Conversation:
    """The next call of a caller who was given `reply`."""
    told = json.loads(reply_body(reply, fallback_id="x", created=0))
    message = told["choices"][0]["message"]
    messages = [{"role": "user", "content": "?"}, message]
    messages += [
        {"role": "tool", "tool_call_id": call["id"], "content": "done"}
        for call in message.get("tool_calls", ())
    ]
    messages.append({"role": "user", "content": "And?"})
    return read_conversation(json.dumps({"model": "m", "messages": messages}).encode())


def asked_again(
    reply: Reply,
    ask: Callable[..., WireRequest],
    deployment: Deployment,
) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(ask(sent_back(reply), deployment, stream=False).body)
    return body


def said_by(body: dict[str, Any], role: str, turns: str, parts: str) -> list[dict[str, Any]]:
    return [part for turn in body[turns] if turn["role"] == role for part in turn[parts]]


@pytest.mark.parametrize("recording", whole(ANTHROPIC), ids=lambda each: each.id)
def test_anthropic_sees_its_thinking_and_its_calls_again(recording: Recording) -> None:
    answered = [
        {name: value for name, value in block.items() if name != "caller"}
        for block in json.loads(recording.body)["content"]
        if block["type"] in _PROVEN and (block["type"] != "thinking" or block.get("signature"))
    ]
    body = asked_again(read_anthropic(recording.body), ask_anthropic, at("claude-opus-4-6"))
    again = said_by(body, "assistant", "messages", "content")
    for kind in _PROVEN:
        expected = [block for block in answered if block["type"] == kind]
        assert [block for block in again if block["type"] == kind] == expected


@pytest.mark.parametrize("recording", whole(GEMINI), ids=lambda each: each.id)
def test_gemini_sees_its_calls_and_signatures_again(recording: Recording) -> None:
    answered = json.loads(recording.body)["candidates"][0]["content"].get("parts", [])
    body = asked_again(read_gemini(recording.body), ask_gemini, at("gemini-3-flash"))
    again = said_by(body, "model", "contents", "parts")
    assert _calls(again) == _calls(answered)
    assert _signatures(again) >= _signatures(answered)


def _calls(parts: list[dict[str, Any]]) -> list[tuple[object, object, object]]:
    return [
        (call["name"], call.get("args", {}), _signature(part))
        for part in parts
        if (call := part.get("functionCall")) is not None
    ]


def _signatures(parts: list[dict[str, Any]]) -> set[object]:
    texts = [part for part in parts if "text" in part and not part.get("thought")]
    return {_signature(part) for part in texts[-1:]} - {None}


def _signature(part: dict[str, Any]) -> object:
    signature = part.get("thoughtSignature")
    return None if signature == UNSIGNED else signature


@pytest.mark.parametrize("recording", whole(GEMINI), ids=lambda each: each.id)
def test_nothing_of_geminis_is_told_to_anthropic_as_its_own(recording: Recording) -> None:
    body = asked_again(read_gemini(recording.body), ask_anthropic, at("claude-opus-4-6"))
    again = said_by(body, "assistant", "messages", "content")
    assert [block["type"] for block in again if "thinking" in block["type"]] == []


@pytest.mark.parametrize("recording", whole(ANTHROPIC), ids=lambda each: each.id)
def test_nothing_of_anthropics_is_told_to_gemini_as_its_own(recording: Recording) -> None:
    body = asked_again(read_anthropic(recording.body), ask_gemini, at("gemini-3-flash"))
    again = said_by(body, "model", "contents", "parts")
    assert {part.get("thoughtSignature") for part in again} <= {None, UNSIGNED}
