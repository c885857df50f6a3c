"""What routing learns from a body."""

import json
from typing import Any

import pytest

from turnout.domain.inference.capability import Capability
from turnout.domain.inference.failure import InvalidRequest
from turnout.domain.inference.request import WireProtocol
from turnout.interfaces.relay.ingress.openai_chat.request import (
    BYTES_PER_TOKEN,
    BYTES_PER_TOKEN_ESCAPED,
    PREFIX_BYTES,
    ChatCall,
    read_chat_call,
)

USER = {"role": "user", "content": "hello"}
TOOL = {"type": "function", "function": {"name": "f"}}
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 90_000}}
AUDIO = {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}


def read(**fields: Any) -> ChatCall:
    return read_chat_call(json.dumps({"model": "gpt-4", "messages": [USER], **fields}).encode())


def test_a_plain_call() -> None:
    call = read()
    request = call.request
    assert (request.model, request.stream, request.protocol) == (
        "gpt-4",
        False,
        WireProtocol.OPENAI_CHAT,
    )
    assert request.needs.capabilities == {Capability.CHAT}
    assert request.needs.output_tokens == 0
    assert not call.include_usage


@pytest.mark.parametrize(
    ("fields", "needed"),
    [
        ({"stream": True}, Capability.STREAMING),
        ({"tools": [TOOL]}, Capability.TOOLS),
        ({"functions": [{"name": "f"}]}, Capability.TOOLS),
        ({"response_format": {"type": "json_schema"}}, Capability.JSON_SCHEMA),
        ({"reasoning_effort": "low"}, Capability.REASONING),
        ({"reasoning": {"max_tokens": 1000}}, Capability.REASONING),
        ({"reasoning": {"effort": "high"}}, Capability.REASONING),
        ({"reasoning": "yes, please"}, Capability.REASONING),
        ({"thinking": {"type": "enabled", "budget_tokens": 1024}}, Capability.REASONING),
        ({"modalities": ["text", "audio"]}, Capability.AUDIO),
        ({"messages": [USER, {"role": "user", "content": [IMAGE]}]}, Capability.VISION),
        ({"messages": [{"role": "user", "content": [AUDIO]}]}, Capability.AUDIO),
    ],
)
def test_what_is_asked_for_is_needed(fields: dict[str, Any], needed: Capability) -> None:
    assert read(**fields).request.needs.capabilities == {Capability.CHAT, needed}


@pytest.mark.parametrize(
    "fields",
    [
        {"stream": False},
        {"stream": None},
        {"tools": []},
        {"tools": None, "parallel_tool_calls": True},
        {"response_format": {"type": "json_object"}},
        {"reasoning_effort": "none"},
        {"reasoning_effort": None},
        {"reasoning": None},
        {"reasoning": {"effort": "none"}},
        {"reasoning": {"enabled": False}},
        {"thinking": {"type": "disabled"}},
        {"modalities": ["text"]},
        {"messages": [USER, {"role": "assistant", "content": "He said:"}]},
        {"messages": [{"role": "assistant", "content": None, "tool_calls": []}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "image_url"}]}]},
        {"unknown": {"nested": [1, 2.5, None]}},
    ],
)
def test_what_is_not_asked_for_is_not_needed(fields: dict[str, Any]) -> None:
    assert read(**fields).request.needs.capabilities == {Capability.CHAT}


def test_parallel_tools_are_needed_only_when_asked_for() -> None:
    tools = {Capability.CHAT, Capability.TOOLS}
    assert read(tools=[TOOL]).request.needs.capabilities == tools
    assert read(tools=[TOOL], parallel_tool_calls=False).request.needs.capabilities == tools
    asked = read(tools=[TOOL], parallel_tool_calls=True).request.needs.capabilities
    assert asked == tools | {Capability.PARALLEL_TOOLS}


def test_an_escaped_part_type_is_seen() -> None:
    body = (
        b'{"model":"m","messages":[{"role":"user","content":'
        b'[{"type":"im\\u0061ge_url","image_url":{"url":"http://x"}}]}]}'
    )
    assert Capability.VISION in read_chat_call(body).request.needs.capabilities


def test_usage_is_included_where_the_stream_options_say_so() -> None:
    assert read(stream=True, stream_options={"include_usage": True}).include_usage
    assert not read(stream=True, stream_options={}).include_usage
    assert not read(stream=True, stream_options=None).include_usage


def test_the_longest_answer_is_either_fields() -> None:
    assert read(max_tokens=7).request.needs.output_tokens == 7
    assert read(max_tokens=7, max_completion_tokens=9).request.needs.output_tokens == 9
    assert read(max_tokens=-7).request.needs.output_tokens == 0


def test_the_prompts_length_is_estimated_low() -> None:
    text = "word " * 10_000
    long = read(messages=[{"role": "user", "content": text}])
    assert 0.9 * len(text) < long.request.needs.input_tokens * BYTES_PER_TOKEN <= len(text) + 100
    escaped = read(messages=[{"role": "user", "content": "слово " * 10_000}])
    assert escaped.request.needs.input_tokens * BYTES_PER_TOKEN_ESCAPED < 6 * 60_100


def test_pictures_do_not_count_as_text() -> None:
    text = {"type": "text", "text": "word " * 10_000}
    with_image = read(messages=[{"role": "user", "content": [text, IMAGE]}])
    without = read(messages=[{"role": "user", "content": [text]}])
    difference = with_image.request.needs.input_tokens - without.request.needs.input_tokens
    assert abs(difference) < 50


def test_the_body_goes_on_untouched_but_for_the_model() -> None:
    body = b'{ "messages":[{"role":"user","content":"gpt-4"}],\n "model" : "gpt-4", "x": 1.50 }'
    request = read_chat_call(body).request
    assert request.body_for("gpt-4") == body
    assert request.body_for("other") == body.replace(b': "gpt-4", "x"', b': "other", "x"')


def test_the_conversation_is_read_once_and_only_when_asked_for() -> None:
    request = read(messages=[{"role": "wizard", "content": "abracadabra"}]).request
    with pytest.raises(InvalidRequest) as fault:
        request.conversation()
    assert fault.value.field == "messages[0].role"
    request = read().request
    assert request.conversation() is request.conversation()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"model": None}, "model"),
        ({"model": ""}, "model"),
        ({"messages": []}, "messages"),
        ({"messages": None}, "messages"),
        ({"messages": ["hello"]}, "messages[0]"),
        ({"messages": [{"content": "x"}]}, "messages[0].role"),
        ({"messages": [USER, {"role": 1}]}, "messages[1].role"),
        ({"messages": [USER, {"role": "user", "content": 3}]}, "messages[1].content"),
        ({"messages": [{"role": "user", "content": {}}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": ["x"]}]}, "messages[0].content[0]"),
        ({"messages": [{"role": "user", "content": [{}]}]}, "messages[0].content[0].type"),
        ({"stream": "yes"}, "stream"),
        ({"stream_options": True}, "stream_options"),
        ({"stream_options": {"include_usage": 1}}, "stream_options.include_usage"),
        ({"max_tokens": 1.5}, "max_tokens"),
        ({"max_completion_tokens": "100"}, "max_completion_tokens"),
        ({"temperature": "hot"}, "temperature"),
        ({"tools": {}}, "tools"),
        ({"tool_choice": 1}, "tool_choice"),
        ({"stop": 3}, "stop"),
        ({"stop": [3]}, "stop[0]"),
        ({"response_format": "json"}, "response_format"),
        ({"response_format": {}}, "response_format.type"),
        ({"logit_bias": [1]}, "logit_bias"),
        ({"modalities": "audio"}, "modalities"),
        ({"user": 7}, "user"),
    ],
)
def test_wrong_types_name_the_field(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as fault:
        read(**fields)
    assert fault.value.field == field
    assert field in fault.value.message


@pytest.mark.parametrize("missing", ["model", "messages"])
def test_what_must_be_there_is_missed(missing: str) -> None:
    call = {"model": "m", "messages": [USER]}
    del call[missing]
    with pytest.raises(InvalidRequest) as fault:
        read_chat_call(json.dumps(call).encode())
    assert fault.value.field == missing


def prefix(*messages: tuple[str, Any]) -> bytes:
    told = [{"role": role, "content": content} for role, content in messages]
    found = read(messages=told).request.prompt_prefix
    assert found is not None
    return found()


def test_the_prefix_of_a_conversation_stays_as_it_grows() -> None:
    begun = ("system", "Be brief."), ("user", [{"type": "text", "text": "Hello"}])
    first = prefix(*begun)
    assert b"Be brief." in first
    assert b"Hello" in first
    assert prefix(*begun, ("assistant", "Hi!"), ("user", "Go on.")) == first


def test_conversations_that_begin_otherwise_have_another_prefix() -> None:
    assert len({prefix((role, text)) for role in ("user", "system") for text in "ab"}) == 4


def test_of_long_instructions_only_the_beginning_counts() -> None:
    long = "x" * PREFIX_BYTES
    first = prefix(("developer", long + "y"), ("user", "a"))
    assert first == prefix(("developer", long + "z"), ("user", "b"))
    assert len(first) == PREFIX_BYTES
