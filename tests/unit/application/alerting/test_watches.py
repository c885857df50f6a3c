"""What rules find in health, counts of calls and prices."""

from dataclasses import replace

from tests.fakes.alerting import FakeCallCounts
from tests.fakes.system import FrozenClock
from tests.support.catalog import plain_settings

from turnout.application.alerting.watches import BurnWatch, HealthWatch, LatencyWatch, PriceWatch
from turnout.application.health.standing import CircuitState
from turnout.application.ports.alerting import Called
from turnout.application.queries.health_overview import HealthRow
from turnout.application.snapshot.routing_snapshot import EMPTY, SnapshotHolder
from turnout.domain.alerting.burn import BurnRules, BurnWindow, Calls
from turnout.domain.alerting.rule import AlertRules, LatencyRules, RuleName
from turnout.domain.catalog.provider import Provider
from turnout.domain.health.circuit import Reason
from turnout.domain.shared.ids import ProviderId
from turnout.domain.shared.sketch import Sketch

CLOCK = FrozenClock()
NOW = CLOCK.epoch_seconds()
RULES = AlertRules(
    burn=BurnRules(0.99, 10, (BurnWindow(300, 3600, 5.0),)),
    latency=LatencyRules(share=0.9, seconds=2.0, window_seconds=600, least_calls=3),
)


def holder(*names: str, enabled: bool = True) -> SnapshotHolder:
    holder = SnapshotHolder()
    providers = {
        ProviderId(name): Provider(
            ProviderId(name), replace(plain_settings(ProviderId(name), "m", "n"), enabled=enabled)
        )
        for name in names
    }
    holder.current = replace(EMPTY, providers=providers)
    return holder


def row(deployment: str, state: CircuitState) -> HealthRow:
    is_closed = state is CircuitState.CLOSED
    return HealthRow(
        deployment=deployment,
        provider=deployment.partition("/")[0],
        state=state,
        admits=is_closed,
        cooling_down=False,
        reason=None if is_closed else Reason.ERROR_RATE,
        until=None,
        moved_at=None,
        calls=0,
        error_rate=None,
    )


async def health(holder: SnapshotHolder, *rows: HealthRow) -> list[tuple[RuleName, str]]:
    async def overview() -> list[HealthRow]:
        return list(rows)

    found = await HealthWatch(overview, holder)(RULES, NOW)
    return [(each.rule, each.subject) for each in found]


async def test_a_circuit_that_is_not_closed_is_found() -> None:
    rows = row("a/m", CircuitState.CLOSED), row("a/n", CircuitState.HALF_OPEN)
    assert await health(holder("a"), *rows) == [(RuleName.CIRCUIT_OPEN, "a/n")]


async def test_a_provider_without_a_closed_circuit_is_down() -> None:
    rows = row("a/m", CircuitState.OPEN), row("a/n", CircuitState.HALF_OPEN)
    assert await health(holder("a"), *rows, row("b/m", CircuitState.CLOSED)) == [
        (RuleName.PROVIDER_DOWN, "a"),
        (RuleName.CIRCUIT_OPEN, "a/m"),
        (RuleName.CIRCUIT_OPEN, "a/n"),
    ]


async def test_nobody_is_called_for_a_provider_that_is_switched_off() -> None:
    assert await health(holder("a", enabled=False), row("a/m", CircuitState.OPEN)) == []


async def test_a_burn_is_found_for_the_model_that_burns() -> None:
    good, bad = Called("a", "m"), Called("b", "m")
    spans = {
        3600.0: {good: Calls(1000, 10), bad: Calls(1000, 100)},
        300.0: {good: Calls(100, 1), bad: Calls(100, 9)},
    }
    (found,) = await BurnWatch(FakeCallCounts(CLOCK, spans))(RULES, NOW)
    assert (found.rule, found.subject, found.group) == (RuleName.ERROR_BUDGET_BURN, "b/m", "b")
    assert "10.0 times too fast" in found.summary
    assert "10.0% of its calls in 1 h and 9.0% of its calls in 5 min" in found.summary
    assert "1.00% are borne" in found.summary


async def test_slow_answers_are_found_if_there_are_enough() -> None:
    slow, few, quick = Sketch(), Sketch(), Sketch()
    for sketch, count, seconds in ((slow, 3, 3.0), (few, 2, 3.0), (quick, 9, 1.0)):
        for _ in range(count):
            sketch.add(seconds)
    sketches = {Called("a", "m"): slow, Called("a", "n"): few, Called("b", "m"): quick}
    (found,) = await LatencyWatch(FakeCallCounts(CLOCK, sketches=sketches))(RULES, NOW)
    assert found.subject == "a/m"
    assert "90% of the answers of a/m took up to 3.0 s in 10 min; 2 s are borne" in found.summary


async def test_a_model_without_price_is_found_once_it_answers() -> None:
    used = {3600.0: {Called("a", "m"): Calls(5, 4), Called("a", "n"): Calls(5, 5)}}
    found = await PriceWatch(FakeCallCounts(CLOCK, used), holder("a", "b"))(RULES, NOW)
    assert [each.subject for each in found] == ["a/m"]
