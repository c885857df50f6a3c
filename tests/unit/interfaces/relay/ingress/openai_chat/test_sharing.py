import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.system import FrozenClock

from turnout.domain.inference.content import TextPart
from turnout.domain.inference.reply import Choice, Finish, FinishKind, Reply, TextDelta
from turnout.domain.inference.sharing import CacheWish, Sharing
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.shared.ids import RequestId
from turnout.interfaces.relay.ingress.openai_chat.request import read_chat_call
from turnout.interfaces.relay.ingress.openai_chat.sharing import fingerprint, sharing_of

MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}]
WISH = CacheWish(opted=True)


def body(**fields: Any) -> bytes:
    return json.dumps({"model": "m", "messages": MESSAGES, **fields}).encode()


def known(**fields: Any) -> Sharing:
    text = body(**fields)
    return sharing_of(read_chat_call(text), text, WISH, FrozenClock())


def shuffled(value: Any) -> Any:
    """Return the same JSON with the members of every object the other way round."""
    if isinstance(value, dict):
        return {name: shuffled(value[name]) for name in reversed(value)}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


def test_how_the_json_is_written_does_not_count() -> None:
    call = {"model": "m", "messages": MESSAGES, "metadata": {"a": {"b": 1, "c": "ä"}}}
    written = [
        json.dumps(call),
        json.dumps(call, indent=4),
        json.dumps(shuffled(call), ensure_ascii=False, separators=(",", ":")),
    ]
    assert len({fingerprint(text.encode()) for text in written}) == 1


def test_the_form_of_the_answer_does_not_count() -> None:
    forms: list[dict[str, Any]] = [
        {},
        {"stream": False},
        {"stream": True},
        {"stream": True, "stream_options": {"include_usage": True}},
        {"stream": True, "stream_options": {}},
        {"stream": True, "stream_options": None},
    ]
    assert len({fingerprint(body(**form)) for form in forms}) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"model": "other"},
        {"messages": [{"role": "system", "content": "Be long."}, MESSAGES[1]]},
        {"messages": [*MESSAGES, MESSAGES[1]]},
        {"messages": [{**MESSAGES[0], "name": "n"}, MESSAGES[1]]},
        {"temperature": 0.1},
        {"max_tokens": 5},
        {"user": "somebody"},
        {"metadata": {"a": "b"}},
        {"response_format": {"type": "json_object"}},
        {"stream_options": {"include_obfuscation": False}},
        {"a_vendors_own": [1, {"deep": True}]},
    ],
)
def test_everything_else_counts(fields: dict[str, Any]) -> None:
    assert fingerprint(body(**fields)) != fingerprint(body())


def test_what_cannot_be_read_into_numbers_is_taken_as_it_is() -> None:
    large = body(seed=0).replace(b'"seed": 0', b'"top_a": 1e999')
    assert fingerprint(large) == fingerprint(bytes(large))
    assert fingerprint(large) != fingerprint(large.replace(b"999", b"998"))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(json_values, json_values)
def test_two_values_have_one_fingerprint_if_and_only_if_they_are_the_same(
    one: Any, other: Any
) -> None:
    same = _typed(one) == _typed(other)
    assert (fingerprint(body(field=one)) == fingerprint(body(field=other))) is same
    assert fingerprint(body(field=one)) == fingerprint(
        json.dumps(shuffled(json.loads(body(field=one)))).encode()
    )


def _typed(value: Any) -> Any:
    """Tell 1, 1.0 and true apart, which Python does not."""
    if isinstance(value, dict):
        return {name: _typed(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_typed(inner) for inner in value]
    return (type(value), repr(value))


@pytest.mark.parametrize(
    ("fields", "repeatable"),
    [
        ({}, False),
        ({"temperature": 0}, True),
        ({"temperature": 0.0}, True),
        ({"temperature": 0.7}, False),
        ({"temperature": None}, False),
        ({"seed": 0}, True),
        ({"temperature": 1, "seed": 7}, True),
    ],
)
def test_what_asks_for_the_same_answer_every_time(fields: dict[str, Any], repeatable: bool) -> None:
    assert known(**fields).repeatable is repeatable


@pytest.mark.parametrize(
    ("fields", "acts"),
    [
        ({}, False),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, True),
        ({"tools": []}, False),
        ({"functions": [{"name": "f"}]}, True),
        ({"store": True}, True),
        ({"store": False}, False),
        ({"store": None}, False),
        ({"web_search_options": {}}, True),
        ({"plugins": [{"id": "web"}]}, True),
    ],
)
def test_what_does_more_than_tell(fields: dict[str, Any], acts: bool) -> None:
    assert known(**fields).acts is acts


def test_the_form_names_the_shape_of_the_bytes() -> None:
    usage = {"include_usage": True}
    assert known().form == "whole"
    assert known(stream=True).form == "stream"
    assert known(stream=True, stream_options=usage).form == "stream+usage"
    assert known(stream_options=usage).form == "whole"


def test_the_wish_and_the_fingerprint_are_those_of_the_call() -> None:
    call = known(temperature=0)
    assert call.wish is WISH
    assert call.fingerprint() == fingerprint(body(temperature=0))


def test_a_whole_answer_is_worded() -> None:
    stop = Finish(FinishKind.STOP, "stop")
    reply = Reply("", "claude", (Choice((TextPart("hi"),), stop),), None)
    completion = json.loads(known().wording.whole(reply, RequestId("req_1")))
    assert completion["id"] == "chatcmpl-req_1"
    assert completion["created"] == 1_700_000_000
    assert completion["choices"][0]["message"]["content"] == "hi"


def test_a_streamed_answer_is_worded() -> None:
    writer = known(stream=True).wording.writer(RequestId("req_1"), "m")
    assert b'"id":"chatcmpl-req_1"' in writer.write(TextDelta("hi"))
    assert writer.end() == b"data: [DONE]\n\n"


def test_an_answer_is_put_into_any_other_form() -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    message = {"role": "assistant", "content": "hi"}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    whole = json.dumps({"id": "c", "choices": [choice], "usage": usage}).encode()
    options = {"include_usage": True}
    plain, with_usage = known(stream=True), known(stream=True, stream_options=options)
    stream = plain.wording.reworded(whole, "whole", None)
    assert stream is not None and b"prompt_tokens" not in stream
    assert known().wording.reworded(stream, plain.form, None) is None
    told = with_usage.wording.reworded(stream, plain.form, TokenUsage(1, 2))
    assert told is not None and b'"prompt_tokens":1' in told
    again = known().wording.reworded(told, with_usage.form, None)
    assert again is not None
    assert json.loads(again)["usage"]["total_tokens"] == 3
    assert json.loads(again)["choices"] == [choice]
