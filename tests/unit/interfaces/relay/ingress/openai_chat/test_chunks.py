import json
from typing import Any

import pytest

from turnout.domain.inference.reply import (
    ChoiceFinished,
    Finish,
    FinishKind,
    ReasoningDelta,
    RefusalDelta,
    ReplyEvent,
    TextDelta,
    ToolArgumentsDelta,
    ToolCallStarted,
)
from turnout.interfaces.relay.ingress.openai_chat.chunks import Head, read_chunk, read_head

CHUNK = {"id": "x", "object": "chat.completion.chunk", "created": 7, "model": "m"}
CALL = {"index": 0, "id": "c1", "type": "function", "function": {"name": "f", "arguments": "{"}}
MORE = {"index": 0, "function": {"arguments": "}"}}


def chunk(delta: Any, finish: str | None = None, **more: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, **more}
    return b"data: " + json.dumps({**CHUNK, "choices": [choice]}).encode() + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (b": ping\n\n", []),
        (b"data: [DONE]\n\n", []),
        (b"event: x\nid: 1\n\n", []),
        (b'data: {"choices":[],"usage":{}}\n\n', []),
        (b'data: {"choices":\ndata: [{"delta":{"content":"a"}}]}\n\n', [TextDelta("a")]),
        (chunk({"role": "assistant", "content": ""}), []),
        (chunk({"role": "assistant", "content": None, "tool_calls": []}), []),
        (chunk({"content": "a"}), [TextDelta("a")]),
        (chunk({"content": "a"}, index=1), [TextDelta("a", 1)]),
        (chunk({"content": "a"}, logprobs={}), [TextDelta("a", logprobs={})]),
        (chunk({"content": "a", "annotations": [1]}), [TextDelta("a")]),
        (chunk({"reasoning_content": "a"}), [ReasoningDelta()]),
        (chunk({"reasoning": "a", "reasoning_details": [{}]}), [ReasoningDelta()]),
        (chunk({"refusal": "a"}), [RefusalDelta("a")]),
        (
            chunk({"tool_calls": [CALL]}),
            [ToolCallStarted(0, "c1", "f"), ToolArgumentsDelta(0, "{")],
        ),
        (chunk({"tool_calls": [MORE]}), [ToolArgumentsDelta(0, "}")]),
        (chunk({}, "stop"), [ChoiceFinished(Finish(FinishKind.STOP, "stop"))]),
        (chunk(None, "eos"), [ChoiceFinished(Finish(FinishKind.OTHER, "eos"))]),
    ],
)
def test_what_a_chunk_says(frame: bytes, told: list[ReplyEvent]) -> None:
    assert read_chunk(frame) == told


@pytest.mark.parametrize(
    "frame",
    [
        b"data: {\n\n",
        b'data: {"choices":[3]}\n\n',
        chunk({"content": ["a"]}),
        chunk({"audio": {"data": "x"}}),
        chunk({"function_call": {"name": "f"}}),
        chunk({"tool_calls": [3]}),
        chunk({"tool_calls": [{"id": "c", "function": {"name": "f"}}]}),
    ],
)
def test_what_no_event_could_tell(frame: bytes) -> None:
    assert read_chunk(frame) is None


def test_the_head_is_what_all_chunks_share() -> None:
    assert read_head(chunk({})) == Head("x", "m", 7)
    assert read_head(b'data: {"choices":[]}\n\n') == Head()
    assert [read_head(frame) for frame in (b": ping\n\n", b"data: [DONE]\n\n", b"data: {\n\n")] == [
        None,
        None,
        None,
    ]
