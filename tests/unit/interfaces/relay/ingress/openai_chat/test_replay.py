import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.inference.usage import TokenUsage
from turnout.interfaces.relay.ingress.openai_chat.replay import stream_of, whole_of

USAGE = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}


def completion(*choices: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": list(choices),
        "usage": USAGE,
        **fields,
    }


def choice(index: int = 0, finish: str = "stop", **message: Any) -> dict[str, Any]:
    said = {"role": "assistant", "content": None, **message}
    return {"index": index, "message": said, "logprobs": None, "finish_reason": finish}


def call(id: str, arguments: str) -> dict[str, Any]:
    return {"id": id, "type": "function", "function": {"name": "f", "arguments": arguments}}


def chunks(*deltas: dict[str, Any], finish: str = "stop", usage: Any = USAGE) -> bytes:
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    told: list[dict[str, Any]] = [
        {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        for delta in deltas
    ]
    told.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
    if usage is not None:
        told.append({**head, "choices": [], "usage": usage})
    return b"".join(b"data: " + json.dumps(t).encode() + b"\n\n" for t in told) + DONE


DONE = b"data: [DONE]\n\n"


def read(stream: bytes | None) -> list[Any]:
    assert stream is not None and stream.endswith(DONE)
    blocks = stream.removesuffix(DONE).split(b"\n\n")
    return [json.loads(block.removeprefix(b"data: ")) for block in blocks if block]


def whole(stream: bytes, usage: TokenUsage | None = None) -> Any:
    text = whole_of(stream, usage)
    return None if text is None else json.loads(text)


def message(stream: bytes) -> Any:
    return whole(stream)["choices"][0]["message"]


def test_a_whole_answer_becomes_what_it_says_and_its_end() -> None:
    told = read(
        stream_of(json.dumps(completion(choice(content="hi"))).encode(), include_usage=False)
    )
    said, end = told
    assert (said["id"], said["model"], said["object"]) == (
        "chatcmpl-1",
        "m",
        "chat.completion.chunk",
    )
    assert said["choices"][0]["delta"] == {"role": "assistant", "content": "hi"}
    assert said["choices"][0]["finish_reason"] is None
    assert end["choices"][0]["delta"] == {}
    assert end["choices"][0]["finish_reason"] == "stop"
    assert "usage" not in said


def test_usage_comes_last_where_it_is_asked_for() -> None:
    text = json.dumps(completion(choice(content="hi"))).encode()
    *others, last = read(stream_of(text, include_usage=True))
    assert [chunk["usage"] for chunk in others] == [None, None]
    assert (last["choices"], last["usage"]) == ([], USAGE)
    assert (
        stream_of(json.dumps(completion(choice(), usage=None)).encode(), include_usage=True) is None
    )


def test_tool_calls_get_their_numbers() -> None:
    calls = [call("a", "{}"), call("b", "[]")]
    text = json.dumps(completion(choice(finish="tool_calls", tool_calls=calls))).encode()
    said = read(stream_of(text, include_usage=False))[0]["choices"][0]["delta"]["tool_calls"]
    assert [(each["index"], each["id"]) for each in said] == [(0, "a"), (1, "b")]


@pytest.mark.parametrize(
    "odd",
    [b"[]", b"{}", b"no json", b'{"choices":[{}]}', b'{"choices":[1]}', b'{"choices":5}',
     b'{"choices":[{"message":{"tool_calls":[5]}}]}', b'{"choices":[{"message":"hi"}]}'],
)  # fmt: skip
def test_an_answer_of_another_shape_has_no_other_form(odd: bytes) -> None:
    assert stream_of(odd, include_usage=False) is None
    assert whole_of(b"data: " + odd + b"\n\n", TokenUsage(1, 2)) is None


def test_texts_are_put_together() -> None:
    stream = chunks(
        {"role": "assistant", "content": ""},
        {"reasoning_content": "hm"},
        {"reasoning_content": "!", "content": None},
        {"content": "one "},
        {"content": "two"},
        {"token_id": 5},
    )
    told = whole(stream)
    assert (told["object"], told["id"], told["usage"]) == ("chat.completion", "c", USAGE)
    assert told["choices"][0]["message"] == {
        "role": "assistant",
        "content": "one two",
        "reasoning_content": "hm!",
    }
    assert told["choices"][0]["finish_reason"] == "stop"


def test_calls_are_put_together_by_number() -> None:
    stream = chunks(
        {"tool_calls": [{"index": 1, **call("b", "")}]},
        {"tool_calls": [{"index": 0, **call("a", '{"x"')}]},
        {"tool_calls": [{"index": 0, "id": "", "function": {"arguments": ":1}"}}]},
        {"tool_calls": [{"index": 1, "id": "b", "function": {"name": "f", "arguments": "{}"}}]},
        finish="tool_calls",
    )
    assert message(stream)["tool_calls"] == [call("a", '{"x":1}'), call("b", "{}")]


def test_the_deprecated_call_is_put_together_too() -> None:
    stream = chunks(
        {"function_call": {"name": "f", "arguments": ""}}, {"function_call": {"arguments": "{}"}}
    )
    assert message(stream)["function_call"] == {"name": "f", "arguments": "{}"}


def test_entries_and_logprobs_are_put_together() -> None:
    head = {"id": "c", "model": "m"}
    told = [
        {"index": 0, "delta": {"content": "a"}, "logprobs": {"content": [1], "refusal": None}},
        {"index": 0, "delta": {"annotations": [{"n": 1}]}, "logprobs": None},
        {"index": 0, "delta": {"content": "b"}, "logprobs": {"content": [2]}, "finish_reason": "x"},
    ]
    stream = b"".join(
        b"data: " + json.dumps({**head, "choices": [each]}).encode() + b"\r\n\r\n" for each in told
    )
    (made,) = whole(b": hello\n\n" + stream + DONE, TokenUsage(1, 2))["choices"]
    assert made["logprobs"] == {"content": [1, 2], "refusal": None}
    assert made["message"] == {"role": "assistant", "content": "ab", "annotations": [{"n": 1}]}
    assert made["finish_reason"] == "x"


def test_usage_stands_in_where_the_stream_tells_none() -> None:
    stream = chunks({"content": "hi"}, usage=None)
    assert whole(stream) is None
    assert whole(stream, TokenUsage(3, 4))["usage"]["total_tokens"] == 7


@pytest.mark.parametrize(
    "deltas",
    [
        [{"audio": {"data": "x"}}],
        [{"content": ["parts"]}],
        [{"tool_calls": [{"id": "a"}]}],
        [
            {"tool_calls": [{"index": 0, **call("a", "")}]},
            {"tool_calls": [{"index": 0, "id": "b"}]},
        ],
    ],
    ids=["a field that is not known", "another type", "a call without number", "two ids"],
)
def test_what_could_only_be_guessed_has_no_other_form(deltas: list[dict[str, Any]]) -> None:
    assert whole_of(chunks(*deltas), TokenUsage(1, 2)) is None


def test_a_stream_without_an_answer_has_no_other_form() -> None:
    assert whole_of(DONE, TokenUsage(1, 2)) is None


texts = st.text(st.characters(codec="utf-8"), max_size=20)
messages = st.fixed_dictionaries(
    {"role": st.just("assistant"), "content": st.none() | texts},
    optional={
        "refusal": texts,
        "reasoning_content": texts,
        "tool_calls": st.lists(st.builds(call, texts.filter(bool), texts), min_size=1, max_size=3),
        "annotations": st.lists(st.fixed_dictionaries({"type": texts}), max_size=2),
    },
)
choices = st.lists(
    st.fixed_dictionaries(
        {
            "message": messages,
            "logprobs": st.none() | st.just({"content": [{"token": "a"}]}),
            "finish_reason": st.sampled_from(["stop", "length", "tool_calls"]),
        }
    ),
    min_size=1,
    max_size=3,
)


@given(choices, st.booleans())
def test_there_and_back_is_the_same_answer(made: list[dict[str, Any]], with_usage: bool) -> None:
    answer = completion(*({"index": i, **each} for i, each in enumerate(made)), service_tier="x")
    stream = stream_of(json.dumps(answer).encode(), include_usage=with_usage)
    assert stream is not None
    assert whole(stream, None if with_usage else TokenUsage(3, 4)) == {
        **answer,
        "usage": answer["usage"] if with_usage else whole(stream, TokenUsage(3, 4))["usage"],
    }
