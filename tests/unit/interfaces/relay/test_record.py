"""What is written down of a request, however it ended."""

import asyncio
import json
from dataclasses import replace

from tests.fakes.relay import TAKEN, Silence
from tests.fakes.rsgi import FakeProtocol, FakeScope
from tests.support.data_plane import FakeUseCases, ask

from turnout.application.ports.request_log import RequestRecord
from turnout.application.relay.answers import RelayFailed
from turnout.application.relay.tracing import Tracing
from turnout.domain.governance.grant import ANONYMOUS
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.inference.reply import NativeFrame, Rescued, TextDelta
from turnout.domain.inference.sharing import CacheStatus
from turnout.domain.shared.ids import RequestId

CHAT = "/v1/chat/completions"
CALL = b'{"model":"gpt-4","messages":[{"role":"user","content":"hi"}]}'
STREAM_CALL = CALL[:-1] + b',"stream":true}'


async def told(use_cases: FakeUseCases, body: bytes, path: str = CHAT) -> RequestRecord:
    await ask(use_cases.plane(), "POST", path, body)
    (record,) = use_cases.log.records
    return record


async def test_a_whole_answer_tells_its_way() -> None:
    use_cases = FakeUseCases()
    use_cases.chat.taken = replace(TAKEN, attempts=3, cache=CacheStatus.MISS, hedged=True)
    record = await told(use_cases, CALL)
    assert (record.request, record.status, record.error) == ("req_relay", 200, None)
    assert (record.route, record.provider, record.model) == ("default", "openai", "gpt-4")
    assert (record.attempts, record.cache, record.hedged, record.streamed) == (
        3,
        "miss",
        True,
        False,
    )
    assert (record.operation, record.asked_model, record.grant) == ("chat", "gpt-4", ANONYMOUS)
    assert (record.first_byte_seconds, record.overhead_seconds, record.trace) == (0.0, 0.0, None)


async def test_embeddings_are_an_operation_of_their_own() -> None:
    record = await told(FakeUseCases(), b'{"model":"e","input":"x"}', "/v1/embeddings")
    assert (record.operation, record.asked_model, record.status) == ("embeddings", "e", 200)


async def test_what_cannot_be_read_is_told_by_the_caller_s_status() -> None:
    use_cases = FakeUseCases()
    record = await told(use_cases, b"{")
    assert (record.status, record.error) == (400, "invalid_request_error")
    assert (record.route, record.attempts, record.first_byte_seconds) == ("", 0, None)
    assert record.request == "req_1"


async def test_who_is_not_let_in_has_no_grant() -> None:
    use_cases = FakeUseCases()
    use_cases.admission.key = "sk-other"
    record = await told(use_cases, CALL)
    assert (record.status, record.error, record.grant) == (401, "invalid_api_key", None)


async def test_a_failure_tells_of_its_last_attempt() -> None:
    use_cases = FakeUseCases()
    late = ProviderFailure(FailureKind.TIMEOUT, "late")
    attempted = ("a/m", "b/org/m#2")
    use_cases.chat.answer = RelayFailed(RequestId("req_9"), "default", (late, late), attempted)
    record = await told(use_cases, CALL)
    assert (record.status, record.error, record.failed) == (504, "timeout", True)
    assert (record.route, record.provider, record.model) == ("default", "b", "org/m")
    assert record.attempts == 2


async def test_a_stream_that_breaks_off_has_the_status_that_could_not_be_told() -> None:
    use_cases = FakeUseCases()
    use_cases.chat.script = [TextDelta("a"), ProviderFailure(FailureKind.STREAM_BROKEN, "cut")]
    record = await told(use_cases, STREAM_CALL)
    assert (record.status, record.error, record.streamed) == (502, "stream_broken", True)
    assert (record.provider, record.attempts) == ("openai", 1)


async def test_a_rescued_stream_names_who_took_over() -> None:
    use_cases = FakeUseCases()
    use_cases.chat.script = [
        NativeFrame(b"data: 1\n\n", True),
        Rescued(("openai", "b", "c")),
        NativeFrame(b"data: 2\n\n", True),
    ]
    record = await told(use_cases, STREAM_CALL)
    assert (record.provider, record.rescued, record.attempts) == ("c", 2, 3)


async def test_who_hangs_up_is_told_by_499() -> None:
    use_cases = FakeUseCases()
    use_cases.chat.answer = Silence()
    plane = use_cases.plane()
    protocol = FakeProtocol(CALL)
    scope = FakeScope("POST", CHAT, {"content-length": str(len(CALL))})
    task = asyncio.create_task(plane.__rsgi__(scope, protocol))
    await use_cases.chat.reached.wait()
    plane.in_flight.tick()
    protocol.disconnections[-1].finish()
    await task
    (record,) = use_cases.log.records
    assert (record.status, record.error, record.cache) == (499, None, "")


async def test_what_relays_nothing_leaves_no_record() -> None:
    use_cases = FakeUseCases()
    await ask(use_cases.plane(), "GET", "/healthz")
    assert use_cases.log.records == []


async def test_a_caller_s_trace_is_gone_on_with() -> None:
    use_cases = FakeUseCases(tracing=Tracing(0.0))
    trace, span = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    await ask(use_cases.plane(), "POST", CHAT, CALL, traceparent=f"00-{trace}-{span}-01")
    (record,) = use_cases.log.records
    assert record.trace is not None
    assert (record.trace.trace, record.trace.parent) == (trace, span)
    assert record.trace.is_sampled
    assert json.loads(CALL)["model"] == record.asked_model
