import pytest
from tests.support.conversations import at, user, written

from turnout.domain.inference.capability import Requirement
from turnout.domain.inference.conversation import Conversation
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import (
    NativeFrame,
    NativeReply,
    Reply,
    ReplyStarted,
    TextDelta,
)
from turnout.domain.inference.request import ChatRequest, WireProtocol
from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.protocols.gemini import CODEC

ANSWER = (
    b'{"responseId": "r", "modelVersion": "m", "candidates": [{"content": {"parts":'
    b'[{"text": "Hi"}]}, "finishReason": "STOP"}], "usageMetadata": {"promptTokenCount": 1}}'
)
BLOCK = b'data: {"modelVersion":"m","candidates":[{"content":{"parts":[{"text":"Hi"}]}}]}\n\n'


def request(protocol: WireProtocol) -> ChatRequest:
    return ChatRequest(
        "route",
        False,
        protocol,
        Requirement(frozenset()),
        body_for=lambda model: f"native for {model}".encode(),
        decode=lambda: Conversation((user("Hello"),)),
    )


NATIVE, FOREIGN = request(WireProtocol.GEMINI), request(WireProtocol.OPENAI_CHAT)


def test_a_foreign_call_is_translated() -> None:
    wire = CODEC.chat.request(FOREIGN, at("gemini-3-flash"), {})
    assert written(wire) == {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}
    assert isinstance(CODEC.chat.reply(ANSWER, FOREIGN), Reply)
    said = CODEC.chat.stream_decoder(FOREIGN).feed(BLOCK)
    assert said == [ReplyStarted("", "m"), TextDelta("Hi")]


def test_a_native_call_goes_through() -> None:
    assert CODEC.chat.request(NATIVE, at("g"), {}).body == b"native for g"
    assert CODEC.chat.reply(ANSWER, NATIVE) == NativeReply(ANSWER, "m", TokenUsage(1))
    frame = NativeFrame(BLOCK, commits=True, model="m")
    assert CODEC.chat.stream_decoder(NATIVE).feed(BLOCK) == [frame]


def test_errors_are_classified() -> None:
    assert CODEC.chat.failure(503, {}, b"").kind is FailureKind.OVERLOADED


@pytest.mark.parametrize(
    "body",
    [
        b'{"models": [{"name": "models/gemini-a", "version": "1"}, {"name": "models/gemini-b"}]}',
        b'{"publisherModels": [{"name": "publishers/google/models/gemini-a"},{"name":"gemini-b"}]}',
    ],
)
def test_the_model_list(body: bytes) -> None:
    assert CODEC.chat.model_names(body) == ("gemini-a", "gemini-b")


@pytest.mark.parametrize("body", [b"", b"{}", b'{"models": 5}'])
def test_what_is_no_model_list(body: bytes) -> None:
    with pytest.raises(ProviderFailure) as caught:
        CODEC.chat.model_names(body)
    assert caught.value.kind is FailureKind.MALFORMED


def test_the_paths_hold_the_model() -> None:
    paths = CODEC.chat.paths
    assert paths.chat == "/v1beta/models/{model}:generateContent"
    assert paths.chat_stream == "/v1beta/models/{model}:streamGenerateContent?alt=sse"
    assert paths.embeddings == "/v1beta/models/{model}:batchEmbedContents"
    assert CODEC.embeddings is not None
