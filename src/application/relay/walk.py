"""The walk along a route's plan: try, and on a failure that moves on, try the next."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from turnout.application.ports.provider_client import ProviderClients
from turnout.application.ports.system import Clock, Dice, IdSource
from turnout.application.relay.answers import NoTargetFits, RelayFailed, RouteTaken, UnknownModel
from turnout.application.relay.attempt import Attempt
from turnout.application.relay.settlement import RequestTag, Settlement
from turnout.application.snapshot.routing_snapshot import RoutingSnapshot, SnapshotHolder
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.capability import Requirement
from turnout.domain.inference.failure import FailureKind, MovesOn, ProviderFailure
from turnout.domain.routing.fallback_chain import moves_on
from turnout.domain.routing.route import Route
from turnout.domain.routing.route_plan import PlannedTarget

Answer = TypeVar("Answer")


@dataclass(slots=True)
class Journey:
    """One request on its way; `deadline_seconds` is a moment of the monotonic clock."""

    tag: RequestTag
    route: Route
    snapshot: RoutingSnapshot
    deadline_seconds: float
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
    when it begins), or raises ProviderFailure.
    """

    holder: SnapshotHolder
    clock: Clock
    dice: Dice
    ids: IdSource
    settlement: Settlement

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
        deadline = self.clock.monotonic_seconds() + route.deadline_seconds
        tag = RequestTag(request_id, route.name, grant.key_name)
        journey = Journey(tag, route, snapshot, deadline)
        return await self._along(journey, plan.targets, one)

    async def _along(
        self, journey: Journey, targets: tuple[PlannedTarget, ...], one: Try[Answer]
    ) -> Answer:
        route = journey.route
        attempts: list[Attempt] = []
        smallest: Deployment | None = None
        for target in targets:
            if smallest is not None and not _larger(target.deployment, smallest):
                continue
            now = self.clock.monotonic_seconds()
            if len(attempts) == route.max_attempts or now >= journey.deadline_seconds:
                break
            attempt = Attempt(target.deployment, len(attempts) + 1, now)
            attempts.append(attempt)
            failure = await self._failure_of(journey, attempt, one)
            if not isinstance(failure, ProviderFailure):
                return failure
            next_step = moves_on(route.on, failure.kind)
            if next_step is MovesOn.NEVER:
                break
            if next_step is MovesOn.IF_LARGER:
                smallest = target.deployment
        raise _failed(journey, attempts)

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


def _larger(deployment: Deployment, than: Deployment) -> bool:
    window, small = deployment.context_window, than.context_window
    return window is None or small is None or window > small


def _failed(journey: Journey, attempts: list[Attempt]) -> RelayFailed:
    failures = tuple(a.failure for a in attempts if a.failure is not None)
    if not failures:
        seconds = journey.route.deadline_seconds
        late = ProviderFailure(FailureKind.TIMEOUT, f"no answer within {seconds:g} s")
        failures = (late,)
    attempted = tuple(str(attempt.deployment.id) for attempt in attempts)
    return RelayFailed(journey.tag.id, journey.route.name, failures, attempted)
