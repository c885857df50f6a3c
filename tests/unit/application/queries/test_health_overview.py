from tests.fakes.clients import FakeChatClient
from tests.fakes.health import FakeHealthStore, FakeHealthTallies
from tests.support.gateways import FakeGateway

from turnout.application.health.standing import CircuitState
from turnout.application.ports.health_store import Moved, Tally, Transition
from turnout.application.queries.health_overview import (
    LATEST_SECONDS,
    HealthOverview,
    HealthTransitions,
)
from turnout.domain.health.circuit import Reason
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.shared.ids import DeploymentId

A, B = DeploymentId("a/m"), DeploymentId("b/m")


async def test_every_deployment_has_a_row_with_the_calls_of_all_workers() -> None:
    gateway = FakeGateway({"a": FakeChatClient(), "b": FakeChatClient()})
    tallies, now = FakeHealthTallies(), gateway.clock.epoch
    await tallies.put("w1", [Tally(A, now, 30, 3, 0)])
    await tallies.put("w2", [Tally(A, now - 1, 10, 7, 0)])
    await tallies.put("gone", [Tally(A, now - LATEST_SECONDS - 1, 500, 500, 0)])
    record = gateway.health.of(B)
    for _ in range(5):
        reset = ProviderFailure(FailureKind.TRANSPORT, "reset")
        record.failed(reset, gateway.clock.monotonic, 0.1)
    overview = HealthOverview(gateway.holder, gateway.health, tallies, gateway.clock)
    first, second = await overview()
    assert (first.deployment, first.provider, first.state) == ("a/m", "a", CircuitState.CLOSED)
    assert (first.calls, first.error_rate, first.admits) == (40, 0.25, True)
    assert (second.state, second.reason, second.until) == (
        CircuitState.OPEN,
        Reason.STRIKES,
        now + 10,
    )
    assert (second.calls, second.error_rate) == (0, None)


async def test_transitions_come_newest_first() -> None:
    store = FakeHealthStore()
    told = [Transition(at, "w", A, Moved.CLOSED, Reason.ANSWERED) for at in (1.0, 2.0, 3.0)]
    await store.announce(told)
    assert await HealthTransitions(store)(2) == [told[2], told[1]]
