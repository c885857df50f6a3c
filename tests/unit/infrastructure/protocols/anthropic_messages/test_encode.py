import json
from functools import cache
from pathlib import Path

import pytest
from anthropic.types.message_create_params import (
    MessageCreateParamsNonStreaming,
    MessageCreateParamsStreaming,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from tests.support.conversations import (
    WEATHER,
    at,
    call,
    conversations,
    model,
    result,
    system,
    user,
    written,
)
from tests.support.json_schema import Schema, faults

from turnout.domain.inference.content import Message, ReasoningPart, Role, TextPart
from turnout.domain.inference.conversation import (
    Conversation,
    OutputFormat,
    OutputKind,
    Sampling,
    Thinking,
    ToolChoice,
    ToolMode,
)
from turnout.infrastructure.protocols.anthropic_messages.encode import encode_request
from turnout.infrastructure.protocols.codec import WireRequest

SONNET = at("claude-sonnet-4-5")
MODELS = ("claude-3-5-haiku-latest", "claude-sonnet-4-5", "claude-opus-4-6", "claude-opus-5", "x")
SPEC = Path(__file__).parents[6] / "shared" / "specs" / "anthropic.openapi.json"


def encoded(conversation: Conversation, upstream: str = "claude-sonnet-4-5") -> WireRequest:
    return encode_request(conversation, at(upstream), stream=False)


def asked(*messages: Message, **more: object) -> Conversation:
    return Conversation(messages, **more)  # type: ignore[arg-type]


@cache
def official(stream: bool) -> dict[str, object]:
    """The body as Anthropic's client describes it, with what it leaves to older models."""
    kind = MessageCreateParamsStreaming if stream else MessageCreateParamsNonStreaming
    schema = TypeAdapter(kind).json_schema()
    share = {"type": "number", "minimum": 0, "maximum": 1}
    older = {"temperature": share, "top_p": share, "top_k": {"type": "integer", "minimum": 0}}
    schema["properties"] |= older
    return schema


@cache
def published() -> Schema | None:
    """Anthropic's own description, on machines that have it."""
    return json.loads(SPEC.read_text(encoding="utf-8")) if SPEC.exists() else None


@settings(deadline=None, max_examples=50)
@given(conversations(), st.sampled_from(MODELS), st.booleans())
def test_whatever_is_asked_becomes_a_valid_body(
    conversation: Conversation, upstream: str, stream: bool
) -> None:
    body = written(encode_request(conversation, at(upstream), stream=stream))
    assert faults(body, official(stream), official(stream)) == []
    spec = published()
    if spec is not None:
        schema = {"$ref": "#/components/schemas/CreateMessageParams"}
        assert faults(body, schema, spec) == []
    roles = [message["role"] for message in body["messages"]]  # type: ignore[attr-defined]
    assert all(roles[i] != roles[i + 1] for i in range(len(roles) - 1))


@settings(deadline=None, max_examples=20)
@given(conversations(), st.sampled_from(MODELS))
def test_the_same_call_gives_the_same_bytes(conversation: Conversation, upstream: str) -> None:
    first = encode_request(conversation, at(upstream), stream=False)
    assert first == encode_request(conversation, at(upstream), stream=False)


def test_a_plain_question() -> None:
    wire = encoded(asked(system("Be brief."), user("Hi")))
    assert written(wire) == {
        "model": "claude-sonnet-4-5",
        "max_tokens": 4096,
        "system": [{"type": "text", "text": "Be brief."}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}],
    }
    assert (wire.headers, wire.dropped) == ((), ())


def test_parallel_calls_and_their_results_make_one_turn_each() -> None:
    said = asked(
        user("Weather?"),
        model(call("call_1", city="Paris"), call("call_2", city="Rome")),
        result("call_2", "rain"),
        result("call_1", is_error=True),
        user("Well?"),
        tools=(WEATHER,),
    )
    messages = written(encoded(said))["messages"]
    assert messages == [
        {"role": "user", "content": [{"type": "text", "text": "Weather?"}]},
        {
            "role": "assistant",
            "content": [
                {
                    "type": "tool_use",
                    "id": "call_1",
                    "name": "get_weather",
                    "input": {"city": "Paris"},
                },
                {
                    "type": "tool_use",
                    "id": "call_2",
                    "name": "get_weather",
                    "input": {"city": "Rome"},
                },
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "call_2",
                    "content": [{"type": "text", "text": "rain"}],
                },
                {"type": "tool_result", "tool_use_id": "call_1", "is_error": True},
                {"type": "text", "text": "Well?"},
            ],
        },
    ]


def test_results_come_before_what_the_user_said_too_early() -> None:
    said = asked(user("a"), model(call("c")), user("b"), result("c", "r"), tools=(WEATHER,))
    turn = written(encoded(said))["messages"][-1]  # type: ignore[index]
    assert [block["type"] for block in turn["content"]] == ["tool_result", "text"]


def test_an_answer_to_be_continued_does_not_end_in_white_space() -> None:
    messages = written(encoded(asked(user("a"), model("So, "))))["messages"]
    assert messages[-1]["content"] == [{"type": "text", "text": "So,"}]  # type: ignore[index]


def test_what_is_empty_is_left_out() -> None:
    messages = written(encoded(asked(user("a"), model("", " "), user("b"))))["messages"]
    texts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert messages == [{"role": "user", "content": texts}]


def test_thinking_goes_back_with_its_proof_and_foreign_thinking_is_named() -> None:
    said = asked(
        user("a"),
        model(ReasoningPart("hm", signature="c2ln"), ReasoningPart("", redacted="c2VhbGVk"), "b"),
        user("c"),
        model(ReasoningPart("hm"), ReasoningPart("hm", signature="gemini:c2ln"), "d"),
        user("e"),
    )
    wire = encoded(said)
    messages = written(wire)["messages"]
    assert messages[1]["content"][:2] == [  # type: ignore[index]
        {"type": "thinking", "thinking": "hm", "signature": "c2ln"},
        {"type": "redacted_thinking", "data": "c2VhbGVk"},
    ]
    assert messages[3]["content"] == [{"type": "text", "text": "d"}]  # type: ignore[index]
    assert wire.dropped == ("messages[3].reasoning_content",)


def test_cache_marks_stay_where_they_were_set() -> None:
    mark = {"anthropic_messages": {"cache_control": {"type": "ephemeral", "ttl": "1h"}}}
    said = asked(
        Message(Role.SYSTEM, (TextPart("s"),), extras=mark),
        Message(Role.USER, (TextPart("a", mark), TextPart("b"))),
        Message(Role.ASSISTANT, (TextPart("c"), call("x")), extras=mark),
        result("x", "r"),
        tools=(WEATHER,),
    )
    body = written(encoded(said))
    control = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
    assert body["system"] == [{**control, "type": "text", "text": "s"}]
    contents = [message["content"] for message in body["messages"]]  # type: ignore[attr-defined]
    assert contents[0] == [
        {**control, "type": "text", "text": "a"},
        {"type": "text", "text": "b"},
    ]
    assert [("cache_control" in block) for block in contents[1]] == [False, True]


@pytest.mark.parametrize(
    ("sampling", "sent", "dropped"),
    [
        (Sampling(temperature=0.5), {"temperature": 0.5}, ()),
        (Sampling(temperature=1.7), {"temperature": 1.0}, ("temperature",)),
        (Sampling(temperature=1, top_p=1), {}, ()),
        (Sampling(temperature=0.5, top_p=0.9), {"temperature": 0.5}, ("top_p",)),
        (Sampling(top_p=0.9, top_k=5), {"top_p": 0.9, "top_k": 5}, ()),
        (Sampling(stop=("END", " ")), {"stop_sequences": ["END"]}, ("stop",)),
        (Sampling(choices=1, presence_penalty=0, logprobs=False, logit_bias={}), {}, ()),
        (
            Sampling(choices=2, seed=0, logprobs=True, top_logprobs=3, frequency_penalty=0.1),
            {},
            ("n", "seed", "frequency_penalty", "logprobs", "top_logprobs"),
        ),
        (Sampling(max_output_tokens=9), {"max_tokens": 9}, ()),
    ],
)
def test_sampling(sampling: Sampling, sent: dict[str, object], dropped: tuple[str, ...]) -> None:
    wire = encoded(asked(user("a"), sampling=sampling))
    body = written(wire)
    names = {"model", "messages"} | (set() if "max_tokens" in sent else {"max_tokens"})
    assert {name: value for name, value in body.items() if name not in names} == sent
    assert wire.dropped == dropped


def test_models_without_sampling_are_not_asked_for_it() -> None:
    sampling = Sampling(temperature=0.2, top_p=0.5, top_k=4)
    wire = encoded(asked(user("a"), sampling=sampling), "claude-opus-4-8")
    assert set(written(wire)) == {"model", "max_tokens", "messages"}
    assert wire.dropped == ("temperature", "top_p", "top_k")


def test_thinking_bars_other_sampling() -> None:
    said = asked(user("a"), sampling=Sampling(temperature=0.2, top_k=4), thinking=Thinking("low"))
    wire = encoded(said)
    body = written(wire)
    assert body["thinking"] == {"type": "enabled", "budget_tokens": 2048}
    assert body["max_tokens"] == 4096 + 2048
    assert wire.dropped == ("temperature", "top_k")


def test_a_schema_and_an_effort_share_a_place() -> None:
    output = OutputFormat(OutputKind.JSON_SCHEMA, "w", WEATHER.parameters, strict=True)
    said = asked(user("a"), output=output, thinking=Thinking("xhigh"))
    body = written(encoded(said, "claude-opus-5"))
    assert body["output_config"] == {
        "effort": "xhigh",
        "format": {"type": "json_schema", "schema": WEATHER.parameters},
    }
    assert body["thinking"] == {"type": "adaptive", "display": "summarized"}


def test_a_schema_becomes_a_forced_tool_where_there_are_no_structured_outputs() -> None:
    output = OutputFormat(OutputKind.JSON_SCHEMA, "w", {"type": "object"})
    said = asked(user("a"), output=output, thinking=Thinking("low"))
    wire = encoded(said, "claude-3-7-sonnet-latest")
    body = written(wire)
    assert [tool["name"] for tool in body["tools"]] == ["turnout_json_answer"]  # type: ignore[attr-defined]
    assert body["tool_choice"] == {"type": "tool", "name": "turnout_json_answer"}
    assert "thinking" not in body
    assert wire.dropped == ("reasoning_effort",)


def test_a_caller_that_forces_its_own_tool_gets_a_call_and_no_answer() -> None:
    output = OutputFormat(OutputKind.JSON_SCHEMA, "w", {"type": "object"})
    choice = ToolChoice(ToolMode.REQUIRED)
    said = asked(user("a"), tools=(WEATHER,), tool_choice=choice, output=output)
    body = written(encoded(said, "claude-3-5-haiku-latest"))
    assert [tool["name"] for tool in body["tools"]] == ["get_weather"]  # type: ignore[attr-defined]
    assert body["tool_choice"] == {"type": "any"}


def test_any_json_object_is_asked_for_in_words() -> None:
    wire = encoded(asked(system("s"), user("a"), output=OutputFormat(OutputKind.JSON_OBJECT)))
    texts = [block["text"] for block in written(wire)["system"]]  # type: ignore[attr-defined]
    assert texts[0] == "s"
    assert "JSON" in texts[1]
    assert wire.dropped == ("response_format",)


def test_own_fields_go_through_and_others_are_named() -> None:
    leftovers: dict[str, object] = {
        "container": "c",
        "betas": ["b-1"],
        "anthropic_beta": "b-2",
        "metadata": {"user_id": "u", "team": "t"},
        "service_tier": "default",
        "output_config": {"effort": "low"},
        "store": True,
        "prediction": {"type": "content"},
        "tools[0]": {"type": "web_search_20250305", "name": "web_search"},
        "tools[1]": {"type": "custom"},
    }
    wire = encoded(asked(user("a"), leftovers=leftovers))
    body = written(wire)
    assert body["container"] == "c"
    assert body["metadata"] == {"user_id": "u"}
    assert body["service_tier"] == "standard_only"
    assert body["output_config"] == {"effort": "low"}
    assert body["tools"] == [{"type": "web_search_20250305", "name": "web_search"}]
    assert wire.headers == (("anthropic-beta", "b-1,b-2"),)
    assert wire.dropped == ("metadata", "store", "prediction", "tools[1]")


def test_a_tier_that_is_not_anthropics_is_named() -> None:
    wire = encoded(asked(user("a"), leftovers={"service_tier": "flex"}))
    assert "service_tier" not in written(wire)
    assert wire.dropped == ("service_tier",)


def test_the_user_is_told_as_metadata() -> None:
    wire = encoded(asked(user("a"), user="x" * 600, leftovers={"metadata": {"user_id": "y"}}))
    assert written(wire)["metadata"] == {"user_id": "x" * 512}


def test_a_stream_is_asked_for() -> None:
    assert written(encode_request(asked(user("a")), SONNET, stream=True))["stream"] is True
