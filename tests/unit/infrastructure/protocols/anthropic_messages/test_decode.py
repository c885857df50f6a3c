import json

import pytest

from turnout.domain.inference.content import ReasoningPart, RefusalPart, TextPart, ToolCallPart
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import Finish, FinishKind, Reply
from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.protocols.anthropic_messages.answer import ANSWER_TOOL
from turnout.infrastructure.protocols.anthropic_messages.decode import decode_reply


def decoded(*content: dict[str, object], stop_reason: str = "end_turn", **more: object) -> Reply:
    message = {"id": "msg_1", "type": "message", "model": "claude", "content": list(content)}
    return decode_reply(json.dumps({**message, "stop_reason": stop_reason, **more}).encode())


def test_all_kinds_of_blocks_in_their_order() -> None:
    reply = decoded(
        {"type": "thinking", "thinking": "hm", "signature": "s"},
        {"type": "redacted_thinking", "data": "d"},
        {"type": "text", "text": "a", "citations": []},
        {"type": "server_tool_use", "id": "x", "name": "web_search", "input": {}},
        {"type": "web_search_tool_result", "tool_use_id": "x", "content": [], "text": 5},
        {"type": "text", "text": ""},
        {"type": "text", "text": "b"},
        {"type": "tool_use", "id": "t", "name": "f", "input": {"k": [1, 2.0]}},
        {"type": "from_the_future", "text": {"deep": 1}},
        stop_reason="tool_use",
        usage={"input_tokens": 3, "output_tokens": 4},
    )
    (choice,) = reply.choices
    assert choice.parts == (
        ReasoningPart("hm", signature="s"),
        ReasoningPart("", redacted="d"),
        TextPart("a"),
        TextPart("b"),
        ToolCallPart("t", "f", '{"k": [1, 2.0]}'),
    )
    assert choice.finish == Finish(FinishKind.TOOL_CALLS, "tool_use")
    assert (reply.id, reply.model, reply.usage) == ("msg_1", "claude", TokenUsage(3, 4))


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("end_turn", FinishKind.STOP),
        ("stop_sequence", FinishKind.STOP),
        ("max_tokens", FinishKind.LENGTH),
        ("model_context_window_exceeded", FinishKind.LENGTH),
        ("refusal", FinishKind.CONTENT_FILTER),
        ("pause_turn", FinishKind.OTHER),
        ("tool_use", FinishKind.STOP),
    ],
)
def test_stop_reasons(reason: str, kind: FinishKind) -> None:
    assert decoded(stop_reason=reason).choices[0].finish == Finish(kind, reason)


def test_a_refusal_keeps_its_explanation() -> None:
    details = {"type": "refusal", "category": "cyber", "explanation": "No."}
    (choice,) = decoded(stop_reason="refusal", stop_details=details).choices
    assert choice.parts == (RefusalPart("No."),)


def test_the_input_of_our_answer_tool_is_the_answer() -> None:
    tool: dict[str, object] = {
        "type": "tool_use",
        "id": "t",
        "name": ANSWER_TOOL,
        "input": {"n": 1},
    }
    (choice,) = decoded(tool, stop_reason="tool_use").choices
    assert choice.parts == (TextPart('{"n": 1}'),)
    assert choice.finish == Finish(FinishKind.STOP, "tool_use")


def test_usage_that_cannot_be_read_is_unknown() -> None:
    assert decoded(usage={"input_tokens": "many"}).usage is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{}",
        b"<html></html>",
        b'{"content": []}',
        b'{"content": [5], "stop_reason": "end_turn"}',
        b'{"content": [{"type": "text", "text": 5}], "stop_reason": "end_turn"}',
        b'{"content": ' + b"[" * 100_000,
    ],
)
def test_what_is_no_answer_is_malformed(body: bytes) -> None:
    with pytest.raises(ProviderFailure) as caught:
        decode_reply(body)
    assert caught.value.kind is FailureKind.MALFORMED


def test_an_error_in_place_of_an_answer_is_of_its_kind() -> None:
    with pytest.raises(ProviderFailure) as caught:
        decode_reply(b'{"type": "error", "error": {"type": "overloaded_error", "message": "Busy"}}')
    assert (caught.value.kind, caught.value.message) == (FailureKind.OVERLOADED, "Busy")
