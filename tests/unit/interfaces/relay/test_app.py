"""The data plane as a whole, in memory."""

import asyncio
import json
import logging

import pytest
from tests.fakes.relay import FakeModel, Silence
from tests.fakes.rsgi import FakeProtocol, FakeScope
from tests.support.data_plane import FakeUseCases, ask

from turnout.application.relay.answers import RelayFailed, UnknownModel
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import TextDelta
from turnout.domain.shared.ids import RequestId
from turnout.interfaces.relay.app import DataPlane
from turnout.interfaces.relay.rsgi.in_flight import Interruption

CHAT = "/v1/chat/completions"
CALL = b'{"model":"gpt-4","messages":[{"role":"user","content":"hi"}]}'
STREAM_CALL = CALL[:-1] + b',"stream":true}'


def error_of(answered: FakeProtocol) -> dict[str, object]:
    error: dict[str, object] = json.loads(answered.body or b"")["error"]
    return error


async def begun(
    plane: DataPlane, use_cases: FakeUseCases, body: bytes
) -> tuple[FakeProtocol, "asyncio.Task[None]"]:
    """Start a request and wait until it has reached the relay."""
    protocol = FakeProtocol(body)
    scope = FakeScope("POST", CHAT, {"content-length": str(len(body))})
    task = asyncio.create_task(plane.__rsgi__(scope, protocol))
    await use_cases.chat.reached.wait()
    return protocol, task


async def test_health_and_readiness() -> None:
    use_cases = FakeUseCases()
    plane = use_cases.plane()
    assert (await ask(plane, "GET", "/healthz")).status == 200
    assert (await ask(plane, "GET", "/readyz")).status == 200
    use_cases.ready = False
    assert (await ask(plane, "GET", "/healthz")).status == 200
    assert (await ask(plane, "GET", "/readyz")).status == 503


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("POST", "/v1/nothing", 404), ("GET", CHAT, 405), ("PUT", "/healthz", 405)],
)
async def test_what_is_not_there_is_told_in_openais_shape(
    method: str, path: str, status: int
) -> None:
    answered = await ask(FakeUseCases().plane(), method, path)
    assert answered.status == status
    assert set(error_of(answered)) == {"message", "type", "param", "code"}
    assert answered.headers["x-turnout-request-id"] == "req_1"
    assert ("allow" in answered.headers) is (status == 405)


async def test_options_tell_the_methods() -> None:
    answered = await ask(FakeUseCases(models=[FakeModel("m")]).plane(), "OPTIONS", CHAT)
    assert (answered.status, answered.headers) == (204, {"allow": "OPTIONS, POST"})


async def test_errors_of_the_relay_keep_its_name_for_the_request() -> None:
    use_cases = FakeUseCases()
    failure = ProviderFailure(FailureKind.TRANSPORT, "refused")
    use_cases.chat.answer = RelayFailed(RequestId("req_7"), "default", (failure,), ("a/m",))
    answered = await ask(use_cases.plane(), "POST", CHAT, CALL)
    assert answered.status == 502
    assert answered.headers["x-turnout-request-id"] == "req_7"
    assert answered.headers["x-turnout-attempts"] == "1"
    use_cases.chat.answer = UnknownModel(RequestId("req_8"), "gpt-5", ())
    answered = await ask(use_cases.plane(), "POST", CHAT, CALL)
    assert (answered.status, answered.headers["x-turnout-request-id"]) == (404, "req_8")


async def test_what_nobody_foresaw_is_logged_once_and_told_without_details(
    caplog: pytest.LogCaptureFixture,
) -> None:
    use_cases = FakeUseCases()
    use_cases.chat.answer = ValueError("a secret")
    with caplog.at_level(logging.ERROR):
        answered = await ask(use_cases.plane(), "POST", CHAT, CALL)
    assert answered.status == 500
    assert b"secret" not in (answered.body or b"")
    (record,) = caplog.records
    assert record.exc_info is not None
    assert answered.headers["x-turnout-request-id"] in record.getMessage()


async def test_the_unforeseen_inside_a_stream_is_an_event(
    caplog: pytest.LogCaptureFixture,
) -> None:
    use_cases = FakeUseCases()
    use_cases.chat.script = [TextDelta("hi"), ValueError("a secret")]
    answered = await ask(use_cases.plane(), "POST", CHAT, STREAM_CALL)
    assert answered.transport is not None
    assert b'"internal_error"' in answered.transport.sent[-1]
    assert "req_relay" in caplog.text


async def test_a_caller_who_leaves_ends_the_wait_for_the_provider() -> None:
    use_cases = FakeUseCases()
    use_cases.chat.answer = Silence()
    plane = use_cases.plane()
    protocol, task = await begun(plane, use_cases, CALL)
    plane.in_flight.tick()
    protocol.disconnections[0].finish()
    await task
    assert use_cases.chat.left.is_set()
    assert protocol.status == 0
    assert len(plane.in_flight) == 0


async def test_a_request_that_outlives_the_drain_is_told_so() -> None:
    use_cases = FakeUseCases()
    use_cases.chat.answer = Silence()
    plane = use_cases.plane()
    protocol, task = await begun(plane, use_cases, CALL)
    plane.in_flight.interrupt_all(Interruption.DRAINED)
    await task
    assert protocol.status == 503
    assert error_of(protocol)["code"] == "shutting_down"
    assert use_cases.chat.left.is_set()


async def test_a_stream_that_outlives_the_drain_ends_with_an_error_and_without_done() -> None:
    use_cases = FakeUseCases()
    silence = Silence()
    use_cases.chat.script = [TextDelta("hi"), silence]
    plane = use_cases.plane()
    protocol, task = await begun(plane, use_cases, STREAM_CALL)
    await use_cases.chat.waiting.wait()
    plane.in_flight.interrupt_all(Interruption.DRAINED)
    await task
    assert protocol.transport is not None
    assert protocol.transport.sent[-1].startswith(b'data: {"error":{"message":"Turnout is being')
    assert use_cases.chat.left.is_set()


async def test_a_cancellation_by_others_is_theirs() -> None:
    use_cases = FakeUseCases()
    use_cases.chat.answer = Silence()
    plane = use_cases.plane()
    protocol, task = await begun(plane, use_cases, CALL)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert protocol.status == 0
    assert len(plane.in_flight) == 0


async def test_a_body_that_is_cut_is_no_good_request() -> None:
    protocol = FakeProtocol(closed=True)
    scope = FakeScope("POST", CHAT, {"content-length": "9"})
    await FakeUseCases().plane().__rsgi__(scope, protocol)
    assert protocol.status == 400


async def test_beginning_and_ending_run_what_was_given() -> None:
    steps: list[str] = []

    async def start() -> None:
        steps.append("start")

    async def stop() -> None:
        steps.append("stop")

    plane = FakeUseCases().plane()
    plane.start, plane.stop = start, stop
    await plane.begin()
    await plane.end()
    assert steps == ["start", "stop"]
