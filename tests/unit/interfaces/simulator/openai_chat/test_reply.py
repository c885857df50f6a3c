import json
from typing import Any

import pytest
from tests.support.simulators import call, events_in, frames_of

from turnout.interfaces.simulator.answers import Answer, Finish, ToolCall
from turnout.interfaces.simulator.openai_chat import complete_chat
from turnout.interfaces.simulator.openai_chat.reply import write_frames, write_reply
from turnout.interfaces.simulator.prompt import Prompt
from turnout.interfaces.simulator.stamp import Stamp

STAMP = Stamp(0, 7)
TEXT = Answer(pieces=["Good", " day"], finish=Finish.STOP)
CALLS = Answer(
    pieces=[],
    finish=Finish.TOOL_CALLS,
    calls=(ToolCall("f", {"a": 1}, ['{"a"', ":1}"]), ToolCall("g", {}, ["{}"])),
)


def asked(**fields: Any) -> Prompt:
    return Prompt(model="m", question="hi", prompt_tokens=10, **fields)


def whole(answer: Answer, **fields: Any) -> Any:
    return json.loads(write_reply(asked(**fields), [answer], STAMP, cached=4))


def streamed(answers: list[Answer], **fields: Any) -> list[Any]:
    return events_in(write_frames(asked(**fields), answers, STAMP, cached=4))


def test_a_whole_answer() -> None:
    reply = whole(TEXT)
    assert reply["object"] == "chat.completion"
    assert reply["id"].startswith("chatcmpl-")
    [choice] = reply["choices"]
    assert choice["message"]["content"] == "Good day"
    assert (choice["finish_reason"], choice["logprobs"]) == ("stop", None)
    assert reply["usage"] == {
        "prompt_tokens": 10,
        "completion_tokens": 2,
        "total_tokens": 12,
        "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def test_tool_calls_have_ids_of_their_own() -> None:
    [choice] = whole(CALLS)["choices"]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] is None
    calls = choice["message"]["tool_calls"]
    assert [one["function"] for one in calls] == [
        {"name": "f", "arguments": '{"a":1}'},
        {"name": "g", "arguments": "{}"},
    ]
    assert len({one["id"] for one in calls}) == 2


@pytest.mark.parametrize(
    ("finish", "word"),
    [(Finish.LENGTH, "length"), (Finish.STOP_SEQUENCE, "stop"), (Finish.REFUSED, "stop")],
)
def test_finish_reasons(finish: Finish, word: str) -> None:
    [choice] = whole(Answer(pieces=["No"], finish=finish))["choices"]
    assert choice["finish_reason"] == word
    refused = finish is Finish.REFUSED
    assert choice["message"]["refusal"] == ("No" if refused else None)
    assert choice["message"]["content"] == (None if refused else "No")


def test_logprobs_begin_with_the_token_itself() -> None:
    [choice] = whole(TEXT, logprobs=2)["choices"]
    first, second = choice["logprobs"]["content"]
    assert (first["token"], bytes(second["bytes"])) == ("Good", b" day")
    assert [one["token"] for one in first["top_logprobs"]] == ["Good", "Good1"]
    assert first["top_logprobs"][1]["logprob"] < first["logprob"] <= 0


def test_a_stream_adds_up_to_the_whole() -> None:
    *chunks, done = streamed([TEXT])
    assert done == "[DONE]"
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    texts = [chunk["choices"][0]["delta"].get("content", "") for chunk in chunks]
    assert "".join(texts) == "Good day"
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks] == [None, None, None, "stop"]
    assert {chunk["id"] for chunk in chunks} == {whole(TEXT)["id"]}
    assert all("usage" not in chunk for chunk in chunks)


def test_usage_comes_last_where_it_was_asked_for() -> None:
    *chunks, last, _ = streamed([TEXT], include_usage=True)
    assert (last["choices"], last["usage"]) == ([], whole(TEXT)["usage"])
    assert all(chunk["usage"] is None for chunk in chunks)


def test_choices_take_turns() -> None:
    *chunks, _ = streamed([TEXT, TEXT])
    assert [chunk["choices"][0]["index"] for chunk in chunks] == [0, 1, 0, 1, 0, 1, 0, 1]


def test_arguments_come_in_fragments() -> None:
    *chunks, _ = streamed([CALLS])
    calls = [one for chunk in chunks for one in chunk["choices"][0]["delta"].get("tool_calls", ())]
    assert [one["index"] for one in calls] == [0, 0, 0, 1, 1]
    assert [one["id"] for one in calls if "id" in one] == [
        one["id"] for one in whole(CALLS)["choices"][0]["message"]["tool_calls"]
    ]
    assert [one["function"]["arguments"] for one in calls] == ["", '{"a"', ":1}", "", "{}"]


@pytest.mark.parametrize(
    "answer",
    [
        TEXT,
        CALLS,
        Answer(pieces=["a"], finish=Finish.STOP, reasoning=["x", "y"]),
        Answer(pieces=[], finish=Finish.LENGTH, reasoning=["x"]),
        Answer(pieces=["No"], finish=Finish.REFUSED),
    ],
)
def test_frames_bring_all_tokens_that_are_billed(answer: Answer) -> None:
    frames = list(write_frames(asked(), [answer], STAMP, cached=0))
    assert sum(frame.tokens for frame in frames) == answer.tokens
    assert [frame.end_mark for frame in frames].index(True) == len(frames) - 1


def test_the_operation_answers_whole_or_streams() -> None:
    body: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
    job = complete_chat(call(body))
    assert (job.model, job.frames) == ("m", None)
    streamed = complete_chat(call({**body, "stream": True}))
    assert sum(frame.tokens for frame in frames_of(streamed)) == job.tokens.completion > 1
