import logging
from dataclasses import dataclass, field, replace

import pytest
from tests.fakes.clients import FakeClientFactory, FakeSecrets
from tests.fakes.health import FakeHealthStore
from tests.fakes.system import FrozenClock
from tests.support.gateways import provider

from turnout.application.health.accounts import limits_of
from turnout.application.health.shared_health import SharedHealth
from turnout.application.ports.catalog_source import StoredCatalog
from turnout.application.ports.health_store import Moved
from turnout.application.relay.health_board import HealthBoard
from turnout.application.snapshot.compiler import compile_snapshot
from turnout.application.snapshot.routing_snapshot import SnapshotHolder
from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.health.circuit import Closed, Open, Reason
from turnout.domain.health.health_record import HealthRecord
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.shared.ids import DeploymentId

A, B = DeploymentId("a/m"), DeploymentId("b/m")
LIMITS = CircuitLimits(strikes_to_open=2, open_seconds=10)
RESET = ProviderFailure(FailureKind.TRANSPORT, "reset")


@dataclass
class Worker:
    """One process: a board and a clock of its own, whose monotonic time began by itself."""

    store: FakeHealthStore
    clock: FrozenClock
    name: str = "w1"
    names: tuple[str, ...] = ("a", "b")
    board: HealthBoard = field(default_factory=HealthBoard)

    def __post_init__(self) -> None:
        self.holder = SnapshotHolder()
        self.serve(*self.names)
        self.board.heed(limits_of(self.holder.current))
        self.share = SharedHealth(self.board, self.holder, self.store, self.clock, self.name)

    def serve(self, *names: str, limits: CircuitLimits = LIMITS, revision: int = 1) -> None:
        providers = tuple(provider(name, circuit=limits) for name in names)
        stored = StoredCatalog(revision, providers, ())
        self.holder.current = compile_snapshot(stored, FakeClientFactory(), FakeSecrets())

    def fail(
        self, deployment: DeploymentId = A, times: int = 2, failure: ProviderFailure = RESET
    ) -> None:
        record = self.board.of(deployment)
        for _ in range(times):
            record.failed(failure, self.clock.monotonic, 0.1)
        self.board.note(record)

    def answer(self, deployment: DeploymentId = A) -> None:
        record = self.board.of(deployment)
        record.succeeded(self.clock.monotonic, 0.1)
        self.board.note(record)

    def record(self, deployment: DeploymentId = A) -> HealthRecord:
        return self.board.of(deployment)


@pytest.fixture
def two() -> tuple[Worker, Worker]:
    store = FakeHealthStore()
    return Worker(store, FrozenClock(1000.0)), Worker(store, FrozenClock(77.0), "w2")


async def test_what_one_worker_opens_another_heeds(two: tuple[Worker, Worker]) -> None:
    one, other = two
    await one.share()
    one.fail()
    await one.share()
    await other.share()
    assert one.record().circuit == Open(1010.0, 1, Reason.STRIKES)
    assert other.record().circuit == Open(87.0, 1, Reason.STRIKES)
    assert other.record(B).circuit == Closed()


async def test_what_one_worker_closes_another_closes(two: tuple[Worker, Worker]) -> None:
    one, other = two
    one.fail()
    await one.share()
    await other.share()
    one.clock.move(3)
    other.clock.move(3)
    one.answer()
    await one.share()
    await other.share()
    assert other.record().circuit == Closed()


async def test_a_cooldown_is_heeded(two: tuple[Worker, Worker]) -> None:
    one, other = two
    await one.share()
    limited = ProviderFailure(FailureKind.RATE_LIMITED, "slow", retry_after_seconds=30)
    one.fail(times=1, failure=limited)
    await one.share()
    await other.share()
    assert other.record().cooldown_until_seconds == pytest.approx(107)


async def test_nobody_announces_what_they_were_told(two: tuple[Worker, Worker]) -> None:
    one, other = two
    one.fail()
    await one.share()
    await other.share()
    await other.share()
    assert [(told.worker, told.moved) for told in one.store.told] == [("w1", Moved.OPENED)]


async def test_a_circuit_outlives_a_restart() -> None:
    store = FakeHealthStore()
    one = Worker(store, FrozenClock(1000.0))
    one.fail()
    await one.share()
    again = Worker(store, FrozenClock(5.0, one.clock.epoch + 4), "w3")
    await again.share()
    assert again.record().reason is Reason.STRIKES
    assert again.record().admits_at_seconds == pytest.approx(11.0)
    assert not again.record().admits(10.9)


async def test_a_worker_that_stands_alone_goes_on_and_tells_it_all_later() -> None:
    store = FakeHealthStore(broken=ConnectionRefusedError("down"))
    worker = Worker(store, FrozenClock())
    worker.fail()
    for _ in range(2):
        with pytest.raises(ConnectionRefusedError):
            await worker.share()
    assert worker.record().is_open
    worker.fail(B)
    store.broken = None
    await worker.share()
    assert [told.deployment for told in store.told] == [A, B]
    await worker.share()
    assert len(store.told) == 2


async def test_the_board_follows_the_snapshot() -> None:
    worker = Worker(FakeHealthStore(), FrozenClock())
    worker.fail()
    await worker.share()
    worker.serve("a", limits=replace(LIMITS, strikes_to_open=7), revision=2)
    worker.record(B)
    await worker.share()
    (kept,) = worker.board.all()
    assert (kept.deployment, kept.limits.strikes_to_open, kept.is_open) == (A, 7, True)


async def test_news_of_what_is_not_deployed_here_begins_no_record() -> None:
    store = FakeHealthStore()
    one = Worker(store, FrozenClock())
    one.fail(B)
    await one.share()
    other = Worker(store, FrozenClock(), "w2", names=("a",))
    await other.share()
    assert other.board.all() == ()


async def test_a_store_that_may_not_be_one_yet_is_left_alone() -> None:
    store = FakeHealthStore(broken=FileNotFoundError("no such file"))
    worker = Worker(store, FrozenClock())
    worker.serve("a", revision=0)
    worker.fail()
    await worker.share()
    store.broken = None
    worker.serve("a", revision=1)
    await worker.share()
    assert len(store.told) == 1


async def test_transitions_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    worker = Worker(FakeHealthStore(), FrozenClock())
    with caplog.at_level(logging.INFO):
        worker.fail()
        worker.clock.move(10)
        worker.record().begin_probe(worker.clock.monotonic)
        worker.answer()
        await worker.share()
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "health deployment=a/m moved=opened reason=strikes seconds=10.0"),
        ("INFO", "health deployment=a/m moved=half_opened reason=trial"),
        ("INFO", "health deployment=a/m moved=closed reason=answered"),
    ]
