"""The walk along a request's course: try, perhaps try again, and move on."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from turnout.application.ports.outgoing_trace import CURRENT_TRACE, TRACEPARENT
from turnout.application.ports.provider_client import ProviderClients
from turnout.application.ports.system import Clock, IdSource
from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.application.relay.answers import (
    NoRoom,
    NoTargetFits,
    RelayError,
    RelayFailed,
    RouteTaken,
    UnknownModel,
)
from turnout.application.relay.attempt import Attempt
from turnout.application.relay.course import Course, Steering
from turnout.application.relay.hedging import Hedging, Race
from turnout.application.relay.place_queue import PlaceQueue
from turnout.application.relay.settlement import RequestTag, Settlement
from turnout.application.snapshot.routing_snapshot import RoutingSnapshot, SnapshotHolder
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.routing.asked import Asked
from turnout.domain.routing.barring import barred
from turnout.domain.routing.route import Route
from turnout.domain.routing.route_plan import PlannedTarget

Answer = TypeVar("Answer")


@dataclass(slots=True)
class Journey:
    """One request on its way."""

    tag: RequestTag
    snapshot: RoutingSnapshot
    course: Course
    streamed: bool = False
    attempts: list[Attempt] = field(default_factory=list)
    waited_seconds: float = 0.0
    hedged: bool = False

    @property
    def route(self) -> Route:
        """What the request's model name leads to."""
        return self.course.route

    @property
    def deadline_seconds(self) -> float:
        """The moment of the monotonic clock by which all must be over."""
        return self.course.deadline_seconds

    def clients(self, deployment: Deployment) -> ProviderClients:
        """Return the clients of the deployment's account, as of this request's snapshot."""
        return self.snapshot.clients[deployment.provider][deployment.account]

    def taken(self, attempt: Attempt, dropped: tuple[str, ...]) -> RouteTaken:
        """Tell where the answer came from."""
        return RouteTaken(
            request_id=self.tag.id,
            route=self.route.name,
            provider=attempt.deployment.provider,
            model=attempt.deployment.model,
            attempts=len(self.attempts),
            waited_seconds=self.waited_seconds + attempt.behind_seconds + attempt.waited_seconds,
            dropped=dropped,
            hedged=self.hedged,
        )

    def begin(self, target: PlannedTarget, now: float, behind_seconds: float = 0.0) -> Attempt:
        """Begin an attempt; it is the latest until one beside it answers first."""
        number = len(self.attempts) + 1
        attempt = Attempt(target, number, now, self.streamed, behind_seconds)
        self.attempts.append(attempt)
        return attempt

    def won_by(self, attempt: Attempt) -> None:
        """Of two attempts side by side, this one goes on: it is the latest now."""
        self.attempts.remove(attempt)
        self.attempts.append(attempt)


Try = Callable[[Journey, Attempt], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Walk:
    """Finds the route of a request and tries its targets as its course gives them.

    A try either returns the answer, and then settles its attempt itself (a stream is not over
    when it begins), or raises ProviderFailure. Where the route is hedged, two may run side by side.
    `sleep` waits between two tries at one target.
    """

    holder: SnapshotHolder
    clock: Clock
    ids: IdSource
    settlement: Settlement
    steering: Steering
    queue: PlaceQueue
    hedging: Hedging
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def __call__(
        self,
        model: str,
        asked: Asked,
        grant: Grant,
        one: Try[Answer],
    ) -> Answer:
        """Return the first answer. Raises RelayError, and what `one` raises but ProviderFailure."""
        request_id = asked.id or self.ids.next_request()
        snapshot = self.holder.current
        route = snapshot.route(model, grant.scope)
        if route is None:
            raise UnknownModel(request_id, model, snapshot.near(model, grant.scope))
        plan = route.plan(asked.needs)
        if asked.meter is not None and asked.meter.has_bars:
            plan = barred(plan, asked.meter)
        if not plan.targets:
            raise NoTargetFits(request_id, plan)
        now = self.clock.monotonic_seconds()
        self.steering.budget.count_request(now)
        self.hedging.count_request(route)
        course = Course(route, plan, self.steering, now + route.deadline_seconds, asked)
        tag = RequestTag(request_id, route.name, grant, asked.meter)
        return await self._along(Journey(tag, snapshot, course, asked.streamed), now, one)

    async def once_at(
        self, journey: Journey, target: PlannedTarget, one: Try[Answer]
    ) -> Answer | ProviderFailure | None:
        """Try once more for a request whose walk is over; None where that is not admitted."""
        now = self.clock.monotonic_seconds()
        if not journey.course.visit(target, now):
            return None
        return await self._try(journey, journey.begin(target, now), one)

    async def _along(self, journey: Journey, now: float, one: Try[Answer]) -> Answer:
        course = journey.course
        while True:
            target = course.next(now)
            if target is None and course.full_gates():
                target = await self._in_line(journey)
                now = self.clock.monotonic_seconds()
            if target is None:
                self._leave(journey, AttemptOutcome.SHED)
                raise _failed(journey, now)
            outcome = await self._at(journey, journey.begin(target, now), one)
            if not isinstance(outcome, ProviderFailure):
                return outcome
            began, now = now, self.clock.monotonic_seconds()
            journey.waited_seconds += now - began
            wait = course.failed(outcome, now)
            if wait is not None:
                await self.sleep(wait)
                now = self.clock.monotonic_seconds()

    async def _in_line(self, journey: Journey) -> PlannedTarget | None:
        try:
            return await self.queue.wait(journey.course)
        except BaseException:
            self._leave(journey, AttemptOutcome.ABANDONED)
            raise

    def _leave(self, journey: Journey, outcome: AttemptOutcome) -> None:
        """Write down that the request goes, if no attempt stands for it."""
        if not journey.attempts:
            began_seconds = journey.deadline_seconds - journey.route.deadline_seconds
            first = journey.course.plan.targets[0]
            self.settlement.never_tried(journey.tag, first, began_seconds, outcome)

    def _at(
        self, journey: Journey, attempt: Attempt, one: Try[Answer]
    ) -> Awaitable[Answer | ProviderFailure]:
        delay_seconds = self.hedging.delay_seconds(journey.course, attempt)
        if delay_seconds is None or journey.hedged:
            return self._try(journey, attempt, one)
        return self._hedged(journey, attempt, delay_seconds, one)

    async def _hedged(
        self, journey: Journey, first: Attempt, delay_seconds: float, one: Try[Answer]
    ) -> Answer | ProviderFailure:
        """Try, and where no answer has begun in time, try elsewhere besides."""
        race = Race[Answer](lambda attempt: self._try(journey, attempt, one))
        race.begin(first)
        try:
            over = await race.wait(delay_seconds)
            second = None if over else self._second(journey, first)
            if second is not None:
                race.begin(second)
            outcome = await race.outcome()
        finally:
            await race.end()
        if race.winner is not None:
            journey.won_by(race.winner)
        elif second is not None and first.failure is not None:
            journey.course.lost(first.target, first.failure)
        return outcome

    def _second(self, journey: Journey, first: Attempt) -> Attempt | None:
        """Begin a second attempt beside the first, if the budget and the course have one."""
        course, now = journey.course, self.clock.monotonic_seconds()
        target = course.next(now) if self.hedging.may_begin(course.route) else None
        if target is None:
            return None
        self.hedging.begun(course.route)
        journey.hedged = True
        return journey.begin(target, now, now - first.started_seconds)

    async def _try(
        self, journey: Journey, attempt: Attempt, one: Try[Answer]
    ) -> Answer | ProviderFailure:
        trace = CURRENT_TRACE.get()
        if trace is not None:
            TRACEPARENT.set(trace.header(attempt.number))
        try:
            return await one(journey, attempt)
        except ProviderFailure as failure:
            attempt.failed(failure)
            self.settlement.settle(journey.tag, attempt)
            return failure
        except BaseException:
            self.settlement.settle(journey.tag, attempt)
            raise


def _failed(journey: Journey, now: float) -> RelayError:
    attempts, course = journey.attempts, journey.course
    failures = tuple(a.failure for a in attempts if a.failure is not None)
    full = course.full_gates()
    if full and not failures:
        seconds = min(gate.limit.seconds_until_room(gate.waiting) for gate in full)
        limited = all(gate.limit.was_rate_limited for gate in full)
        return NoRoom(journey.tag.id, course.plan, seconds, rate_limited=limited)
    if not failures:
        seconds = journey.route.deadline_seconds
        late = ProviderFailure(FailureKind.TIMEOUT, f"no answer within {seconds:g} s")
        failures = (late,)
    attempted = tuple(str(attempt.target.id) for attempt in attempts)
    failed = RelayFailed(journey.tag.id, journey.route.name, failures, attempted)
    failed.last_resort = course.last_resort
    failed.unavailable_seconds = course.unavailable_seconds(now)
    return failed
