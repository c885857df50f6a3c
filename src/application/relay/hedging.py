"""Hedging: a second attempt beside a first one that is slow to begin.

Source: hedged requests of Dean and Barroso, "The Tail at Scale" (2013).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from turnout.application.relay.attempt import Attempt
from turnout.application.relay.course import Course
from turnout.application.relay.traffic import Traffic
from turnout.domain.inference.failure import ProviderFailure
from turnout.domain.routing.hedge_budget import HedgeBudget
from turnout.domain.routing.route import Route

Answer = TypeVar("Answer")
MOST_ROUTES = 4096
"""How many routes have a budget of their own; beyond that all begin anew."""


class Hedging:
    """When a request may have a second attempt. One worker's own, in memory."""

    __slots__ = ("_budgets", "_traffic")

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._budgets: dict[str, HedgeBudget] = {}

    def count_request(self, route: Route) -> None:
        """Take a request of a route that is hedged into account."""
        if route.hedge is not None:
            self._budget(route).count_request(route.hedge.most_share)

    def delay_seconds(self, course: Course, attempt: Attempt) -> float | None:
        """Return how long an attempt runs alone, None for ever.

        It is what the operator set, else the wait that nineteen of twenty there stay within.
        """
        hedge = course.route.hedge
        if hedge is None or len(course.plan.targets) < 2:
            return None
        if hedge.after_seconds is not None:
            return hedge.after_seconds
        return self._traffic.first_tokens(attempt.target.id, streamed=attempt.streamed).p95()

    def may_begin(self, route: Route) -> bool:
        """Tell whether the budget has a hedge left."""
        return self._budget(route).saved >= 1.0

    def begun(self, route: Route) -> None:
        """Take a hedge out of the budget."""
        self._budget(route).take()

    def _budget(self, route: Route) -> HedgeBudget:
        budget = self._budgets.get(route.name)
        if budget is None:
            if len(self._budgets) >= MOST_ROUTES:
                self._budgets.clear()
            budget = self._budgets[route.name] = HedgeBudget()
        return budget


Trying = Callable[[Attempt], Awaitable[Answer | ProviderFailure]]
"""Makes an attempt and settles it where it fails or is cancelled."""


@dataclass(slots=True)
class Race(Generic[Answer]):
    """Attempts at one request side by side; the first that answers wins, and ends the others."""

    trying: Trying[Answer]
    winner: Attempt | None = field(default=None, init=False)
    _runs: "list[tuple[Attempt, asyncio.Task[Answer | ProviderFailure]]]" = field(
        default_factory=list, init=False
    )

    def begin(self, attempt: Attempt) -> None:
        """Let an attempt run."""
        self._runs.append((attempt, asyncio.create_task(self._run(attempt))))

    async def wait(self, seconds: float) -> bool:
        """Wait until an attempt is over, at most so long; tell whether one is."""
        done, _ = await asyncio.wait([run for _, run in self._runs], timeout=seconds)
        return bool(done)

    async def outcome(self) -> Answer | ProviderFailure:
        """Return the winner's answer; where all fail, the failure of the latest attempt.

        Raises what an attempt raises.
        """
        while True:
            for run in (run for _, run in self._runs if run.done() and not run.cancelled()):
                outcome = run.result()
                if not isinstance(outcome, ProviderFailure):
                    return outcome
            pending = [run for _, run in self._runs if not run.done()]
            if not pending:
                return self._runs[-1][1].result()
            await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)

    async def end(self) -> None:
        """End whatever is still running, and see it settled."""
        if all(run.done() for _, run in self._runs) and self.winner is not None:
            return
        for _, run in self._runs:
            if not run.cancelling():  # a second time would disturb its clearing up
                run.cancel()
        await asyncio.gather(*(run for _, run in self._runs), return_exceptions=True)

    async def _run(self, attempt: Attempt) -> Answer | ProviderFailure:
        outcome = await self.trying(attempt)
        if not isinstance(outcome, ProviderFailure):
            # Nothing is awaited between the answer and here: no other can have answered too.
            self.winner = attempt
            for other, run in self._runs:
                if other is not attempt and not run.done():
                    other.outrun()
                    run.cancel()
        return outcome
