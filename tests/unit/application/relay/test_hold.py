"""What one request holds."""

from tests.fakes.system import FrozenClock

from turnout.application.ports.limit_store import Counter, Measure
from turnout.application.relay.hold import Hold
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.shared.ids import RequestId
from turnout.infrastructure.limits.memory import MemoryLimits

TOKENS = Counter("key:a", Measure.TOKENS, 100)
PLACES = Counter("key:a", Measure.CONCURRENT, 1)
COUNTERS = (PLACES, TOKENS)


def held(limits: MemoryLimits, tokens: int) -> Hold:
    assert limits.take(COUNTERS, tokens, "r").refused is None
    return Hold(limits, COUNTERS, RequestId("r"), tokens)


def left(limits: MemoryLimits) -> int:
    remaining = limits.take((TOKENS,), 0, "r").tokens
    assert remaining is not None
    return remaining.left


def test_release_settles_once() -> None:
    limits = MemoryLimits(FrozenClock())
    hold = held(limits, 60)
    hold.used(TokenUsage(10, 5))
    hold.used(None)
    hold.release()
    hold.release()
    assert left(limits) == 85
    held(limits, 1)


def test_what_is_used_after_the_end_is_counted_as_it_comes() -> None:
    limits = MemoryLimits(FrozenClock())
    hold = held(limits, 60)
    hold.release()
    hold.used(TokenUsage(20, 20))
    assert left(limits) == 60


def test_bars_say_why() -> None:
    hold = Hold(MemoryLimits(FrozenClock()), (), RequestId("r"), 0)
    assert not hold.has_bars
    hold.bar("north", "spent")
    hold.bar_unpriced("south")
    assert hold.bars("north", is_priced=True) == ("budget_spent", "spent")
    assert hold.bars("south", is_priced=True) is None
    assert (hold.bars("south", is_priced=False) or ("",))[0] == "price_unknown"
    assert hold.bars("east", is_priced=False) is None


def test_what_has_no_price_may_be_barred_everywhere() -> None:
    hold = Hold(MemoryLimits(FrozenClock()), (), RequestId("r"), 0)
    hold.bar_unpriced()
    assert hold.has_bars
    assert (hold.bars("east", is_priced=False) or ("",))[0] == "price_unknown"
