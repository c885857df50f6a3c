"""Messages of every role."""

from typing import Any

import pytest

from turnout.domain.inference.content import (
    ImagePart,
    Media,
    Message,
    ReasoningPart,
    RefusalPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from turnout.domain.inference.failure import InvalidRequest
from turnout.interfaces.relay.ingress.openai_chat.messages import read_messages

CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}


def read(*messages: dict[str, Any]) -> tuple[Message, ...]:
    return read_messages(list(messages))


@pytest.mark.parametrize("role", ["system", "developer", "user"])
def test_plain_roles(role: str) -> None:
    (message,) = read({"role": role, "content": "hi", "name": "ann"})
    assert message == Message(Role(role), (TextPart("hi"),), "ann")


def test_an_assistants_message_keeps_the_order_of_its_kinds() -> None:
    (message,) = read(
        {
            "role": "assistant",
            "tool_calls": [CALL, {**CALL, "id": "c2", "index": 1}],
            "refusal": "no",
            "content": [{"type": "text", "text": "hi"}],
            "reasoning_content": "hm",
            "annotations": [],
            "audio": None,
        }
    )
    assert message == Message(
        Role.ASSISTANT,
        (
            ReasoningPart("hm"),
            TextPart("hi"),
            RefusalPart("no"),
            ToolCallPart("c1", "f", '{"a": 1}'),
            ToolCallPart("c2", "f", '{"a": 1}'),
        ),
    )


def test_signed_thinking_goes_before_its_plain_text() -> None:
    (message,) = read(
        {
            "role": "assistant",
            "content": "hi",
            "reasoning_content": "hm",
            "thinking_blocks": [
                {"type": "thinking", "thinking": "hm", "signature": "sig"},
                {"type": "redacted_thinking", "data": "sealed"},
            ],
        }
    )
    assert message.parts[:2] == (ReasoningPart("hm", "sig"), ReasoningPart("", redacted="sealed"))
    assert len(message.parts) == 3


def test_reasoning_by_its_other_name() -> None:
    (message,) = read({"role": "assistant", "content": "hi", "reasoning": "hm"})
    assert message.parts[0] == ReasoningPart("hm")


def test_a_google_signature_goes_with_its_call() -> None:
    signed = {**CALL, "extra_content": {"google": {"thought_signature": "sig"}}}
    (message,) = read({"role": "assistant", "tool_calls": [signed]})
    (call,) = message.parts
    assert isinstance(call, ToolCallPart)
    assert call.extras == {"gemini": {"thoughtSignature": "sig"}}


def test_a_tools_result() -> None:
    image = {"type": "image_url", "image_url": {"url": "http://x"}}
    (message,) = read(
        {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": "42"}, image]}
    )
    parts = (TextPart("42"), ImagePart(Media(url="http://x")))
    assert message == Message(Role.TOOL, (ToolResultPart("c1", parts),))


def test_function_calls_get_stable_ids() -> None:
    asked, told = read(
        {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
        {"role": "function", "name": "f", "content": "42"},
    )
    assert asked.parts == (ToolCallPart("call_0_f", "f", "{}"),)
    assert told.parts == (ToolResultPart("call_0_f", (TextPart("42"),), "f"),)


def test_a_function_result_without_its_call_is_read_all_the_same() -> None:
    (told,) = read({"role": "function", "name": "f", "content": None})
    assert told.parts == (ToolResultPart("call_f", (), "f"),)


def test_marks_and_unknown_members_stay_with_the_message() -> None:
    (message,) = read(
        {"role": "user", "content": "hi", "cache_control": {"type": "ephemeral"}, "weight": 1}
    )
    assert message.extras == {
        "anthropic_messages": {"cache_control": {"type": "ephemeral"}},
        "openai_chat": {"weight": 1},
    }


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ({}, "role"),
        ({"role": "wizard"}, "role"),
        ({"role": "user", "content": 1}, "content"),
        ({"role": "user", "name": 1}, "name"),
        ({"role": "tool", "content": "x"}, "tool_call_id"),
        ({"role": "tool", "tool_call_id": "c", "content": [{"type": "refusal", "refusal": "n"}]},
         "content"),
        ({"role": "function", "content": "x"}, "name"),
        ({"role": "assistant", "tool_calls": {}}, "tool_calls"),
        ({"role": "assistant", "tool_calls": [{"function": {}}]}, "tool_calls[0].id"),
        ({"role": "assistant", "tool_calls": [{"id": "c"}]}, "tool_calls[0].function"),
        ({"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": 1}}]},
         "tool_calls[0].function.name"),
        ({"role": "assistant", "tool_calls": [{"id": "c", "type": "custom"}]},
         "tool_calls[0].type"),
        ({"role": "assistant", "function_call": {}}, "function_call.name"),
        ({"role": "assistant", "thinking_blocks": [{}]}, "thinking_blocks[0].type"),
        ({"role": "assistant", "thinking_blocks": [{"type": "x"}]}, "thinking_blocks[0].type"),
        ({"role": "assistant", "thinking_blocks": [{"type": "redacted_thinking"}]},
         "thinking_blocks[0].data"),
    ],
)  # fmt: skip
def test_faults_name_the_field(message: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as fault:
        read({"role": "user", "content": "hi"}, message)
    assert fault.value.field == f"messages[1].{field}"


def test_a_message_is_an_object() -> None:
    with pytest.raises(InvalidRequest) as fault:
        read_messages(["hi"])
    assert fault.value.field == "messages[0]"
