import json

import pytest

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import (
    ChoiceFinished,
    Finish,
    FinishKind,
    ReasoningDelta,
    ReplyEvent,
    ReplyStarted,
    TextDelta,
    ToolArgumentsDelta,
    ToolCallStarted,
    UsageReported,
)
from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.protocols.gemini.decode import decode_reply
from turnout.infrastructure.protocols.gemini.stream import ContentStream


def chunk(*parts: dict[str, object], tokens: int | None = None, **more: object) -> bytes:
    reply: dict[str, object] = {
        "responseId": "r",
        "modelVersion": "m",
        "candidates": [{"content": {"parts": list(parts)}, **more}],
    }
    if tokens is not None:
        reply["usageMetadata"] = {"promptTokenCount": 9, "candidatesTokenCount": tokens}
    return b"data: " + json.dumps(reply).encode() + b"\r\n\r\n"


def fed(*blocks: bytes) -> list[ReplyEvent]:
    stream = ContentStream()
    return [said for block in blocks for said in stream.feed(block)]


STARTED = ReplyStarted("r", "m")
STOPPED = ChoiceFinished(Finish(FinishKind.STOP, "STOP"))


def test_text_from_its_start_to_its_end() -> None:
    stream = ContentStream()
    blocks = [
        chunk({"text": "hm", "thought": True}, {"text": "H"}, tokens=1),
        chunk({"text": "i"}, tokens=2),
        chunk({"text": "", "thoughtSignature": "c2ln"}, tokens=3, finishReason="STOP"),
    ]
    assert [said for block in blocks for said in stream.feed(block)] == [
        STARTED,
        ReasoningDelta("hm"),
        TextDelta("H"),
        UsageReported(TokenUsage(9, 1)),
        TextDelta("i"),
        UsageReported(TokenUsage(9, 2)),
        ReasoningDelta(signature="gemini:c2ln"),
        STOPPED,
        UsageReported(TokenUsage(9, 3)),
    ]
    assert stream.end() == []


def test_calls_are_whole_and_numbered_across_chunks() -> None:
    call: dict[str, object] = {"name": "f", "args": {"k": 1}, "id": "own"}
    said = fed(
        chunk({"functionCall": call, "thoughtSignature": "s"}),
        chunk({"functionCall": {"name": "g", "id": "two"}}, finishReason="STOP"),
    )
    assert said == [
        STARTED,
        ToolCallStarted(0, "own", "f", signature="s"),
        ToolArgumentsDelta(0, '{"k": 1}'),
        ToolCallStarted(1, "two", "g"),
        ToolArgumentsDelta(1, "{}"),
        ChoiceFinished(Finish(FinishKind.TOOL_CALLS, "STOP")),
    ]


def test_made_ids_are_those_of_the_same_answer_in_one_piece() -> None:
    parts: list[dict[str, object]] = [
        {"functionCall": {"name": name, "args": {"a": 1}}} for name in ("f", "f", "g")
    ]
    streamed = [e.id for e in fed(*(chunk(p) for p in parts)) if isinstance(e, ToolCallStarted)]
    whole = json.loads(chunk(*parts, finishReason="STOP")[6:])
    reply = decode_reply(json.dumps(whole).encode())
    assert streamed == [part.id for part in reply.choices[0].parts]  # type: ignore[union-attr]


def test_arguments_in_pieces_are_put_together() -> None:
    def piece(**call: object) -> bytes:
        return chunk({"functionCall": call})

    said = fed(
        piece(name="f", id="a", willContinue=True),
        piece(partialArgs=[{"jsonPath": "$.city", "stringValue": "Bos"}], willContinue=True),
        piece(partialArgs=[{"jsonPath": "$.city", "stringValue": "ton"}], willContinue=True),
        piece(),
        piece(name="g", id="b"),
    )
    assert said[1:] == [
        ToolCallStarted(0, "a", "f"),
        ToolArgumentsDelta(0, '{"city":"Boston"}'),
        ToolCallStarted(1, "b", "g"),
        ToolArgumentsDelta(1, "{}"),
    ]


def test_alternatives_are_told_apart() -> None:
    stream = ContentStream()
    said = stream.feed(chunk({"text": "a"}, index=1, finishReason="STOP"))
    assert said[1:] == [TextDelta("a", 1), ChoiceFinished(Finish(FinishKind.STOP, "STOP"), 1)]
    stream.feed(chunk({"text": "b"}))
    with pytest.raises(ProviderFailure):
        stream.end()
    stream.feed(chunk(finishReason="STOP"))
    assert stream.end() == []


def test_usage_may_come_alone_after_the_end() -> None:
    alone = b'data: {"usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 2}}\n\n'
    assert fed(chunk(finishReason="STOP"), alone)[-1] == UsageReported(TokenUsage(1, 2))


@pytest.mark.parametrize(
    "block",
    [
        b": comment\n\n",
        b"event: x\n\n",
        b"data: {not json\n\n",
        b"data: 5\n\n",
        b"data: " + b"[" * 100_000 + b"\n\n",
        b'data: {"candidates": [{"content": {"parts": [{"text": 5}]}}]}\n\n',
        b"",
    ],
)
def test_what_cannot_be_read_is_skipped_in_place(block: bytes) -> None:
    said = fed(chunk({"text": "a"}), block, chunk({"text": "b"}))
    assert said == [STARTED, TextDelta("a"), TextDelta("b")]


@pytest.mark.parametrize("wrap", [b"data: %s\n\n", b"data: [%s]\n\n"])
def test_an_error_in_the_stream_is_of_its_kind(wrap: bytes) -> None:
    stream = ContentStream()
    stream.feed(chunk({"text": "a"}))
    error = b'{"error": {"code": 503, "message": "Busy", "status": "UNAVAILABLE"}}'
    with pytest.raises(ProviderFailure, match="Busy") as caught:
        stream.feed(wrap % error)
    assert caught.value.kind is FailureKind.OVERLOADED


def test_a_blocked_prompt_is_refused() -> None:
    with pytest.raises(ProviderFailure) as caught:
        fed(b'data: {"promptFeedback": {"blockReason": "SAFETY"}}\n\n')
    assert caught.value.kind is FailureKind.CONTENT_REFUSED


def test_an_answer_that_broke_off_is_a_failure() -> None:
    with pytest.raises(ProviderFailure) as caught:
        fed(chunk({"text": "a"}), chunk(finishReason="MALFORMED_FUNCTION_CALL"))
    assert caught.value.kind is FailureKind.MALFORMED


@pytest.mark.parametrize("blocks", [[], [chunk({"text": "a"})], [b": ping\n\n"]])
def test_a_stream_that_stops_before_its_finish_reason_is_cut(blocks: list[bytes]) -> None:
    stream = ContentStream()
    for block in blocks:
        stream.feed(block)
    with pytest.raises(ProviderFailure) as caught:
        stream.end()
    assert caught.value.kind is FailureKind.TRANSPORT
