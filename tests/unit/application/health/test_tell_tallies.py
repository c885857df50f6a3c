from tests.fakes.health import FakeHealthTallies
from tests.fakes.system import FrozenClock

from turnout.application.health.tell_tallies import TellTallies
from turnout.application.ports.health_store import Tally
from turnout.application.relay.health_board import HealthBoard
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.shared.ids import DeploymentId

A, B = DeploymentId("a/m"), DeploymentId("b/m")


async def test_counts_are_told_while_there_are_any() -> None:
    board, tallies, clock = HealthBoard(), FakeHealthTallies(), FrozenClock()
    tell = TellTallies(board, tallies, clock, "w1")
    board.of(B)
    board.of(A).succeeded(clock.monotonic, 0.1)
    board.of(A).failed(ProviderFailure(FailureKind.TRANSPORT, "reset"), clock.monotonic, 0.1)
    await tell()
    assert tallies.by_worker == {("w1", A): Tally(A, clock.epoch, 2, 1, 0)}
    told_at = clock.epoch
    clock.move(120)
    await tell()
    assert tallies.by_worker[("w1", A)].at == told_at
