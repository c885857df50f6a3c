"""Course: where one request goes next. It decides and never waits: whoever follows it does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from turnout.application.relay.balancer import Balancer
from turnout.application.relay.health_board import HealthBoard
from turnout.application.relay.traffic import Traffic
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.inference.failure import MovesOn, ProviderFailure
from turnout.domain.routing.asked import Asked
from turnout.domain.routing.fallback_chain import moves_on
from turnout.domain.routing.gate import Gate
from turnout.domain.routing.retry import Backoff, Situation, wait_before_retry
from turnout.domain.routing.retry_budget import RetryBudget
from turnout.domain.routing.route import Route
from turnout.domain.routing.route_plan import PlannedTarget, RoutePlan
from turnout.domain.routing.routing_policy import Roll
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import DeploymentId

LEAST_SECONDS = 0.005
"""With less time than this left, no attempt begins: timers may fire a little early."""


@dataclass(frozen=True, slots=True)
class Steering:
    """What every course of one worker is steered by."""

    health: HealthBoard
    balancer: Balancer
    budget: RetryBudget
    roll: Roll
    backoff: Backoff = Backoff()
    traffic: Traffic = field(default_factory=Traffic)


class Course:
    """One request's own, and changing with each attempt. The plan has a target at least.

    Each tier is asked for once its turn has come: what health admits then, as the balancer orders
    it. `tried` are the targets of all attempts so far: each has had a place at its provider's gate,
    which whoever follows the course gives back. What was passed over because its provider was full
    is asked again in the end; if it still is, `next` gives nothing and `full_gates` tells where to
    wait. Every `now` is a moment of the monotonic clock, in seconds. Where health admits no target
    at all, one is given as a `last_resort`.
    """

    __slots__ = (
        "_again",
        "_asked",
        "_full",
        "_over",
        "_place",
        "_row",
        "_smallest",
        "_steering",
        "_tier",
        "_tries",
        "deadline_seconds",
        "last_resort",
        "plan",
        "route",
        "tried",
    )

    def __init__(
        self,
        route: Route,
        plan: RoutePlan,
        steering: Steering,
        deadline_seconds: float,
        asked: Asked,
    ) -> None:
        self.route = route
        self.plan = plan
        self.deadline_seconds = deadline_seconds
        self.tried: list[PlannedTarget] = []
        self.last_resort = False
        self._asked = asked
        self._steering = steering
        self._row: Sequence[PlannedTarget] = ()
        self._place = 0  # in the row
        self._tier = 0  # the next
        self._tries = 0  # at the latest target
        self._again = self._over = False
        self._smallest: Deployment | None = None
        self._full: dict[DeploymentId, PlannedTarget] = {}

    def next(self, now: float) -> PlannedTarget | None:
        """Return the target to try now, and take its places; None when all is over, or full.

        It is the latest again where `failed` told to wait for it, else another: also while the
        latest is under way.
        """
        if not self._may_try(now):
            return None
        target = self._same(now) if self._again else self._another(now)
        if target is not None:
            self._take(target)
        return target

    def failed(self, failure: ProviderFailure, now: float) -> float | None:
        """Learn that the latest target has failed, and that no attempt is under way.

        Return how long to wait before it is tried again; None where `next` gives another.
        """
        target = self.tried[-1]
        self._tries += 1
        self.lost(target, failure)
        if self._over or len(self.tried) >= self.route.max_attempts:
            return None
        situation = Situation(
            tries=self._tries,
            first=target is self.tried[0],
            elsewhere=self.has_another(now),
            left_seconds=self.deadline_seconds - now,
        )
        steering = self._steering
        wait = wait_before_retry(failure, situation, steering.backoff, steering.roll)
        broken = steering.health.of(target.id).is_open
        if wait is None or broken or self.last_resort or not steering.budget.take(now):
            return None
        self._again = True
        return wait

    def lost(self, target: PlannedTarget, failure: ProviderFailure) -> None:
        """Learn that `target` has failed while another attempt is still under way."""
        moves = moves_on(self.route.on, failure.kind)
        if moves is MovesOn.NEVER:
            self._over = True
        elif moves is MovesOn.IF_LARGER:
            self._smallest = target.deployment

    def full_gates(self) -> tuple[Gate, ...]:
        """Return the gates of what was passed over because it was full, each once."""
        if not self._full or self._over or len(self.tried) >= self.route.max_attempts:
            return ()
        full = [target for target in self._full.values() if self._may_do_better(target)]
        return tuple({self._gate(target): None for target in full})

    def called(self, gate: Gate, now: float) -> PlannedTarget | None:
        """Return the target to try at the place that was kept at `gate`.

        None where health admits it no more and others are waited for: then the place is given back.
        """
        for target in [each for each in self._full.values() if self._gate(each) is gate]:
            del self._full[target.id]
            if self._may_do_better(target) and (self._admits(target, now) or not self._full):
                self._take(target)
                return target
        gate.leave(None)
        return None

    def has_another(self, now: float) -> bool:
        """Tell whether a target that has not been tried may be tried now."""
        if self._over:
            return False
        rows = (self._row[self._place :], *self.plan.tiers[self._tier :])
        return any(self._may_help(target, now) for row in rows for target in row)

    def unavailable_seconds(self, now: float) -> float | None:
        """Return in how many seconds health admits a target, None where it admits one now."""
        records = [self._steering.health.of(target.id) for target in self.plan.targets]
        if any(record.admits(now) for record in records):
            return None
        return max(0.0, min(record.admits_at_seconds for record in records) - now)

    def visit(self, target: PlannedTarget, now: float) -> bool:
        """Try `target` out of turn, once all is over; False where that may not be."""
        if not self._may_try(now) or not self._enter(target, now):
            return False
        self._take(target)
        return True

    def untried(self, now: float) -> Iterator[PlannedTarget]:
        """Yield the targets that have not been tried, health and failures aside, by their turn."""
        tried = {target.id for target in self.tried}
        for tier in self.plan.tiers:
            left = [target for target in tier if target.id not in tried]
            yield from self._steering.balancer.order(self.plan, left, self._asked, now)

    def _take(self, target: PlannedTarget) -> None:
        self._steering.balancer.begin(target)
        self.tried.append(target)

    def _may_try(self, now: float) -> bool:
        tries_left = len(self.tried) < self.route.max_attempts
        return tries_left and self.deadline_seconds - now >= LEAST_SECONDS

    def _same(self, now: float) -> PlannedTarget | None:
        self._again = False
        target = self.tried[-1]
        if self._enter(target, now):
            return target
        if self.has_another(now):
            return self._another(now)
        return self._insist(target)

    def _another(self, now: float) -> PlannedTarget | None:
        self._tries = 0
        while not self._over:
            while self._place < len(self._row):
                target = self._row[self._place]
                self._place += 1
                if self._may_do_better(target) and self._enter(target, now):
                    return target
            if self._tier == len(self.plan.tiers):
                return self._passed_over(now)
            self._row = self._admitted(self.plan.tiers[self._tier], now)
            self._place = 0
            self._tier += 1
        return None

    def _admitted(self, tier: Sequence[PlannedTarget], now: float) -> Sequence[PlannedTarget]:
        if len(tier) == 1:
            return tier
        of = self._steering.health.of
        admitted = [target for target in tier if of(target.id).admits(now)]
        return self._steering.balancer.order(self.plan, admitted, self._asked, now)

    def _passed_over(self, now: float) -> PlannedTarget | None:
        """Return what was full and is no longer; else the last resort, if nothing was asked."""
        for target in tuple(self._full.values()):
            if self._may_do_better(target) and self._enter(target, now):
                return target
        return None if self.tried or self._full else self._resort(now)

    def _resort(self, now: float) -> PlannedTarget | None:
        health = self._steering.health
        targets = self.plan.targets
        first = min(targets, key=lambda target: health.of(target.id).admits_at_seconds)
        self.last_resort = True
        return self._insist(first)

    def _enter(self, target: PlannedTarget, now: float) -> bool:
        """Take the places at `target`: that of its gate, and that of health."""
        if not self._admits(target, now):
            return False
        if self._insist(target) is None:
            self._steering.health.of(target.id).release_probe(now)
            return False
        return True

    def _admits(self, target: PlannedTarget, now: float) -> bool:
        """Ask health; it may be the one probe that an open circuit admits."""
        try:
            self._steering.health.of(target.id).begin_probe(now)
        except DomainError:
            return False
        return True

    def _insist(self, target: PlannedTarget) -> PlannedTarget | None:
        """Take the place at its gate alone; None where that is full."""
        if self._gate(target).enter():
            if self._full:
                self._full.pop(target.id, None)
            return target
        self._full[target.id] = target
        return None

    def _may_help(self, target: PlannedTarget, now: float) -> bool:
        if not self._may_do_better(target) or not self._steering.health.of(target.id).admits(now):
            return False
        return self._gate(target).limit.has_room

    def _gate(self, target: PlannedTarget) -> Gate:
        return self._steering.traffic.gate(target.deployment.provider)

    def _may_do_better(self, target: PlannedTarget) -> bool:
        if self._smallest is None:
            return True
        window, small = target.deployment.context_window, self._smallest.context_window
        return window is None or small is None or window > small
