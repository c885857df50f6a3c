"""Streamed answers, as the official client reads them."""

import json
from collections.abc import Sequence

from openai.types.chat import ChatCompletionChunk

from turnout.domain.inference.reply import (
    ChoiceFinished,
    Finish,
    FinishKind,
    ReasoningDelta,
    RefusalDelta,
    ReplyEvent,
    ReplyStarted,
    Rescued,
    TextDelta,
    ToolArgumentsDelta,
    ToolCallStarted,
    UsageReported,
)
from turnout.domain.inference.usage import TokenUsage
from turnout.interfaces.relay.ingress.openai_chat.stream import DONE, ChunkWriter

STOP = ChoiceFinished(Finish(FinishKind.STOP, "end_turn"))


def written(events: Sequence[ReplyEvent], *, include_usage: bool = False) -> bytes:
    writer = ChunkWriter("chatcmpl-req_1", "gpt-4", 1_700_000_000, include_usage)
    return b"".join(writer.write(event) for event in events) + writer.end()


def chunks(*events: ReplyEvent, include_usage: bool = False) -> list[ChatCompletionChunk]:
    *frames, done, rest = written(events, include_usage=include_usage).split(b"\n\n")
    assert done + b"\n\n" == DONE and rest == b""
    assert all(frame.startswith(b"data: {") for frame in frames)
    return [
        ChatCompletionChunk.model_validate(json.loads(frame[6:]), strict=True) for frame in frames
    ]


def test_a_text_begins_with_its_role_and_ends_with_its_reason() -> None:
    role, first, second, end = chunks(
        ReplyStarted("msg_1", "claude"), TextDelta("hel"), TextDelta("lo"), STOP
    )
    assert role.choices[0].delta.role == "assistant"
    assert role.choices[0].delta.content == ""
    assert [c.choices[0].delta.content for c in (first, second)] == ["hel", "lo"]
    assert end.choices[0].finish_reason == "stop"
    assert end.choices[0].delta.content is None


def test_one_id_time_and_model_whatever_happens() -> None:
    told = chunks(
        ReplyStarted("msg_1", "claude"), TextDelta("a"), ReplyStarted("msg_2", "other"),
        TextDelta("b"), STOP,
    )  # fmt: skip
    assert {(c.id, c.created, c.model) for c in told} == {("msg_1", 1_700_000_000, "claude")}


def test_a_provider_without_names_gets_ours() -> None:
    told = chunks(ReplyStarted("", ""), TextDelta("a"), STOP)
    assert {(c.id, c.model) for c in told} == {("chatcmpl-req_1", "gpt-4")}


def test_usage_comes_last_and_only_where_it_was_asked_for() -> None:
    events: list[ReplyEvent] = [
        UsageReported(TokenUsage(1, 0)), TextDelta("a"), UsageReported(TokenUsage(1, 2)), STOP
    ]  # fmt: skip
    *others, usage = chunks(*events, include_usage=True)
    assert usage.choices == []
    assert usage.usage is not None and usage.usage.completion_tokens == 2
    assert all(chunk.usage is None for chunk in others)
    assert b'"usage":null' in written(events, include_usage=True)
    assert b"usage" not in written(events)


def test_usage_that_is_unknown_is_not_told() -> None:
    assert len(chunks(TextDelta("a"), STOP, include_usage=True)) == 3


def test_tool_calls_in_pieces() -> None:
    told = chunks(
        ToolCallStarted(0, "c1", "f"), ToolArgumentsDelta(0, '{"a"'), ToolArgumentsDelta(0, ":1}"),
        ToolCallStarted(1, "c2", "g", signature="sig"),
        ChoiceFinished(Finish(FinishKind.TOOL_CALLS, "tool_use")),
    )  # fmt: skip
    calls = [call for c in told for call in c.choices[0].delta.tool_calls or ()]
    assert [(call.index, call.id) for call in calls] == [(0, "c1"), (0, None), (0, None), (1, "c2")]
    assert "".join(call.function.arguments or "" for call in calls if call.function) == '{"a":1}'
    assert calls[3].model_extra == {"extra_content": {"google": {"thought_signature": "sig"}}}


def test_signed_thinking_comes_again_whole() -> None:
    told = chunks(
        ReasoningDelta("h"), ReasoningDelta("m", signature="sig"),
        ReasoningDelta(redacted="sealed"), TextDelta("hi"), STOP,
    )  # fmt: skip
    deltas = [c.choices[0].delta.model_extra or {} for c in told]
    assert "".join(delta.get("reasoning_content", "") for delta in deltas) == "hm"
    assert [block for delta in deltas for block in delta.get("thinking_blocks", ())] == [
        {"type": "thinking", "thinking": "hm", "signature": "sig"},
        {"type": "redacted_thinking", "data": "sealed"},
    ]


def test_every_choice_has_its_own_role_and_thoughts() -> None:
    told = chunks(
        ReasoningDelta("a"), ReasoningDelta("b", choice=1), ReasoningDelta(signature="s", choice=1),
        TextDelta("x", choice=1, logprobs={"content": []}), RefusalDelta("no"),
    )  # fmt: skip
    roles = [c.choices[0].index for c in told if c.choices[0].delta.role]
    assert roles == [0, 1]
    (block,) = [
        block
        for c in told
        for block in (c.choices[0].delta.model_extra or {}).get("thinking_blocks", ())
    ]
    assert block["thinking"] == "b"
    assert told[-2].choices[0].logprobs is not None
    assert told[-1].choices[0].delta.refusal == "no"


def test_an_answer_that_ends_at_once_has_a_role_too() -> None:
    role, end = chunks(STOP)
    assert role.choices[0].delta.role == "assistant"
    assert end.choices[0].finish_reason == "stop"


def test_an_answer_that_was_rescued_says_so_from_its_finish_on() -> None:
    usage = UsageReported(TokenUsage(1, 2))
    rescued = Rescued(("a", "b", "a"))
    *before, end, last = chunks(TextDelta("a"), rescued, TextDelta("b"), usage, STOP,
                                include_usage=True)  # fmt: skip
    told = {"rescued": 2, "providers": ["a", "b", "a"]}
    assert [chunk.model_extra for chunk in before] == [{}] * len(before)
    assert [chunk.model_extra for chunk in (end, last)] == [{"x_turnout": told}] * 2
