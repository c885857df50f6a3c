"""Runs scenarios against one gateway that was started for all of them."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, NamedTuple

from turnout.interfaces.chaos.caller import Caller
from turnout.interfaces.chaos.checks import checks_of
from turnout.interfaces.chaos.door import Door
from turnout.interfaces.chaos.evidence import Books, Evidence
from turnout.interfaces.chaos.load import drive
from turnout.interfaces.chaos.outcome import Outcome
from turnout.interfaces.chaos.report import Report, report_of, report_of_missing
from turnout.interfaces.chaos.scenario import Scenario
from turnout.interfaces.chaos.stage import Stage, opened_stage

ReadBooks = Callable[[str, int], Awaitable[Books]]
"""Returns what the ledger has of a route once it has so many attempts, or as long as that takes."""


class StartedGateway(NamedTuple):
    """Where its data plane is, and how to read its ledger."""

    host: str
    port: int
    books: ReadBooks | None = None


StartGateway = Callable[[Mapping[str, Any]], AbstractAsyncContextManager[StartedGateway]]
"""Serves a configuration until the context is left."""


class Arena:
    """A stage and a gateway in front of it; scenarios are run one after another."""

    def __init__(
        self,
        stage: Stage,
        door: Door,
        offered: frozenset[str],
        unseen: frozenset[str] = frozenset(),
        books: ReadBooks | None = None,
    ) -> None:
        self._stage = stage
        self._door = door
        self._offered = offered
        self._unseen = unseen
        self._books = books

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
        evidence = self._evidence(scenario, outcomes, await self._booked(scenario, outcomes))
        return report_of(
            scenario, evidence, checks_of(scenario, evidence, self._offered), ran_seconds
        )

    async def _booked(self, scenario: Scenario, outcomes: Sequence[Outcome]) -> Books | None:
        if self._books is None:
            return None
        told = sum(outcome.attempts for outcome in outcomes)
        books = await self._books(scenario.name, told)
        return {name.removeprefix(f"{scenario.name}-"): one for name, one in books.items()}

    def _evidence(
        self, scenario: Scenario, outcomes: Sequence[Outcome], books: Books | None
    ) -> Evidence:
        for outcome in outcomes:
            outcome.provider = outcome.provider.removeprefix(f"{scenario.name}-")
        windows = self._stage.windows(scenario, time.time())
        return Evidence(outcomes, self._stage.seen(scenario), windows, self._unseen, books)


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
        async with start_gateway(configuration) as gateway:
            door = Door(host=gateway.host, port=gateway.port)
            yield Arena(stage, door, offered, books=gateway.books)
