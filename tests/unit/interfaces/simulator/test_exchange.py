import asyncio
import json
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis.strategies import (
    DataObject,
    booleans,
    data,
    dictionaries,
    integers,
    lists,
    none,
    one_of,
    recursive,
    sampled_from,
    text,
)
from tests.support.simulators import NotedSleep, NotedWriter, call

from turnout.interfaces.simulator import anthropic_messages, gemini, openai_chat
from turnout.interfaces.simulator.allowance import Allowance
from turnout.interfaces.simulator.counts import Counts
from turnout.interfaces.simulator.dialect import Operation
from turnout.interfaces.simulator.exchange import Exchange, fault_of
from turnout.interfaces.simulator.http import ResponseWriter
from turnout.interfaces.simulator.profile import ErrorKind, Fault, Profile
from turnout.interfaces.simulator.stamp import Stamp

HELLO: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
ENDPOINT = "chat_completions"
CALLED = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
CONVERSATIONS: list[tuple[Operation, Any]] = [
    (
        openai_chat.CHAT_COMPLETIONS,
        {
            "model": "m",
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "f"}]},
                {"role": "assistant", "content": None, "tool_calls": [CALLED]},
                {"role": "tool", "tool_call_id": "c", "content": "done"},
            ],
            "tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}],
            "tool_choice": {
                "type": "allowed_tools",
                "allowed_tools": {"mode": "auto", "tools": [{"function": {"name": "f"}}]},
            },
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "x", "schema": {"anyOf": [{"type": "integer"}]}},
            },
            "stop": ["a"],
            "max_tokens": 5,
            "logprobs": True,
        },
    ),
    (
        anthropic_messages.MESSAGES,
        {
            "model": "m",
            "max_tokens": 2000,
            "system": [{"type": "text", "text": "s", "cache_control": {"type": "ephemeral"}}],
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "f"}]},
                {
                    "role": "assistant",
                    "content": [{"type": "tool_use", "id": "t", "name": "f", "input": {}}],
                },
                {
                    "role": "user",
                    "content": [
                        {
                            "type": "tool_result",
                            "tool_use_id": "t",
                            "content": [{"type": "text", "text": "done"}],
                        }
                    ],
                },
            ],
            "tools": [{"name": "f", "input_schema": {"type": "object"}}],
            "tool_choice": {"type": "auto"},
            "thinking": {"type": "enabled", "budget_tokens": 1024},
            "output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}},
        },
    ),
    (
        gemini.GENERATE_CONTENT,
        {
            "contents": [
                {"role": "user", "parts": [{"text": "f"}, {"inlineData": {"mimeType": "a/b"}}]},
                {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {}}}]},
                {"parts": [{"functionResponse": {"name": "f", "response": {"a": "b"}}}]},
            ],
            "tools": [{"functionDeclarations": [{"name": "f", "parameters": {}}]}],
            "toolConfig": {"functionCallingConfig": {"mode": "ANY"}},
            "generationConfig": {
                "thinkingConfig": {"thinkingBudget": 9},
                "responseSchema": {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}},
            },
        },
    ),
]


class Scene:
    """An exchange with all that it touches at hand."""

    def __init__(
        self,
        body: Any = HELLO,
        fault: Fault | None = None,
        operation: Operation = openai_chat.CHAT_COMPLETIONS,
        **profile: Any,
    ) -> None:
        self.writer, self.sleep = NotedWriter(), NotedSleep()
        self.counts = Counts(lambda: 0)
        self.exchange = Exchange(
            call=call(body, profile=Profile(**profile)),
            operation=operation,
            writer=cast("ResponseWriter", self.writer),
            counts=self.counts,
            sleep=self.sleep,
            now=lambda: 0.0,
            fault=fault,
            allowance=Allowance(),
        )

    @property
    def error(self) -> Any:
        return json.loads(self.writer.body)["error"]


def test_an_answer_without_delay_is_written_at_once() -> None:
    scene = Scene()
    assert scene.exchange.run() is None
    assert (scene.writer.status, scene.counts.in_flight) == (200, 0)
    assert scene.counts.requests == {(ENDPOINT, "m", 200): 1}


async def test_an_answer_with_delay_is_awaited() -> None:
    scene = Scene(first_token_delay_seconds=2)
    pending = scene.exchange.run()
    assert pending is not None
    await pending
    assert scene.sleep.seconds == [2]
    assert (scene.writer.status, scene.counts.in_flight) == (200, 0)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (ErrorKind.RATE_LIMITED, 429),
        (ErrorKind.OVERLOADED, 503),
        (ErrorKind.SERVER_ERROR, 500),
        (ErrorKind.UNAUTHORIZED, 401),
        (ErrorKind.NOT_FOUND, 404),
        (ErrorKind.BAD_REQUEST, 400),
        (ErrorKind.CONTEXT_TOO_LONG, 400),
    ],
)
def test_faults_told_by_the_protocol(kind: ErrorKind, status: int) -> None:
    scene = Scene(fault=Fault(kind))
    assert scene.exchange.run() is None
    assert scene.error["message"]
    assert scene.counts.requests == {(ENDPOINT, "m", status): 1}
    assert scene.counts.tokens == {}


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [(ErrorKind.EMPTY_BODY, 200, b""), (ErrorKind.HTML_ERROR_PAGE, 502, b"<html>")],
)
def test_faults_no_protocol_knows(kind: ErrorKind, status: int, body: bytes) -> None:
    scene = Scene(fault=Fault(kind))
    assert scene.exchange.run() is None
    assert scene.writer.body.startswith(body)
    assert scene.counts.requests == {(ENDPOINT, "m", status): 1}


@pytest.mark.parametrize("kind", [ErrorKind.RESET, ErrorKind.TLS_FAILURE])
def test_a_reset_has_no_status(kind: ErrorKind) -> None:
    scene = Scene(fault=Fault(kind))
    assert scene.exchange.run() is None
    assert scene.writer.notes == ["reset"]
    assert scene.counts.requests == {(ENDPOINT, "m", 0): 1}


async def _for_ever(seconds: float) -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("body", "fault", "profile", "aborted"),
    [
        (HELLO, Fault(ErrorKind.SILENT), {}, (0, 1)),
        (HELLO, None, {"first_token_delay_seconds": 9}, (0, 1)),
        ({**HELLO, "stream": True}, None, {"first_token_delay_seconds": 9}, (1, 0)),
    ],
)
async def test_a_hang_up_is_counted(
    body: Any, fault: Fault | None, profile: dict[str, Any], aborted: tuple[int, int]
) -> None:
    scene = Scene(body, fault, **profile)
    scene.exchange.sleep = _for_ever
    pending = scene.exchange.run()
    assert pending is not None
    task = asyncio.ensure_future(pending)
    await scene.counts.until(lambda counts: counts.in_flight == 1)
    await asyncio.sleep(0)
    task.cancel()
    await scene.counts.until(lambda counts: counts.in_flight == 0)
    assert (scene.counts.aborted_streams, scene.counts.aborted_requests) == aborted


@pytest.mark.parametrize(
    ("body", "profile", "status", "code"),
    [
        (b"{", {}, 400, None),
        (HELLO, {"models": ("other",)}, 404, "model_not_found"),
        (HELLO, {"require_key": "k"}, 401, "invalid_api_key"),
        (
            {
                **HELLO,
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "x", "schema": {"$ref": "#"}},
                },
            },
            {},
            400,
            None,
        ),
    ],
)
def test_what_is_refused(body: Any, profile: dict[str, Any], status: int, code: object) -> None:
    scene = Scene(body, **profile)
    assert scene.exchange.run() is None
    assert (scene.writer.status, scene.error["code"]) == (status, code)


def test_a_begun_answer_is_rejected_where_the_profile_says() -> None:
    assistant = {"role": "assistant", "content": "It is"}
    prefilled = {"model": "m", "max_tokens": 9, "messages": [*HELLO["messages"], assistant]}
    contents = [
        {"role": "user", "parts": [{"text": "hi"}]},
        {"role": "model", "parts": [{"text": "It is"}]},
    ]
    for operation, body in (
        (openai_chat.CHAT_COMPLETIONS, prefilled),
        (anthropic_messages.MESSAGES, prefilled),
        (gemini.GENERATE_CONTENT, {"contents": contents}),
    ):
        accepting, rejecting = (
            Scene(body, operation=operation),
            Scene(body, operation=operation, rejects_prefill=True),
        )
        accepting.exchange.run()
        rejecting.exchange.run()
        assert (accepting.writer.status, rejecting.writer.status) == (200, 400)
        assert "prefill" in rejecting.error["message"]


def test_limits_are_told_with_every_answer_and_kept_to() -> None:
    allowance, told = Allowance(), []
    for _ in range(3):
        scene = Scene(requests_per_window=2, tokens_per_window=1000, window_seconds=90)
        scene.exchange.allowance = allowance
        scene.exchange.run()
        headers: Any = scene.writer.headers
        told.append((scene.writer.status, dict(headers)))
    assert [status for status, _ in told] == [200, 200, 429]
    left = [headers["x-ratelimit-remaining-requests"] for _, headers in told]
    assert left == ["1", "0", "0"]
    assert told[0][1]["x-ratelimit-reset-tokens"] == "1m30s"
    assert int(told[0][1]["x-ratelimit-remaining-tokens"]) < 1000
    assert told[2][1]["retry-after"] == "90"


def test_anthropic_tells_its_limits_in_its_own_words() -> None:
    body = {**HELLO, "max_tokens": 9}
    scene = Scene(body, operation=anthropic_messages.MESSAGES, requests_per_window=2)
    scene.exchange.run()
    headers: Any = scene.writer.headers
    assert dict(headers)["anthropic-ratelimit-requests-remaining"] == "1"
    assert dict(headers)["anthropic-ratelimit-requests-reset"] == "1970-01-01T00:01:00Z"


@pytest.mark.parametrize(("in_flight", "status"), [(1, 200), (2, 429)])
def test_one_too_many_at_once_is_refused(in_flight: int, status: int) -> None:
    scene = Scene(requests_at_once=2)
    scene.counts.in_flight = in_flight
    scene.exchange.run()
    assert scene.writer.status == status


async def test_a_crowd_waits_longer_for_the_first_token() -> None:
    scene = Scene(first_token_delay_seconds=2, crowd_delay_seconds=0.5)
    scene.counts.in_flight = 4
    pending = scene.exchange.run()
    assert pending is not None
    await pending
    assert scene.sleep.seconds == [4]


def test_retry_after_may_be_a_date() -> None:
    for operation, body in ((openai_chat.CHAT_COMPLETIONS, HELLO), *CONVERSATIONS[1:]):
        fault = Fault(ErrorKind.RATE_LIMITED)
        scene = Scene(body, fault, operation, retry_after_seconds=60, retry_after_as_date=True)
        scene.exchange.run()
        headers: Any = scene.writer.headers
        assert dict(headers)["retry-after"] == "Thu, 01 Jan 1970 00:01:00 GMT"
        assert "retry-after-ms" not in dict(headers)


def test_a_wrong_content_type_comes_with_the_right_body() -> None:
    scene = Scene(fault=Fault(ErrorKind.WRONG_CONTENT_TYPE))
    scene.exchange.run()
    headers: Any = scene.writer.headers
    assert dict(headers)["content-type"] == "application/octet-stream"
    assert json.loads(scene.writer.body)["choices"]


@pytest.mark.parametrize(("rate", "least", "most"), [(0, 0, 0), (0.25, 200, 300), (1, 1000, 1000)])
def test_the_dice_keep_to_the_rate(rate: float, least: int, most: int) -> None:
    profile = Profile(error_rate=rate, error_kinds=("silent", "reset"))
    faults = [fault_of(profile, Stamp(1, sequence)) for sequence in range(1000)]
    met = [fault.kind for fault in faults if fault is not None]
    assert least <= len(met) <= most
    assert set(met) == ({ErrorKind.SILENT, ErrorKind.RESET} if rate else set())
    assert faults == [fault_of(profile, Stamp(1, sequence)) for sequence in range(1000)]


@pytest.mark.parametrize(("operation", "body"), CONVERSATIONS)
def test_conversations_are_answered(operation: Operation, body: Any) -> None:
    scene = Scene(body, operation=operation)
    scene.exchange.run()
    assert scene.writer.status == 200, scene.writer.body


JSON = recursive(
    one_of(none(), booleans(), integers(-3, 3000), text(max_size=4)),
    lambda inner: one_of(
        lists(inner, max_size=2), dictionaries(text(max_size=4), inner, max_size=2)
    ),
    max_leaves=4,
)


@settings(deadline=None)
@given(data())
def test_no_body_is_more_than_a_bad_request(drawn: DataObject) -> None:
    """Any one value of a good conversation is replaced by any other JSON."""
    operation, body = drawn.draw(sampled_from(CONVERSATIONS))
    changed = json.loads(json.dumps(body))
    holder, key = drawn.draw(sampled_from(list(places(changed))))
    holder[key] = drawn.draw(JSON)
    scene = Scene(changed, operation=operation)
    pending = scene.exchange.run()
    if pending is not None:
        asyncio.run(pending)
    assert scene.writer.status in (200, 400)


def places(value: Any) -> Any:
    """Every place in the JSON, as what holds it and its key there."""
    keys = value if isinstance(value, dict) else range(len(value)) if type(value) is list else ()
    for key in keys:
        yield value, key
        yield from places(value[key])
