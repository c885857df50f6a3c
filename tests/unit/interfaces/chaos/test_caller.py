import json
from typing import Any

import pytest
from tests.support.raw_server import (
    LAST_CHUNK,
    STREAM_HEAD,
    RawConnection,
    chunk,
    raw_server,
    reply,
)

from turnout.interfaces.chaos.caller import Caller, answer_of
from turnout.interfaces.chaos.door import Door
from turnout.interfaces.chaos.outcome import Ending, Outcome

ANSWER = answer_of(2).replace("{question}", "question-7")
TOLD = (
    b"x-turnout-provider: north",
    b"x-turnout-attempts: 2",
    b"x-turnout-request-id: req-1",
)
ERROR = {"error": {"message": "no", "type": "server_error", "code": "overloaded"}}


async def ask(
    sent: bytes, *, stream: bool = False, leave_after_words: int | None = None
) -> Outcome:
    """The outcome where the gateway sends just this, and closes."""

    async def script(connection: RawConnection) -> None:
        _, body = await connection.read_request()
        asked = json.loads(body)
        assert asked["messages"] == [{"role": "user", "content": "question-7"}]
        assert asked.get("stream", False) is stream
        await connection.send(sent)
        if leave_after_words is not None:
            await connection.peer_closed()

    async with raw_server(script) as server:
        caller = Caller(Door(host="127.0.0.1", port=server.port), model="m", words=2)
        return await caller.ask(7, "question-7", stream=stream, leave_after_words=leave_after_words)


def whole(text: str | None, finish: str = "stop", **message: Any) -> bytes:
    choice = {"index": 0, "message": {"content": text, **message}, "finish_reason": finish}
    return reply(json.dumps({"choices": [choice]}).encode(), *TOLD)


def event(text: str | None = None, finish: str | None = None, **delta: Any) -> bytes:
    choice = {"index": 0, "delta": {"content": text, **delta}, "finish_reason": finish}
    return b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"


def stream_of(*events: bytes, end: bytes = LAST_CHUNK) -> bytes:
    return STREAM_HEAD + b"".join(map(chunk, events)) + end


HALVES = event(ANSWER[:9]), event(ANSWER[9:])
STOP, DONE = event(finish="stop"), b"data: [DONE]\n\n"


def test_answers_hold_the_question_and_as_many_words() -> None:
    assert ANSWER == "question-7 has this answer: word1 word2 end"


async def test_a_whole_answer_is_answered() -> None:
    outcome = await ask(whole(ANSWER))
    assert outcome.ending is Ending.ANSWERED
    assert (outcome.provider, outcome.attempts, outcome.request_id) == ("north", 2, "req-1")
    assert (outcome.status, outcome.text, outcome.detail) == (200, ANSWER, "")
    assert outcome.seconds > 0


@pytest.mark.parametrize(
    ("sent", "ending"),
    [
        (whole(ANSWER[:-1]), Ending.TRUNCATED),
        (whole("question-8" + ANSWER[10:]), Ending.TRUNCATED),
        (whole(ANSWER, finish="length"), Ending.TRUNCATED),
        (whole(None, refusal="No."), Ending.DECLINED),
        (whole("", finish="content_filter"), Ending.DECLINED),
        (reply(b"{}"), Ending.UNEXPLAINED),
        (reply(b"<html>"), Ending.UNEXPLAINED),
        (reply(json.dumps(ERROR).encode(), status=b"503 Busy"), Ending.REFUSED),
        (reply(b"<html>", status=b"503 Busy"), Ending.UNEXPLAINED),
        (reply(b'{"error": "no"}', status=b"503 Busy"), Ending.UNEXPLAINED),
        (b"", Ending.LOST),
    ],
)
async def test_whole_answers_are_judged(sent: bytes, ending: Ending) -> None:
    assert (await ask(sent)).ending is ending


async def test_a_refusal_is_told_with_what_it_says() -> None:
    sent = reply(json.dumps(ERROR).encode(), b"Retry-After: 3", status=b"503 Busy")
    outcome = await ask(sent)
    assert (outcome.status, outcome.code, outcome.retry_after) == (503, "overloaded", "3")


@pytest.mark.parametrize(
    ("sent", "ending"),
    [
        (stream_of(*HALVES, STOP, DONE), Ending.ANSWERED),
        (stream_of(*HALVES, STOP), Ending.CUT),
        (stream_of(*HALVES, DONE), Ending.TRUNCATED),
        (stream_of(HALVES[0], STOP, DONE), Ending.TRUNCATED),
        (stream_of(HALVES[0], end=b""), Ending.CUT),
        (stream_of(HALVES[0], b"data: " + json.dumps(ERROR).encode() + b"\n\n"), Ending.BROKEN),
        (stream_of(event(refusal="No."), STOP, DONE), Ending.DECLINED),
        (stream_of(HALVES[0] + HALVES[1][:20], HALVES[1][20:] + STOP + DONE), Ending.ANSWERED),
    ],
)
async def test_streams_are_judged(sent: bytes, ending: Ending) -> None:
    assert (await ask(sent, stream=True)).ending is ending


async def test_malformed_events_are_counted_and_comments_are_not() -> None:
    odd = b'data: {"cho\n\n', b": ping\n\n", b"event: x\n\n", b"data: 3\n\n"
    outcome = await ask(stream_of(*odd, *HALVES, STOP, DONE), stream=True)
    assert (outcome.ending, outcome.malformed_events) == (Ending.ANSWERED, 2)
    assert outcome.first_token_seconds is not None
    assert outcome.first_token_seconds <= outcome.seconds


async def test_what_a_silent_streams_head_could_not_tell_is_read_from_its_end() -> None:
    way = b'"x_turnout": {"provider": "south", "attempts": 3, "cache": "miss"}'
    told = b'data: {"choices": [], ' + way + b"}\n\n"
    head = STREAM_HEAD.replace(b"x-turnout-provider", b"x-other").replace(
        b"x-turnout-attempts", b"x-another"
    )
    events = (b": ping\n\n", b": ping\n\n", *HALVES, STOP, told, DONE)
    outcome = await ask(head + b"".join(map(chunk, events)) + LAST_CHUNK, stream=True)
    assert (outcome.ending, outcome.heartbeats) == (Ending.ANSWERED, 2)
    assert (outcome.provider, outcome.attempts) == ("south", 3)


async def test_a_caller_may_leave() -> None:
    outcome = await ask(stream_of(*HALVES, end=b""), stream=True, leave_after_words=1)
    assert outcome.ending is Ending.LEFT


async def test_rescues_are_attempts_that_no_header_could_tell_of() -> None:
    told = b'data: {"choices": [], "x_turnout": {"rescued": 2, "providers": ["a", "b", "c"]}}\n\n'
    outcome = await ask(stream_of(*HALVES, STOP, told, told, DONE), stream=True)
    assert (outcome.ending, outcome.rescued, outcome.attempts) == (Ending.ANSWERED, 2, 2)


@pytest.mark.parametrize(
    ("told", "shared", "attempts"), [(b"shared", True, 0), (b"miss", False, 2)]
)
async def test_an_answer_of_somebody_elses_attempts_has_none_of_its_own(
    told: bytes, shared: bool, attempts: int
) -> None:
    answer = whole(ANSWER).replace(
        b"x-turnout-provider", b"x-turnout-cache: " + told + b"\r\nx-turnout-provider"
    )
    outcome = await ask(answer)
    assert (outcome.shared, outcome.attempts) == (shared, attempts)
