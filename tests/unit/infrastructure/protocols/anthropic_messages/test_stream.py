import json

import pytest

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import (
    ChoiceFinished,
    Finish,
    FinishKind,
    ReasoningDelta,
    RefusalDelta,
    ReplyEvent,
    ReplyStarted,
    TextDelta,
    ToolArgumentsDelta,
    ToolCallStarted,
    UsageReported,
)
from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.protocols.anthropic_messages.answer import ANSWER_TOOL
from turnout.infrastructure.protocols.anthropic_messages.stream import MessageStream


def event(type: str, **more: object) -> bytes:
    return f"event: {type}\ndata: {json.dumps({'type': type, **more})}\n\n".encode()


def start(index: int, **block: object) -> bytes:
    return event("content_block_start", index=index, content_block=block)


def delta(index: int, type: str, **more: object) -> bytes:
    return event("content_block_delta", index=index, delta={"type": type, **more})


def stop(index: int) -> bytes:
    return event("content_block_stop", index=index)


def fed(*blocks: bytes) -> list[ReplyEvent]:
    stream = MessageStream()
    return [said for block in blocks for said in stream.feed(block)]


OPENING = event(
    "message_start",
    message={"id": "m", "model": "c", "usage": {"input_tokens": 9, "output_tokens": 1}},
)
CLOSING = event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 5})


def test_text_from_its_start_to_its_end() -> None:
    stream = MessageStream()
    blocks = [
        OPENING,
        start(0, type="text", text=""),
        event("ping"),
        delta(0, "text_delta", text="Hi"),
        delta(0, "citations_delta", citation={}),
        stop(0),
        CLOSING,
        event("message_stop"),
    ]
    assert [said for block in blocks for said in stream.feed(block)] == [
        ReplyStarted("m", "c"),
        UsageReported(TokenUsage(9, 1)),
        TextDelta("Hi"),
        UsageReported(TokenUsage(9, 5)),
        ChoiceFinished(Finish(FinishKind.STOP, "end_turn")),
    ]
    assert stream.end() == []


def test_calls_are_numbered_apart_from_blocks() -> None:
    said = fed(
        start(0, type="text", text="So:"),
        start(1, type="tool_use", id="a", name="f", input={}),
        delta(1, "input_json_delta", partial_json=""),
        delta(1, "input_json_delta", partial_json='{"k"'),
        delta(1, "input_json_delta", partial_json=": 1}"),
        stop(1),
        start(2, type="server_tool_use", id="s", name="web_search", input={}),
        delta(2, "input_json_delta", partial_json='{"query": 1}'),
        start(3, type="tool_use", id="b", name="g", input={}),
        stop(3),
        start(4, type="tool_use", id="c", name="h", input={"whole": 1}),
        stop(4),
        event("message_delta", delta={"stop_reason": "tool_use"}, usage={"output_tokens": 1}),
    )
    assert said[:-2] == [
        TextDelta("So:"),
        ToolCallStarted(0, "a", "f"),
        ToolArgumentsDelta(0, '{"k"'),
        ToolArgumentsDelta(0, ": 1}"),
        ToolCallStarted(1, "b", "g"),
        ToolArgumentsDelta(1, "{}"),
        ToolCallStarted(2, "c", "h"),
        ToolArgumentsDelta(2, '{"whole": 1}'),
    ]
    assert said[-1] == ChoiceFinished(Finish(FinishKind.TOOL_CALLS, "tool_use"))


def test_thinking_with_its_proof() -> None:
    assert fed(
        start(0, type="thinking", thinking="", signature=""),
        delta(0, "thinking_delta", thinking="hm"),
        delta(0, "signature_delta", signature="s"),
        start(1, type="redacted_thinking", data="d"),
    ) == [
        ReasoningDelta("hm"),
        ReasoningDelta(signature="s"),
        ReasoningDelta(redacted="d"),
    ]


def test_our_answer_tool_speaks_in_text() -> None:
    said = fed(
        start(0, type="tool_use", id="a", name=ANSWER_TOOL, input={}),
        delta(0, "input_json_delta", partial_json='{"n": 1}'),
        stop(0),
        event("message_delta", delta={"stop_reason": "tool_use"}),
    )
    assert said == [
        TextDelta('{"n": 1}'),
        ChoiceFinished(Finish(FinishKind.STOP, "tool_use")),
    ]
    empty = fed(start(0, type="tool_use", id="a", name=ANSWER_TOOL, input={}), stop(0))
    assert empty == [TextDelta("{}")]


def test_a_refusal_is_told_before_the_end() -> None:
    details = {"type": "refusal", "explanation": "No."}
    said = fed(event("message_delta", delta={"stop_reason": "refusal", "stop_details": details}))
    finish = Finish(FinishKind.CONTENT_FILTER, "refusal")
    assert said == [RefusalDelta("No."), ChoiceFinished(finish)]


@pytest.mark.parametrize(
    "block",
    [
        b": comment\n\n",
        b"event: ping\n\n",
        b"data: {not json\n\n",
        b"data: 5\n\n",
        b"data: " + b"[" * 100_000 + b"\n\n",
        b'data: {"type": "content_block_delta", "delta": {"type": "text_delta", "text": 5}}\n\n',
        b'data: {"type": "content_block_delta"}\n\n',
        b'data: {"type": "from_the_future"}\n\n',
        b"",
    ],
)
def test_what_cannot_be_read_is_skipped_in_place(block: bytes) -> None:
    said = fed(delta(0, "text_delta", text="a"), block, delta(0, "text_delta", text="b"))
    assert said == [TextDelta("a"), TextDelta("b")]


def test_line_ends_of_other_systems() -> None:
    assert fed(delta(0, "text_delta", text="a").replace(b"\n", b"\r\n")) == [TextDelta("a")]


def test_usage_that_cannot_be_read_does_not_hide_the_end() -> None:
    said = fed(
        event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": "?"})
    )
    assert said == [ChoiceFinished(Finish(FinishKind.STOP, "end_turn"))]


@pytest.mark.parametrize(
    ("type", "kind"),
    [
        ("overloaded_error", FailureKind.OVERLOADED),
        ("api_error", FailureKind.OVERLOADED),
        ("rate_limit_error", FailureKind.RATE_LIMITED),
        ("invalid_request_error", FailureKind.BAD_REQUEST),
    ],
)
def test_an_error_in_the_stream_is_of_its_kind(type: str, kind: FailureKind) -> None:
    stream = MessageStream()
    stream.feed(OPENING)
    with pytest.raises(ProviderFailure) as caught:
        stream.feed(event("error", error={"type": type, "message": "Oh."}))
    assert (caught.value.kind, caught.value.message) == (kind, "Oh.")


@pytest.mark.parametrize("blocks", [[], [OPENING], [OPENING, start(0, type="text", text="Hi")]])
def test_a_stream_that_stops_before_its_stop_reason_is_cut(blocks: list[bytes]) -> None:
    stream = MessageStream()
    for block in blocks:
        stream.feed(block)
    with pytest.raises(ProviderFailure) as caught:
        stream.end()
    assert caught.value.kind is FailureKind.TRANSPORT
