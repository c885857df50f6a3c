"""What the counters of one process alone do; tests/contract has what all must."""

from tests.fakes.system import FrozenClock

from turnout.application.ports.limit_store import Counter, Measure
from turnout.infrastructure.limits import memory
from turnout.infrastructure.limits.memory import MemoryLimits


def test_counters_that_have_had_a_rest_are_forgotten() -> None:
    clock = FrozenClock()
    limits = MemoryLimits(clock)
    for number in range(memory.MOST_COUNTERS):
        limits.take((Counter(f"key:{number}", Measure.REQUESTS, 60),), 0, "r")
    clock.move(30.0)
    limits.take((Counter("key:last", Measure.REQUESTS, 60),), 0, "r")
    assert len(limits._rates) == 1


def test_an_answer_is_there_at_once() -> None:
    verdict = MemoryLimits(FrozenClock()).take((Counter("a", Measure.REQUESTS, 1),), 0, "r")
    assert verdict.refused is None
