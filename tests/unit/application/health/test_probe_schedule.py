import asyncio
from itertools import pairwise

import pytest
from tests.fakes.clients import FakeClientFactory, FakeProbe, FakeSecrets, Silence, clients
from tests.fakes.system import FrozenClock, LoadedDice
from tests.support.gateways import provider

from turnout.application.health.probe_schedule import (
    LONGEST_SECONDS,
    MOST_AT_ONCE,
    SOON_SECONDS,
    ProbeSchedule,
)
from turnout.application.health.probing import Probing
from turnout.application.ports.catalog_source import StoredCatalog
from turnout.application.relay.health_board import HealthBoard
from turnout.application.snapshot.compiler import compile_snapshot
from turnout.application.snapshot.routing_snapshot import SnapshotHolder
from turnout.domain.catalog.probe_rules import ProbeKind, ProbeRules
from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.shared.ids import DeploymentId

REFUSED = ProviderFailure(FailureKind.TRANSPORT, "refused")
A = DeploymentId("a/m")


class Watch:
    """A schedule of providers with one probe each, and a clock to move."""

    def __init__(self, names: str = "a", kind: ProbeKind = ProbeKind.MODELS) -> None:
        self.probes = {name: FakeProbe() for name in names}
        self.clock, self.board, self.mine = FrozenClock(), HealthBoard(), True
        self.holder = SnapshotHolder()
        self.serve(names, kind)
        probing = Probing(self.holder, self.board, self.clock)
        dice = LoadedDice([0.5])
        self.schedule = ProbeSchedule(probing, self.holder, self.clock, dice, lambda: self.mine)

    def serve(self, names: str, kind: ProbeKind = ProbeKind.MODELS, seconds: float = 30) -> None:
        rules = ProbeRules(kind, seconds)
        providers = tuple(provider(name, probe=rules) for name in names)
        prepared = {name: clients(probe=probe) for name, probe in self.probes.items()}
        stored = StoredCatalog(1, providers, ())
        self.holder.current = compile_snapshot(stored, FakeClientFactory(prepared), FakeSecrets())

    async def after(self, seconds: float) -> int:
        """Move on, let the schedule look, and return how often `a` has been probed so far."""
        self.clock.move(seconds)
        await self.schedule()
        await self.schedule.settled()
        return len(self.probes["a"].asked)


async def test_the_first_probe_comes_within_the_interval_and_the_next_after_it() -> None:
    watch = Watch()
    assert await watch.after(0) == 0
    assert await watch.after(14) == 0
    assert await watch.after(1) == 1
    assert await watch.after(28) == 1
    assert await watch.after(0.5) == 2, "thirty seconds, less some jitter"


async def test_an_outage_is_made_sure_of_at_once() -> None:
    watch = Watch()
    watch.probes["a"].names = REFUSED
    await watch.after(0)
    await watch.after(15)
    await watch.after(SOON_SECONDS)
    assert not watch.board.of(A).is_open
    await watch.after(SOON_SECONDS)
    assert watch.board.of(A).is_open


async def test_the_longer_an_outage_the_rarer_the_probes_but_never_too_rare() -> None:
    watch = Watch()
    watch.probes["a"].names = REFUSED
    await watch.after(0)
    await watch.after(15)
    began = watch.clock.monotonic
    asked_at: list[float] = []
    while watch.clock.monotonic < began + 4 * 3600:
        before = len(watch.probes["a"].asked)
        if await watch.after(0.25) > before:
            asked_at.append(watch.clock.monotonic - began)
    for earlier, later in pairwise(asked_at):
        assert later - earlier <= max(SOON_SECONDS, earlier * 0.1) + 0.5
        assert later - earlier <= LONGEST_SECONDS
    assert len(asked_at) < 150


async def test_its_end_is_found_and_the_interval_holds_again() -> None:
    watch = Watch()
    watch.probes["a"].names = REFUSED
    for seconds in (0, 15, 0.25, 0.25, 0.25):
        await watch.after(seconds)
    watch.probes["a"].names = ("m",)
    asked = await watch.after(0.25)
    assert not watch.board.of(A).is_open
    assert await watch.after(28) == asked
    assert await watch.after(1) == asked + 1


async def test_a_provider_that_wants_no_probes_has_none() -> None:
    watch = Watch(kind=ProbeKind.OFF)
    for _ in range(5):
        assert await watch.after(100) == 0


async def test_another_process_may_be_the_one_that_probes() -> None:
    watch = Watch()
    watch.mine = False
    for _ in range(3):
        assert await watch.after(100) == 0
    watch.mine = True
    assert await watch.after(0) == 0
    assert await watch.after(15) == 1


async def test_a_new_interval_holds_at_once() -> None:
    watch = Watch()
    await watch.after(0)
    watch.serve("a", seconds=2)
    assert await watch.after(0) == 0
    assert await watch.after(1) == 1


async def test_only_a_few_probe_at_once_and_nobody_is_left_out() -> None:
    names = "abcdefgh"
    watch = Watch(names)
    silence = Silence()
    for probe in watch.probes.values():
        probe.names = silence
    await watch.schedule()
    watch.clock.move(15)
    await watch.schedule()
    await asyncio.sleep(0)
    assert sum(len(probe.asked) for probe in watch.probes.values()) == MOST_AT_ONCE
    await watch.schedule.stop()
    for probe in watch.probes.values():
        probe.names = ()
    for _ in range(3):
        await watch.after(0)
    assert all(probe.asked for probe in watch.probes.values())


async def test_a_probe_that_fails_by_a_fault_of_ours_comes_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    watch = Watch()
    watch.probes["a"].names = RuntimeError("a fault")
    await watch.after(0)
    assert await watch.after(15) == 1
    assert "the probe of a failed by a fault of ours" in caplog.text
    assert await watch.after(30) == 2
