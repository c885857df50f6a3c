import json
from typing import Any

import pytest

from turnout.domain.inference.content import Role, TextPart
from turnout.domain.inference.reply import ChoiceFinished, Finish, FinishKind, Rescued, TextDelta
from turnout.domain.inference.request import ChatRequest, Continuation
from turnout.interfaces.relay.ingress.openai_chat.request import read_chat_call

USER = {"role": "user", "content": "Tell me a story."}
CHUNK = b'data: {"id":"chatcmpl-7","created":7,"model":"first","choices":[]}\n\n'


def request_of(**fields: Any) -> ChatRequest:
    call = {"model": "gpt-4", "messages": [USER], "stream": True, **fields}
    return read_chat_call(json.dumps(call).encode()).request


def continuation_of(**fields: Any) -> Continuation:
    continuation = request_of(**fields).continuation
    assert continuation is not None
    return continuation


@pytest.mark.parametrize(
    "fields",
    [{}, {"n": 1, "logprobs": False, "response_format": {"type": "text"}, "modalities": ["text"]}],
)
def test_a_stream_of_plain_text_can_be_gone_on_with(fields: dict[str, Any]) -> None:
    assert request_of(**fields).continuation is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"stream": False},
        {"n": 2},
        {"logprobs": True},
        {"response_format": {"type": "json_object"}},
        {"modalities": ["text", "audio"]},
    ],
)
def test_other_answers_cannot(fields: dict[str, Any]) -> None:
    assert request_of(**fields).continuation is None


def test_the_text_so_far_is_appended_to_the_callers_own_bytes() -> None:
    body = (
        b'{"messages" : [ {"role":"user","content":"a"} ] ,"model":"gpt-4",'
        b'"stream":true, "x":[1.0]}'
    )
    continuation = read_chat_call(body).request.continuation
    assert continuation is not None
    prefilled = continuation.prefilled('Once "upon"')
    assert prefilled is not None
    assert prefilled.body_for("other") == (
        b'{"messages" : [ {"role":"user","content":"a"} '
        b',{"role":"assistant","content":"Once \\"upon\\""}] ,"model":"other",'
        b'"stream":true, "x":[1.0]}'
    )
    assert (prefilled.stream, prefilled.model, prefilled.needs) == (
        True,
        "gpt-4",
        read_chat_call(body).request.needs,
    )


def test_the_text_so_far_is_the_last_turn_for_other_protocols() -> None:
    prefilled = continuation_of().prefilled("Once")
    assert prefilled is not None
    last = prefilled.conversation().messages[-1]
    assert (last.role, last.parts) == (Role.ASSISTANT, (TextPart("Once"),))


def test_a_call_that_begins_its_answer_itself_cannot_be_given_another_beginning() -> None:
    begun = [USER, {"role": "assistant", "content": "Once"}]
    assert continuation_of(messages=begun).prefilled("Once upon") is None


def test_what_is_written_goes_on_under_the_first_chunks_head() -> None:
    continuation = continuation_of(stream_options={"include_usage": True})
    writer = continuation.writer([b": ping\n\n", CHUNK])
    assert writer.write(Rescued(("a", "b"))) == b""
    text = json.loads(writer.write(TextDelta("x"))[6:])
    assert (text["id"], text["created"], text["model"]) == ("chatcmpl-7", 7, "first")
    assert text["choices"][0]["delta"] == {"content": "x"}
    assert "x_turnout" not in text
    stop = writer.write(ChoiceFinished(Finish(FinishKind.STOP, "stop")))
    assert json.loads(stop[6:])["x_turnout"] == {"rescued": 1, "providers": ["a", "b"]}
    assert continuation.read(stop) == [ChoiceFinished(Finish(FinishKind.STOP, "stop"))]


def test_an_answer_without_a_head_gets_an_empty_one() -> None:
    written = continuation_of().writer([b"data: {}\n\n"]).write(TextDelta("x"))
    assert json.loads(written[6:])["id"] == ""


@pytest.mark.parametrize(
    ("limits", "left"),
    [
        ({"max_tokens": 100}, {"max_tokens": 90}),
        ({"max_completion_tokens": 12}, {"max_completion_tokens": 2}),
        (
            {"max_tokens": 5, "max_completion_tokens": 10},
            {"max_tokens": 1, "max_completion_tokens": 1},
        ),
        ({"max_tokens": None}, {"max_tokens": None}),
        ({"max_tokens": 0}, {"max_tokens": 0}),
        ({}, {}),
    ],
)
def test_what_was_said_counts_towards_the_limit(
    limits: dict[str, Any], left: dict[str, Any]
) -> None:
    prefilled = continuation_of(**limits).prefilled("word" * 10)
    assert prefilled is not None
    body = json.loads(prefilled.body_for("gpt-4"))
    assert {name: value for name, value in body.items() if name.startswith("max_")} == left
