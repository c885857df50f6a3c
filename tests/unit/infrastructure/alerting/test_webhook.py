"""Signed POST requests, to a real receiver."""

import hmac
from collections.abc import AsyncIterator
from hashlib import sha256

import pytest
from tests.support.hook import Receiver
from tests.support.turnout_process import free_port

from turnout.application.ports.alerting import NotDelivered, Outgoing
from turnout.domain.alerting.book import Notice, NoticeKind
from turnout.domain.alerting.rule import Severity
from turnout.infrastructure.alerting.webhook import post, signature
from turnout.infrastructure.transport.engine import EngineOptions, HttpEngine
from turnout.infrastructure.transport.http1_engine import Http1Engine

OUTGOING = Outgoing("firing:1", "hook", Notice(NoticeKind.TEST, "a", Severity.PAGE, 1.0, ()))


def now() -> float:
    return 1_700_000_000.9


@pytest.fixture
async def engine() -> AsyncIterator[HttpEngine]:
    engine = Http1Engine(EngineOptions())
    yield engine
    await engine.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver().serving() as receiver:
        yield receiver


async def test_a_receiver_can_tell_who_sent_it_and_when(
    engine: HttpEngine, receiver: Receiver
) -> None:
    await post(engine, receiver.url, "planted", OUTGOING, now)
    (one,) = await receiver.until(bool)
    assert one.headers["x-turnout-timestamp"] == "1700000000"
    proof = hmac.new(b"planted", b"1700000000." + one.body, sha256).hexdigest()
    assert one.headers["x-turnout-signature"] == f"v1={proof}"
    assert one.headers["idempotency-key"] == one.said["id"] == "firing:1"
    assert (one.said["kind"], one.said["severity"]) == ("test", "page")


async def test_without_a_secret_nothing_is_signed(engine: HttpEngine, receiver: Receiver) -> None:
    await post(engine, receiver.url, None, OUTGOING, now)
    (one,) = await receiver.until(bool)
    assert "x-turnout-signature" not in one.headers


async def test_a_refusal_is_not_delivered(engine: HttpEngine, receiver: Receiver) -> None:
    receiver.refusals = 1
    with pytest.raises(NotDelivered, match="answered 503"):
        await post(engine, receiver.url, None, OUTGOING, now)


async def test_nobody_there_is_not_delivered_and_tells_no_path(engine: HttpEngine) -> None:
    with pytest.raises(NotDelivered) as problem:
        await post(engine, f"http://127.0.0.1:{free_port()}/planted", None, OUTGOING, now)
    assert "planted" not in str(problem.value)


def test_a_signature_depends_on_the_time() -> None:
    assert signature("s", "1", b"{}") != signature("s", "2", b"{}")
