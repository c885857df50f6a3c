"""The walk along a route's plan: try, perhaps try again, and move on."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from turnout.application.ports.provider_client import ProviderClients
from turnout.application.ports.system import Clock, Dice, IdSource
from turnout.application.relay.answers import NoTargetFits, RelayFailed, RouteTaken, UnknownModel
from turnout.application.relay.attempt import Attempt
from turnout.application.relay.itinerary import Itinerary
from turnout.application.relay.settlement import RequestTag, Settlement
from turnout.application.snapshot.routing_snapshot import RoutingSnapshot, SnapshotHolder
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.capability import Requirement
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.routing.fallback_chain import moves_on
from turnout.domain.routing.retry import Backoff, Situation, wait_before_retry
from turnout.domain.routing.retry_budget import RetryBudget
from turnout.domain.routing.route import Route
from turnout.domain.routing.route_plan import PlannedTarget

Answer = TypeVar("Answer")
LEAST_SECONDS = 0.005
"""With less time than this left, no attempt begins: timers may fire a little early."""


@dataclass(slots=True)
class Journey:
    """One request on its way; `deadline_seconds` is a moment of the monotonic clock.

    `targets` are all that the plan names, also those that health did not admit at the start.
    """

    tag: RequestTag
    route: Route
    snapshot: RoutingSnapshot
    deadline_seconds: float
    targets: tuple[PlannedTarget, ...] = ()
    attempts: list[Attempt] = field(default_factory=list)
    waited_seconds: float = 0.0

    def clients(self, deployment: Deployment) -> ProviderClients:
        """Return the clients of the deployment's provider, as of this request's snapshot."""
        return self.snapshot.clients[deployment.provider]

    def taken(self, attempt: Attempt, dropped: tuple[str, ...]) -> RouteTaken:
        """Tell where the answer came from."""
        return RouteTaken(
            request_id=self.tag.id,
            route=self.route.name,
            provider=attempt.deployment.provider,
            model=attempt.deployment.model,
            attempts=attempt.number,
            waited_seconds=self.waited_seconds + attempt.waited_seconds,
            dropped=dropped,
        )


Try = Callable[[Journey, Attempt], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Walk:
    """Finds the route of a request and tries its targets in order.

    A try either returns the answer, and then settles its attempt itself (a stream is not over
    when it begins), or raises ProviderFailure. `sleep` waits between two tries at one target.
    """

    holder: SnapshotHolder
    clock: Clock
    dice: Dice
    ids: IdSource
    settlement: Settlement
    budget: RetryBudget
    backoff: Backoff = Backoff()
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def __call__(
        self, model: str, needs: Requirement, grant: Grant, one: Try[Answer]
    ) -> Answer:
        """Return the first answer. Raises RelayError, and what `one` raises but ProviderFailure."""
        request_id = self.ids.next_request()
        snapshot = self.holder.current
        route = snapshot.routes.get(model)
        if route is None:
            raise UnknownModel(request_id, model, snapshot.near(model))
        plan = route.plan(needs, self.dice.roll)
        if not plan.targets:
            raise NoTargetFits(request_id, plan)
        now = self.clock.monotonic_seconds()
        self.budget.count_request(now)
        tag = RequestTag(request_id, route.name, grant.key_name)
        deadline = now + route.deadline_seconds
        journey = Journey(tag, route, snapshot, deadline, plan.targets)
        return await self._along(journey, self._itinerary(plan.targets, now), one)

    async def once_at(
        self, journey: Journey, deployment: Deployment, one: Try[Answer]
    ) -> Answer | ProviderFailure | None:
        """Try once more for a request whose walk is over; None where that is not admitted."""
        now = self.clock.monotonic_seconds()
        spent = len(journey.attempts) >= journey.route.max_attempts
        attempt = Attempt(deployment, len(journey.attempts) + 1, now)
        if spent or now >= journey.deadline_seconds or not self.settlement.begin(attempt):
            return None
        journey.attempts.append(attempt)
        return await self._failure_of(journey, attempt, one)

    def _itinerary(self, targets: tuple[PlannedTarget, ...], now: float) -> Itinerary:
        """Leave out what health does not admit now; if that is all, keep what recovers first."""
        health = self.settlement.health
        open_now = [target for target in targets if health.of(target.deployment.id).admits(now)]
        if open_now:
            return Itinerary(open_now)
        first = min(targets, key=lambda target: health.of(target.deployment.id).admits_at_seconds)
        at = health.of(first.deployment.id).admits_at_seconds
        return Itinerary([first], last_resort=True, retry_after_seconds=max(0.0, at - now))

    async def _along(self, journey: Journey, way: Itinerary, one: Try[Answer]) -> Answer:
        attempts = journey.attempts
        while (target := way.current) is not None:
            now = self.clock.monotonic_seconds()
            if journey.deadline_seconds - now < LEAST_SECONDS:
                break
            attempt = Attempt(target.deployment, len(attempts) + 1, now)
            if not self.settlement.begin(attempt) and way.elsewhere:
                way.move_on()  # another request has taken the probe's place meanwhile
                continue
            attempts.append(attempt)
            outcome = await self._failure_of(journey, attempt, one)
            if not isinstance(outcome, ProviderFailure):
                return outcome
            way.failed(moves_on(journey.route.on, outcome.kind))
            if len(attempts) == journey.route.max_attempts:
                break
            wait = self._wait(journey, way, outcome)
            if wait is None:
                way.move_on()
            else:
                await self.sleep(wait)
        raise _failed(journey, attempts, way)

    def _wait(self, journey: Journey, way: Itinerary, failure: ProviderFailure) -> float | None:
        """Return how long to wait before the same target is tried again, None to move on."""
        now = self.clock.monotonic_seconds()
        situation = Situation(
            tries=way.tries,
            first=way.first,
            elsewhere=way.elsewhere,
            left_seconds=journey.deadline_seconds - now,
        )
        wait = wait_before_retry(failure, situation, self.backoff, self.dice.roll)
        target = way.current
        broken = target is None or self.settlement.health.of(target.deployment.id).is_open
        if wait is None or broken or way.last_resort or not self.budget.take(now):
            return None
        return wait

    async def _failure_of(
        self, journey: Journey, attempt: Attempt, one: Try[Answer]
    ) -> Answer | ProviderFailure:
        try:
            return await one(journey, attempt)
        except ProviderFailure as failure:
            attempt.failed(failure)
            self.settlement.settle(journey.tag, attempt)
            journey.waited_seconds += self.clock.monotonic_seconds() - attempt.started_seconds
            return failure
        except BaseException:
            self.settlement.settle(journey.tag, attempt)
            raise


def _failed(journey: Journey, attempts: list[Attempt], way: Itinerary) -> RelayFailed:
    failures = tuple(a.failure for a in attempts if a.failure is not None)
    if not failures:
        seconds = journey.route.deadline_seconds
        late = ProviderFailure(FailureKind.TIMEOUT, f"no answer within {seconds:g} s")
        failures = (late,)
    attempted = tuple(str(attempt.deployment.id) for attempt in attempts)
    failed = RelayFailed(journey.tag.id, journey.route.name, failures, attempted)
    failed.unavailable_seconds = way.retry_after_seconds
    return failed
