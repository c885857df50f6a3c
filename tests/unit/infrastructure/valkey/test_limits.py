"""Shared limits while their server is away; tests/contract has what they do with one."""

import logging

import pytest
from tests.fakes.system import FrozenClock
from tests.support.turnout_process import free_port

from turnout.application.ports.limit_store import FREE, Counter, Measure
from turnout.infrastructure.valkey.limits import SharedLimits
from turnout.infrastructure.valkey.link import ValkeyLink

COUNTERS = (Counter("key:a", Measure.CONCURRENT, 1), Counter("key:a", Measure.TOKENS, 10))


@pytest.fixture
def limits() -> SharedLimits:
    clock = FrozenClock()
    url = f"redis://127.0.0.1:{free_port()}/0"
    return SharedLimits(ValkeyLink(url, clock, key_prefix="t", timeout_seconds=0.05), clock)


async def test_a_dead_server_lets_everybody_pass_and_is_told_of_once(
    limits: SharedLimits, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert await limits.take(COUNTERS, 5, "r") is FREE
    assert limits.unchecked == 3
    assert sum("not checked" in record.message for record in caplog.records) == 1


async def test_what_could_not_be_given_back_waits(limits: SharedLimits) -> None:
    limits.settle(COUNTERS, used=7, reserved=5)
    limits.settle(COUNTERS, used=7, reserved=5)
    limits.leave(COUNTERS, "r")
    await limits.idle()
    assert list(limits._shifts.values()) == [4]
    assert [request for _, request in limits._left] == ["r"]
