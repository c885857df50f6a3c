"""Chat calls through a data plane in memory."""

import asyncio
import json
from typing import Any

import pytest
from tests.fakes.relay import NATIVE, FakeAdmission
from tests.fakes.rsgi import FakeProtocol, FakeScope
from tests.support.data_plane import FakeUseCases, ask

from turnout.domain.governance.grant import ANONYMOUS
from turnout.domain.inference.content import TextPart
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import (
    Choice,
    ChoiceFinished,
    Finish,
    FinishKind,
    NativeFrame,
    Reply,
    TextDelta,
    UsageReported,
)
from turnout.domain.inference.sharing import CacheWish
from turnout.domain.inference.usage import TokenUsage
from turnout.interfaces.relay.ingress.openai_chat.sharing import fingerprint
from turnout.interfaces.relay.rsgi.in_flight import InFlight

PATH = "/v1/chat/completions"
STOP = Finish(FinishKind.STOP, "stop")


def call(**fields: Any) -> bytes:
    messages = [{"role": "user", "content": "hi"}]
    return json.dumps({"model": "gpt-4", "messages": messages, **fields}).encode()


@pytest.fixture
def use_cases() -> FakeUseCases:
    return FakeUseCases()


async def test_a_native_answer_goes_through(use_cases: FakeUseCases) -> None:
    answered = await ask(use_cases.plane(), "POST", PATH, call())
    assert (answered.status, answered.body) == (200, NATIVE.body)
    assert answered.headers["x-turnout-provider"] == "openai"
    (request,) = use_cases.chat.requests
    assert request.model == "gpt-4"
    assert use_cases.chat.grants == [ANONYMOUS]


async def test_a_canonical_answer_is_written(use_cases: FakeUseCases) -> None:
    use_cases.chat.answer = Reply("", "claude", (Choice((TextPart("hi"),), STOP),), None)
    answered = await ask(use_cases.plane(), "POST", PATH, call())
    body = json.loads(answered.body or b"")
    assert body["choices"][0]["message"]["content"] == "hi"
    assert body["id"] == "chatcmpl-req_relay"
    assert body["created"] == 1_700_000_000


async def test_native_frames_go_through_as_they_are(use_cases: FakeUseCases) -> None:
    frames = [b": hello\r\n\r\n", b'data: {"choices":[]}\n\n', b"data: [DONE]\n\n"]
    use_cases.chat.script = [NativeFrame(frame, commits=True) for frame in frames]
    answered = await ask(use_cases.plane(), "POST", PATH, call(stream=True))
    assert answered.transport is not None
    assert answered.transport.sent == frames
    assert answered.headers["content-type"].startswith("text/event-stream")
    assert use_cases.chat.left.is_set()


async def test_canonical_events_become_chunks(use_cases: FakeUseCases) -> None:
    usage = UsageReported(TokenUsage(1, 2))
    use_cases.chat.script = [TextDelta("hi"), usage, ChoiceFinished(STOP)]
    options = {"include_usage": True}
    answered = await ask(use_cases.plane(), "POST", PATH, call(stream=True, stream_options=options))
    assert answered.transport is not None
    text, end, last = answered.transport.sent
    assert b'"content":"hi"' in text
    assert b'"finish_reason":"stop"' in end
    assert b'"completion_tokens":2' in last and last.endswith(b"data: [DONE]\n\n")


async def test_a_stream_that_breaks_ends_with_an_error_and_without_done(
    use_cases: FakeUseCases,
) -> None:
    cut = ProviderFailure(FailureKind.STREAM_BROKEN, "the connection was cut")
    use_cases.chat.script = [TextDelta("hi"), cut]
    answered = await ask(use_cases.plane(), "POST", PATH, call(stream=True))
    assert answered.status == 200
    assert answered.transport is not None
    error = json.loads(answered.transport.sent[-1].removeprefix(b"data: "))["error"]
    assert error["message"] == "the connection was cut"
    assert b"[DONE]" not in b"".join(answered.transport.sent)


async def test_an_error_before_the_stream_has_a_status(use_cases: FakeUseCases) -> None:
    use_cases.chat.answer = ProviderFailure(FailureKind.OVERLOADED, "busy", retry_after_seconds=7)
    answered = await ask(use_cases.plane(), "POST", PATH, call(stream=True))
    assert answered.status == 503
    assert answered.headers["retry-after"] == "7"


class Slow:
    """A streamed call whose answer has not begun yet; a tick is what it gives signs of life by."""

    def __init__(self, use_cases: FakeUseCases) -> None:
        self.use_cases, self.in_flight = use_cases, InFlight(tick_seconds=15.0)
        self.opening = use_cases.chat.opening = asyncio.Event()
        self.protocol = FakeProtocol(call(stream=True))
        plane = use_cases.plane(in_flight=self.in_flight)
        self.serving = asyncio.create_task(plane.__rsgi__(FakeScope("POST", PATH), self.protocol))

    async def answered(self) -> list[bytes]:
        await self.use_cases.chat.reached.wait()
        self.in_flight.tick()
        assert self.protocol.status == 200
        self.opening.set()
        await self.serving
        assert self.protocol.transport is not None
        return self.protocol.transport.sent


async def test_a_silent_stream_begins_early_and_tells_its_way_in_the_end(
    use_cases: FakeUseCases,
) -> None:
    finish = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
    use_cases.chat.script = [
        NativeFrame(finish, commits=True),
        NativeFrame(b"data: [DONE]\n\n", False),
    ]
    slow = Slow(use_cases)
    ping, told, done = await slow.answered()
    assert (ping, done) == (b": ping\n\n", b"data: [DONE]\n\n")
    (request,) = use_cases.chat.requests
    assert slow.protocol.headers["x-turnout-request-id"] == request.id == "req_1"
    assert "x-turnout-provider" not in slow.protocol.headers
    assert json.loads(told.removeprefix(b"data: "))["x_turnout"]["provider"] == "openai"


async def test_a_translated_stream_tells_its_way_as_well(use_cases: FakeUseCases) -> None:
    use_cases.chat.script = [TextDelta("hi"), ChoiceFinished(STOP)]
    _, text, end, done = await Slow(use_cases).answered()
    assert b"x_turnout" not in text
    assert json.loads(end.removeprefix(b"data: "))["x_turnout"]["model"] == "gpt-4"
    assert done == b"data: [DONE]\n\n"


async def test_a_failure_after_an_early_head_is_an_event(use_cases: FakeUseCases) -> None:
    use_cases.chat.answer = ProviderFailure(FailureKind.OVERLOADED, "busy")
    _, error = await Slow(use_cases).answered()
    assert json.loads(error.removeprefix(b"data: "))["error"]["code"] == "overloaded"


async def test_a_whole_answer_never_begins_early(use_cases: FakeUseCases) -> None:
    in_flight, silence = InFlight(tick_seconds=15.0), asyncio.Event()
    use_cases.chat.answer = silence
    protocol = FakeProtocol(call())
    plane = use_cases.plane(in_flight=in_flight)
    serving = asyncio.create_task(plane.__rsgi__(FakeScope("POST", PATH), protocol))
    await use_cases.chat.reached.wait()
    in_flight.tick()
    assert protocol.status == 0
    silence.set()
    await serving
    assert protocol.status == 200


async def test_a_stream_is_closed_when_the_caller_leaves(use_cases: FakeUseCases) -> None:
    use_cases.chat.script = [TextDelta("a"), TextDelta("b"), TextDelta("never")]
    protocol = FakeProtocol(call(stream=True), closed_after=1)
    await use_cases.plane().__rsgi__(FakeScope("POST", PATH), protocol)
    assert protocol.transport is not None
    assert len(protocol.transport.sent) == 1
    assert use_cases.chat.left.is_set()


async def test_a_caller_without_a_good_key_is_turned_away_unread(use_cases: FakeUseCases) -> None:
    use_cases.admission = FakeAdmission("secret")
    plane = use_cases.plane()
    refused = await ask(plane, "POST", PATH, call(), authorization="Bearer wrong")
    assert refused.status == 401
    assert refused.read == []
    admitted = await ask(plane, "POST", PATH, call(), authorization="Bearer secret")
    assert admitted.status == 200


async def test_a_body_beyond_the_limit_is_refused(use_cases: FakeUseCases) -> None:
    answered = await ask(use_cases.plane(max_body_bytes=10), "POST", PATH, call())
    assert answered.status == 413
    assert json.loads(answered.body or b"")["error"]["code"] == "request_too_large"
    assert use_cases.chat.requests == []


async def test_a_bad_body_is_refused_by_field(use_cases: FakeUseCases) -> None:
    answered = await ask(use_cases.plane(), "POST", PATH, call(temperature="hot"))
    assert answered.status == 400
    assert json.loads(answered.body or b"")["error"]["param"] == "temperature"


async def test_a_call_tells_what_may_be_shared_of_it(use_cases: FakeUseCases) -> None:
    headers = {"x_turnout_cache": "on", "cache_control": "max-age=60"}
    body = call(temperature=0, stream=True)
    answered = await ask(use_cases.plane(), "POST", PATH, body, **headers)
    assert answered.headers["x-turnout-cache"] == "bypass"
    (request,) = use_cases.chat.requests
    assert request.sharing is not None
    sharing = request.sharing()
    assert (sharing.repeatable, sharing.acts, sharing.form) == (True, False, "stream")
    assert sharing.wish == CacheWish(opted=True, max_age_seconds=60)
    assert sharing.fingerprint() == fingerprint(body)
