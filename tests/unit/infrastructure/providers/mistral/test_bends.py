import json

import pytest

from turnout.infrastructure.providers.mistral.bends import (
    REQUEST,
    plain_content,
    plain_content_in_block,
)

THOUGHTS = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm, "}], "closed": True}
TEXT = {"type": "text", "text": "154"}


def answer(content: object, place: str = "message") -> bytes:
    return json.dumps({"id": "x", "choices": [{"index": 0, place: {"content": content}}]}).encode()


def message_of(body: bytes, place: str = "message") -> object:
    return json.loads(body)["choices"][0][place]


def test_thinking_becomes_reasoning_content() -> None:
    found = message_of(plain_content(answer([THOUGHTS, TEXT])))
    assert found == {"content": "154", "reasoning_content": "Hm, "}


def test_thinking_alone_leaves_no_content() -> None:
    found = message_of(plain_content(answer([THOUGHTS, THOUGHTS])))
    assert found == {"content": None, "reasoning_content": "Hm, Hm, "}


def test_a_list_without_thinking_becomes_text() -> None:
    reference = {"type": "reference", "reference_ids": [1]}
    assert message_of(plain_content(answer([TEXT, reference, TEXT]))) == {"content": "154154"}
    assert message_of(plain_content(answer([]))) == {"content": ""}


@pytest.mark.parametrize(
    "body",
    [answer("plain"), b"", b'{"content": [', b'{"choices":"none","x":1}'],
)
def test_other_answers_keep_their_bytes(body: bytes) -> None:
    assert plain_content(body) == body


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n"])
def test_events_are_bent_with_their_line_ends(end: bytes) -> None:
    bent = plain_content_in_block(b"data: " + answer([THOUGHTS], "delta") + end)
    assert bent.startswith(b"data: ")
    assert bent.endswith(b"}" + end)
    assert message_of(bent[6:], "delta") == {"content": None, "reasoning_content": "Hm, "}


@pytest.mark.parametrize(
    "block", [b"data: [DONE]\n\n", b": ping\n\n", b'data: {"content":"["}\n\n']
)
def test_other_events_keep_their_bytes(block: bytes) -> None:
    assert plain_content_in_block(block) == block


def test_what_mistral_refuses_is_bent() -> None:
    asked = {
        "model": "m",
        "seed": 3,
        "max_completion_tokens": 9,
        "stream_options": {"include_usage": True},
        "logprobs": True,
        "user": None,
        "messages": [
            {"role": "developer", "content": "Be brief."},
            {"role": "assistant", "content": "4", "reasoning_content": "2+2", "refusal": None},
            {"role": "assistant", "content": None, "reasoning_content": "", "tool_calls": []},
            {"role": "user", "content": "Why?"},
        ],
    }
    bent = REQUEST(json.dumps(asked).encode())
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "2+2"}]}
    assert json.loads(bent.body) == {
        "model": "m",
        "random_seed": 3,
        "max_tokens": 9,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "assistant", "content": [thinking, {"type": "text", "text": "4"}]},
            {"role": "assistant", "content": None, "tool_calls": []},
            {"role": "user", "content": "Why?"},
        ],
    }
    assert bent.dropped == ("logprobs",)
