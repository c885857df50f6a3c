"""What each rule looks at. A watch that cannot look raises, and its alerts stay as they are."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from turnout.application.health.standing import CircuitState
from turnout.application.ports.alerting import CallCounts, Called
from turnout.application.queries.health_overview import HealthRow
from turnout.application.snapshot.routing_snapshot import SnapshotHolder
from turnout.domain.alerting.alert import Finding
from turnout.domain.alerting.burn import BurnRules, BurnWindow, Calls
from turnout.domain.alerting.rule import AlertRules, RuleName

PRICE_WINDOW_SECONDS = 3_600.0
_NO_CALLS = Calls()


class Watch(Protocol):
    """Looks at what some rules are about."""

    @property
    def rules(self) -> Sequence[RuleName]: ...

    async def __call__(self, rules: AlertRules, now: float) -> list[Finding]:
        """Return what is found now."""
        ...


@dataclass(frozen=True, slots=True)
class HealthWatch:
    """Circuits that are not closed, and providers of which none is."""

    overview: Callable[[], Awaitable[list[HealthRow]]]
    holder: SnapshotHolder
    rules: Sequence[RuleName] = (RuleName.PROVIDER_DOWN, RuleName.CIRCUIT_OPEN)

    async def __call__(self, rules: AlertRules, now: float) -> list[Finding]:
        """See Watch."""
        known = self.holder.current.providers
        enabled = {id for id, provider in known.items() if provider.settings.enabled}
        rows = [row for row in await self.overview() if row.provider in enabled]
        away = [row for row in rows if row.state is not CircuitState.CLOSED]
        well = {row.provider for row in rows if row.state is CircuitState.CLOSED}
        down = {row.provider: row for row in away if row.provider not in well}
        return [
            *(
                Finding(
                    RuleName.PROVIDER_DOWN, name, name, f"no model of {name} is asked: {_why(row)}"
                )
                for name, row in down.items()
            ),
            *(
                Finding(
                    RuleName.CIRCUIT_OPEN,
                    row.deployment,
                    row.provider,
                    f"the circuit of {row.deployment} is {row.state.replace('_', ' ')}: "
                    f"{_why(row)}",
                )
                for row in away
            ),
        ]


@dataclass(frozen=True, slots=True)
class BurnWatch:
    """Models that fail more often than their objective bears."""

    counts: CallCounts
    rules: Sequence[RuleName] = (RuleName.ERROR_BUDGET_BURN,)

    async def __call__(self, rules: AlertRules, now: float) -> list[Finding]:
        """See Watch."""
        burn = rules.burn
        spans = {each.short_seconds for each in burn.windows} | {
            each.long_seconds for each in burn.windows
        }
        told = {span: await self.counts.calls(now - span) for span in spans}
        findings = []
        for called in dict.fromkeys(called for counts in told.values() for called in counts):
            within = {span: counts.get(called, _NO_CALLS) for span, counts in told.items()}
            burning = burn.burning(within.__getitem__)
            if burning is not None:
                text = _burning(called, burning, within, burn)
                findings.append(
                    Finding(RuleName.ERROR_BUDGET_BURN, _subject(called), called.provider, text)
                )
        return findings


@dataclass(frozen=True, slots=True)
class LatencyWatch:
    """Models whose whole answers take too long."""

    counts: CallCounts
    rules: Sequence[RuleName] = (RuleName.LATENCY,)

    async def __call__(self, rules: AlertRules, now: float) -> list[Finding]:
        """See Watch."""
        latency, findings = rules.latency, []
        sketches = await self.counts.latencies(now - latency.window_seconds)
        for called, sketch in sketches.items():
            seconds = sketch.percentile(latency.share)
            if sketch.count < latency.least_calls or seconds is None or seconds <= latency.seconds:
                continue
            text = (
                f"{latency.share:.0%} of the answers of {_subject(called)} took up to "
                f"{seconds:.1f} s in {_span(latency.window_seconds)}; {latency.seconds:g} s are "
                "borne"
            )
            findings.append(Finding(RuleName.LATENCY, _subject(called), called.provider, text))
        return findings


@dataclass(frozen=True, slots=True)
class PriceWatch:
    """Models that were used in the last hour, and have no price."""

    counts: CallCounts
    holder: SnapshotHolder
    rules: Sequence[RuleName] = (RuleName.PRICE_UNKNOWN,)

    async def __call__(self, rules: AlertRules, now: float) -> list[Finding]:
        """See Watch."""
        told = await self.counts.calls(now - PRICE_WINDOW_SECONDS)
        used = {called for called, calls in told.items() if calls.calls > calls.failed}
        return [
            Finding(
                RuleName.PRICE_UNKNOWN,
                f"{deployment.provider}/{deployment.model}",
                deployment.provider,
                f"{deployment.provider}/{deployment.model} answers, and its price is unknown: "
                "what it costs is in no sum; give it `price:`",
            )
            for provider in self.holder.current.providers.values()
            for deployment in provider.settings.deployments
            if deployment.price is None and Called(deployment.provider, deployment.model) in used
        ]


def _burning(
    called: Called,
    found: tuple[BurnWindow, float],
    within: Mapping[float, Calls],
    burn: BurnRules,
) -> str:
    window, rate = found
    shares = " and ".join(
        f"{within[span].error_share:.1%} of its calls in {_span(span)}"
        for span in (window.long_seconds, window.short_seconds)
    )
    return (
        f"{_subject(called)} spends its error budget {rate:.1f} times too fast: {shares} have "
        f"failed; {1 - burn.objective:.2%} are borne"
    )


def _why(row: HealthRow) -> str:
    return (row.reason or "unknown").replace("_", " ")


def _subject(called: Called) -> str:
    return f"{called.provider}/{called.model}"


def _span(seconds: float) -> str:
    for unit, length in (("h", 3_600.0), ("min", 60.0)):
        if seconds >= length:
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s"
