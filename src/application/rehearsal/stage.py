"""What all requests of one rehearsal share: the relay's own parts, time, and the providers."""

from collections.abc import Mapping
from dataclasses import dataclass

from turnout.application.ports.system import Dice
from turnout.application.ports.usage_ledger import AttemptRecord
from turnout.application.rehearsal.agenda import Agenda, VirtualClock
from turnout.application.rehearsal.demand import STREAMED, WHOLE
from turnout.application.rehearsal.policies import NO_CIRCUITS, NO_LIMIT, Policies
from turnout.application.rehearsal.simulated_provider import SimulatedProvider
from turnout.application.rehearsal.tally import Tally
from turnout.application.relay.balancer import Balancer
from turnout.application.relay.course import Steering
from turnout.application.relay.health_board import HealthBoard
from turnout.application.relay.hedging import Hedging
from turnout.application.relay.load_board import LoadBoard
from turnout.application.relay.settlement import RequestTag, Settlement
from turnout.application.relay.traffic import Traffic
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.catalog.provider import Provider
from turnout.domain.catalog.timeouts import AttemptLimits
from turnout.domain.governance.grant import ANONYMOUS
from turnout.domain.health.events import CircuitOpened
from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.routing.route import Route
from turnout.domain.shared.ids import DeploymentId, ProviderId, RequestId


class _NoLedger:
    """A UsageLedger that writes nothing: whoever settles an attempt here has counted it."""

    __slots__ = ()

    def put(self, record: AttemptRecord) -> None:
        """Let it go."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One run's own. `targets` are the deployments by the ids that health knows them by."""

    route: Route
    steering: Steering
    settlement: Settlement
    hedging: Hedging
    targets: Mapping[DeploymentId, Deployment]
    limits: Mapping[DeploymentId, AttemptLimits]
    simulated: Mapping[ProviderId, SimulatedProvider]
    clock: VirtualClock
    agenda: Agenda
    tally: Tally
    tag: RequestTag

    @classmethod
    def prepared(
        cls,
        route: Route,
        providers: Mapping[ProviderId, Provider],
        policies: Policies,
        simulated: Mapping[ProviderId, SimulatedProvider],
        clock: VirtualClock,
        dice: Dice,
    ) -> "Stage":
        """Put everything in its place for a run that begins now."""
        route = policies.applied_to(route)
        plans = (route.plan(Requirement(needs)) for needs in (WHOLE, STREAMED))
        targets = {target.id: target.deployment for plan in plans for target in plan.targets}
        health, traffic, loads = HealthBoard(), Traffic(), LoadBoard()
        settings = {id: providers[of.provider].settings for id, of in targets.items()}
        health.heed(
            {id: of.circuit if policies.circuits else NO_CIRCUITS for id, of in settings.items()}
        )
        for id, of in providers.items():
            traffic.gate(id).revise(of.settings.concurrency if policies.limits else NO_LIMIT)
        budget, roll = policies.retry_budget(), dice.roll
        return cls(
            route=route,
            steering=Steering(health, Balancer(loads, roll), budget, roll, traffic=traffic),
            settlement=Settlement(clock, health, _NoLedger(), traffic, loads),
            hedging=Hedging(traffic),
            targets=targets,
            limits={id: _limits(of, providers[of.provider]) for id, of in targets.items()},
            simulated=simulated,
            clock=clock,
            agenda=Agenda(clock),
            tally=Tally(targets.values()),
            tag=RequestTag(RequestId("rehearsed"), route.name, ANONYMOUS),
        )

    def take_events(self) -> None:
        """Count what the health board has noted."""
        for event in self.steering.health.take_events():
            if isinstance(event, CircuitOpened):
                deployment = self.targets[event.deployment]
                self.tally.deployments[deployment.id].circuit_openings += 1


def _limits(deployment: Deployment, provider: Provider) -> AttemptLimits:
    thinks = Capability.REASONING in deployment.capabilities
    return AttemptLimits.of(provider.settings.timeouts, deployment.timeouts, thinks=thinks)
