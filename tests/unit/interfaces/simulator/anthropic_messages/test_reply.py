import json
from typing import Any

import pytest
from tests.support.simulators import body_of, call, events_in, frames_of

from turnout.interfaces.simulator.answers import Answer, Finish, ToolCall
from turnout.interfaces.simulator.anthropic_messages import count_tokens, create_message
from turnout.interfaces.simulator.anthropic_messages.reply import (
    Cached,
    write_frames,
    write_reply,
)
from turnout.interfaces.simulator.anthropic_messages.signatures import signature_of
from turnout.interfaces.simulator.billing import NO_TOKENS
from turnout.interfaces.simulator.dialect import PromptCache
from turnout.interfaces.simulator.prompt import Prompt
from turnout.interfaces.simulator.stamp import Stamp

STAMP = Stamp(0, 7)
PROMPT = Prompt(model="m", question="hi", prompt_tokens=30)
CACHED = Cached(read=10, created=5)
TEXT = Answer(pieces=["Good", " day"], finish=Finish.STOP)
THOUGHT = Answer(pieces=["Good"], finish=Finish.STOP, reasoning=["Let", " me"])
CALLS = Answer(
    pieces=[],
    finish=Finish.TOOL_CALLS,
    calls=(ToolCall("f", {"a": 1}, ['{"a"', ":1}"]), ToolCall("g", {}, ["{}"])),
)


def whole(answer: Answer) -> Any:
    return json.loads(write_reply(PROMPT, answer, STAMP, CACHED))


def streamed(answer: Answer) -> list[Any]:
    return events_in(write_frames(PROMPT, answer, STAMP, CACHED))


def added_up(events: list[Any]) -> list[dict[str, Any]]:
    """The content blocks that the events make, as a client puts them together."""
    blocks: list[dict[str, Any]] = []
    for event in events:
        if event["type"] == "content_block_start":
            blocks.append({**event["content_block"], "json": ""})
        elif event["type"] == "content_block_delta":
            delta, block = event["delta"], blocks[event["index"]]
            for field in delta.keys() - {"type"}:
                name = "json" if field == "partial_json" else field
                block[name] += delta[field]
        elif event["type"] == "content_block_stop" and blocks[event["index"]]["json"]:
            blocks[event["index"]]["input"] = json.loads(blocks[event["index"]]["json"])
    for block in blocks:
        del block["json"]
    return blocks


def test_a_whole_message() -> None:
    message = whole(TEXT)
    assert message["id"].startswith("msg_")
    assert message["content"] == [{"type": "text", "text": "Good day"}]
    assert (message["stop_reason"], message["stop_sequence"]) == ("end_turn", None)
    assert message["usage"] == {
        "input_tokens": 15,
        "cache_creation_input_tokens": 5,
        "cache_read_input_tokens": 10,
        "cache_creation": {"ephemeral_5m_input_tokens": 5, "ephemeral_1h_input_tokens": 0},
        "output_tokens": 2,
        "service_tier": "standard",
    }


def test_thinking_is_signed() -> None:
    thinking, text = whole(THOUGHT)["content"]
    assert thinking == {
        "type": "thinking",
        "thinking": "Let me",
        "signature": signature_of("Let me"),
    }
    assert text["text"] == "Good"


@pytest.mark.parametrize(
    ("finish", "word"),
    [
        (Finish.LENGTH, "max_tokens"),
        (Finish.STOP_SEQUENCE, "stop_sequence"),
        (Finish.REFUSED, "refusal"),
        (Finish.TOOL_CALLS, "tool_use"),
    ],
)
def test_stop_reasons(finish: Finish, word: str) -> None:
    answer = Answer(pieces=["a"], finish=finish, stop_sequence="end")
    assert (whole(answer)["stop_reason"], whole(answer)["stop_sequence"]) == (word, "end")


@pytest.mark.parametrize("answer", [TEXT, THOUGHT, CALLS, Answer(pieces=[], finish=Finish.STOP)])
def test_a_stream_adds_up_to_the_whole(answer: Answer) -> None:
    events = streamed(answer)
    assert added_up(events) == whole(answer)["content"]
    assert events[0]["message"]["id"] == whole(answer)["id"]
    assert events[-2]["delta"]["stop_reason"] == whole(answer)["stop_reason"]
    assert events[-2]["usage"]["output_tokens"] == answer.tokens
    assert events[-1] == {"type": "message_stop"}


def test_the_order_of_events() -> None:
    frames = list(write_frames(PROMPT, TEXT, STAMP, CACHED))
    names = [frame.data.split(b"\n")[0].removeprefix(b"event: ").decode() for frame in frames]
    assert names == [
        "message_start",
        "content_block_start",
        "ping",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    assert [event["type"] for event in streamed(TEXT)] == names


def test_frames_bring_the_tokens_of_text_and_thought() -> None:
    for answer in (TEXT, THOUGHT, CALLS):
        frames = list(write_frames(PROMPT, answer, STAMP, CACHED))
        assert sum(frame.tokens for frame in frames) == answer.tokens
        assert frames[-1].end_mark


def test_the_operation_answers_whole_or_streams_and_remembers_the_cache() -> None:
    kept = [{"type": "text", "text": "word " * 100, "cache_control": {"type": "ephemeral"}}]
    body = {"model": "m", "max_tokens": 99, "messages": [{"role": "user", "content": kept}]}
    cache = PromptCache()
    first = body_of(create_message(call(body, cache=cache)))["usage"]
    again = events_in(frames_of(create_message(call({**body, "stream": True}, cache=cache))))
    usage = again[0]["message"]["usage"]
    assert first["cache_creation_input_tokens"] == usage["cache_read_input_tokens"] == 125
    assert first["cache_read_input_tokens"] == usage["cache_creation_input_tokens"] == 0


def test_counting_is_free() -> None:
    job = count_tokens(call({"model": "m", "messages": [{"role": "user", "content": "hi"}]}))
    assert body_of(job) == {"input_tokens": 13}
    assert job.tokens == NO_TOKENS
