import json
from typing import Any

import pytest
from tests.support.simulators import body_of, call, events_in, frames_of, refusal

from turnout.interfaces.simulator.answers import Answer, Finish, ToolCall
from turnout.interfaces.simulator.gemini import (
    count_tokens,
    generate_content,
    stream_generate_content,
)
from turnout.interfaces.simulator.gemini.reply import Reply
from turnout.interfaces.simulator.prompt import Prompt
from turnout.interfaces.simulator.stamp import Stamp

TEXT = Answer(pieces=["Good", " day"], finish=Finish.STOP)
THOUGHT = Answer(pieces=["Good"], finish=Finish.LENGTH, reasoning=["Let", " me"])
CALLS = Answer(
    pieces=[],
    finish=Finish.TOOL_CALLS,
    calls=(ToolCall("f", {"a": 1}, ['{"a"', ":1}"]), ToolCall("g", {}, ["{}"])),
)
REFUSED = Answer(pieces=["No"], finish=Finish.REFUSED)
HELLO = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}


def reply(*answers: Answer, cached: int = 0, **fields: Any) -> Reply:
    prompt = Prompt(model="m", question="hi", prompt_tokens=30, **fields)
    return Reply(prompt, list(answers), Stamp(0, 7), cached)


def whole(*answers: Answer, **fields: Any) -> Any:
    return json.loads(reply(*answers, **fields).write())


def test_a_whole_answer() -> None:
    response = whole(TEXT, cached=8)
    [candidate] = response["candidates"]
    assert candidate == {
        "content": {"parts": [{"text": "Good day"}], "role": "model"},
        "finishReason": "STOP",
        "index": 0,
    }
    assert response["usageMetadata"] == {
        "promptTokenCount": 30,
        "candidatesTokenCount": 2,
        "totalTokenCount": 32,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 30}],
        "cachedContentTokenCount": 8,
        "cacheTokensDetails": [{"modality": "TEXT", "tokenCount": 8}],
    }
    assert (response["modelVersion"], len(response["responseId"])) == ("m", 24)


def test_thoughts_are_billed_apart_and_shown_where_asked_for() -> None:
    shown = whole(THOUGHT, reasoning_shown=True)
    hidden = whole(THOUGHT)
    thought, text = shown["candidates"][0]["content"]["parts"]
    assert thought == {"text": "Let me", "thought": True}
    assert text["thoughtSignature"]
    assert hidden["candidates"][0]["content"]["parts"] == [text]
    assert shown["candidates"][0]["finishReason"] == "MAX_TOKENS"
    usage = hidden["usageMetadata"]
    assert (usage["candidatesTokenCount"], usage["thoughtsTokenCount"]) == (1, 2)
    assert usage["totalTokenCount"] == 33


def test_function_calls() -> None:
    parts = whole(CALLS)["candidates"][0]["content"]["parts"]
    assert [part["functionCall"] for part in parts] == [
        {"name": "f", "args": {"a": 1}},
        {"name": "g", "args": {}},
    ]


def test_a_blocked_prompt_has_no_candidate() -> None:
    response = whole(REFUSED)
    assert response["promptFeedback"] == {"blockReason": "PROHIBITED_CONTENT"}
    assert "candidates" not in response
    assert (
        reply(REFUSED).tokens.completion == response["usageMetadata"]["candidatesTokenCount"] == 0
    )
    assert events_in(reply(REFUSED).events()) == [response]


def test_logprobs() -> None:
    [candidate] = whole(TEXT, logprobs=2)["candidates"]
    result = candidate["logprobsResult"]
    assert [one["token"] for one in result["chosenCandidates"]] == ["Good", " day"]
    first, second = result["topCandidates"][0]["candidates"]
    assert (first["token"], second["token"]) == ("Good", "Good1")
    assert candidate["avgLogprobs"] <= 0


@pytest.mark.parametrize("answers", [[TEXT], [THOUGHT], [CALLS], [TEXT, TEXT]])
def test_a_stream_adds_up_to_the_whole(answers: list[Answer]) -> None:
    asked = reply(*answers)
    events = events_in(asked.events())
    assert events == json.loads(b"".join(frame.data for frame in asked.array()))
    candidates = [event["candidates"][0] for event in events]
    for index, expected in enumerate(whole(*answers)["candidates"]):
        mine = [one for one in candidates if one["index"] == index]
        parts = [part for one in mine for part in one["content"]["parts"]]
        wanted = expected["content"]["parts"]
        assert "".join(part.get("text", "") for part in parts) == "".join(
            part.get("text", "") for part in wanted
        )
        assert [part["functionCall"] for part in parts if "functionCall" in part] == [
            part["functionCall"] for part in wanted if "functionCall" in part
        ]
        assert [one.get("finishReason") for one in mine][-1] == expected["finishReason"]
    assert events[-1]["usageMetadata"] == whole(*answers)["usageMetadata"]


def test_lines_end_as_googles_do() -> None:
    assert all(frame.data.endswith(b"}\r\n\r\n") for frame in reply(TEXT).events())


@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize(
    "answer", [TEXT, THOUGHT, CALLS, Answer(pieces=[], finish=Finish.LENGTH, reasoning=["x"])]
)
def test_frames_bring_all_tokens_that_are_billed(answer: Answer, shown: bool) -> None:
    asked = reply(answer, reasoning_shown=shown)
    assert sum(frame.tokens for frame in asked.events()) == asked.tokens.completion
    assert sum(frame.tokens for frame in asked.array()) == asked.tokens.completion


def test_the_operations() -> None:
    job = generate_content(call(HELLO, model="m"))
    text = body_of(job)["candidates"][0]["content"]["parts"][0]["text"]
    path = "/v1beta/models/m:streamGenerateContent"
    events = stream_generate_content(call(HELLO, model="m", path=f"{path}?alt=sse"))
    assert events.content_type == "text/event-stream"
    pieces = [one["candidates"][0]["content"] for one in events_in(frames_of(events))]
    assert "".join(piece["parts"][0]["text"] for piece in pieces) == text
    array = stream_generate_content(call(HELLO, model="m", path=path))
    assert array.content_type.startswith("application/json")
    assert frames_of(array)[0].data.startswith(b"[{")


def test_logprobs_do_not_go_with_streams() -> None:
    body = {**HELLO, "generationConfig": {"responseLogprobs": True}}
    failure = refusal(stream_generate_content, call(body, model="m")).failure
    assert failure.message == "LogProbs is not supported in streaming mode"


@pytest.mark.parametrize("body", [HELLO, {"generateContentRequest": HELLO}])
def test_counting(body: dict[str, Any]) -> None:
    assert body_of(count_tokens(call(body, model="m"))) == {
        "totalTokens": 2,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 2}],
    }
