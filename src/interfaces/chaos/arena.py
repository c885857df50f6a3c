"""Runs scenarios against one gateway that was started for all of them."""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from turnout.interfaces.chaos.caller import Caller
from turnout.interfaces.chaos.checks import checks_of
from turnout.interfaces.chaos.door import Door
from turnout.interfaces.chaos.evidence import Evidence
from turnout.interfaces.chaos.load import drive
from turnout.interfaces.chaos.outcome import Outcome
from turnout.interfaces.chaos.report import Report, report_of, report_of_missing
from turnout.interfaces.chaos.scenario import Scenario
from turnout.interfaces.chaos.stage import Stage, opened_stage

StartGateway = Callable[[Mapping[str, Any]], AbstractAsyncContextManager[tuple[str, int]]]
"""Serves a configuration until the context is left; gives host and port of its data plane."""


class Arena:
    """A stage and a gateway in front of it; scenarios are run one after another."""

    def __init__(
        self,
        stage: Stage,
        door: Door,
        offered: frozenset[str],
        unseen: frozenset[str] = frozenset(),
    ) -> None:
        self._stage = stage
        self._door = door
        self._offered = offered
        self._unseen = unseen

    async def run(self, scenario: Scenario) -> Report:
        """Run one of the scenarios that the gateway was started for."""
        missing = sorted(set(scenario.needs) - self._offered)
        if missing:
            return report_of_missing(scenario, missing)
        load = scenario.load
        caller = Caller(self._door, model=self._door.model or scenario.name, words=load.words)
        await self._stage.give_parts(scenario)
        began = time.perf_counter()
        outcomes = await drive(load, caller)
        ran_seconds = time.perf_counter() - began
        await self._stage.settled()
        evidence = self._evidence(scenario, outcomes)
        return report_of(
            scenario, evidence, checks_of(scenario, evidence, self._offered), ran_seconds
        )

    def _evidence(self, scenario: Scenario, outcomes: Sequence[Outcome]) -> Evidence:
        for outcome in outcomes:
            outcome.provider = outcome.provider.removeprefix(f"{scenario.name}-")
        windows = self._stage.windows(scenario, time.time())
        return Evidence(outcomes, self._stage.seen(scenario), windows, self._unseen)


@asynccontextmanager
async def opened_arena(
    scenarios: Sequence[Scenario],
    start_gateway: StartGateway,
    *,
    offered: frozenset[str] = frozenset(),
    base: Mapping[str, Any] | None = None,
) -> AsyncIterator[Arena]:
    """Start simulators and a gateway that knows all the scenarios, by the settings of `base`."""
    size = max((len(scenario.providers) for scenario in scenarios), default=0)
    async with opened_stage(size) as stage:
        configuration = stage.configuration(scenarios, base or {})
        async with start_gateway(configuration) as (host, port):
            yield Arena(stage, Door(host=host, port=port), offered)
