import json
from collections.abc import Mapping

import pytest

from turnout.domain.inference.content import ReasoningPart, TextPart, ToolCallPart
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import Choice, Finish, FinishKind, Reply
from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.protocols.gemini.decode import decode_reply


def candidate(*parts: Mapping[str, object], **more: object) -> dict[str, object]:
    content = {"role": "model", "parts": list(parts)}
    return {"content": content, "finishReason": "STOP", **more}


def decoded(*candidates: dict[str, object], **more: object) -> Reply:
    reply = {"responseId": "r", "modelVersion": "gemini-x", "candidates": list(candidates)}
    return decode_reply(json.dumps({**reply, **more}).encode())


def only(reply: Reply) -> Choice:
    (choice,) = reply.choices
    return choice


def test_all_kinds_of_parts_in_their_order() -> None:
    reply = decoded(
        candidate(
            {"text": "hm", "thought": True},
            {"text": "a"},
            {"executableCode": {"code": "1"}},
            {"codeExecutionResult": {"outcome": "OUTCOME_OK"}},
            {"text": "b", "thoughtSignature": "c2ln"},
            {"text": ""},
            {"inlineData": {"mimeType": "image/png", "data": ""}},
            {"functionCall": {"name": "f", "args": {"k": 1}, "id": "own"}, "thoughtSignature": "s"},
            {"functionCall": {"name": "g"}},
        ),
        usageMetadata={"promptTokenCount": 3, "candidatesTokenCount": 4},
    )
    choice = only(reply)
    made = choice.parts[-1]
    assert isinstance(made, ToolCallPart)
    assert choice.parts[:-1] == (
        ReasoningPart("hm"),
        TextPart("a"),
        ReasoningPart("", signature="gemini:c2ln"),
        TextPart("b"),
        ToolCallPart("own", "f", '{"k": 1}', {"gemini": {"thoughtSignature": "s"}}),
    )
    assert (made.name, made.arguments, made.extras) == ("g", "{}", {})
    assert choice.finish == Finish(FinishKind.TOOL_CALLS, "STOP")
    assert (reply.id, reply.model, reply.usage) == ("r", "gemini-x", TokenUsage(3, 4))


def made_ids(*calls: dict[str, object], reply_id: str = "r") -> list[str]:
    parts = only(
        decoded(candidate(*({"functionCall": call} for call in calls)), responseId=reply_id)
    ).parts
    return [part.id for part in parts if isinstance(part, ToolCallPart)]


def test_made_ids_are_the_same_every_time_and_differ_between_calls() -> None:
    calls: list[dict[str, object]] = [{"name": "f"}, {"name": "f"}, {"name": "f", "args": {"a": 1}}]
    ids = made_ids(*calls)
    assert ids == made_ids(*calls)
    assert len(set(ids)) == 3
    assert all(id.startswith("call_") for id in ids)
    assert set(ids).isdisjoint(made_ids(*calls, reply_id="another"))


def test_alternatives() -> None:
    reply = decoded(candidate({"text": "a"}), candidate({"text": "b"}, index=1))
    assert [(c.index, c.parts) for c in reply.choices] == [
        (0, (TextPart("a"),)),
        (1, (TextPart("b"),)),
    ]


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("STOP", FinishKind.STOP),
        ("MAX_TOKENS", FinishKind.LENGTH),
        ("SAFETY", FinishKind.CONTENT_FILTER),
        ("RECITATION", FinishKind.CONTENT_FILTER),
        ("PROHIBITED_CONTENT", FinishKind.CONTENT_FILTER),
        ("BLOCKLIST", FinishKind.CONTENT_FILTER),
        ("SPII", FinishKind.CONTENT_FILTER),
        ("MODEL_ARMOR", FinishKind.CONTENT_FILTER),
        ("OTHER", FinishKind.OTHER),
        ("SOMETHING_NEW", FinishKind.OTHER),
    ],
)
def test_finish_reasons(reason: str, kind: FinishKind) -> None:
    choice = only(decoded({"content": {}, "finishReason": reason}))
    assert (choice.parts, choice.finish) == ((), Finish(kind, reason))


@pytest.mark.parametrize(("number", "word"), [(1, "STOP"), (2, "MAX_TOKENS"), (77, "77")])
def test_finish_reasons_by_number(number: int, word: str) -> None:
    assert only(decoded(candidate(finishReason=number))).finish.raw == word


def test_log_probabilities_come_in_openais_shape() -> None:
    result = {"chosenCandidates": [{"token": "a", "logProbability": -1.0}]}
    logprobs = only(decoded(candidate({"text": "a"}, logprobsResult=result))).logprobs
    assert isinstance(logprobs, dict)
    assert logprobs["content"][0]["logprob"] == -1.0
    assert only(decoded(candidate())).logprobs is None


@pytest.mark.parametrize(
    ("reason", "message"),
    [("MALFORMED_FUNCTION_CALL", "Malformed function call: f("), ("MALFORMED_RESPONSE", None)],
)
def test_an_answer_that_broke_off_is_none(reason: str, message: str | None) -> None:
    with pytest.raises(ProviderFailure, match="broke off") as caught:
        decoded({"content": {}, "finishReason": reason, "finishMessage": message})
    assert caught.value.kind is FailureKind.MALFORMED


def test_a_blocked_prompt_is_refused() -> None:
    body = b'{"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "modelVersion": "m"}'
    with pytest.raises(ProviderFailure, match="PROHIBITED_CONTENT") as caught:
        decode_reply(body)
    assert caught.value.kind is FailureKind.CONTENT_REFUSED


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{}",
        b"[]",
        b"<html></html>",
        b'{"candidates": []}',
        b'{"candidates": [{}]}',
        b'{"candidates": [{"content": {"parts": [{"text": 5}]}}]}',
        b'{"candidates": ' + b"[" * 100_000,
    ],
)
def test_what_is_no_answer_is_malformed(body: bytes) -> None:
    with pytest.raises(ProviderFailure) as caught:
        decode_reply(body)
    assert caught.value.kind is FailureKind.MALFORMED


@pytest.mark.parametrize("wrap", [b"%s", b"[%s]"])
def test_an_error_in_place_of_an_answer_is_of_its_kind(wrap: bytes) -> None:
    error = b'{"error": {"code": 503, "message": "Busy", "status": "UNAVAILABLE"}}'
    with pytest.raises(ProviderFailure, match="Busy") as caught:
        decode_reply(wrap % error)
    assert caught.value.kind is FailureKind.OVERLOADED
