"""The walk along a request's course: try, perhaps try again, and move on."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from turnout.application.ports.provider_client import ProviderClients
from turnout.application.ports.system import Clock, IdSource
from turnout.application.relay.answers import NoTargetFits, RelayFailed, RouteTaken, UnknownModel
from turnout.application.relay.attempt import Attempt
from turnout.application.relay.course import Course, Steering
from turnout.application.relay.settlement import RequestTag, Settlement
from turnout.application.snapshot.routing_snapshot import RoutingSnapshot, SnapshotHolder
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.capability import Requirement
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.routing.route import Route
from turnout.domain.routing.route_plan import PlannedTarget

Answer = TypeVar("Answer")


@dataclass(slots=True)
class Journey:
    """One request on its way."""

    tag: RequestTag
    snapshot: RoutingSnapshot
    course: Course
    attempts: list[Attempt] = field(default_factory=list)
    waited_seconds: float = 0.0

    @property
    def route(self) -> Route:
        """What the request's model name leads to."""
        return self.course.route

    @property
    def deadline_seconds(self) -> float:
        """The moment of the monotonic clock by which all must be over."""
        return self.course.deadline_seconds

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
    """Finds the route of a request and tries its targets as its course gives them.

    A try either returns the answer, and then settles its attempt itself (a stream is not over
    when it begins), or raises ProviderFailure. `sleep` waits between two tries at one target.
    """

    holder: SnapshotHolder
    clock: Clock
    ids: IdSource
    settlement: Settlement
    steering: Steering
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def __call__(
        self, model: str, needs: Requirement, grant: Grant, one: Try[Answer]
    ) -> Answer:
        """Return the first answer. Raises RelayError, and what `one` raises but ProviderFailure."""
        request_id = self.ids.next_request()
        snapshot = self.holder.current
        route = snapshot.route(model, grant.scope)
        if route is None:
            raise UnknownModel(request_id, model, snapshot.near(model, grant.scope))
        plan = route.plan(needs)
        if not plan.targets:
            raise NoTargetFits(request_id, plan)
        now = self.clock.monotonic_seconds()
        self.steering.budget.count_request(now)
        course = Course(route, plan, self.steering, now + route.deadline_seconds)
        tag = RequestTag(request_id, route.name, grant.key_name)
        return await self._along(Journey(tag, snapshot, course), now, one)

    async def once_at(
        self, journey: Journey, target: PlannedTarget, one: Try[Answer]
    ) -> Answer | ProviderFailure | None:
        """Try once more for a request whose walk is over; None where that is not admitted."""
        now = self.clock.monotonic_seconds()
        if not journey.course.visit(target, now):
            return None
        return await self._try(journey, target, now, one)

    async def _along(self, journey: Journey, now: float, one: Try[Answer]) -> Answer:
        course = journey.course
        while (target := course.next(now)) is not None:
            outcome = await self._try(journey, target, now, one)
            if not isinstance(outcome, ProviderFailure):
                return outcome
            now = self.clock.monotonic_seconds()
            wait = course.failed(outcome, now)
            if wait is not None:
                await self.sleep(wait)
                now = self.clock.monotonic_seconds()
        raise _failed(journey)

    async def _try(
        self, journey: Journey, target: PlannedTarget, now: float, one: Try[Answer]
    ) -> Answer | ProviderFailure:
        attempt = Attempt(target, len(journey.attempts) + 1, now)
        journey.attempts.append(attempt)
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


def _failed(journey: Journey) -> RelayFailed:
    attempts, course = journey.attempts, journey.course
    failures = tuple(a.failure for a in attempts if a.failure is not None)
    if not failures:
        seconds = journey.route.deadline_seconds
        late = ProviderFailure(FailureKind.TIMEOUT, f"no answer within {seconds:g} s")
        failures = (late,)
    attempted = tuple(str(attempt.target.id) for attempt in attempts)
    failed = RelayFailed(journey.tag.id, journey.route.name, failures, attempted)
    failed.unavailable_seconds = course.unavailable_seconds
    return failed
