import pytest
from tests.support.conversations import at, user, written

from turnout.domain.inference.capability import Requirement
from turnout.domain.inference.conversation import Conversation
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeFrame, NativeReply, Reply, TextDelta
from turnout.domain.inference.request import ChatRequest, WireProtocol
from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.protocols.anthropic_messages import CODEC

CODEC_CHAT = CODEC.chat
ANSWER = (
    b'{"id": "m", "model": "c", "content": [{"type": "text", "text": "Hi"}],'
    b'"stop_reason": "end_turn", "usage": {"input_tokens": 1, "output_tokens": 2}}'
)
BLOCK = b'data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"Hi"}}\n\n'


def request(protocol: WireProtocol, *, stream: bool = False) -> ChatRequest:
    return ChatRequest(
        "route",
        stream,
        protocol,
        Requirement(frozenset()),
        body_for=lambda model: f"native for {model}".encode(),
        decode=lambda: Conversation((user("Hello"),)),
    )


NATIVE, FOREIGN = request(WireProtocol.ANTHROPIC_MESSAGES), request(WireProtocol.OPENAI_CHAT)


def test_a_foreign_call_is_translated() -> None:
    wire = CODEC_CHAT.request(FOREIGN, at("claude-opus-5"), {})
    assert written(wire)["model"] == "claude-opus-5"
    assert isinstance(CODEC_CHAT.reply(ANSWER, FOREIGN), Reply)
    assert CODEC_CHAT.stream_decoder(FOREIGN).feed(BLOCK) == [TextDelta("Hi")]


def test_a_native_call_goes_through() -> None:
    assert CODEC_CHAT.request(NATIVE, at("c"), {}).body == b"native for c"
    assert CODEC_CHAT.reply(ANSWER, NATIVE) == NativeReply(ANSWER, "c", TokenUsage(1, 2))
    assert CODEC_CHAT.stream_decoder(NATIVE).feed(BLOCK) == [NativeFrame(BLOCK, commits=True)]


def test_a_stream_is_asked_for_where_the_caller_wants_one() -> None:
    wire = CODEC_CHAT.request(request(WireProtocol.OPENAI_CHAT, stream=True), at("c"), {})
    assert written(wire)["stream"] is True


def test_errors_are_classified() -> None:
    assert CODEC_CHAT.failure(529, {}, b"").kind is FailureKind.OVERLOADED


def test_the_model_list() -> None:
    body = b'{"data": [{"type": "model", "id": "claude-a"}, {"id": "claude-b"}], "has_more": false}'
    assert CODEC_CHAT.model_names(body) == ("claude-a", "claude-b")
    with pytest.raises(ProviderFailure) as caught:
        CODEC_CHAT.model_names(b'{"data": 5}')
    assert caught.value.kind is FailureKind.MALFORMED


def test_there_are_no_embeddings() -> None:
    assert CODEC.embeddings is None
