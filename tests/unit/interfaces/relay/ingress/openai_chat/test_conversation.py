"""A whole call in canonical form, with nothing lost in silence."""

import json
from typing import Any

import pytest

from turnout.domain.inference.conversation import Conversation, Sampling, Thinking
from turnout.domain.inference.failure import InvalidRequest
from turnout.interfaces.relay.ingress.openai_chat.conversation import read_conversation


def read(**fields: Any) -> Conversation:
    call = {"model": "m", "messages": [{"role": "user", "content": "hi"}], **fields}
    return read_conversation(json.dumps(call).encode())


def test_the_relays_own_fields_are_not_left_over() -> None:
    conversation = read(stream=True, stream_options={"include_usage": True}, user="me")
    assert conversation.leftovers == {}
    assert conversation.user == "me"
    assert conversation.sampling == Sampling()


def test_all_of_the_sampling() -> None:
    conversation = read(
        temperature=0.5, top_p=1, top_k=40, max_tokens=5, stop="x", seed=7, presence_penalty=0.1,
        frequency_penalty=0.2, logprobs=True, top_logprobs=3, logit_bias={"5": -1}, n=2,
    )  # fmt: skip
    assert conversation.sampling == Sampling(
        temperature=0.5, top_p=1, top_k=40, max_output_tokens=5, stop=("x",), seed=7,
        presence_penalty=0.1, frequency_penalty=0.2, logprobs=True, top_logprobs=3,
        logit_bias={"5": -1}, choices=2,
    )  # fmt: skip


def test_the_newer_limit_counts() -> None:
    assert read(max_tokens=5, max_completion_tokens=9).sampling.max_output_tokens == 9
    assert read(stop=["a", "b"]).sampling.stop == ("a", "b")


@pytest.mark.parametrize(
    ("fields", "thinking"),
    [
        ({}, None),
        ({"reasoning_effort": "low"}, Thinking("low")),
        ({"reasoning": {"effort": "high"}}, Thinking("high")),
        ({"reasoning": {"max_tokens": 2000}}, Thinking(None, 2000)),
        ({"reasoning": {"max_tokens": 10}, "reasoning_effort": "low"}, Thinking("low", 10)),
        ({"reasoning": {"enabled": True}}, Thinking("medium")),
        ({"reasoning": {"enabled": False, "effort": "high"}}, Thinking("none")),
        ({"reasoning": {}}, None),
    ],
)
def test_every_way_to_ask_for_reasoning(fields: dict[str, Any], thinking: Thinking | None) -> None:
    assert read(**fields).thinking == thinking


def test_what_has_no_canonical_home_is_left_over_by_its_own_name() -> None:
    thinking = {"type": "enabled", "budget_tokens": 1024}
    conversation = read(
        thinking=thinking,
        verbosity="low",
        store=True,
        metadata={"a": "b"},
        modalities=["text", "audio"],
        service_tier="flex",
        reasoning={"exclude": True},
        tools=[{"type": "web_search"}],
        tool_choice={"type": "allowed_tools"},
        response_format={"type": "grammar"},
        parallel_tool_calls=False,
        prediction=None,
    )
    assert conversation.leftovers == {
        "thinking": thinking,
        "verbosity": "low",
        "store": True,
        "metadata": {"a": "b"},
        "modalities": ["text", "audio"],
        "service_tier": "flex",
        "reasoning.exclude": True,
        "tools[0]": {"type": "web_search"},
        "tool_choice": {"type": "allowed_tools"},
        "response_format": {"type": "grammar"},
    }
    assert conversation.parallel_tools is False


def test_asking_for_the_default_is_asking_for_nothing() -> None:
    assert read(store=False, modalities=["text"], service_tier="auto").leftovers == {}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"stop": [1]}, "stop[0]"),
        ({"stop": {}}, "stop"),
        ({"logit_bias": {"5": "x"}}, "logit_bias.5"),
        ({"top_k": 1.5}, "top_k"),
        ({"reasoning": "high"}, "reasoning"),
        ({"reasoning": {"max_tokens": -1}}, "reasoning.max_tokens"),
        (
            {"messages": [{"role": "user", "content": [{"type": "x"}]}]},
            "messages[0].content[0].type",
        ),
    ],
)
def test_faults_name_the_field(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as fault:
        read(**fields)
    assert fault.value.field == field
